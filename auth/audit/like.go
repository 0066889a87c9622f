package audit

import (
	"strconv"

	"github.com/sluicemesh/sluice/auth"
)

// Sender is a session as the records of its statements name it, encoded once.
type Sender struct{ text []byte }

// NewSender encodes a session.
func NewSender(s Session) *Sender { return &Sender{s.object(nil)} }

// Like is what the records of statements that differ in literals only have in common,
// encoded once: the decision, which is the same for all, and the text without literals.
// It never changes.
type Like struct {
	text                string // of the statement it was made of
	allowed             bool
	decision, statement []byte
}

// Like encodes what is common to statements like one.
func (l *Log) Like(text string, d auth.Decision) *Like {
	if l.discard {
		return nil
	}
	return &Like{text: text, allowed: d.Allowed, decision: decision(nil, &d), statement: l.rest(text)}
}

// ready are parts of a record that need no encoding any more: objects, and of the
// statement what follows its length. nil: there is none.
type ready struct {
	session, decision, statement []byte
	bytes                        int // length of the statement
	allowed                      bool
}

// ready gives what a decision's record is made of, encoded now unless it was before.
func (l *Log) ready(s *Sender, st Statement) ready {
	r := ready{session: s.text, bytes: len(st.Text)}
	if st.Like != nil {
		r.allowed, r.decision = st.Like.allowed, st.Like.decision
	} else {
		r.allowed, r.decision = st.Decision.Allowed, decision(nil, &st.Decision)
	}
	if st.Like != nil && (st.Like.text == st.Text || !l.options.Literals) {
		r.statement = st.Like.statement
	} else {
		r.statement = l.rest(st.Text)
	}
	return r
}

// object appends a statement as recorded.
func (s *statement) object(b []byte) []byte {
	b = strconv.AppendInt(key(append(b, '{'), "bytes"), int64(s.Bytes), 10)
	return s.rest(b)
}

// rest appends a statement as recorded from its length on.
func (s *statement) rest(b []byte) []byte {
	if s.Fingerprint != "" {
		b = text(append(b, `,"fingerprint":`...), s.Fingerprint)
	}
	if s.Text != "" {
		b = text(append(b, `,"text":`...), s.Text)
	}
	return append(b, '}')
}
