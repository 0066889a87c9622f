package sqlwriter

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// call is a function, operator, aggregate or window function to be written.
type call struct {
	signature string
	args      []plan.Expr
	of        pgtype.Type
	modifier  int32 // that a cast asks for
	aggregate bool
	distinct  string // "DISTINCT " or ""
	order     string // " ORDER BY …" inside an aggregate
	behind    string // " FILTER (…) OVER (…)"
	chosen    string // the condition of FILTER
	values    []value
}

// call writes a call by its row of the function table.
func (w *writer) call(c call) value {
	c.signature = functions.Key(c.signature, c.args)
	row, ok := functions.Find(c.signature)
	if !ok {
		return w.refuse("function %s", c.signature)
	}
	choice, ok := row.For(w.d.engine()).Choose(c.args)
	if !ok {
		return w.refuse("function %s here", c.signature)
	}
	c.args = choice.Args
	c.values = w.exprs(c.args)
	for i, a := range c.args {
		c.values[i] = w.anchored(c.values[i], a.Type())
		if c.chosen != "" && w.d.engine() == functions.DuckDB && w.fails(a, c.values[i]) { // not asked of rows that do not count
			c.values[i].sql, c.values[i].rank = "CASE WHEN "+c.chosen+" THEN "+c.values[i].sql+" END", atom
		}
	}
	if v, done := w.vectors(&c); done {
		return v
	}
	if c.distinct != "" && !choice.Compared && !functions.Idempotent(c.signature) && w.anyKeyedValue(c) {
		return w.refuse("DISTINCT in %s over this type", c.signature)
	}
	template := w.template(choice)
	around := w.onceFor(&c, template)
	if v, done := w.d.special(w, c); done {
		return around(v)
	}
	if c.distinct != "" && !functions.Idempotent(c.signature) && !strings.Contains(template, "$D") {
		return w.refuse("DISTINCT in %s", c.signature)
	}
	if c.distinct != "" && strings.Contains(template, distinctJSON) {
		template = strings.Replace(template, distinctJSON, w.distinctJSON(&c), 1)
	}
	v := w.fill(template, w.operands(c, choice), c)
	v.form = w.resultForm(c, choice)
	return around(v)
}

// anyKeyedValue tells whether equal arguments may read differently.
func (w *writer) anyKeyedValue(c call) bool {
	for i, v := range c.values {
		if _, uniform := uniformScale(c.args[i]); !uniform && w.keyed(v, c.args[i].Type()) {
			return true
		}
	}
	return false
}

func (w *writer) template(c functions.Choice) string {
	if c.UTC != "" && (w.o.TimeZone == "" || w.o.TimeZone == "UTC") {
		return c.UTC
	}
	return c.Template
}

// operands brings arguments into the forms a template expects: keys where it compares
// them, else what crosses boundaries, numerics as text.
func (w *writer) operands(c call, choice functions.Choice) []value {
	out := make([]value, len(c.values))
	for i, v := range c.values {
		t := c.args[i].Type()
		switch {
		case c.distinct != "" && c.order != "" && w.d.engine() == functions.Postgres:
			// DISTINCT and ORDER BY of one aggregate must agree on the collation.
			out[i] = atomOf(w.d.order(w, v, t))
		case choice.Compared && (!c.aggregate || c.distinct != ""):
			if len(c.values) > 1 && t.OID == pgtype.Numeric { // an array's numerics have keys
				v = w.d.convert(v, w.d.form(pgtype.Of(t.OID)), t)
			}
			out[i] = w.d.key(w, v, t)
		default:
			out[i] = w.d.convert(v, w.d.form(withoutModifier(t)), t)
		}
	}
	return out
}

func (w *writer) resultForm(c call, choice functions.Choice) form {
	if choice.Decimal && w.d.engine() == functions.DuckDB {
		return form{kind: ofDecimal, precision: choice.Precision, scale: choice.Scale}
	}
	return w.d.form(withoutModifier(c.of))
}

var callLike = regexp.MustCompile(`^\w+\(`)

// fill puts arguments into a template.
func (w *writer) fill(template string, args []value, c call) value {
	if template == "$1" {
		return args[0]
	}
	var s strings.Builder
	for i := 0; i < len(template); i++ {
		if template[i] != '$' || i+1 == len(template) {
			s.WriteByte(template[i])
			continue
		}
		i++
		switch d := template[i]; {
		case d == '*':
			s.WriteString(joined(args))
		case d == 'D':
			s.WriteString(c.distinct)
		case d == 'O':
			s.WriteString(c.order)
		case d == 'F':
			s.WriteString(c.behind)
		case d == 'Z':
			s.WriteString(w.zone())
		case d == 'S':
			s.WriteString(w.dateOrder())
		case d == 'Y':
			s.WriteString(w.d.literal(w, &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: w.o.Output}).sql)
		case d == 'T' || d == 'J' || d == 'N' || d == 'L':
			i++
			s.WriteString(w.asText(d, template[i], c))
		case d == 'R':
			s.WriteString(w.rangeOf(c))
		case d == 'E':
			i++
			s.WriteString(w.rangeElement(c, int(template[i]-'1')))
		case d == 'M':
			s.WriteString(strconv.Itoa(int(c.modifier)) + "::INTEGER")
		case d == 'H':
			s.WriteString(w.session())
		case d == 'K':
			i++
			n := int(template[i] - '1')
			s.WriteString(w.d.key(w, c.values[n], c.args[n].Type()).inside(atom))
		default:
			n, _ := strconv.Atoi(string(d))
			s.WriteString(args[n-1].inside(needs(template, i)))
		}
	}
	return value{sql: s.String(), rank: templateRank(template)}
}

// needs tells how tightly an argument must bind at a place: alone between parentheses
// and commas, not at all.
func needs(template string, at int) rank {
	before, after := template[:at-1], template[at+1:]
	before = strings.TrimSuffix(before, "$D")
	open := strings.HasSuffix(before, "(") || strings.HasSuffix(before, ", ")
	shut := strings.HasPrefix(after, ")") || strings.HasPrefix(after, ",") || strings.HasPrefix(after, "$O")
	if open && shut {
		return disjunction
	}
	return atom
}

func templateRank(template string) rank {
	t := strings.TrimSuffix(template, "$F")
	if oneCase(t) {
		return atom
	}
	if !callLike.MatchString(t) {
		return operation
	}
	depth := 0
	for i, c := range t {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
			if depth == 0 && i < len(t)-1 {
				return operation
			}
		}
	}
	return atom
}

var caseWords = regexp.MustCompile(`\b(CASE|END)\b`)

// oneCase tells whether a text is one CASE from beginning to end.
func oneCase(text string) bool {
	depth := 0
	for _, at := range caseWords.FindAllStringIndex(text, -1) {
		if text[at[0]] == 'C' {
			if depth++; depth == 1 && at[0] > 0 {
				return false
			}
		} else if depth--; depth == 0 {
			return at[1] == len(text)
		}
	}
	return false
}

func joined(values []value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.sql
	}
	return strings.Join(texts, ", ")
}

// zone is the session's time zone as a literal.
func (w *writer) zone() string {
	name := w.o.TimeZone
	if name == "" {
		name = "UTC"
	}
	return w.d.literal(w, &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: name}).sql
}

// dateOrder is the session's order of date fields as a literal.
func (w *writer) dateOrder() string {
	order := w.o.DateOrder
	if order == "" {
		order = "MDY"
	}
	return w.d.literal(w, &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: order}).sql
}
