package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
)

// Relation is what a function that the environment answers gives: rows that are known
// while binding.
type Relation struct {
	Columns []plan.Column // without IDs
	Rows    [][]*plan.Literal
}

// fromOwnFunction binds a call of schema.name('text', …) that the environment answers
// itself; ok is false where it does not.
func (s *selection) fromOwnFunction(n *pg_query.RangeFunction) (item fromItem, ok bool, err error) {
	schema, name, args, ok := ownCall(n)
	if !ok || s.b.env.Function == nil {
		return fromItem{}, false, nil
	}
	given, err := s.b.env.Function(schema, name, args)
	if given == nil || err != nil {
		position := s.b.position(location(n.Functions[0].GetList().GetItems()[0]))
		return fromItem{}, err != nil, pointAt(err, position)
	}
	s.b.unsteady() // it depends on the session and the moment
	values, r := &plan.Values{}, &relation{alias: name}
	for _, c := range given.Columns {
		column := s.b.column(c.Name, c.Type, c.NotNull)
		values.Cols = append(values.Cols, column)
		r.columns = append(r.columns, scopeColumn{name: c.Name, expr: &plan.ColumnRef{Column: column}, unqualified: true})
	}
	for _, row := range given.Rows {
		exprs := make([]plan.Expr, len(row))
		for i, l := range row {
			exprs[i] = l
		}
		values.Rows = append(values.Rows, exprs)
	}
	if err := r.rename(n.Alias); err != nil {
		return fromItem{}, true, err
	}
	return s.item(values, r), true, nil
}

// ownCall takes a call apart that has a schema and text constants only.
func ownCall(n *pg_query.RangeFunction) (schema, name string, args []string, ok bool) {
	if len(n.Functions) != 1 || n.Ordinality || len(n.Coldeflist) > 0 {
		return "", "", nil, false
	}
	items := n.Functions[0].GetList().GetItems()
	if len(items) == 0 {
		return "", "", nil, false
	}
	call := items[0].GetFuncCall()
	if call == nil || len(call.Funcname) != 2 || call.Over != nil || call.AggStar || call.FuncVariadic {
		return "", "", nil, false
	}
	for _, a := range call.Args {
		text := a.GetAConst().GetSval()
		if text == nil {
			return "", "", nil, false
		}
		args = append(args, text.Sval)
	}
	return call.Funcname[0].GetString_().GetSval(), call.Funcname[1].GetString_().GetSval(), args, true
}
