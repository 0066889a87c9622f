package pgrange

import (
	"strings"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/pgtext"
	"github.com/sluicemesh/sluice/sqlstate"
)

const blanks = " \t\n\v\f\r"

// Canonical reads a range or multirange as its input function does and gives its canonical text.
func (k Kind) Canonical(text string, multi bool, in datetime.Input) (string, error) {
	if multi {
		s, err := k.ParseMulti(text, in)
		return k.FormatMulti(s), err
	}
	r, err := k.Parse(text, in)
	return k.Format(r), err
}

// Parse reads a range (range_in): empty, or two bounds between brackets.
func (k Kind) Parse(text string, in datetime.Input) (Range, error) {
	p := &parser{text: text, rest: strings.TrimLeft(text, blanks)}
	r, err := k.parse(p, in)
	if err != nil {
		return Range{}, err
	}
	if p.rest = strings.TrimLeft(p.rest, blanks); p.rest != "" {
		if r.Empty && !strings.ContainsAny(text, "[(") {
			return Range{}, p.malformed("Junk after \"empty\" key word.")
		}
		return Range{}, p.malformed("Junk after right parenthesis or bracket.")
	}
	return r, nil
}

type parser struct {
	text, rest string
	what       string // "range", or "multirange" around one
}

func (p *parser) malformed(detail string) error {
	what := p.what
	if what == "" {
		what = "range"
	}
	return sqlstate.New(sqlstate.InvalidTextRepresentation, "malformed %s literal: \"%s\"", what, p.text).WithDetail("%s", detail)
}

func (k Kind) parse(p *parser, in datetime.Input) (Range, error) {
	if len(p.rest) >= 5 && strings.EqualFold(p.rest[:5], "empty") {
		p.rest = p.rest[5:]
		return Range{Empty: true}, nil
	}
	var lower, upper Bound
	if p.rest == "" || p.rest[0] != '[' && p.rest[0] != '(' {
		return Range{}, p.malformed("Missing left parenthesis or bracket.")
	}
	lower.Inclusive, p.rest = p.rest[0] == '[', p.rest[1:]
	from, err := p.bound(&lower)
	if err != nil {
		return Range{}, err
	}
	if p.rest[0] != ',' {
		return Range{}, p.malformed("Missing comma after lower bound.")
	}
	p.rest = p.rest[1:]
	to, err := p.bound(&upper)
	if err != nil {
		return Range{}, err
	}
	if p.rest[0] == ',' {
		return Range{}, p.malformed("Too many commas.")
	}
	upper.Inclusive, p.rest = p.rest[0] == ']', p.rest[1:]
	if !lower.Infinite {
		if lower.Value, err = k.value(from, in); err != nil {
			return Range{}, err
		}
	}
	if !upper.Infinite {
		if upper.Value, err = k.value(to, in); err != nil {
			return Range{}, err
		}
	}
	return k.Make(lower, upper)
}

// bound reads up to a comma or a bracket; nothing at all is infinite.
func (p *parser) bound(b *Bound) (string, error) {
	var text strings.Builder
	quoted, any := false, false
	for i := 0; i < len(p.rest); i++ {
		c := p.rest[i]
		switch {
		case !quoted && (c == ',' || c == ')' || c == ']'):
			b.Infinite = !any
			p.rest = p.rest[i:]
			return text.String(), nil
		case c == '\\':
			if i++; i == len(p.rest) {
				return "", p.malformed("Unexpected end of input.")
			}
			text.WriteByte(p.rest[i])
		case c == '"' && quoted && i+1 < len(p.rest) && p.rest[i+1] == '"':
			i++
			text.WriteByte('"')
		case c == '"':
			quoted = !quoted
		default:
			text.WriteByte(c)
		}
		any = true
	}
	return "", p.malformed("Unexpected end of input.")
}

// Format prints a range canonically.
func (k Kind) Format(r Range) string { return k.FormatWith(r, k.Text) }

// FormatWith prints a range (range_out), its bounds as print does.
func (k Kind) FormatWith(r Range, print func(Value) string) string {
	if r.Empty {
		return "empty"
	}
	b := []byte{"(["[boolean(r.Lower.Inclusive)]}
	if !r.Lower.Infinite {
		b = pgtext.QuoteBound(append(b, print(r.Lower.Value)...), len(b))
	}
	b = append(b, ',')
	if !r.Upper.Infinite {
		b = pgtext.QuoteBound(append(b, print(r.Upper.Value)...), len(b))
	}
	return string(append(b, ")]"[boolean(r.Upper.Inclusive)]))
}

// ParseMulti reads a multirange (multirange_in): ranges between braces.
func (k Kind) ParseMulti(text string, in datetime.Input) (Multi, error) {
	p := &parser{text: text, rest: strings.TrimLeft(text, blanks), what: "multirange"}
	if !strings.HasPrefix(p.rest, "{") {
		return nil, p.malformed("Missing left brace.")
	}
	p.rest = strings.TrimLeft(p.rest[1:], blanks)
	var list []Range
	for first := true; !strings.HasPrefix(p.rest, "}"); first = false {
		switch {
		case p.rest == "":
			return nil, p.malformed("Unexpected end of input.")
		case !first && p.rest[0] != ',':
			return nil, p.malformed("Expected comma or end of multirange.")
		case !first:
			p.rest = strings.TrimLeft(p.rest[1:], blanks)
		}
		if p.rest == "" || p.rest[0] != '[' && p.rest[0] != '(' && !(len(p.rest) >= 5 && strings.EqualFold(p.rest[:5], "empty")) {
			return nil, p.malformed("Expected range start.")
		}
		r, err := k.parse(p, in)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
		p.rest = strings.TrimLeft(p.rest, blanks)
	}
	if strings.TrimLeft(p.rest[1:], blanks) != "" {
		return nil, p.malformed("Junk after closing right brace.")
	}
	return k.MultiOf(list), nil
}

// FormatMulti prints a multirange canonically.
func (k Kind) FormatMulti(m Multi) string { return k.FormatMultiWith(m, k.Text) }

// FormatMultiWith prints a multirange, its bounds as print does.
func (k Kind) FormatMultiWith(m Multi, print func(Value) string) string {
	texts := make([]string, len(m))
	for i, r := range m {
		texts[i] = k.FormatWith(r, print)
	}
	return "{" + strings.Join(texts, ",") + "}"
}

// Read gives the ranges of a canonical text, of a range or a multirange.
func (k Kind) Read(text string) (Multi, error) {
	if strings.HasPrefix(text, "{") {
		return k.ParseMulti(text, datetime.Input{})
	}
	r, err := k.Parse(text, datetime.Input{})
	if err != nil || r.Empty {
		return nil, err
	}
	return Multi{r}, nil
}

// FromText makes a bound of a canonical text; nil is infinite.
func (k Kind) FromText(text *string, inclusive bool) (b Bound, err error) {
	if text == nil {
		return Bound{Infinite: true}, nil
	}
	b.Inclusive = inclusive
	b.Value, err = k.value(*text, datetime.Input{})
	return b, err
}
