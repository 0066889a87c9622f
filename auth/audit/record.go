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
	ID          string `json:"id"`
	User        string `json:"user"`
	Database    string `json:"database,omitempty"`
	Client      string `json:"client,omitempty"` // address
	Application string `json:"application,omitempty"`
}

// Statement is a statement with what was decided on it.
type Statement struct {
	Text     string // this statement's alone, as sent
	Decision auth.Decision
	Err      error // why it was refused
}

// Outcome is how a statement ended.
type Outcome struct {
	Rows int64
	Err  error
}

// Entry is a recorded decision, to be completed.
type Entry struct {
	log     *Log
	session Session
	seq     uint64
	start   time.Time
}

// record is one line. Fields of kinds that do not have them are left out.
type record struct {
	Version   int            `json:"v"`
	Sequence  uint64         `json:"seq"`
	Time      string         `json:"time"`
	Kind      string         `json:"kind"`
	Session   Session        `json:"session"`
	Statement *statement     `json:"statement,omitempty"`
	Decision  *auth.Decision `json:"decision,omitempty"`
	Completes uint64         `json:"completes,omitempty"` // seq of the decision
	Rows      *int64         `json:"rows,omitempty"`
	Micros    *int64         `json:"duration_us,omitempty"`
	Outcome   string         `json:"outcome"`
	SQLState  string         `json:"sqlstate,omitempty"`
}

// Login records that a session began, or with an error that it was not let in.
func (l *Log) Login(s Session, err error) error {
	_, failed := l.write(record{Kind: "login", Session: s, Outcome: outcome(err), SQLState: code(err)}, false)
	return failed
}

// Logout records that a session ended.
func (l *Log) Logout(s Session) error {
	_, err := l.write(record{Kind: "logout", Session: s, Outcome: outcome(nil)}, false)
	return err
}

// Decision records what was decided, before the statement runs. On an error it must not run.
func (l *Log) Decision(s Session, st Statement) (*Entry, error) {
	start := l.options.Now()
	outcome := "refused"
	if st.Decision.Allowed && st.Err == nil {
		outcome = "allowed"
	}
	seq, err := l.write(record{
		Kind: "decision", Session: s, Statement: l.redacted(st.Text), Decision: &st.Decision, Outcome: outcome, SQLState: code(st.Err),
	}, l.options.Sync)
	if err != nil {
		return nil, err
	}
	return &Entry{log: l, session: s, seq: seq, start: start}, nil
}

// Complete records how the statement of a decision ended.
func (e *Entry) Complete(o Outcome) error {
	micros := e.log.options.Now().Sub(e.start).Microseconds()
	_, err := e.log.write(record{
		Kind: "completion", Session: e.session, Completes: e.seq, Rows: &o.Rows, Micros: &micros,
		Outcome: outcome(o.Err), SQLState: code(o.Err),
	}, false)
	return err
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

// canonical gives the one JSON text of a record: fields sorted, no spaces (RFC 8785 for
// the values that occur here), so that a hash over it can be computed again.
func canonical(r record) ([]byte, error) {
	ordered, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(ordered))
	decoder.UseNumber()
	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(fields) // maps are written in key order; ends the line
	return out.Bytes(), err
}
