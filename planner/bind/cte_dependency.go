package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluicemesh/sluice/sqlstate"
)

// refersTo tells whether a query names a table or WITH query, outside of parts that
// give the name another meaning.
func refersTo(n *pg_query.Node, name string) bool {
	found := false
	var walk func(protoreflect.Message)
	walk = func(m protoreflect.Message) {
		if found {
			return
		}
		switch n := m.Interface().(type) {
		case *pg_query.RangeVar:
			found = n.Schemaname == "" && n.Relname == name
			return
		case *pg_query.SelectStmt:
			if shadows(n, name) {
				return
			}
		}
		eachChild(m, walk)
	}
	walk(n.ProtoReflect())
	return found
}

// sortByDependency puts the queries of WITH RECURSIVE in an order in which each
// refers only to itself and those before it (parse_cte.c, TopologicalSort).
func (b *binder) sortByDependency(list []*pg_query.Node) ([]*pg_query.Node, error) {
	left := append([]*pg_query.Node{}, list...)
	var sorted []*pg_query.Node
	for len(left) > 0 {
		next := -1
		for i, item := range left {
			if !refersToOthers(item, left) {
				next = i
				break
			}
		}
		if next < 0 {
			return nil, sqlstate.New(sqlstate.FeatureNotSupported, "mutual recursion between WITH items is not implemented").
				At(b.position(left[0].GetCommonTableExpr().Location))
		}
		sorted = append(sorted, left[next])
		left = append(left[:next:next], left[next+1:]...)
	}
	return sorted, nil
}

func refersToOthers(item *pg_query.Node, list []*pg_query.Node) bool {
	for _, other := range list {
		if other != item && refersTo(item.GetCommonTableExpr().Ctequery, other.GetCommonTableExpr().Ctename) {
			return true
		}
	}
	return false
}
