package sqlwriter_test

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// template is a line of the cases: an expression in which {type} stands for each sample
// of a type and {type:a¦b} for each of those values, or a whole query.
type template struct {
	text  string
	query bool
	slots []slot
	rows  [][]int // for each expression, the sample in each slot
}

// slot is one placeholder.
type slot struct {
	kind   string   // type name
	values []string // SQL literals
	own    bool     // written in the template
}

// mostRows is how many combinations of samples one template is asked with.
const mostRows = 60

// placeholder is {type} or {type:values} of a type with samples.
var placeholder = regexp.MustCompile(`\{((?:bool|int2|int4|int8|numeric|float4|float8|text|varchar|bpchar|bytea|uuid|date|time|timestamp|timestamptz|interval|json|jsonb|name)(?:\[\])?)(?::((?:[^{}]|\{[^{}]*\})*))?\}`)

// expand gives the templates of a line: "each int2 int4: …#…" is one for each type.
func expand(line string) []template {
	if rest, each := strings.CutPrefix(line, "each "); each {
		types, body, _ := strings.Cut(rest, ": ")
		var all []template
		for _, name := range strings.Fields(types) {
			mark := "#"
			if strings.Contains(body, "§") { // where # is an operator
				mark = "§"
			}
			all = append(all, newTemplate(strings.ReplaceAll(body, mark, name)))
		}
		return all
	}
	return []template{newTemplate(line)}
}

func newTemplate(text string) template {
	c := template{text: text, query: strings.HasPrefix(text, "SELECT ") || strings.HasPrefix(text, "WITH ") || strings.HasPrefix(text, "VALUES ")}
	combinations := 1
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		s := slot{kind: m[1], values: samples[m[1]]}
		if strings.Contains(m[0], ":") {
			s.own, s.values = true, nil
			for _, v := range strings.Split(m[2], "¦") {
				s.values = append(s.values, literalOf(v, m[1]))
			}
		}
		if s.values == nil {
			panic("no samples of " + m[1])
		}
		c.slots = append(c.slots, s)
		combinations *= len(s.values)
	}
	// A stride that shares no factor with the number of combinations spreads the chosen ones.
	step := max(1, combinations/mostRows)
	for n := 0; n < combinations; n += step {
		row, rest := make([]int, len(c.slots)), n
		for i, s := range c.slots {
			row[i] = rest % len(s.values)
			rest /= len(s.values)
		}
		c.rows = append(c.rows, row)
	}
	return c
}

func literalOf(v, kind string) string {
	if v == "NULL" {
		return "NULL::" + kind
	}
	return "'" + strings.ReplaceAll(v, "'", "''") + "'::" + kind
}

func (c template) fill(f func(i int) string) string {
	i := -1
	return placeholder.ReplaceAllStringFunc(c.text, func(string) string {
		i++
		return f(i)
	})
}

// asConstant gives the expression of a row with literals.
func (c template) asConstant(row int) string {
	return c.fill(func(i int) string { return c.slots[i].values[c.rows[row][i]] })
}

// asColumns gives a query over the samples as rows of tables: of all rows in their
// order, or of one.
func (c template) asColumns(row int) string {
	if c.query {
		return c.text
	}
	if len(c.slots) == 0 {
		return "SELECT " + c.text
	}
	var rows []string
	for n, r := range c.rows {
		if row >= 0 && n != row {
			continue
		}
		cells := []string{fmt.Sprint(n)}
		for i, s := range c.slots {
			if s.own {
				cells = append(cells, s.values[r[i]])
			} else {
				cells = append(cells, fmt.Sprint(r[i]))
			}
		}
		rows = append(rows, "("+strings.Join(cells, ", ")+")")
	}
	names, from := []string{"n"}, ""
	for i, s := range c.slots {
		names = append(names, fmt.Sprintf("x%d", i))
		if !s.own {
			from += fmt.Sprintf(" JOIN %s s%d ON s%d.i = x%d", sampleName(s.kind), i, i, i)
		}
	}
	text := c.fill(func(i int) string {
		if c.slots[i].own {
			return fmt.Sprintf("x%d", i)
		}
		return fmt.Sprintf("s%d.v", i)
	})
	return fmt.Sprintf("SELECT %s FROM (VALUES %s) p(%s)%s ORDER BY n", text, strings.Join(rows, ", "), strings.Join(names, ", "), from)
}

