package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// sortItem is one item of ORDER BY.
type sortItem struct {
	target *target
	direction
	position int
}

// direction is ASC or DESC with NULLS FIRST or LAST.
type direction struct{ descending, nullsFirst bool }

// bindOrder binds ORDER BY.
func (s *selection) bindOrder(list []*pg_query.Node) error {
	scope := s.in(clauseOrderBy)
	for _, n := range list {
		by := n.GetSortBy()
		t, err := s.namedTarget(scope, by.GetNode(), "ORDER BY")
		if err != nil {
			return err
		}
		if err := s.resolveTarget(t); err != nil {
			return err
		}
		item := sortItem{target: t, position: s.b.position(location(by.GetNode()))}
		if item.direction, err = s.b.direction(by, t.expr.Type(), item.position); err != nil {
			return err
		}
		if !s.ordered(t) {
			s.order = append(s.order, item)
		}
	}
	return nil
}

// ordered tells whether a target is sorted by already: a second mention changes nothing.
func (s *selection) ordered(t *target) bool {
	for _, item := range s.order {
		if item.target == t {
			return true
		}
	}
	return false
}

// direction reads ASC, DESC, USING and NULLS of a sort over values of a type.
func (b *binder) direction(by *pg_query.SortBy, t pgtype.Type, position int) (direction, error) {
	d := direction{descending: by.GetSortbyDir() == pg_query.SortByDir_SORTBY_DESC}
	if by.GetSortbyDir() == pg_query.SortByDir_SORTBY_USING {
		operator := by.UseOp[len(by.UseOp)-1].GetString_().GetSval()
		if operator != "<" && operator != ">" {
			return d, sqlstate.New(sqlstate.WrongObjectType, "operator %s is not a valid ordering operator", operator).
				WithHint("Ordering operators must be \"<\" or \">\" members of btree operator families.").At(b.position(by.Location))
		}
		d.descending = operator == ">"
	}
	switch by.GetSortbyNulls() {
	case pg_query.SortByNulls_SORTBY_NULLS_FIRST:
		d.nullsFirst = true
	case pg_query.SortByNulls_SORTBY_NULLS_LAST:
	default:
		d.nullsFirst = d.descending
	}
	return d, b.ordering(t, position)
}

// expressionKeys binds the ORDER BY of an aggregate or window, where names and numbers
// have no special meaning.
func (b *binder) expressionKeys(s *scope, list []*pg_query.Node) ([]plan.SortKey, error) {
	var keys []plan.SortKey
	for _, n := range list {
		by := n.GetSortBy()
		e, err := b.expr(s, by.GetNode())
		if err != nil {
			return nil, err
		}
		key, err := b.sortKey(by, e)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// sortKey completes a bound sort expression.
func (b *binder) sortKey(by *pg_query.SortBy, e plan.Expr) (key plan.SortKey, err error) {
	position := b.position(location(by.GetNode()))
	if e.Type().OID == pgtype.Unknown {
		if e, err = b.resolveUnknown(e, position); err != nil {
			return key, err
		}
	}
	d, err := b.direction(by, e.Type(), position)
	return plan.SortKey{Expr: e, Descending: d.descending, NullsFirst: d.nullsFirst}, err
}

// sortKeys gives the keys of ORDER BY over projected targets.
func sortKeys(items []sortItem) []plan.SortKey {
	keys := make([]plan.SortKey, len(items))
	for i, item := range items {
		keys[i] = plan.SortKey{
			Expr:       &plan.ColumnRef{Column: item.target.column},
			Descending: item.descending, NullsFirst: item.nullsFirst,
		}
	}
	return keys
}
