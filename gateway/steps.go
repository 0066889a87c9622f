package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strconv"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// plan decides on a portal's query and optimizes what is left of it. The decision, a
// refusal too, is on record when it returns; without a record there is no answer.
func (s *session) plan(ctx context.Context, p *portal) (planner.Optimized, *audit.Entry, error) {
	if err := p.refresh(ctx); err != nil {
		return planner.Optimized{}, nil, err
	}
	binder, attributes := p.moment.binder()
	secured, refused := auth.Secure(ctx, p.moment.who, p.bound.Query, p.bound.NextID, binder)
	decision := secured.Decision()
	decision.Attributes = attributes
	record, err := s.record(p, decision, refused)
	if err != nil {
		return planner.Optimized{}, nil, err
	}
	if refused != nil {
		return planner.Optimized{}, nil, refused
	}
	p.standing = &standing{portal: p, epoch: p.moment.epoch, who: p.moment.who, decision: decision, until: secured.Until()}
	for _, n := range secured.Notices() {
		s.out.Notice(n)
	}
	ready, err := planner.Optimize(secured, s.off(), s.evaluate(ctx, p.moment))
	if err != nil {
		s.gateway.completion(record)(audit.Outcome{Err: err})
		return planner.Optimized{}, nil, err
	}
	return ready, record, nil
}

// record writes a decision, before anything runs.
func (s *session) record(p *portal, d auth.Decision, refused error) (*audit.Entry, error) {
	return s.write(audit.Statement{Text: p.text, Decision: d, Err: refused})
}

// refused records a statement that ended before there was anything to decide on, and
// gives its error; that of the audit goes first.
func (s *session) refused(text string, who auth.Principal, err error) error {
	if _, failed := s.write(audit.Statement{Text: text, Decision: auth.Refused(who, err), Err: err}); failed != nil {
		return failed
	}
	return err
}

// sender is this session as records name it now.
func (s *session) sender() *audit.Sender {
	if application := s.settings.value("application_name"); s.audited.as == nil || s.audited.application != application {
		s.audited = audited{application, audit.NewSender(auditSession(s.login, application))}
	}
	return s.audited.as
}

// audited is how records name a session that told an application's name.
type audited struct {
	application string
	as          *audit.Sender
}

func auditSession(login pgwire.Login, application string) audit.Session {
	a := audit.Session{
		ID: strconv.FormatUint(uint64(login.ProcessID), 10), User: login.User, Database: login.Database, Application: application,
	}
	if login.Remote != nil {
		a.Client = login.Remote.String()
	}
	if login.TLS != nil {
		a.TLS = tls.VersionName(login.TLS.Version)
	}
	return a
}

// completion gives what records a statement's outcome. That a completion cannot be
// written is an operator's concern: the decision is on record, the rows have gone.
func (g *Gateway) completion(e *audit.Entry) func(audit.Outcome) {
	return func(o audit.Outcome) { g.ended(e, o) }
}

func (g *Gateway) ended(e *audit.Entry, o audit.Outcome) {
	g.report(o.Err)
	if err := e.Complete(o); err != nil {
		g.log.Error("completion not recorded", "error", err)
	}
}

// report logs an error that its user cannot mend. What lies behind it may quote values
// of a source, so that is for whoever asked for debugging.
func (g *Gateway) report(err error) {
	if err == nil {
		return
	}
	e := sqlstate.From(err)
	if owner := e.Owner(); owner != sqlstate.OwnerDomain && owner != sqlstate.OwnerGateway {
		return
	}
	g.log.Warn("statement failed", "sqlstate", string(e.Code), "message", e.Message)
	for cause := errors.Unwrap(e); cause != nil; cause = errors.Unwrap(cause) {
		g.log.Debug("because", "cause", fmt.Sprintf("%#v", cause))
	}
}

// auditFragments tells the audit what each source was asked, without values, and gave.
func auditFragments(ran []executor.Fragment) []audit.Fragment {
	all := make([]audit.Fragment, len(ran))
	for i, f := range ran {
		all[i] = audit.Fragment{Source: f.Remote.Source.ID(), Fingerprint: audit.Fingerprint(f.SQL), Rows: f.Rows, Bytes: f.Bytes}
	}
	return all
}
