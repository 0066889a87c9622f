package audit

import (
	"regexp"
	"sync"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// maxText bounds the text of a statement in the log.
const maxText = 64 << 10

// statement is a statement as recorded.
type statement struct {
	Bytes       int    `json:"bytes"`                 // of the text as sent
	Fingerprint string `json:"fingerprint,omitempty"` // equal for statements that differ in literals only
	Text        string `json:"text,omitempty"`
}

// unredacted finds what Normalize leaves as it is: comments, and strings where it
// expects none to be (utility statements).
var unredacted = regexp.MustCompile(`--|/\*|'|\$[A-Za-z_]*\$`)

// redactions remembers statements already redacted: parsing one costs more than
// recording it.
type redactions struct {
	mu    sync.Mutex
	known map[string]*statement
}

// maxRedactions bounds the memory; a full memory starts anew.
const maxRedactions = 2048

// of gives the redacted form of a text, by make where it is not known.
func (r *redactions) of(text string, make func(string) *statement) *statement {
	if len(text) > 4096 {
		return make(text)
	}
	r.mu.Lock()
	s, ok := r.known[text]
	r.mu.Unlock()
	if ok {
		return s
	}
	s = make(text)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) >= maxRedactions {
		r.known = map[string]*statement{}
	}
	r.known[text] = s
	return s
}

// statement gives a statement as recorded. One like another is as that is, but for its length.
func (l *Log) statement(st Statement) *statement {
	if st.Like == "" || st.Like == st.Text || l.options.Literals {
		return l.texts.of(st.Text, l.redacted)
	}
	s := *l.texts.of(st.Like, l.redacted)
	s.Bytes = len(st.Text)
	return &s
}

// redacted takes literals out of a statement ($1, $2, … stand in their place). A text
// that cannot be parsed cannot be told from its literals: only its length is kept.
func (l *Log) redacted(text string) *statement {
	s := &statement{Bytes: len(text)}
	if len(text) > maxText {
		return s
	}
	fingerprint, err := pg_query.Fingerprint(text)
	if err != nil {
		return s
	}
	s.Fingerprint = fingerprint
	if l.options.Literals {
		s.Text = text
		return s
	}
	normalized, err := pg_query.Normalize(text)
	if err != nil || unredacted.MatchString(normalized) {
		return s
	}
	s.Text = normalized
	return s
}
