package audit

import (
	"strconv"
	"strings"
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

// redactions remembers what is recorded of texts but for their length: parsing one costs
// more than recording it.
type redactions struct {
	mu    sync.Mutex
	known map[string][]byte
}

// maxRedactions bounds the memory; a full memory starts anew.
const maxRedactions = 2048

// rest gives what is recorded of a text, but for its length.
func (l *Log) rest(text string) []byte {
	if len(text) > 4096 {
		return l.redacted(text).rest(nil)
	}
	r := &l.texts
	r.mu.Lock()
	known, ok := r.known[text]
	r.mu.Unlock()
	if ok {
		return known
	}
	known = l.redacted(text).rest(nil)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) >= maxRedactions {
		r.known = map[string][]byte{}
	}
	r.known[text] = known
	return known
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
	if err == nil {
		s.Text, err = withoutRest(normalized)
	}
	if err != nil {
		s.Text = ""
	}
	return s
}

// withoutRest takes out what Normalize leaves: comments, and the literals of statements in
// which it expects none (EXECUTE, PREPARE, CREATE TABLE … AS, a number after FETCH). They
// are numbered after those that it has taken out.
func withoutRest(normalized string) (string, error) {
	scanned, err := pg_query.Scan(normalized)
	if err != nil {
		return "", err
	}
	last := 0
	for _, token := range scanned.Tokens {
		if token.Token == pg_query.Token_PARAM {
			n, _ := strconv.Atoi(normalized[token.Start+1 : token.End])
			last = max(last, n)
		}
	}
	var out strings.Builder
	at := int32(0)
	for _, token := range scanned.Tokens {
		out.WriteString(normalized[at:token.Start])
		switch token.Token {
		case pg_query.Token_SCONST, pg_query.Token_USCONST, pg_query.Token_ICONST, pg_query.Token_FCONST, pg_query.Token_BCONST, pg_query.Token_XCONST:
			last++
			out.WriteString("$" + strconv.Itoa(last))
		case pg_query.Token_SQL_COMMENT, pg_query.Token_C_COMMENT:
		default:
			out.WriteString(normalized[token.Start:token.End])
		}
		at = token.End
	}
	out.WriteString(normalized[at:])
	return strings.TrimSpace(out.String()), nil
}
