package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner/plan"
)

// keptPortal runs a plan that was kept. The decision is on record before each run, as
// with any other; it is the one that was taken when the plan was made, as long as nothing
// has changed that it rests on.
type keptPortal struct {
	query  *query
	basis  *basis
	plan   *kept
	values [][]byte // of its parameters: texts, none NULL
}

var _ pgwire.Portal = (*keptPortal)(nil)

// Columns are the query's.
func (p *keptPortal) Columns() []pgwire.Column { return p.plan.columns }

// Close frees nothing.
func (p *keptPortal) Close() {}

// holds tells whether what was decided would be decided again: the same epoch, a
// principal of whom nothing else is known, and no grant that has begun or ended.
func (p *keptPortal) holds(now *basis) bool {
	return now.epoch == p.basis.epoch && now.principal == p.basis.principal && p.query.session.gateway.now().Before(p.plan.until)
}

// Run records the decision and starts the query. That of a look-up is written with those of
// others that are asked together with it.
func (p *keptPortal) Run(ctx context.Context) (pgwire.Rows, error) {
	s := p.query.session
	if err := s.ready(); err != nil {
		return nil, err
	}
	now, err := s.basis()
	if err != nil {
		return nil, err
	}
	if !p.holds(now) {
		fresh, err := p.again(ctx)
		if err != nil {
			return nil, err
		}
		return fresh.Run(ctx)
	}
	record, err := s.decided(audit.Statement{Text: p.query.text, Like: p.plan.like})
	if err == nil && p.plan.lookUp == nil {
		err = record.Written()
	}
	if err != nil {
		return nil, err
	}
	for _, n := range p.plan.notices {
		s.out.Notice(n)
	}
	if p.plan.lookUp != nil {
		return p.lookUp(ctx, record)
	}
	return p.start(ctx, record)
}

// start runs the plan in the common way.
func (p *keptPortal) start(ctx context.Context, record *audit.Entry) (pgwire.Rows, error) {
	q := p.plan.query
	if len(p.values) > 0 {
		q = withValues(q, p.literals())
	}
	s := p.query.session
	o := s.options(s.momentOn(p.basis))
	o.Again = p.plan.again
	r, err := s.start(ctx, ctx, running{query: q, quiet: p.plan.quiet, record: record, standing: p.standing(), options: o})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// standing is what the rows are allowed by.
func (p *keptPortal) standing() *standing {
	allowed := &portal{session: p.query.session, again: p.again}
	return &standing{portal: allowed, epoch: p.basis.epoch, who: p.basis.who, decision: p.plan.decision, until: p.plan.until}
}

// again binds the query anew.
func (p *keptPortal) again(ctx context.Context) (*portal, error) {
	if p.query.key.shape {
		return p.query.bind(ctx, nil) // the values stand in its text
	}
	parameters := make([]pgwire.Parameter, len(p.values))
	for i, v := range p.values {
		parameters[i] = pgwire.Parameter{Value: v}
	}
	return p.query.bind(ctx, parameters)
}

func (p *keptPortal) literals() []*plan.Literal {
	all := make([]*plan.Literal, len(p.values))
	for i, v := range p.values {
		all[i] = &plan.Literal{Of: p.plan.bound.Parameters[i], Text: string(v)}
	}
	return all
}
