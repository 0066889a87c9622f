package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// inList binds "e [NOT] IN (list)". Like PostgreSQL it takes all items that read no
// column of this query to one type, where there is one with e and more than one such
// item, and compares the others one by one (transformAExprIn).
func (b *binder) inList(s *scope, n *pg_query.A_Expr) (plan.Expr, error) {
	arg, err := b.expr(s, n.Lexpr)
	if err != nil {
		return nil, err
	}
	_, name := splitName(n.Name)
	in := &inBinding{b: b, s: s, name: name, start: b.position(location(n.Lexpr)), arg: arg, rowArg: n.Lexpr.GetRowExpr() != nil, position: b.position(n.Location)}
	for _, item := range n.Rexpr.GetList().GetItems() {
		e, err := b.expr(s, item)
		if err != nil {
			return nil, err
		}
		in.add(e, item.GetRowExpr() != nil, b.position(location(item)))
	}
	return in.bind()
}

// inBinding is an IN list while it is bound.
type inBinding struct {
	b        *binder
	s        *scope
	name     string // = or <>
	arg      plan.Expr
	rowArg   bool
	position int // of the operator
	start    int // of the left side
	items    []inItem
}

type inItem struct {
	expr     plan.Expr
	row      bool
	column   bool // reads a column
	position int
}

func (in *inBinding) add(e plan.Expr, row bool, position int) {
	in.items = append(in.items, inItem{expr: e, row: row, column: in.s.readBy(e), position: position})
}

// readBy tells whether an expression reads a column of this query, not only of those around it.
func (s *scope) readBy(e plan.Expr) bool {
	found := false
	eachReference(e, func(c *plan.ColumnRef) {
		found = found || !s.parent.has(c.ID)
	})
	return found
}

// has tells whether a column belongs to a relation of this scope or of one around it.
func (s *scope) has(id plan.ColumnID) bool {
	for ; s != nil; s = s.parent {
		for _, r := range s.relations {
			for _, c := range r.columns {
				if c.expr.ID == id {
					return true
				}
			}
		}
	}
	return false
}

func (in *inBinding) bind() (plan.Expr, error) {
	list, single, err := in.list()
	if err != nil {
		return nil, err
	}
	var parts []plan.Expr
	if list != nil {
		parts = append(parts, list)
	}
	for _, item := range single {
		c, err := in.compare(item)
		if err != nil {
			return nil, err
		}
		parts = append(parts, c)
	}
	if in.name == "<>" {
		return allOf(parts...), nil
	}
	return anyOf(parts...), nil
}

// list gives the plan.In of the items that share a type, and the other items.
func (in *inBinding) list() (plan.Expr, []inItem, error) {
	var together, single []inItem
	types := []pgtype.OID{in.arg.Type().OID}
	for _, item := range in.items {
		if item.column {
			single = append(single, item)
			continue
		}
		together = append(together, item)
		types = append(types, item.expr.Type().OID)
	}
	if len(together) < 2 {
		return nil, in.items, nil
	}
	common, err := pgtype.CommonType("IN", types)
	if err != nil || common == pgtype.Record {
		return nil, in.items, nil
	}
	array, ok := pgtype.ArrayOf(common)
	if !ok {
		return nil, in.items, nil
	}
	e, err := in.listOf(together, common, array)
	return e, single, err
}

func (in *inBinding) listOf(items []inItem, common, array pgtype.OID) (plan.Expr, error) {
	list := make([]plan.Expr, len(items))
	for i, item := range items {
		e, err := in.b.coerce(item.expr, pgtype.Of(common), plan.CastImplicit, item.position)
		if err != nil {
			return nil, err
		}
		list[i] = e
	}
	o, err := pgtype.ResolveScalarArray(in.name, in.arg.Type().OID, array)
	if err != nil {
		return nil, at(err, in.position)
	}
	arg, err := in.b.coerceArgument(in.arg, o.LeftArg, in.position)
	if err != nil {
		return nil, err
	}
	elem, ok := pgtype.ElementOf(o.RightArg)
	if !ok {
		elem = common
	}
	for i, e := range list {
		if list[i], err = in.b.coerceArgument(e, elem, items[i].position); err != nil {
			return nil, err
		}
	}
	all := ofOneShape(o.Procedure, in.name, append([]plan.Expr{arg}, list...))
	arg, list = all[0], all[1:]
	equal := o.Procedure
	if in.name == "<>" {
		if negator, ok := pgtype.OperatorByOID(o.Negator); ok {
			equal = negator.Procedure
		}
	}
	return &plan.In{Arg: arg, List: list, Equal: equal, Negated: in.name == "<>"}, nil
}

// compare compares with one item.
func (in *inBinding) compare(item inItem) (plan.Expr, error) {
	var c plan.Expr
	var err error
	if in.rowArg && item.row {
		c, err = in.b.compareRows(in.name, fields(in.arg), fields(item.expr), in.position)
	} else {
		c, err = in.b.apply(in.name, in.arg, item.expr, in.position)
	}
	if err != nil {
		return nil, err
	}
	return in.b.demand(c, boolean, "argument of IN", in.start)
}
