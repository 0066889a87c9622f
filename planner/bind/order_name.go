package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// namedTarget gives the target an item of ORDER BY, GROUP BY or DISTINCT ON means: by
// output name, by number, else by expression (findTargetlistEntrySQL92). GROUP BY
// prefers a column of FROM to an output name.
func (s *selection) namedTarget(scope *scope, n *pg_query.Node, construct string) (*target, error) {
	if name := plainName(n); name != "" {
		if construct != "GROUP BY" || !s.hasColumn(name) {
			t, err := s.targetByLabel(name, construct, s.b.position(n.GetColumnRef().Location))
			if t != nil || err != nil {
				return t, s.checkNamed(t, err, construct, s.b.position(n.GetColumnRef().Location))
			}
		}
	}
	if c := n.GetAConst(); c != nil {
		t, err := s.targetByNumber(c, construct)
		return t, s.checkNamed(t, err, construct, s.b.position(c.Location))
	}
	return s.expressionTarget(scope, n)
}

// plainName gives the name of a column reference of one part.
func plainName(n *pg_query.Node) string {
	fields := n.GetColumnRef().GetFields()
	if len(fields) != 1 {
		return ""
	}
	return fields[0].GetString_().GetSval()
}

// hasColumn tells whether a name alone reaches a column of this FROM.
func (s *selection) hasColumn(name string) bool {
	for _, r := range s.scope.relations {
		for _, c := range r.columns {
			if c.unqualified && c.name == name {
				return true
			}
		}
	}
	return false
}

func (s *selection) targetByLabel(name, construct string, position int) (*target, error) {
	var found *target
	for _, t := range s.targets {
		if t.hidden || t.label != name {
			continue
		}
		if found != nil && !same(found.expr, t.expr) {
			return nil, sqlstate.New(sqlstate.AmbiguousColumn, "%s \"%s\" is ambiguous", construct, name).At(position)
		}
		if found == nil {
			found = t
		}
	}
	return found, nil
}

func (s *selection) targetByNumber(c *pg_query.A_Const, construct string) (*target, error) {
	position := s.b.position(c.Location)
	number, ok := c.Val.(*pg_query.A_Const_Ival)
	if !ok {
		return nil, sqlstate.New(sqlstate.SyntaxError, "non-integer constant in %s", construct).At(position)
	}
	i := int(number.Ival.GetIval())
	for _, t := range s.targets {
		if t.hidden {
			continue
		}
		if i--; i == 0 {
			return t, nil
		}
	}
	return nil, sqlstate.New(sqlstate.InvalidColumnReference, "%s position %d is not in select list",
		construct, number.Ival.GetIval()).At(position)
}

// checkNamed refuses to group by a target that holds an aggregate or window call.
func (s *selection) checkNamed(t *target, err error, construct string, position int) error {
	if err != nil || construct != "GROUP BY" {
		return err
	}
	if ref := s.findInside(t.expr, aggregateCall); ref != nil {
		return sqlstate.New(sqlstate.GroupingError, "aggregate functions are not allowed in GROUP BY").At(s.b.positionOf(ref))
	}
	if ref := s.findInside(t.expr, windowCall); ref != nil {
		return sqlstate.New(sqlstate.WindowingError, "window functions are not allowed in GROUP BY").At(s.b.positionOf(ref))
	}
	return nil
}

// findInside finds a column that stands for a call of a kind, in the arguments of window
// and set-returning calls too; nil without one.
func (s *selection) findInside(e plan.Expr, kind callKind) *plan.ColumnRef {
	if ref := s.b.find(e, s.own(kind)); ref != nil {
		return ref
	}
	var found *plan.ColumnRef
	eachReference(e, func(ref *plan.ColumnRef) {
		switch {
		case found != nil:
		case s.setOf(ref.ID) != nil:
			found = s.findInside(s.setOf(ref.ID).call, kind)
		case s.windowOf(ref.ID) != nil:
			found = s.findInside(s.windowOf(ref.ID).call, kind)
		}
	})
	return found
}

// own matches columns that stand for this query's calls of a kind.
func (s *selection) own(kind callKind) func(origin) bool {
	return func(o origin) bool { return o.owner == s && o.kind == kind }
}
