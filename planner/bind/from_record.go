package bind

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// records is a call of json_to_record and its like, which make records of objects: one, or
// one of each object in an array. Their fields are defined by the query, or by the row that
// json_populate_record and its like are given.
type records struct {
	call     *pg_query.FuncCall
	name     string
	of       pgtype.OID
	set      bool
	populate bool
}

// recordCall tells such a call.
func recordCall(n *pg_query.FuncCall) (records, bool) {
	if n == nil {
		return records{}, false
	}
	schema, name := splitName(n.Funcname)
	r := records{call: n, name: name, of: pgtype.JSON}
	kind, rest, _ := strings.Cut(name, "_")
	if kind == "jsonb" {
		r.of = pgtype.JSONB
	}
	rest, r.set = strings.CutSuffix(rest, "set")
	r.populate = rest == "populate_record"
	known := (kind == "json" || kind == "jsonb") && (r.populate || rest == "to_record") && (schema == "" || schema == "pg_catalog")
	plain := n.Over == nil && n.AggOrder == nil && n.AggFilter == nil && !n.AggStar && !n.AggDistinct && !n.FuncVariadic
	least := 1
	if r.populate {
		least = 2
	}
	return r, known && plain && len(n.Args) == least
}

// addRecords adds the fields of records to a scan.
//
//	Project[a := cast(e ->> 'a'), b := e ->> 'b'](FunctionScan[e := elements(x)])
func (s *selection) addRecords(scan *functionScan, r records, defined []*pg_query.Node, sc *scope) error {
	base, objects, err := s.b.recordArguments(sc, r)
	if err != nil {
		return err
	}
	element := s.b.column(r.name, pgtype.Of(r.of), false)
	scan.Cols, scan.Calls, scan.Fields, scan.records = append(scan.Cols, element), append(scan.Calls, objects), append(scan.Fields, 1), true
	fields, positions, err := s.b.recordFields(r, base, defined)
	if err != nil {
		return err
	}
	for i, f := range fields {
		value, err := s.b.populated(r, base, i, f, &plan.ColumnRef{Column: element}, positions[i])
		if err != nil {
			return err
		}
		scan.items = append(scan.items, plan.Item{Column: s.b.column(f.Name, f.Type, false), Expr: value})
	}
	return nil
}

// recordFields gives the fields, and where each is defined.
func (b *binder) recordFields(r records, base plan.Expr, defined []*pg_query.Node) (fields []pgtype.Field, positions []int, err error) {
	at := b.position(r.call.Location)
	if len(defined) == 0 {
		_, _, named := typeOrUnknown(base).Relation()
		if !named {
			return nil, nil, sqlstate.New(sqlstate.SyntaxError, "a column definition list is required for functions returning \"record\"").At(at)
		}
		fields = base.Type().Fields()
		positions = make([]int, len(fields))
		for i := range positions {
			positions[i] = at
		}
		return fields, positions, nil
	}
	if r.populate {
		return nil, nil, sqlstate.Unsupported("column definition list of %s", r.name).At(b.position(defined[0].GetColumnDef().GetLocation()))
	}
	for _, node := range defined {
		def := node.GetColumnDef()
		of, err := b.typeName(def.TypeName)
		if err != nil {
			return nil, nil, err
		}
		fields, positions = append(fields, pgtype.Field{Name: def.Colname, Type: of}), append(positions, b.position(def.Location))
	}
	return fields, positions, nil
}

func typeOrUnknown(e plan.Expr) pgtype.Type {
	if e == nil {
		return pgtype.Of(pgtype.Unknown)
	}
	return e.Type()
}

// recordArguments binds the row that is given, nil for none, and the objects.
func (b *binder) recordArguments(sc *scope, r records) (base, objects plan.Expr, err error) {
	if r.populate {
		at := b.position(location(r.call.Args[0]))
		if base, err = b.expr(sc, r.call.Args[0]); err != nil {
			return nil, nil, err
		}
		switch {
		case base.Type().OID != pgtype.Record:
			return nil, nil, sqlstate.New(sqlstate.DatatypeMismatch, "first argument of %s must be a row type", r.name)
		case base.Type().Fields() == nil || volatile(base):
			return nil, nil, sqlstate.Unsupported("%s of such a row", r.name).At(at)
		}
		if base, err = b.recordOf(base, at); err != nil {
			return nil, nil, err
		}
	}
	last := r.call.Args[len(r.call.Args)-1]
	at := b.position(location(last))
	e, err := b.expr(sc, last)
	if err == nil {
		e, err = b.coerce(e, pgtype.Of(r.of), plan.CastImplicit, at)
	}
	if err != nil {
		return nil, nil, err
	}
	objects = &plan.Call{Procedure: recordsArgument(r.of), Args: []plan.Expr{e, &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: r.name}}, Of: pgtype.Of(r.of)}
	if r.set {
		kind, _, _ := strings.Cut(r.name, "_")
		objects = &plan.SetCall{Procedure: pgtype.ProceduresByName("", kind+"_array_elements")[0], Args: []plan.Expr{objects}, Of: pgtype.Of(r.of)}
	}
	return base, objects, nil
}

