package bind

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Rows are records whose type tells their fields. A composite that a function of the
// system's makes stands as its text: its fields are known as long as it can be traced to
// that function.

// shape gives the fields of a composite; nil where they are not known.
func (b *binder) shape(e plan.Expr) []pgtype.OutColumn {
	switch e := e.(type) {
	case *plan.ColumnRef:
		return b.shapes[e.ID]
	case *plan.SetCall:
		return outColumns(e.Procedure, e.Args)
	case *plan.Call:
		return outColumns(e.Procedure, e.Args)
	}
	return nil
}

// shaped notes that a column holds what an expression gives, where that is a composite.
func (b *binder) shaped(c plan.Column, e plan.Expr) plan.Column {
	if c.Type.OID == pgtype.Record {
		if fields := b.shape(e); fields != nil {
			b.shapes[c.ID] = fields
		}
	}
	return c
}

// outColumns are those of a function that gives several, polymorphic ones with the type
// that its arguments make of them.
func outColumns(p *pgtype.Procedure, args []plan.Expr) []pgtype.OutColumn {
	if p == nil || len(p.Out) < 2 {
		return nil
	}
	fields := append([]pgtype.OutColumn{}, p.Out...)
	for i, f := range fields {
		if f.Type == pgtype.AnyElement {
			fields[i].Type = elementOfArgument(p, args)
		}
	}
	return fields
}

// elementOfArgument is what anyelement means where an argument is anyarray.
func elementOfArgument(p *pgtype.Procedure, args []plan.Expr) pgtype.OID {
	for i, t := range p.ArgTypes {
		if t != pgtype.AnyArray || i >= len(args) {
			continue
		}
		if info, ok := pgtype.TypeByOID(args[i].Type().OID); ok && info.Elem != 0 {
			return info.Elem
		}
	}
	return pgtype.Unknown
}

// field reads a field of a composite.
func (b *binder) field(e plan.Expr, name string, position int) (plan.Expr, error) {
	if e.Type().OID != pgtype.Record {
		return nil, b.fieldError(e, name, position)
	}
	if fields := e.Type().Fields(); fields != nil {
		return b.recordField(e, fields, name, position)
	}
	for i, f := range b.shape(e) {
		if f.Name != name {
			continue
		}
		text := plan.Expr(&plan.Call{Procedure: recordField, Args: []plan.Expr{e, integer(int64(i + 1))}, Of: pgtype.Of(pgtype.Text)})
		return b.coerce(text, pgtype.Of(f.Type), plan.CastExplicit, position)
	}
	if b.shape(e) != nil {
		return nil, sqlstate.New(sqlstate.UndefinedColumn, "could not identify column \"%s\" in record data type", name).At(position)
	}
	return nil, b.fieldError(e, name, position)
}

// recordField gives a field of a composite as text; it is no function of PostgreSQL's.
var recordField = &pgtype.Procedure{
	Schema: "sluice", Name: "record_field", Kind: pgtype.FunctionKind, ArgTypes: []pgtype.OID{pgtype.Record, pgtype.Int4},
	Result: pgtype.Text, Volatility: 'i', Strict: true,
}
