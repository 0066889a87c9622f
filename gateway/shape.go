package gateway

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// shapeOf takes the integers out of a statement that stand right of an equals sign:
// $1, $2, … of type integer stand in their place. Texts of one shape differ in these
// values only, and an integer that a column is compared with means the same as a parameter
// of type integer. Whatever could make that untrue (comments, escapes, parameters, other
// forms of numbers) has no shape, nor has what is not one plain SELECT.
func shapeOf(text string) (shape string, values [][]byte, ok bool) {
	if len(text) > maxPlanText || !startsWithSelect(text) || strings.ContainsAny(text, "\\$") || strings.Contains(text, "--") || strings.Contains(text, "/*") {
		return "", nil, false
	}
	var out []byte
	done := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'' || c == '"':
			end := strings.IndexByte(text[i+1:], c)
			if end < 0 {
				return "", nil, false
			}
			i += end + 1
		case c == ';' && strings.TrimSpace(text[i+1:]) != "":
			return "", nil, false // several statements
		case '0' <= c && c <= '9' && !wordByte(text[i-1]): // text begins with SELECT
			end := i
			for end < len(text) && (wordByte(text[end]) || text[end] == '.') {
				end++
			}
			if afterEquals(text[:i]) && integerToken(text[i:end]) {
				values = append(values, []byte(text[i:end]))
				out = append(append(append(out, text[done:i]...), '$'), itoa(int64(len(values)))...)
				done = end
			}
			i = end - 1
		}
	}
	return string(append(out, text[done:]...)), values, len(values) > 0
}

// startsWithSelect leaves out what has blanks or a parenthesis before it, too.
func startsWithSelect(text string) bool {
	return len(text) > 7 && strings.EqualFold(text[:6], "select") && (text[6] == ' ' || text[6] == '\n')
}

// afterEquals tells whether text ends with the operator =.
func afterEquals(text string) bool {
	text = strings.TrimRight(text, " \n\t")
	if !strings.HasSuffix(text, "=") {
		return false
	}
	return !strings.ContainsRune("+-*/<>=~!@#%^&|`?:", rune(text[len(text)-2]))
}

// integerToken tells numbers that are an int4 as PostgreSQL prints it: up to nine digits,
// the first not 0.
func integerToken(text string) bool {
	return plainInteger(pgtype.Of(pgtype.Int4), pgwire.Parameter{Value: []byte(text)})
}

func wordByte(c byte) bool {
	return c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// sentBefore gives the statement of a text of the simple protocol whose plan is kept, by
// its text or by its shape, without parsing it; nil where it must be parsed.
func (s *session) sentBefore(text string) pgwire.Statement {
	b, err := s.basis()
	if err != nil || s.gateway.keep == KeepNone || !s.temporary.Tables().Empty() || s.tx.failed {
		return nil
	}
	now := s.gateway.now()
	shape, values, ok := shapeOf(text)
	if !ok {
		return nil
	}
	q := &query{session: s, text: sourceOf(text), simple: true, values: values, key: planKey{text: shape, simple: true, shape: true}}
	for range values {
		q.types = append(q.types, pgtype.Int4)
	}
	q.basis, q.kept = b, b.epoch.plans.of(q.keyOn(b), now)
	switch {
	case q.kept == nil && s.gateway.keep != KeepFirst:
		b.epoch.plans.keep(q.keyOn(b), &kept{until: b.until})
		return nil
	case q.kept != nil && q.kept.state == unfit:
		return nil
	}
	if q.kept == nil || q.kept.state == seen {
		q.kept = &kept{until: b.until}
		q.binder = shapeBinder(shape)
		q.make(s.life, b, nil)
		if q.kept.state != ready {
			return nil
		}
	}
	q.binder = textBinder(text)
	return onRecord{q, s, q.text}
}

// sourceOf is the statement's own text, as planner.Statement.Source gives it.
func sourceOf(text string) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), ";"))
}

// shapeBinder binds the shape itself.
func shapeBinder(shape string) binder {
	return func(now *moment, types []pgtype.OID) (bind.Bound, error) {
		one, err := onlySelect(shape)
		if err != nil {
			return bind.Bound{}, err
		}
		return one.Bind(now.env, types)
	}
}

// textBinder binds a text as it was sent, where its shape's plan does not serve after all.
func textBinder(text string) binder {
	return func(now *moment, _ []pgtype.OID) (bind.Bound, error) {
		now.env.NoParameters = true
		one, err := onlySelect(text)
		if err != nil {
			return bind.Bound{}, err
		}
		return one.Bind(now.env, nil)
	}
}

func onlySelect(text string) (*planner.Select, error) {
	parsed, err := planner.Parse(text)
	if err != nil {
		return nil, err
	}
	if len(parsed) == 1 {
		if one, ok := parsed[0].(*planner.Select); ok {
			return one, nil
		}
	}
	return nil, sqlstate.New(sqlstate.InternalError, "a text of a SELECT's shape is none")
}