func sampleName(kind string) string {
	return "s_" + strings.NewReplacer("[]", "_array", "(", "_", ")", "", ",", "_").Replace(kind)
}

func sampleTypes() []string {
	var names []string
	for name := range samples {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// sampleTable is a table of a type's samples.
func sampleTable(kind string) string {
	rows := make([]string, len(samples[kind]))
	for i, v := range samples[kind] {
		rows[i] = fmt.Sprintf("(%d, %s)", i, v)
	}
	return fmt.Sprintf("CREATE TABLE %s (i int4, v %s); INSERT INTO %s VALUES %s", sampleName(kind), kind, sampleName(kind), strings.Join(rows, ", "))
}

// samples are the values every argument of a type meets.
var samples = map[string][]string{}

func init() {
	for kind, texts := range map[string][]string{
		"bool":        {"t", "f"},
		"int2":        {"0", "1", "-7", "32767", "-32768"},
		"int4":        {"0", "1", "3", "-2", "2147483647", "-2147483648"},
		"int8":        {"0", "1", "-5", "12345678901", "9223372036854775807", "-9223372036854775808"},
		"numeric":     {"0", "1.50", "-7.25", "3", "NaN", "Infinity", "123456789012345678901234567890.5", "0.0001", "-0.5"},
		"float4":      {"0", "1.5", "-0.25", "3.4e38", "1e-38", "NaN", "Infinity"},
		"float8":      {"0", "1.5", "-2.5", "0.1", "1e300", "1e-300", "NaN", "-Infinity", "123456.789"},
		"text":        {"", "a", "Hello World", "naïve ünï", "it's \"q\" \\ %_", "  padded  ", "one,two,,three", "abcabc123"},
		"varchar":     {"", "Hello", "x1y22"},
		"bpchar":      {"", "abc ", "Z"},
		"bytea":       {"", "\\x616263", "\\x00ff7f80", "\\xc3a4"},
		"uuid":        {"5b30857f-0bfa-48b5-ac0b-5c64e28078d1", "00000000-0000-0000-0000-000000000000"},
		"date":        {"2024-02-29", "1999-12-31", "0044-03-15 BC", "infinity", "-infinity", "1970-01-01", "2020-12-28"},
		"time":        {"00:00:00", "23:59:59.999999", "12:34:56.5", "24:00:00", "01:02:03"},
		"timestamp":   {"2024-02-29 12:34:56.789", "1999-12-31 23:59:59.999999", "0044-03-15 10:11:12 BC", "infinity", "1970-01-01 00:00:00", "2021-01-03 00:30:00"},
		"timestamptz": {"2024-03-31 01:30:00+00", "1999-12-31 23:59:59.999999+00", "0044-03-15 10:11:12+00 BC", "-infinity", "1970-01-01 00:00:00+00"},
		"interval":    {"1 day", "1 year 2 mons 3 days 04:05:06.7", "-1 mons +2 days -00:00:01", "00:00:00", "25:00:00", "30 days", "-100 years"},
		"int4[]":      {"{}", "{1}", "{1,2,3}", "{3,NULL,1}", "{2,2}"},
		"int8[]":      {"{}", "{1,2}"},
		"text[]":      {"{}", "{a}", "{a,b,NULL,\"c d\"}", "{\"\",\"x,y\",\"q\\\"\"}", "{NULL}", "{null_,\"NULL\"}"},
		"numeric[]":   {"{}", "{1.50,2,NULL}", "{1.5}"},
		"float8[]":    {"{1.5,NaN,-Infinity}", "{}"},
		"bool[]":      {"{t,f,NULL}"},
		"date[]":      {"{2024-02-29,infinity}"},
		"timestamp[]": {"{\"2024-02-29 12:34:56.789\"}"},
		"json":        {"1", "\"a\"", "null", "[1, 2,3]", "{\"a\": 1,  \"b\":{\"c\":[true,null]}}", "[]", "{}", "{\"a\":1,\"a\":\"x\"}"},
		"jsonb":       {"1", "\"a\"", "null", "[1, 2, 3]", "{\"a\": 1, \"b\": {\"c\": [true, null]}}", "[]", "{}", "{\"a\":\"x\", \"bb\":1.50, \"c\":\"é\\\"\"}", "[\"a\",\"b\",\"a\"]", "-1.0e3", "true"},
	} {
		for _, text := range texts {
			samples[kind] = append(samples[kind], literalOf(text, kind))
		}
		samples[kind] = append(samples[kind], literalOf("NULL", kind))
	}
}
