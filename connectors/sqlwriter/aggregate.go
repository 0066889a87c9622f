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
	if n.Sets != nil {
		return w.wrap(b)
	}
	return b
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
			v.sql, v.rank = keys[i], min(v.rank, k.rank)
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

var bareConstant = regexp.MustCompile(`^([0-9]+|'.*')$`)

// notPosition keeps a constant in GROUP BY from being read as a column's position.
func notPosition(v value, e plan.Expr) string {
	if !bareConstant.MatchString(v.sql) {
		return v.sql
	}
	if e.Type().OID == pgtype.Int4 {
		return "CAST(" + v.sql + " AS INTEGER)"
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
		return w.refuse("aggregate %s WITHIN GROUP", e.Procedure.Name)
	}
	c := call{signature: functions.Signature(e), args: e.Args, of: e.Of, aggregate: true}
	if e.Distinct {
		c.distinct = "DISTINCT "
	}
	if e.Filter != nil {
		c.behind = " FILTER (WHERE " + w.condition(e.Filter).sql + ")"
	}
	if len(e.OrderBy) > 0 && orderMatters(e) {
		c.order = " ORDER BY " + strings.Join(w.sortKeys(e.OrderBy), ", ")
	}
	return w.call(c)
}

// orderMatters leaves the order out of aggregates that do not depend on it.
func orderMatters(e *plan.AggregateCall) bool {
	switch e.Procedure.Name {
	case "array_agg", "string_agg":
		return true
	}
	return false
}

// sortKeys writes keys for ORDER BY. A constant orders nothing, and would be read as a
// column's position.
func (w *writer) sortKeys(keys []plan.SortKey) []string {
	var out []string
	for _, k := range keys {
		if _, constant := k.Expr.(*plan.Literal); constant {
			continue
		}
		text := w.d.order(w, w.expr(k.Expr), k.Expr.Type())
		if k.Descending {
			text += " DESC"
		}
		if k.NullsFirst {
			text += " NULLS FIRST"
		} else {
			text += " NULLS LAST"
		}
		out = append(out, text)
	}
	return out
}

func number(n int) string { return strconv.Itoa(n) }
