package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	Like     string // another text that differs from it in literals only; "": none is known
	Decision auth.Decision
	Err      error // why it was refused
}

// Outcome is how a statement ended.
type Outcome struct {
	Rows      int64
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

// Entry is a recorded decision, to be completed. It is one piece of memory with both
// records in it: every statement makes one.
type Entry struct {
	log                  *Log
	session              Session
	decided              auth.Decision
	start                time.Time
	rows, micros         int64
	decision, completion pending
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
	Reason  string    // why not, as a code
	Err     error
}

// login is a Login as recorded.
type login struct {
	Expires string   `json:"expires,omitempty"`
	Groups  []string `json:"groups,omitempty"`
	Method  string   `json:"method,omitempty"`
	Reason  string   `json:"reason,omitempty"`
}

// Login records that a session began, or that it was not let in.
func (l *Log) Login(s Session, in Login) error {
	r := record{Kind: "login", Session: &s, Outcome: outcome(in.Err), SQLState: code(in.Err), Login: &login{
		Groups: in.Groups, Method: in.Method, Reason: in.Reason,
	}}
	if !in.Expires.IsZero() {
		r.Login.Expires = in.Expires.UTC().Format(time.RFC3339)
	}
	return l.write(&pending{record: r})
}

// Logout records that a session ended.
func (l *Log) Logout(s Session) error {
	return l.write(&pending{record: record{Kind: "logout", Session: &s, Outcome: outcome(nil)}})
}

// Reload records which mesh came into force, or with an error that one did not.
func (l *Log) Reload(epoch uint64, hash string, err error) error {
	return l.write(&pending{record: record{Kind: "reload", Epoch: epoch, Mesh: hash, Outcome: outcome(err), SQLState: code(err)}})
}

// Decision records what was decided, before the statement runs. On an error it must not run.
func (l *Log) Decision(s Session, st Statement) (*Entry, error) {
	if l.discard {
		return &Entry{log: l}, nil
	}
	start := l.options.Now()
	outcome := "refused"
	if st.Decision.Allowed && st.Err == nil {
		outcome = "allowed"
	}
	e := &Entry{log: l, session: s, decided: st.Decision, start: start}
	e.decision.sync = l.options.Sync
	e.decision.record = record{
		Kind: "decision", Session: &e.session, Statement: l.statement(st), Decision: &e.decided, Outcome: outcome, SQLState: code(st.Err),
	}
	if err := l.write(&e.decision); err != nil {
		return nil, err
	}
	return e, nil
}

// Complete records how the statement of a decision ended. The record is in the file a few
// milliseconds later at the latest, in the order of the calls.
func (e *Entry) Complete(o Outcome) error {
	if e.log.discard {
		return nil
	}
	e.rows, e.micros = o.Rows, e.log.options.Now().Sub(e.start).Microseconds()
	e.completion.record = record{
		Kind: "completion", Session: &e.session, Completes: e.decision.seq, Rows: &e.rows, Micros: &e.micros, Fragments: o.Fragments,
		Outcome: outcome(o.Err), SQLState: code(o.Err),
	}
	return e.log.leave(&e.completion)
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
