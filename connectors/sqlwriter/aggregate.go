package sqlwriter

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// aggregate goes into the SELECT of its input as GROUP BY. With grouping sets it becomes
// a sub-select at once: above it, grouping expressions are NULL where a set lacks them,
// and no engine should have to see that through computed expressions.
func (w *writer) aggregate(n *plan.Aggregate) *block {
	b := w.upTo(w.node(n.Input), atWhere)
	n, b = w.ownArguments(n, b)
	n, b = w.distinctGroups(n, b)
	if len(n.Groups) == 0 && n.Sets == nil && len(n.Aggs) == 0 {
		return &block{cols: map[plan.ColumnID]value{}}
	}
	cols := map[plan.ColumnID]value{}
	w.within(b.cols, func() {
		keys := w.groups(n, cols)
		for _, item := range n.Aggs {
			cols[item.Column.ID] = w.aggregateItem(item.Expr, keys)
		}
		b.group = groupText(keys, n.Sets)
	})
	b.cols, b.columns, b.stage = cols, n.Columns(), atGroup
	if len(n.Groups) == 0 && n.Sets == nil {
		b.single = []string{"count(*) >= 0"}
		for _, v := range cols {
			b.single = append(b.single, v.sql)
		}
	}
	if n.Sets != nil {
		return w.wrap(b)
	}
	return b
}

// distinctGroups gives each grouping expression a name of its own where grouping sets
// could not tell two equal ones apart.
func (w *writer) distinctGroups(n *plan.Aggregate, b *block) (*plan.Aggregate, *block) {
	if n.Sets == nil {
		return n, b
	}
	groups := append([]plan.Item{}, n.Groups...)
	texts := map[string]bool{}
	w.within(b.cols, func() {
		for _, item := range n.Groups {
			texts[w.expr(item.Expr).sql] = true
		}
		for i, item := range n.Groups {
			if len(texts) < len(n.Groups) {
				groups[i].Expr = w.computed(b, item.Expr)
			}
		}
	})
	if len(texts) == len(n.Groups) {
		return n, b
	}
	return &plan.Aggregate{Input: n.Input, Groups: groups, Sets: n.Sets, Aggs: n.Aggs}, w.wrap(b)
}

// groups writes the grouping keys and what stands for the grouped columns: the key, or
// one of the values with that key where the key is not the value itself.
func (w *writer) groups(n *plan.Aggregate, cols map[plan.ColumnID]value) []string {
	keys := make([]string, len(n.Groups))
	for i, item := range n.Groups {
		v := w.expr(item.Expr)
		k := w.d.key(w, v, item.Expr.Type())
		keys[i] = notPosition(k, item.Expr)
		if k.sql == v.sql {
			v.sql, v.rank, v.stored = keys[i], min(v.rank, k.rank), "" // HAVING may name the key only
			cols[item.Column.ID] = v
			continue
		}
		first := "first(" + v.sql + ")"
		if n.Sets != nil {
			first = "CASE WHEN grouping(" + keys[i] + ") = 0 THEN " + first + " END"
		}
		cols[item.Column.ID] = value{sql: first, rank: atom, form: v.form}
	}
	return keys
}

var bareConstant = regexp.MustCompile(`^([0-9]+|'.*'|true|false)$`)

// constant is the text of a literal.
var constant = regexp.MustCompile(`^(true|false|E?('([^']|'')*')+|[0-9]+)(::[\w ]+(\([\d,]+\))?)?$`)

// notPosition keeps a constant in GROUP BY from being read as a column's position.
func notPosition(v value, e plan.Expr) string {
	if !bareConstant.MatchString(v.sql) {
		return v.sql
	}
	switch e.Type().OID {
	case pgtype.Int4:
		return "CAST(" + v.sql + " AS INTEGER)"
	case pgtype.Bool:
		return "CAST(" + v.sql + " AS BOOLEAN)"
	}
	return "CAST(" + v.sql + " AS VARCHAR)"
}

func groupText(keys []string, sets [][]int) string {
	if sets == nil {
		return strings.Join(keys, ", ")
	}
	texts := make([]string, len(sets))
	for i, set := range sets {
		members := make([]string, len(set))
		for j, index := range set {
			members[j] = keys[index]
		}
		texts[i] = "(" + strings.Join(members, ", ") + ")"
	}
	return "GROUPING SETS (" + strings.Join(texts, ", ") + ")"
}

func (w *writer) aggregateItem(e plan.Expr, keys []string) value {
	switch e := e.(type) {
	case *plan.Grouping:
		args := make([]string, len(e.Groups))
		for i, g := range e.Groups {
			args[i] = keys[g]
		}
		return atomOf("CAST(grouping(" + strings.Join(args, ", ") + ") AS INTEGER)")
	case *plan.AggregateCall:
		return w.aggregateCall(e)
	}
	return w.refuse("expression in an aggregate list")
}

