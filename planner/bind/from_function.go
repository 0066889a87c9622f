package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// fromFunction binds functions in FROM, which may always read the relations before them.
func (s *selection) fromFunction(n *pg_query.RangeFunction, left []*relation) (fromItem, error) {
	if len(n.Coldeflist) > 0 {
		return s.fromRecord(n, left)
	}
	if item, ok, err := s.fromOwnFunction(n); ok {
		return item, err
	}
	calls, err := functionCalls(n)
	if err != nil {
		return fromItem{}, err
	}
	scan, r := &plan.FunctionScan{Ordinality: n.Ordinality}, &relation{}
	for i, call := range calls {
		e, err := s.b.fromCall(s.lateral(clauseFrom, left), call)
		if err != nil {
			return fromItem{}, err
		}
		label := s.b.label(call)
		if i == 0 {
			r.alias = label
		}
		if n.Alias != nil && len(calls) == 1 {
			label = n.Alias.Aliasname
		}
		if err := s.b.addCall(scan, r, e, label, s.b.position(location(call))); err != nil {
			return fromItem{}, err
		}
	}
	if n.Ordinality {
		c := s.b.column("ordinality", pgtype.Of(pgtype.Int8), true)
		scan.Cols = append(scan.Cols, c)
		r.columns = append(r.columns, scopeColumn{name: c.Name, expr: &plan.ColumnRef{Column: c}, unqualified: true})
	}
	r.scalar = len(r.columns) == 1
	if err := r.rename(n.Alias); err != nil {
		return fromItem{}, err
	}
	return s.item(scan, r), nil
}

// functionCalls lists the calls. unnest of several arrays is several calls
// (parse_clause.c, transformRangeFunction).
func functionCalls(n *pg_query.RangeFunction) ([]*pg_query.Node, error) {
	var calls []*pg_query.Node
	for _, f := range n.Functions {
		pair := f.GetList().GetItems()
		if len(pair) > 1 && len(pair[1].GetList().GetItems()) > 0 {
			return nil, sqlstate.Unsupported("column definition list")
		}
		calls = append(calls, splitUnnest(pair[0])...)
	}
	return calls, nil
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

// addCall adds the columns one call gives: those of its OUT parameters, else one.
func (b *binder) addCall(scan *plan.FunctionScan, r *relation, e plan.Expr, label string, position int) error {
	outs, err := callColumns(e, label, position)
	if err != nil {
		return err
	}
	for _, out := range outs {
		c := b.column(out.Name, out.Type, false)
		scan.Cols = append(scan.Cols, c)
		r.columns = append(r.columns, scopeColumn{name: c.Name, expr: &plan.ColumnRef{Column: c}, unqualified: true})
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
