package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// recordFunctions give records whose columns the query defines, from json or jsonb, one or a set.
var recordFunctions = map[string]struct {
	of      pgtype.OID
	element string // the function that gives the set; "" for one record
	field   string // what -> is, and with _text ->>
}{
	"json_to_record":     {pgtype.JSON, "", "json_object_field"},
	"jsonb_to_record":    {pgtype.JSONB, "", "jsonb_object_field"},
	"json_to_recordset":  {pgtype.JSON, "json_array_elements", "json_object_field"},
	"jsonb_to_recordset": {pgtype.JSONB, "jsonb_array_elements", "jsonb_object_field"},
}

// fromRecord binds json_to_record(x) AS t(a int, b text) and its like.
//
//	Project[a := cast(e ->> 'a'), b := e ->> 'b'](FunctionScan[e := elements(x)])
func (s *selection) fromRecord(n *pg_query.RangeFunction, left []*relation) (fromItem, error) {
	b, position := s.b, s.b.position(n.Coldeflist[0].GetColumnDef().GetLocation())
	calls, err := functionCalls(n)
	if err != nil {
		return fromItem{}, err
	}
	call := calls[0].GetFuncCall()
	if call == nil || len(calls) != 1 || n.Ordinality || len(call.Args) != 1 {
		return fromItem{}, sqlstate.Unsupported("column definition list").At(position)
	}
	schema, name := splitName(call.Funcname)
	record, known := recordFunctions[name]
	if !known || schema != "" && schema != "pg_catalog" {
		return fromItem{}, sqlstate.Unsupported("column definition list").At(position)
	}
	at := b.position(location(call.Args[0]))
	e, err := b.expr(s.lateral(clauseFrom, left), call.Args[0])
	if err == nil {
		e, err = b.coerce(e, pgtype.Of(record.of), plan.CastImplicit, at)
	}
	if err != nil {
		return fromItem{}, err
	}
	kind := name[:len(name)-len("_to_record")]
	if record.element != "" {
		kind = name[:len(name)-len("_to_recordset")]
	}
	checked := plan.Expr(&plan.Call{Procedure: recordsArgument(record.of), Args: []plan.Expr{e, &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: name}}, Of: pgtype.Of(record.of)})
	if record.element != "" {
		checked = &plan.SetCall{Procedure: pgtype.ProceduresByName("", kind+"_array_elements")[0], Args: []plan.Expr{checked}, Of: pgtype.Of(record.of)}
	}
	element := b.column(name, pgtype.Of(record.of), false)
	scan := &plan.FunctionScan{Calls: []plan.Expr{checked}, Fields: []int{1}, Cols: []plan.Column{element}}
	return s.recordColumns(n, scan, &plan.ColumnRef{Column: element}, record.field, name)
}

// recordColumns computes the defined columns from the objects.
func (s *selection) recordColumns(n *pg_query.RangeFunction, scan plan.Node, object plan.Expr, field, alias string) (fromItem, error) {
	project, r := &plan.Project{Input: scan}, &relation{alias: alias}
	for _, node := range n.Coldeflist {
		def := node.GetColumnDef()
		position := s.b.position(def.Location)
		of, err := s.b.typeName(def.TypeName)
		if err != nil {
			return fromItem{}, err
		}
		value, err := s.b.objectField(object, field, def.Colname, of, position)
		if err != nil {
			return fromItem{}, err
		}
		c := s.b.column(def.Colname, of, false)
		project.Items = append(project.Items, plan.Item{Column: c, Expr: value})
		r.columns = append(r.columns, scopeColumn{name: c.Name, expr: &plan.ColumnRef{Column: c}, unqualified: true})
	}
	if err := r.rename(n.Alias); err != nil {
		return fromItem{}, err
	}
	return s.item(project, r), nil
}

// objectField is a field of an object as a type: json as it is, all else by the input
// function of its type.
func (b *binder) objectField(object plan.Expr, field, name string, of pgtype.Type, position int) (plan.Expr, error) {
	operator, result := "->>", pgtype.Of(pgtype.Text)
	if of.OID == pgtype.JSON || of.OID == pgtype.JSONB {
		operator, result = "->", object.Type()
	} else {
		field += "_text"
	}
	_, array := pgtype.ElementOf(of.OID)
	if array || of.Mod >= 0 && (of.OID == pgtype.Varchar || of.OID == pgtype.Bpchar) {
		return nil, sqlstate.Unsupported("%s in a column definition list", pgtype.FormatType(of)).At(position)
	}
	value := plan.Expr(&plan.Call{
		Procedure: pgtype.ProceduresByName("", field)[0], Operator: operator, Of: result,
		Args: []plan.Expr{object, &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: name}},
	})
	return b.coerce(value, of, plan.CastExplicit, position)
}

// recordsArgument checks that JSON is an object, or an array of objects, as the function
// named wants it. It is no function of PostgreSQL's.
func recordsArgument(of pgtype.OID) *pgtype.Procedure {
	return &pgtype.Procedure{
		Schema: "sluice", Name: "json_records", Kind: pgtype.FunctionKind, ArgTypes: []pgtype.OID{of, pgtype.Text}, Result: of, Volatility: 'i', Strict: true,
	}
}