func (w *writer) aggregateCall(e *plan.AggregateCall) value {
	if len(e.WithinGroup) > 0 {
		return w.orderedSet(e)
	}
	c := call{signature: functions.Signature(e), args: e.Args, of: e.Of, aggregate: true}
	if e.Distinct {
		c.distinct = "DISTINCT "
	}
	if e.Filter != nil {
		c.chosen = w.truth(e.Filter).sql
		c.behind = " FILTER (WHERE " + c.chosen + ")"
	}
	if keys := w.sortKeys(aggregateOrder(e)); len(keys) > 0 {
		c.order = " ORDER BY " + strings.Join(keys, ", ")
	}
	return w.call(c)
}

// aggregateOrder is the order in which an aggregate takes its rows, where its result
// depends on it. With DISTINCT PostgreSQL sorts by the argument itself.
func aggregateOrder(e *plan.AggregateCall) []plan.SortKey {
	switch e.Procedure.Name {
	case "any_value", "array_agg", "string_agg", "json_agg", "json_agg_rows", "jsonb_agg", "json_object_agg", "jsonb_object_agg",
		"json_agg_strict", "json_agg_strict_rows", "jsonb_agg_strict", "json_objectagg", "jsonb_objectagg", "json_object_agg_strict", "jsonb_object_agg_strict",
		"json_object_agg_unique", "jsonb_object_agg_unique", "json_object_agg_unique_strict", "jsonb_object_agg_unique_strict":
	default:
		return nil
	}
	if e.Distinct && len(e.OrderBy) == 0 {
		return []plan.SortKey{{Expr: e.Args[0]}}
	}
	return e.OrderBy
}

// sortKeys writes keys for ORDER BY. A constant orders nothing, and would be read as a
// column's position.
func (w *writer) sortKeys(keys []plan.SortKey) []string {
	var out []string
	for _, k := range keys {
		if v := w.expr(k.Expr); !constant.MatchString(v.sql) {
			out = append(out, w.sortKey(v, k))
		}
	}
	return out
}

func (w *writer) sortKey(v value, k plan.SortKey) string {
	text := w.d.order(w, v, k.Expr.Type())
	if k.Descending {
		text += " DESC"
	}
	if k.NullsFirst {
		return text + " NULLS FIRST"
	}
	return text + " NULLS LAST"
}

func number(n int) string { return strconv.Itoa(n) }

// ownArguments makes sure that in a subquery every aggregate reads a column of its own
// query: SQL takes an aggregate over nothing but outer columns for one of the outer
// query. Such arguments become columns of a sub-select first.
func (w *writer) ownArguments(n *plan.Aggregate, b *block) (*plan.Aggregate, *block) {
	if len(w.scopes) == 0 {
		return n, b
	}
	aggs := append([]plan.Item{}, n.Aggs...)
	added := false
	for i, item := range aggs {
		call, ok := item.Expr.(*plan.AggregateCall)
		if !ok || len(call.Args) == 0 || b.from != "" && w.readsOwn(item.Expr, b) {
			continue
		}
		copied := *call
		copied.Args = append([]plan.Expr{}, call.Args...)
		w.within(b.cols, func() {
			for j, arg := range copied.Args {
				if _, literal := arg.(*plan.Literal); !literal {
					copied.Args[j] = w.computed(b, arg)
				}
			}
		})
		aggs[i].Expr, added = &copied, true
	}
	if !added {
		return n, b
	}
	return &plan.Aggregate{Input: n.Input, Groups: n.Groups, Sets: n.Sets, Aggs: aggs}, w.wrap(b)
}

// computed adds a column to a block and gives the reference to it.
func (w *writer) computed(b *block, e plan.Expr) plan.Expr {
	w.synthetic--
	c := plan.Column{ID: w.synthetic, Type: e.Type()}
	b.cols = merged(b.cols, map[plan.ColumnID]value{c.ID: w.expr(e)})
	b.columns = append(append([]plan.Column{}, b.columns...), c)
	return &plan.ColumnRef{Column: c}
}

// readsOwn tells whether an expression reads a column of the block that is not an outer
// one passed on.
func (w *writer) readsOwn(e plan.Expr, b *block) bool {
	own, any := false, false
	visitColumns(e, func(id plan.ColumnID) {
		v, here := b.cols[id]
		any = true
		own = own || here && v.plain && !w.isOuter(v)
	})
	return own || !any
}

func (w *writer) isOuter(v value) bool {
	for _, scope := range w.scopes {
		for _, o := range scope {
			if o.sql == v.sql {
				return true
			}
		}
	}
	return false
}
