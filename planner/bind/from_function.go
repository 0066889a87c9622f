package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// fromFunction binds functions in FROM, which may always read the relations before them.
func (s *selection) fromFunction(n *pg_query.RangeFunction, left []*relation) (fromItem, error) {
	if item, ok, err := s.fromOwnFunction(n); ok {
		return item, err
	}
	calls := functionCalls(n)
	scan, r := &functionScan{FunctionScan: plan.FunctionScan{Ordinality: n.Ordinality}}, &relation{}
	for i, call := range calls {
		label := s.b.label(call.node)
		if i == 0 {
			r.alias = label
		}
		if n.Alias != nil && len(calls) == 1 {
			label = n.Alias.Aliasname
		}
		if err := s.addCall(scan, call, label, left); err != nil {
			return fromItem{}, err
		}
	}
	if n.Ordinality {
		scan.add(s.b.column("ordinality", pgtype.Of(pgtype.Int8), true))
	}
	for _, item := range scan.items {
		r.columns = append(r.columns, scopeColumn{name: item.Column.Name, expr: &plan.ColumnRef{Column: item.Column}, unqualified: true})
	}
	r.scalar = len(r.columns) == 1
	if err := r.rename(n.Alias); err != nil {
		return fromItem{}, err
	}
	return s.item(scan.node(), r), nil
}

// functionScan is the scan of functions in the making: the columns they give, and what the
// query sees of them.
type functionScan struct {
	plan.FunctionScan
	items   []plan.Item
	records bool // some of the items are computed from the scan's columns
}

// add adds a column of the scan that the query sees as it is.
func (f *functionScan) add(c plan.Column) {
	f.Cols = append(f.Cols, c)
	f.items = append(f.items, plan.Item{Column: c, Expr: &plan.ColumnRef{Column: c}})
}

func (f *functionScan) node() plan.Node {
	if !f.records {
		return &f.FunctionScan
	}
	return &plan.Project{Input: &f.FunctionScan, Items: f.items}
}

// functionCall is one call, with the columns that the query defines for it.
type functionCall struct {
	node    *pg_query.Node
	columns []*pg_query.Node
}

// functionCalls lists the calls. unnest of several arrays is several calls
// (parse_clause.c, transformRangeFunction).
func functionCalls(n *pg_query.RangeFunction) (calls []functionCall) {
	for _, f := range n.Functions {
		pair := f.GetList().GetItems()
		defined := n.Coldeflist
		if len(pair) > 1 && len(pair[1].GetList().GetItems()) > 0 {
			defined = pair[1].GetList().GetItems()
		}
		for _, call := range splitUnnest(pair[0]) {
			calls = append(calls, functionCall{call, defined})
		}
	}
	return calls
}

func splitUnnest(n *pg_query.Node) []*pg_query.Node {
	f := n.GetFuncCall()
	if f == nil || len(f.Args) < 2 || f.AggOrder != nil || f.AggFilter != nil || f.Over != nil ||
		f.AggStar || f.AggDistinct || f.FuncVariadic || len(f.Funcname) != 1 || f.Funcname[0].GetString_().GetSval() != "unnest" {
		return []*pg_query.Node{n}
	}
	var calls []*pg_query.Node
	for _, arg := range f.Args {
		calls = append(calls, pg_query.MakeFuncCallNode([]*pg_query.Node{pg_query.MakeStrNode("unnest")}, []*pg_query.Node{arg}, f.Location))
	}
	return calls
}

// addCall adds the columns one call gives: the fields of the records it makes, those of its
// OUT parameters, else one.
func (s *selection) addCall(scan *functionScan, call functionCall, label string, left []*relation) error {
	sc, position := s.lateral(clauseFrom, left), s.b.position(location(call.node))
	if record, ok := recordCall(call.node.GetFuncCall()); ok {
		return s.addRecords(scan, record, call.columns, sc)
	}
	if len(call.columns) > 0 {
		return sqlstate.Unsupported("column definition list").At(s.b.position(call.columns[0].GetColumnDef().GetLocation()))
	}
	e, err := s.b.fromCall(sc, call.node)
	if err != nil {
		return err
	}
	outs, err := callColumns(e, label, position)
	if err != nil {
		return err
	}
	for _, out := range outs {
		scan.add(s.b.column(out.Name, out.Type, false))
	}
	scan.Calls = append(scan.Calls, e)
	scan.Fields = append(scan.Fields, len(outs))
	return nil
}

// callColumns names and types the columns of a call.
func callColumns(e plan.Expr, label string, position int) ([]plan.Column, error) {
	procedure := procedureOf(e)
	switch {
	case procedure == nil || len(procedure.Out) == 0:
		if info, ok := pgtype.TypeByOID(e.Type().OID); ok && (info.Kind == 'c' || e.Type().OID == pgtype.Record) {
			return nil, sqlstate.New(sqlstate.SyntaxError,
				"a column definition list is required for functions returning \"record\"").At(position)
		}
		return []plan.Column{{Name: label, Type: e.Type()}}, nil
	case len(procedure.Out) == 1:
		if procedure.Out[0].Name != "" {
			label = procedure.Out[0].Name
		}
		return []plan.Column{{Name: label, Type: e.Type()}}, nil
	}
	columns := make([]plan.Column, len(procedure.Out))
	for i, out := range outColumns(procedure, e.Children()) {
		if info, ok := pgtype.TypeByOID(out.Type); ok && info.Kind == 'p' {
			return nil, sqlstate.Unsupported("function %s in FROM", procedure.Name).At(position)
		}
		columns[i] = plan.Column{Name: out.Name, Type: pgtype.Of(out.Type)}
	}
	return columns, nil
}

func procedureOf(e plan.Expr) *pgtype.Procedure {
	switch e := e.(type) {
	case *plan.SetCall:
		return e.Procedure
	case *plan.Call:
		return e.Procedure
	}
	return nil
}
