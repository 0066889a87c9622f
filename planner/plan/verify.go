package plan

import "github.com/sluicemesh/sluice/sqlstate"

// Verify checks what every plan owes its readers: an expression reads only columns in
// sight, in the type they are made with. Columns made outside of n are taken for those
// of a query around it; one that is made inside n but out of sight is a fault of
// whoever wrote the plan, XX000.
func Verify(n Node) error {
	v := &verifier{made: map[ColumnID]Column{}}
	Walk(n, func(n Node) bool {
		for _, c := range own(n) {
			v.made[c.ID] = c
		}
		return true
	})
	v.node(n, ColumnSet{})
	return v.err
}

type verifier struct {
	made map[ColumnID]Column // anywhere inside
	err  error
}

// node checks a node that sees the columns of outer besides its inputs'.
func (v *verifier) node(n Node, outer ColumnSet) {
	sight := copyColumns(outer)
	for i, in := range n.Inputs() {
		around := outer
		if j, ok := n.(*Join); ok && i == 1 && j.Lateral {
			around = sight // the right side sees the left
		}
		v.node(in, around)
		for id := range Produced(in) {
			sight[id] = true
		}
	}
	for _, e := range n.Exprs() {
		v.expr(n, e, sight)
	}
}

func (v *verifier) expr(n Node, e Expr, sight ColumnSet) {
	WalkExpr(e, func(e Expr) bool {
		switch e := e.(type) {
		case *ColumnRef:
			v.reference(n, e, sight)
		case *Subquery:
			v.node(e.Plan, sight)
		}
		return v.err == nil
	})
}

func (v *verifier) reference(n Node, r *ColumnRef, sight ColumnSet) {
	made, inside := v.made[r.ID]
	if !inside || v.err != nil {
		return
	}
	if !sight[r.ID] {
		v.err = sqlstate.New(sqlstate.InternalError, "plan: %T reads column %d, which is not in sight", n, r.ID)
	} else if made.Type.OID != r.Column.Type.OID {
		v.err = sqlstate.New(sqlstate.InternalError, "plan: %T reads column %d as another type", n, r.ID)
	}
}

func copyColumns(s ColumnSet) ColumnSet {
	out := make(ColumnSet, len(s))
	for id := range s {
		out[id] = true
	}
	return out
}
