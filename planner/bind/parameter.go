package bind

import (
	"strconv"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// maxParameters is what Bind's 16-bit count allows.
const maxParameters = 65535

// parameter binds $n: of the type it has by now, else unknown until a context decides.
func (b *binder) parameter(n *pg_query.ParamRef) (plan.Expr, error) {
	if b.env.NoParameters && b.fixed == 0 || n.Number < 1 || n.Number > maxParameters {
		return nil, sqlstate.New(sqlstate.UndefinedParameter, "there is no parameter $%d", n.Number).At(b.position(n.Location))
	}
	for len(b.parameters) < int(n.Number) {
		b.parameters = append(b.parameters, pgtype.Of(0))
	}
	t := &b.parameters[n.Number-1]
	if t.OID == 0 {
		t.OID = pgtype.Unknown
	}
	p := &plan.Parameter{Index: int(n.Number), Of: pgtype.Of(t.OID)}
	if t.OID == pgtype.Unknown {
		b.setOpen(p, b.position(n.Location))
	}
	return p, nil
}

func (b *binder) setOpen(p *plan.Parameter, position int) {
	if b.open == nil {
		b.open = map[*plan.Parameter]int{}
	}
	b.open[p] = position
}

// inferParameter gives an unknown parameter the type its context wants
// (variable_coerce_param_hook).
func (b *binder) inferParameter(p *plan.Parameter, to pgtype.OID, position int) (plan.Expr, error) {
	t := &b.parameters[p.Index-1]
	if own, ok := b.open[p]; ok {
		position = own
		delete(b.open, p)
	}
	switch t.OID {
	case to:
	case 0, pgtype.Unknown:
		*t = pgtype.Of(to)
	default:
		return nil, sqlstate.New(sqlstate.AmbiguousParameter, "inconsistent types deduced for parameter $%d", p.Index).
			WithDetail("%s versus %s", pgtype.SQLName(t.OID), pgtype.SQLName(to)).At(position)
	}
	return &plan.Parameter{Index: p.Index, Of: pgtype.Of(to)}, nil
}

// checkParameters fails where a parameter's type was never determined (42P18), or was
// only after a place that left it open, as "$1 IS NULL OR c = $1" does (42P08).
// Numbers that the statement skips count too, as PostgreSQL counts them.
func (b *binder) checkParameters() error {
	if p, position := b.firstOpen(); p != nil {
		return sqlstate.New(sqlstate.AmbiguousParameter, "could not determine data type of parameter $%d", p.Index).At(position)
	}
	for i, t := range b.parameters {
		if t.OID == 0 || t.OID == pgtype.Unknown {
			return sqlstate.New(sqlstate.IndeterminateDatatype, "could not determine data type of parameter $%s", strconv.Itoa(i+1))
		}
	}
	return nil
}

// firstOpen gives the first place in the text that left a parameter open which has a type now.
func (b *binder) firstOpen() (first *plan.Parameter, position int) {
	for p, at := range b.open {
		if b.parameters[p.Index-1].OID != pgtype.Unknown && (first == nil || at < position) {
			first, position = p, at
		}
	}
	return first, position
}
