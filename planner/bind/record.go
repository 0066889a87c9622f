package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// recordOf makes a value of a row; other expressions stay as they are. The row of the
// nullable side of an outer join is NULL where its witness is.
func (b *binder) recordOf(e plan.Expr, position int) (plan.Expr, error) {
	row, ok := e.(*plan.Row)
	if !ok {
		return e, nil
	}
	if row.Padded && row.Witness == nil {
		return nil, at(sqlstate.Unsupported("row of the nullable side of an outer join as a value"), position)
	}
	value := &plan.Row{Names: row.Names, Schema: row.Schema, Relation: row.Relation}
	for _, f := range row.Fields {
		f, err := b.recordOf(f, position)
		if err != nil {
			return nil, err
		}
		value.Fields = append(value.Fields, f)
	}
	if !row.Padded {
		return value, nil
	}
	of := value.Type()
	missing := &plan.IsNull{Arg: row.Witness}
	return &plan.Case{Whens: []plan.When{{Condition: missing, Result: &plan.Literal{Of: of, Null: true}}}, Else: value, Of: of}, nil
}

// withFields brings a record, or an array of records, to the fields of a type; it may have
// others in PostgreSQL, where each value tells its own.
func (b *binder) withFields(e plan.Expr, to pgtype.Type, position int) (plan.Expr, error) {
	from := e.Type()
	if to.Shaped && !from.Shaped {
		return shaped(e), nil
	}
	if from.Row == to.Row || to.Row == "" || from.OID != to.OID {
		return e, nil
	}
	if l, ok := e.(*plan.Literal); ok && l.Null {
		return &plan.Literal{Of: to, Null: true}, nil
	}
	schema, name, _ := from.Relation()
	if s, n, _ := to.Relation(); s != schema || n != name || !pgtype.SameFields(fieldsIn(from), fieldsIn(to)) {
		return nil, at(sqlstate.Unsupported("records of different fields in one place"), position)
	}
	return &plan.Cast{Arg: e, To: to, Context: plan.CastImplicit}, nil
}

// fieldsIn gives those of a record, or of the records in an array.
func fieldsIn(t pgtype.Type) []pgtype.Field {
	if elem, ok := pgtype.ElementType(t); ok {
		t = elem
	}
	return t.Fields()
}

// commonRow gives the fields that values in one place have: those of the first that tells.
func commonRow(types []pgtype.Type) string {
	for _, t := range types {
		if t.Row != "" {
			return t.Row
		}
	}
	return ""
}

// resultType is what a call gives; a record, or an array of records, has the fields of its
// arguments.
func resultType(p *pgtype.Procedure, result pgtype.OID, args []plan.Expr) pgtype.Type {
	t := pgtype.Of(result)
	t.Shaped = givesShape(p, args)
	if result != pgtype.Record && result != pgtype.RecordArray {
		return t
	}
	for _, a := range args {
		if row := a.Type().Row; row != "" && t.Row == "" {
			t.Row = row
		}
	}
	return t
}

// comparableRecords refuses to compare records whose fields differ, or are not known:
// PostgreSQL looks at each pair of values.
func comparableRecords(args []plan.Expr, position int) error {
	if len(args) != 2 {
		return nil
	}
	left, right := args[0].Type(), args[1].Type()
	if left.Row == "" && right.Row == "" && left.OID != pgtype.Record {
		return nil
	}
	for _, e := range args {
		if l, ok := e.(*plan.Literal); ok && l.Null {
			return nil
		}
	}
	l, r := fieldsIn(left), fieldsIn(right)
	if !pgtype.SameFields(l, r) || l == nil || !haveEquality(l) {
		return sqlstate.Unsupported("comparison of these records").At(position)
	}
	return nil
}

func haveEquality(fields []pgtype.Field) bool {
	for _, f := range fields {
		if _, ok := pgtype.EqualityOperator(f.Type.OID); !ok || !haveEquality(f.Type.Fields()) {
			return false
		}
	}
	return true
}

// recordField reads a field of a record by its name.
func (b *binder) recordField(e plan.Expr, fields []pgtype.Field, name string, position int) (plan.Expr, error) {
	found := -1
	for i, f := range fields {
		if f.Name == name && found < 0 {
			found = i
		}
	}
	if found < 0 {
		return nil, sqlstate.New(sqlstate.UndefinedColumn, "could not identify column \"%s\" in record data type", name).At(position)
	}
	return b.fieldAt(e, fields, found, position)
}

func (b *binder) fieldAt(e plan.Expr, fields []pgtype.Field, i, position int) (plan.Expr, error) {
	if fields[i].Type.OID == pgtype.Unknown {
		return nil, at(sqlstate.Unsupported("field %s of a record, which has no type,", fields[i].Name), position)
	}
	if row, ok := e.(*plan.Row); ok {
		return row.Fields[i], nil
	}
	return &plan.Call{Procedure: recordField, Args: []plan.Expr{e, integer(int64(i + 1))}, Of: fields[i].Type}, nil
}

// namedField is a field of an expanded record.
type namedField struct {
	name string
	expr plan.Expr
}

// fieldsOf expands (e).* in a list of targets; ok is false for all else.
func (b *binder) fieldsOf(s *scope, n *pg_query.Node) (list []namedField, ok bool, err error) {
	ind := n.GetAIndirection()
	if ind == nil || ind.Indirection[len(ind.Indirection)-1].GetAStar() == nil {
		return nil, false, nil
	}
	position := b.position(location(ind.Arg))
	var e plan.Expr
	if len(ind.Indirection) == 1 {
		e, err = b.expr(s, ind.Arg)
	} else {
		e, err = b.indirection(s, &pg_query.A_Indirection{Arg: ind.Arg, Indirection: ind.Indirection[:len(ind.Indirection)-1]})
	}
	if err != nil {
		return nil, true, err
	}
	fields := e.Type().Fields()
	if fields == nil {
		return nil, true, b.fieldError(e, "*", position)
	}
	if volatile(e) {
		return nil, true, sqlstate.Unsupported("expansion of a volatile record").At(position)
	}
	for i, f := range fields {
		field, err := b.fieldAt(e, fields, i, position)
		if err != nil {
			return nil, true, err
		}
		list = append(list, namedField{f.Name, field})
	}
	return list, true, nil
}
