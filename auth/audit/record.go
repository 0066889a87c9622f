package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Session is who sends statements, from where.
type Session struct {
	Application string `json:"application,omitempty"`
	Client      string `json:"client,omitempty"` // address
	Database    string `json:"database,omitempty"`
	ID          string `json:"id"`
	TLS         string `json:"tls,omitempty"` // version; "" without TLS
	User        string `json:"user"`
}

// Statement is a statement with what was decided on it.
type Statement struct {
	Text     string // this statement's alone, as sent
	Decision auth.Decision
	Err      error // why it was refused
	// Like has, where it is not nil, the decision, and the text but for its literals.
	Like *Like
}

// Outcome is how a statement ended.
type Outcome struct {
	Rows      int64
	Queued    time.Duration // waiting for memory, before it ran
	Fragments []Fragment
	Err       error
}

// Fragment is what one source was asked and gave.
type Fragment struct {
	Bytes       int64  `json:"bytes"`
	Fingerprint string `json:"fingerprint,omitempty"` // of the statement sent, literals left out
	Rows        int64  `json:"rows"`
	Source      string `json:"source"`
}

// Entry is a recorded decision, to be completed.
type Entry struct {
	log    *Log
	sender *Sender
	start  time.Time

	once    sync.Once
	pending *pending // the decision's record, until it is written
	seq     uint64   // of it
	err     error    // why it could not be
}

// record is one line. Fields of kinds that do not have them are left out. They stand in
// the order of their JSON names, in nested values too: the text is canonical, so that a
// hash over it can be computed again (TestCanonical).
type record struct {
	Completes uint64         `json:"completes,omitempty"` // seq of the decision
	Decision  *auth.Decision `json:"decision,omitempty"`
	Micros    *int64         `json:"duration_us,omitempty"`
	Epoch     uint64         `json:"epoch,omitempty"` // of a reload, a grant
	Fragments []Fragment     `json:"fragments,omitempty"`
	Grant     *Grant         `json:"grant,omitempty"`
	Key       string         `json:"key,omitempty"` // public key of a checkpoint, hex
	Kind      string         `json:"kind"`
	Login     *login         `json:"login,omitempty"`
	Mesh      string         `json:"mesh,omitempty"` // hash of the mesh, of a reload
	Outcome   string         `json:"outcome,omitempty"`
	Previous  string         `json:"prev"` // SHA-256 of the line before, hex
	Queued    int64          `json:"queued_us,omitempty"`
	Rows      *int64         `json:"rows,omitempty"`
	Sequence  uint64         `json:"seq"`
	Session   *Session       `json:"session,omitempty"`
	Signature string         `json:"signature,omitempty"` // of a checkpoint, hex
	SQLState  string         `json:"sqlstate,omitempty"`
	Statement *statement     `json:"statement,omitempty"`
	Time      string         `json:"time"`
	Version   int            `json:"v"`
}

// Login is how somebody was let in, or with an error that they were not.
type Login struct {
	Method  string    // certificate, scram, oidc, ldap
	Groups  []string  // that the proof named
	Expires time.Time // when the proof ends; zero: never
	Purpose string    // declared with it
	Reason  string    // why not, as a code
	Err     error
}

// login is a Login as recorded.
type login struct {
	Expires string   `json:"expires,omitempty"`
	Groups  []string `json:"groups,omitempty"`
	Method  string   `json:"method,omitempty"`
	Purpose string   `json:"purpose,omitempty"`
	Reason  string   `json:"reason,omitempty"`
}

// Login records that a session began, or that it was not let in.
func (l *Log) Login(s Session, in Login) error {
	r := record{Kind: "login", Session: &s, Outcome: outcome(in.Err), SQLState: code(in.Err), Login: &login{
		Groups: in.Groups, Method: in.Method, Purpose: in.Purpose, Reason: in.Reason,
	}}
	if !in.Expires.IsZero() {
		r.Login.Expires = in.Expires.UTC().Format(time.RFC3339)
	}
	return l.write(&r)
}

// Logout records that a session ended.
func (l *Log) Logout(s Session) error {
	r := record{Kind: "logout", Session: &s, Outcome: outcome(nil)}
	return l.write(&r)
}

// Reload records which mesh came into force, or with an error that one did not.
func (l *Log) Reload(epoch uint64, hash string, err error) error {
	r := record{Kind: "reload", Epoch: epoch, Mesh: hash, Outcome: outcome(err), SQLState: code(err)}
	return l.write(&r)
}

// Decision records what was decided, before the statement runs. On an error it must not run.
func (l *Log) Decision(s *Sender, st Statement) (*Entry, error) {
	e, err := l.Begin(s, st)
	if err == nil {
		err = e.Written()
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

// Begin hands over what was decided. Written must follow, before any source is asked: that
// several statements are asked together then takes one write for all of them.
func (l *Log) Begin(s *Sender, st Statement) (*Entry, error) {
	if l.discard {
		return &Entry{log: l}, nil
	}
	e := &Entry{log: l, sender: s, start: l.options.Now()}
	r, ready := record{Kind: "decision", Outcome: "refused", SQLState: code(st.Err)}, l.ready(s, st)
	if ready.allowed && st.Err == nil {
		r.Outcome = "allowed"
	}
	p := l.records.Get().(*pending)
	p.sync = l.options.Sync
	p.pieces.encode(&r, ready)
	if err := l.hand(p); err != nil {
		return nil, err
	}
	l.underway.Add(1)
	e.pending = p
	return e, nil
}

// Written returns once the decision is in the file. On an error the statement must not run, and
// has no completion. Whoever asks may be another statement that is run together with this one.
func (e *Entry) Written() error {
	if e.log.discard {
		return nil
	}
	e.once.Do(func() {
		l, p := e.log, e.pending
		if err := l.await(p, l.underway.Load() > 1); err != nil {
			l.underway.Add(-1)
			e.err = unwritable(err)
		}
		e.seq, e.pending = p.seq, nil
		l.records.Put(p)
	})
	return e.err
}

// Complete records how the statement of a decision ended, once. The record is in the file
// with the next decision, or a moment later, in the order of the calls.
func (e *Entry) Complete(o Outcome) error {
	l := e.log
	if l.discard {
		return nil
	}
	l.underway.Add(-1)
	micros := l.options.Now().Sub(e.start).Microseconds()
	r := record{
		Kind: "completion", Completes: e.seq, Queued: o.Queued.Microseconds(), Rows: &o.Rows, Micros: &micros, Fragments: o.Fragments, Outcome: outcome(o.Err), SQLState: code(o.Err),
	}
	p := l.records.Get().(*pending)
	p.sync, p.waited = false, false
	p.pieces.encode(&r, ready{session: e.sender.text})
	return l.leave(p)
}

func outcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), code(err) == string(sqlstate.QueryCanceled):
		return "canceled"
	}
	return "error"
}

// code gives the SQLSTATE only: a message may hold a value.
func code(err error) string {
	if err == nil {
		return ""
	}
	return string(sqlstate.From(err).Code)
}

// canonical gives the one JSON text of a record with its line end: fields sorted, no
// spaces (RFC 8785 for the values that occur here).
func canonical(r record) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(r)
	return out.Bytes(), err
}
