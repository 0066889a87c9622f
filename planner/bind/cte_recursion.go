package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluicemesh/sluice/sqlstate"
)

// checkRecursion wants the one form of recursion there is (parse_cte.c, checkWellFormedRecursion).
func (b *binder) checkRecursion(n *pg_query.CommonTableExpr, stmt *pg_query.SelectStmt) error {
	if stmt.Op != pg_query.SetOperation_SETOP_UNION {
		return sqlstate.New(sqlstate.InvalidRecursion,
			"recursive query \"%s\" does not have the form non-recursive-term UNION [ALL] recursive-term", n.Ctename).At(b.position(n.Location))
	}
	w := recursionWalk{b: b, name: n.Ctename}
	w.at("within its non-recursive term").walk(stmt.Larg.ProtoReflect())
	w.at("").walk(stmt.Rarg.ProtoReflect())
	if w.err != nil {
		return w.err
	}
	refused, at := "", (*pg_query.Node)(nil)
	switch {
	case len(stmt.SortClause) > 0:
		refused, at = "ORDER BY", stmt.SortClause[0].GetSortBy().GetNode()
	case stmt.LimitOffset != nil:
		refused, at = "OFFSET", stmt.LimitOffset
	case stmt.LimitCount != nil:
		refused, at = "LIMIT", stmt.LimitCount
	case len(stmt.LockingClause) > 0:
		return sqlstate.New(sqlstate.FeatureNotSupported, "FOR UPDATE/SHARE in a recursive query is not implemented")
	default:
		return nil
	}
	return sqlstate.New(sqlstate.FeatureNotSupported, "%s in a recursive query is not implemented", refused).At(b.position(rawLocation(at)))
}

// recursionWalk looks for references of a query to itself in places where they may not be.
type recursionWalk struct {
	b     *binder
	name  string
	place string // "" where a reference is allowed
	count int
	err   error
}

// at sets the place for what is walked next.
func (w *recursionWalk) at(place string) *recursionWalk { w.place = place; return w }

// within walks a part that stands in a place of its own.
func (w *recursionWalk) within(place string, m protoreflect.Message) {
	before := w.place
	if place != "" {
		w.place = place
	}
	w.walk(m)
	w.place = before
}

func (w *recursionWalk) walk(m protoreflect.Message) {
	if w.err != nil || !m.IsValid() {
		return
	}
	switch n := m.Interface().(type) {
	case *pg_query.RangeVar:
		w.found(n)
	case *pg_query.SubLink:
		w.walkChild(n.Testexpr, "")
		w.walkChild(n.Subselect, "within a subquery")
	case *pg_query.JoinExpr:
		w.join(n)
	case *pg_query.SelectStmt:
		w.query(n)
	default:
		eachChild(m, w.walk)
	}
}

func (w *recursionWalk) walkChild(n *pg_query.Node, place string) {
	if n != nil {
		w.within(place, n.ProtoReflect())
	}
}

func (w *recursionWalk) found(n *pg_query.RangeVar) {
	if n.Schemaname != "" || n.Relname != w.name {
		return
	}
	place := w.place
	if w.count++; place == "" && w.count > 1 {
		place = "more than once"
	}
	if place != "" {
		w.err = sqlstate.New(sqlstate.InvalidRecursion, "recursive reference to query \"%s\" must not appear %s", w.name, place).
			At(w.b.position(n.Location))
	}
}

func (w *recursionWalk) join(n *pg_query.JoinExpr) {
	const outer = "within an outer join"
	left, right := "", ""
	switch n.Jointype {
	case pg_query.JoinType_JOIN_LEFT:
		right = outer
	case pg_query.JoinType_JOIN_RIGHT:
		left = outer
	case pg_query.JoinType_JOIN_FULL:
		left, right = outer, outer
	}
	w.walkChild(n.Larg, left)
	w.walkChild(n.Rarg, right)
	w.walkChild(n.Quals, "")
}

func (w *recursionWalk) query(n *pg_query.SelectStmt) {
	if shadows(n, w.name) {
		return
	}
	left, right := "", ""
	switch {
	case n.Op == pg_query.SetOperation_SETOP_EXCEPT:
		right = "within EXCEPT"
		if n.All {
			left = right
		}
	case n.Op == pg_query.SetOperation_SETOP_INTERSECT && n.All:
		left, right = "within INTERSECT", "within INTERSECT"
	}
	eachField(n.ProtoReflect(), func(field protoreflect.FieldDescriptor, m protoreflect.Message) {
		switch field.Name() {
		case "larg":
			w.within(left, m)
		case "rarg":
			w.within(right, m)
		default:
			w.walk(m)
		}
	})
}

// shadows tells whether a query's own WITH gives a name another meaning.
func shadows(n *pg_query.SelectStmt, name string) bool {
	for _, item := range n.GetWithClause().GetCtes() {
		if item.GetCommonTableExpr().GetCtename() == name {
			return true
		}
	}
	return false
}

// eachChild gives the messages below m.
func eachChild(m protoreflect.Message, f func(protoreflect.Message)) {
	eachField(m, func(_ protoreflect.FieldDescriptor, m protoreflect.Message) { f(m) })
}

// eachField gives the messages below m in the order of their fields.
func eachField(m protoreflect.Message, f func(protoreflect.FieldDescriptor, protoreflect.Message)) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if field.Kind() != protoreflect.MessageKind || !m.Has(field) {
			continue
		}
		if !field.IsList() {
			f(field, m.Get(field).Message())
			continue
		}
		list := m.Get(field).List()
		for j := range list.Len() {
			f(field, list.Get(j).Message())
		}
	}
}

// EachNode visits a part of a statement and all in it.
func EachNode(m protoreflect.Message, visit func(protoreflect.Message)) {
	visit(m)
	eachChild(m, func(child protoreflect.Message) { EachNode(child, visit) })
}
