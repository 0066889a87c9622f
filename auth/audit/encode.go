package audit

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/auth"
)

// pieces is the canonical text of a record but for its place in the log: the number, the
// time and the hash of the record before it stand between them. Without reflection, and
// before the record's turn has come, since every statement waits for it; TestLine holds
// it equal to canonical, which verification uses.
type pieces struct {
	text          []byte
	rows, session int // where those fields begin in it
}

// encode puts a record in place of what was there, with such parts of it as are ready.
func (p *pieces) encode(r *record, with ready) {
	b := append(p.text[:0], '{')
	if r.Completes != 0 {
		b = strconv.AppendUint(key(b, "completes"), r.Completes, 10)
	}
	if with.decision != nil {
		b = append(key(b, "decision"), with.decision...)
	} else if r.Decision != nil {
		b = decision(key(b, "decision"), r.Decision)
	}
	if r.Micros != nil {
		b = strconv.AppendInt(key(b, "duration_us"), *r.Micros, 10)
	}
	if r.Epoch != 0 {
		b = strconv.AppendUint(key(b, "epoch"), r.Epoch, 10)
	}
	if len(r.Fragments) > 0 {
		b = fragments(key(b, "fragments"), r.Fragments)
	}
	if r.Grant != nil {
		b = reflected(key(b, "grant"), r.Grant)
	}
	b = optional(b, "key", r.Key)
	b = text(key(b, "kind"), r.Kind)
	if r.Login != nil {
		b = reflected(key(b, "login"), r.Login)
	}
	b = optional(b, "mesh", r.Mesh)
	b = optional(b, "outcome", r.Outcome)
	p.rows = len(b)
	if r.Queued != 0 {
		b = strconv.AppendInt(key(b, "queued_us"), r.Queued, 10)
	}
	if r.Rows != nil {
		b = strconv.AppendInt(key(b, "rows"), *r.Rows, 10)
	}
	p.session = len(b)
	if with.session != nil {
		b = append(key(b, "session"), with.session...)
	} else if r.Session != nil {
		b = r.Session.object(key(b, "session"))
	}
	b = optional(b, "signature", r.Signature)
	b = optional(b, "sqlstate", r.SQLState)
	if with.statement != nil {
		b = strconv.AppendInt(append(key(b, "statement"), `{"bytes":`...), int64(with.bytes), 10)
		b = append(b, with.statement...)
	} else if r.Statement != nil {
		b = r.Statement.object(key(b, "statement"))
	}
	p.text = b
}

// line appends the whole record at its place.
func (p *pieces) line(b []byte, at place) []byte {
	b = append(b, p.text[:p.rows]...)
	b = append(append(append(b, `,"prev":"`...), at.previous...), '"')
	b = append(b, p.text[p.rows:p.session]...)
	b = strconv.AppendUint(append(b, `,"seq":`...), at.seq, 10)
	b = append(b, p.text[p.session:]...)
	b = append(append(append(b, `,"time":"`...), at.time...), '"')
	return append(b, `,"v":1}`+"\n"...)
}

// place is a record's place in the log.
type place struct {
	seq      uint64
	previous string // hash of the record before, hex
	time     []byte
}

func (s *Session) object(b []byte) []byte {
	b = append(b, '{')
	b = optional(b, "application", s.Application)
	b = optional(b, "client", s.Client)
	b = optional(b, "database", s.Database)
	b = text(key(b, "id"), s.ID)
	b = optional(b, "tls", s.TLS)
	return append(text(key(b, "user"), s.User), '}')
}

func decision(b []byte, d *auth.Decision) []byte {
	b = strconv.AppendBool(key(append(b, '{'), "allowed"), d.Allowed)
	if len(d.Attributes) > 0 {
		b = reflected(key(b, "attributes"), d.Attributes)
	}
	b = strconv.AppendUint(key(b, "epoch"), d.Epoch, 10)
	b = list(b, "groups", d.Groups)
	b = text(key(b, "mesh"), d.MeshHash)
	b = optional(b, "purpose", d.Purpose)
	b = text(key(b, "reason"), string(d.Reason))
	if len(d.Tables) > 0 {
		b = append(key(b, "tables"), '[')
		for i := range d.Tables {
			b = table(comma(b, i), &d.Tables[i])
		}
		b = append(b, ']')
	}
	return append(text(key(b, "user"), d.User), '}')
}

func table(b []byte, t *auth.TableDecision) []byte {
	b = text(key(append(b, '{'), "address"), t.Address)
	if len(t.Bypassed) > 0 {
		b = reflected(key(b, "bypassed"), t.Bypassed)
	}
	b = list(b, "grants", t.Grants)
	if len(t.Masks) > 0 {
		b = reflected(key(b, "masks"), t.Masks)
	}
	b = list(b, "output", t.Output)
	b = list(b, "predicate", t.Predicate)
	b = list(b, "row_filters", t.RowFilters)
	b = text(key(b, "version"), t.Version)
	return append(optional(b, "via", t.Via), '}')
}

func fragments(b []byte, all []Fragment) []byte {
	b = append(b, '[')
	for i, f := range all {
		b = strconv.AppendInt(key(append(comma(b, i), '{'), "bytes"), f.Bytes, 10)
		b = optional(b, "fingerprint", f.Fingerprint)
		b = strconv.AppendInt(key(b, "rows"), f.Rows, 10)
		b = append(text(key(b, "source"), f.Source), '}')
	}
	return append(b, ']')
}

// key appends a field's name, with a comma where a field stands before it.
func key(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, name...)
	return append(b, `":`...)
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// optional appends a field unless it is empty.
func optional(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return text(key(b, name), value)
}

func list(b []byte, name string, values []string) []byte {
	if len(values) == 0 {
		return b
	}
	b = append(key(b, name), '[')
	for i, v := range values {
		b = text(comma(b, i), v)
	}
	return append(b, ']')
}

// text appends a string. What needs more than quotes is left to encoding/json.
func text(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return reflected(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// reflected appends what is rare.
func reflected(b []byte, v any) []byte {
	w := &appender{b}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // strings, and structs and maps of them, always encode
	return w.b[:len(w.b)-1]
}

// appender is a byte slice as a writer.
type appender struct{ b []byte }

func (a *appender) Write(p []byte) (int, error) {
	a.b = append(a.b, p...)
	return len(p), nil
}