// populated is field i of a record made of an object. What the object lacks the given row has.
func (b *binder) populated(r records, base plan.Expr, i int, f pgtype.Field, object plan.Expr, position int) (plan.Expr, error) {
	value, err := b.objectField(object, r.of, f.Name, f.Type, position)
	if err != nil || base == nil {
		return value, err
	}
	if l, ok := base.(*plan.Literal); ok && l.Null {
		return value, nil
	}
	given, err := b.fieldAt(base, base.Type().Fields(), i, position)
	if err != nil {
		return nil, err
	}
	missing := &plan.IsNull{Arg: fieldCall(object, r.of, f.Name, false)}
	return &plan.Case{Whens: []plan.When{{Condition: missing, Result: given}}, Else: value, Of: f.Type}, nil
}

// recordValue binds json_populate_record and json_populate_recordset as a value.
func (b *binder) recordValue(s *scope, r records) (plan.Expr, error) {
	base, objects, err := b.recordArguments(s, r)
	if err != nil {
		return nil, err
	}
	position, of := b.position(r.call.Location), base.Type()
	if set, ok := objects.(*plan.SetCall); ok {
		if s == nil || s.collect == nil {
			return nil, setsNotAllowed(s.where(), position)
		}
		b.sets = append(b.sets, r.call.Location)
		if objects, err = s.collect.setReturning(s, set, r.name, position); err != nil {
			return nil, err
		}
	}
	schema, relation, _ := of.Relation()
	row := &plan.Row{Schema: schema, Relation: relation}
	for i, f := range of.Fields() {
		value, err := b.populated(r, base, i, f, objects, position)
		if err != nil {
			return nil, err
		}
		row.Names, row.Fields = append(row.Names, f.Name), append(row.Fields, value)
	}
	if r.set {
		return row, nil
	}
	return &plan.Case{Whens: []plan.When{{Condition: &plan.IsNull{Arg: objects}, Result: base}}, Else: row, Of: row.Type()}, nil
}

// objectField is a field of an object as a type: json as it is, the elements of an array and
// all else by the input function of its type.
func (b *binder) objectField(object plan.Expr, kind pgtype.OID, name string, of pgtype.Type, position int) (plan.Expr, error) {
	if elem, array := pgtype.ElementOf(of.OID); array {
		return b.arrayField(fieldCall(object, kind, name, false), name, of, elem, position)
	}
	if of.OID == pgtype.Record {
		return nil, at(sqlstate.Unsupported("a record in a record made of JSON"), position)
	}
	value := fieldCall(object, kind, name, of.OID != pgtype.JSON && of.OID != pgtype.JSONB)
	context := plan.CastExplicit
	if of.OID == pgtype.Varchar || of.OID == pgtype.Bpchar {
		context = plan.CastAssignment // a longer text is an error
	}
	return b.coerce(value, of, context, position)
}

// arrayField is an array as an array of PostgreSQL's of one dimension.
func (b *binder) arrayField(json plan.Expr, name string, of pgtype.Type, elem pgtype.OID, position int) (plan.Expr, error) {
	if elem == pgtype.JSON || elem == pgtype.JSONB || elem == pgtype.Record || of.Mod >= 0 && elem != pgtype.Numeric {
		return nil, at(sqlstate.Unsupported("%s in a record made of JSON", pgtype.FormatType(of)), position)
	}
	texts := &plan.Call{Procedure: jsonTexts, Of: pgtype.Of(jsonTexts.Result), Args: []plan.Expr{
		&plan.Cast{Arg: json, To: pgtype.Of(pgtype.Text), Context: plan.CastExplicit}, &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: name}}}
	return b.coerce(texts, of, plan.CastExplicit, position)
}

// fieldCall is object -> name, or ->>.
func fieldCall(object plan.Expr, kind pgtype.OID, name string, text bool) plan.Expr {
	function, operator, of := "json_object_field", "->", pgtype.Of(kind)
	if kind == pgtype.JSONB {
		function = "jsonb_object_field"
	}
	if text {
		function, operator, of = function+"_text", "->>", pgtype.Of(pgtype.Text)
	}
	return &plan.Call{
		Procedure: pgtype.ProceduresByName("", function)[0], Operator: operator, Of: of,
		Args: []plan.Expr{object, &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: name}},
	}
}

// recordsArgument checks that JSON is an object, or an array of objects, as the function
// named wants it. It is no function of PostgreSQL's.
func recordsArgument(of pgtype.OID) *pgtype.Procedure {
	return &pgtype.Procedure{
		Schema: "sluice", Name: "json_records", Kind: pgtype.FunctionKind, ArgTypes: []pgtype.OID{of, pgtype.Text}, Result: of, Volatility: 'i', Strict: true,
	}
}

// jsonTexts gives the elements of a JSON array, or of the array that a JSON text is, as texts;
// the second argument is the key it stands under. It is no function of PostgreSQL's.
var jsonTexts = &pgtype.Procedure{
	Schema: "sluice", Name: "json_texts", Kind: pgtype.FunctionKind, ArgTypes: []pgtype.OID{pgtype.Text, pgtype.Text}, Result: pgtype.TextArray, Volatility: 'i', Strict: true,
}
