package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/pgwire"
)

// onRecord is a statement that leaves a record whatever becomes of it: where it fails
// without a decision of its own (a name that is taken, a setting that is refused, a
// parameter that is no number), that it failed is put on record.
type onRecord struct {
	pgwire.Statement
	session *session
	text    string
}

var (
	_ pgwire.Statement    = onRecord{}
	_ pgwire.BinaryPortal = recordedPortal{}
	_ pgwire.CopyOut      = recordedCopy{}
)

// Describe is the statement's own.
func (o onRecord) Describe(ctx context.Context) (types []uint32, columns []pgwire.Column, err error) {
	defer o.record(o.session.records, &err)
	return o.Statement.Describe(ctx)
}

// Bind is the statement's own; what it gives leaves a record too.
func (o onRecord) Bind(ctx context.Context, parameters []pgwire.Parameter) (p pgwire.Portal, err error) {
	defer o.record(o.session.records, &err)
	p, err = o.Statement.Bind(ctx, parameters)
	if err != nil {
		return nil, err
	}
	if out, ok := p.(pgwire.CopyOut); ok {
		return recordedCopy{recordedPortal{p, o}, out}, nil
	}
	if in, ok := p.(pgwire.CopyIn); ok {
		return recordedCopyIn{recordedPortal{p, o}, in}, nil
	}
	return recordedPortal{p, o}, nil
}

// record writes the record unless there have been others since.
func (o onRecord) record(before uint64, err *error) {
	if *err != nil && o.session.records == before {
		*err = o.session.refusedHere(o.text, *err)
	}
}

// recordedPortal is a portal of such a statement.
type recordedPortal struct {
	pgwire.Portal
	of onRecord
}

// Run is the portal's own.
func (p recordedPortal) Run(ctx context.Context) (rows pgwire.Rows, err error) {
	defer p.of.record(p.of.session.records, &err)
	return p.Portal.Run(ctx)
}

// Binary is the portal's own.
func (p recordedPortal) Binary() bool {
	b, ok := p.Portal.(pgwire.BinaryPortal)
	return ok && b.Binary()
}

// recordedCopy is one whose rows leave by COPY.
type recordedCopy struct {
	recordedPortal
	pgwire.CopyOut
}

// recordedCopyIn is one that takes the data of COPY.
type recordedCopyIn struct {
	recordedPortal
	pgwire.CopyIn
}

// Width is the portal's own.
func (p recordedCopyIn) Width(ctx context.Context) (width int, binary bool, err error) {
	defer p.of.record(p.of.session.records, &err)
	return p.CopyIn.Width(ctx)
}

// Take is the portal's own.
func (p recordedCopyIn) Take(ctx context.Context, next func(context.Context) ([]byte, error)) (tag string, err error) {
	defer p.of.record(p.of.session.records, &err)
	return p.CopyIn.Take(ctx, next)
}

// refusedHere records a statement that failed before there was anything to decide on, and
// gives its error; that of the audit goes first.
func (s *session) refusedHere(text string, err error) error {
	who, unknown := s.gateway.epoch.Load().principalOf(s.login, s.settings.value("sluice.purpose"))
	if unknown != nil { // the user is gone, or its purpose: the login's name is on record all the same
		who = auth.Principal{User: s.login.User}
	}
	return s.refused(text, who, err)
}

// write writes a decision, before anything runs. A refusal is at its end with that.
func (s *session) write(st audit.Statement) (*audit.Entry, error) {
	s.records++
	e, err := s.gateway.audit.Decision(s.sender(), st)
	if err == nil && st.Err != nil {
		s.gateway.completion(e)(audit.Outcome{Err: st.Err})
	}
	return e, err
}

// decided hands over a decision. Its entry's Written must follow.
func (s *session) decided(st audit.Statement) (*audit.Entry, error) {
	s.records++
	return s.gateway.audit.Begin(s.sender(), st)
}
