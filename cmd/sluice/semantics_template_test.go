package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// semanticsFolder holds the cases by the manual's sections: see its README.
const semanticsFolder = "../../testdata/semantics/"

// template is a line of the cases: an expression in which {type} stands for each sample
// of a type and {type:a¦b} for each of those values, or a whole query.
type template struct {
	text  string
	query bool
	slots []slot
	rows  [][]int // for each expression, the number of the value in each slot
}

// slot is one placeholder. Values are numbered by type over all templates (sampleValues).
type slot struct {
	kind   string // type name
	values []int
}

// section is one file of cases.
type section struct {
	title     string
	templates []template
}

// mostRows is how many combinations of samples one template is asked with.
const mostRows = 60

// placeholder is {type} or {type:values} of a type with samples.
var placeholder = regexp.MustCompile(`\{((?:bool|int2|int4|int8|numeric|float4|float8|text|varchar|bpchar|bytea|uuid|date|timetz|time|timestamp|timestamptz|interval|jsonb|json|name|inet|cidr|macaddr8|macaddr|bit|varbit|(?:int4|int8|num|date|ts|tstz)(?:range|multirange))(?:\[\])?)(?::((?:[^{}]|\{[^{}]*\})*))?\}`)

// semanticsSections reads the cases of files in a folder whose names have a text in them.
func semanticsSections(t testing.TB, folder, only string) []section {
	t.Helper()
	files, err := filepath.Glob(folder + "*" + only + "*.test")
	must(t, err)
	if len(files) == 0 {
		t.Fatal("no cases")
	}
	var all []section
	for _, file := range files {
		s := section{title: filepath.Base(file)}
		for _, line := range strings.Split(readFile(t, file), "\n") {
			switch title, isTitle := strings.CutPrefix(line, "# "); {
			case isTitle:
				s.title = title
			case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "--"):
			default:
				s.templates = append(s.templates, expand(line)...)
			}
		}
		all = append(all, s)
	}
	return all
}

// expand gives the templates of a line: "each int2 int4: …#…" is one for each type.
func expand(line string) []template {
	rest, each := strings.CutPrefix(line, "each ")
	if !each {
		return []template{newTemplate(line)}
	}
	types, body, _ := strings.Cut(rest, ": ")
	mark := "#"
	if strings.Contains(body, "§") { // where # is an operator
		mark = "§"
	}
	var all []template
	for _, name := range strings.Fields(types) {
		all = append(all, newTemplate(strings.ReplaceAll(body, mark, name)))
	}
	return all
}

func newTemplate(text string) template {
	c := template{text: text, query: strings.HasPrefix(text, "SELECT ") || strings.HasPrefix(text, "WITH ") || strings.HasPrefix(text, "VALUES ")}
	combinations := 1
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		s := slot{kind: m[1]}
		if strings.Contains(m[0], ":") {
			for _, v := range strings.Split(m[2], "¦") {
				s.values = append(s.values, valueNumber(m[1], literalOf(v, m[1])))
			}
		} else {
			for _, v := range samples[m[1]] {
				s.values = append(s.values, valueNumber(m[1], literalOf(v, m[1])))
			}
		}
		if s.values == nil {
			panic("no samples of " + m[1])
		}
		c.slots = append(c.slots, s)
		combinations *= len(s.values)
	}
	// A stride spreads the chosen ones.
	step := max(1, combinations/mostRows)
	for n := 0; n < combinations; n += step {
		row, rest := make([]int, len(c.slots)), n
		for i, s := range c.slots {
			row[i] = s.values[rest%len(s.values)]
			rest /= len(s.values)
		}
		c.rows = append(c.rows, row)
	}
	slices.SortFunc(c.rows, slices.Compare)
	return c
}

// sampleValues are all values that templates have used, by type: SQL literals, in the
// order of their numbers.
var sampleValues = map[string][]string{}

func valueNumber(kind, literal string) int {
	if n := slices.Index(sampleValues[kind], literal); n >= 0 {
		return n
	}
	sampleValues[kind] = append(sampleValues[kind], literal)
	return len(sampleValues[kind]) - 1
}

func literalOf(v, kind string) string {
	if v == "NULL" {
		return "NULL::" + kind
	}
	if kind == "bit" {
		kind = `"bit"` // which has no length
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
func (c template) asConstant(row []int) string {
	return c.fill(func(i int) string { return sampleValues[c.slots[i].kind][row[i]] })
}

// asColumns gives a query over tables of samples that computes the expression for these
// rows; the numbers of the samples stand before it.
func (c template) asColumns(rows [][]int) string {
	var numbers, from []string
	for i, s := range c.slots {
		numbers = append(numbers, fmt.Sprintf("s%d.i", i))
		from = append(from, fmt.Sprintf("%s s%d", sampleTable(s.kind), i))
	}
	text := c.fill(func(i int) string { return fmt.Sprintf("s%d.v", i) })
	return fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s", strings.Join(numbers, ", "), text, strings.Join(from, " CROSS JOIN "), chosen(rows, 0))
}

// chosen writes the condition that picks sorted rows, from one slot on.
func chosen(rows [][]int, from int) string {
	var last []string
	var either []string
	for start := 0; start < len(rows); {
		end := start
		for end < len(rows) && rows[end][from] == rows[start][from] {
			end++
		}
		if from+1 == len(rows[start]) {
			last = append(last, fmt.Sprint(rows[start][from]))
		} else {
			either = append(either, fmt.Sprintf("s%d.i = %d AND %s", from, rows[start][from], chosen(rows[start:end], from+1)))
		}
		start = end
	}
	if last != nil {
		return fmt.Sprintf("s%d.i IN (%s)", from, strings.Join(last, ", "))
	}
	return "(" + strings.Join(either, " OR ") + ")"
}

func sampleTable(kind string) string {
	return "s_" + strings.ReplaceAll(kind, "[]", "_array")
}

// only is the part of the cases that the environment asks for.
func only() string { return os.Getenv("SECTION") }

// samples are the values every argument of a type meets.
var samples = map[string][]string{
	"bool":           {"t", "f", "NULL"},
	"int2":           {"0", "1", "-7", "32767", "-32768", "NULL"},
	"int4":           {"0", "1", "3", "-2", "2147483647", "-2147483648", "NULL"},
	"int8":           {"0", "1", "-5", "12345678901", "9223372036854775807", "-9223372036854775808", "NULL"},
	"numeric":        {"0", "1.50", "-7.25", "3", "NaN", "Infinity", "123456789012345678901234567890.5", "0.0001", "-0.5", "NULL"},
	"float4":         {"0", "1.5", "-0.25", "3.4e38", "1e-38", "NaN", "Infinity", "NULL"},
	"float8":         {"0", "1.5", "-2.5", "0.1", "1e300", "1e-300", "NaN", "-Infinity", "123456.789", "NULL"},
	"text":           {"", "a", "Hello World", "naïve ünï", "it's \"q\" \\ %_", "  padded  ", "one,two,,three", "abcabc123", "NULL"},
	"varchar":        {"", "Hello", "x1y22", "NULL"},
	"bpchar":         {"", "abc ", "Z", "NULL"},
	"name":           {"", "Hello", "x1y22", "NULL"},
	"bytea":          {"", "\\x616263", "\\x00ff7f80", "\\xc3a4", "NULL"},
	"uuid":           {"5b30857f-0bfa-48b5-ac0b-5c64e28078d1", "00000000-0000-0000-0000-000000000000", "NULL"},
	"date":           {"2024-02-29", "1999-12-31", "0044-03-15 BC", "infinity", "-infinity", "1970-01-01", "2020-12-28", "NULL"},
	"time":           {"00:00:00", "23:59:59.999999", "12:34:56.5", "24:00:00", "01:02:03", "NULL"},
	"timetz":         {"00:00:00+00", "23:59:59.999999-05:30", "12:34:56.5+02", "24:00:00+15:59", "01:02:03-15:59:59", "NULL"},
	"bit":            {"", "1", "0101", "10110011", "00000000000000000000000000000101", "111111111", "NULL"},
	"varbit":         {"", "0", "0101", "101100111", "NULL"},
	"inet":           {"192.168.1.5", "192.168.1.5/24", "10.0.0.0/8", "0.0.0.0/0", "255.255.255.255", "2001:db8::1/64", "::1", "::1.2.3.4", "::ffff:1.2.3.4/100", "NULL"},
	"cidr":           {"192.168.1.0/24", "10.0.0.0/8", "192.168.1.5/32", "0.0.0.0/0", "2001:db8::/32", "::1/128", "NULL"},
	"macaddr":        {"08:00:2b:01:02:03", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "NULL"},
	"macaddr8":       {"08:00:2b:01:02:03:04:05", "08:00:2b:ff:fe:01:02:03", "00:00:00:00:00:00:00:00", "NULL"},
	"int4range":      {"empty", "[1,5)", "(1,5]", "[3,3]", "(,7)", "[7,)", "(,)", "[-3,1]", "NULL"},
	"int8range":      {"empty", "[1,12345678901)", "(,9223372036854775807)", "NULL"},
	"numrange":       {"empty", "[1.5,2.50]", "(1.50,2.5)", "[-1,NaN)", "[0,Infinity]", "(,3)", "[1.5,1.5]", "NULL"},
	"daterange":      {"empty", "[2024-01-01,2024-02-29]", "(2024-01-01,)", "[2024-02-29,infinity]", "(,0044-03-15 BC)", "NULL"},
	"tsrange":        {"empty", "[2024-01-01 10:00,2024-02-29 12:34:56.789]", "(1999-12-31,)", "[-infinity,infinity)", "NULL"},
	"tstzrange":      {"empty", "[2024-03-31 01:30:00+00,2024-03-31 03:30:00+02]", "(,1999-12-31 23:59:59+00]", "[2024-01-01,2024-06-01)", "NULL"},
	"int4multirange": {"{}", "{[1,5)}", "{[1,3),[5,8),[20,)}", "{(,2],[3,4]}", "NULL"},
	"nummultirange":  {"{}", "{[1.5,2.50],(3,4)}", "NULL"},
	"tstzmultirange": {"{[2024-01-01 00:00+00,2024-01-02 00:00+00),[2024-02-01 00:00+00,)}", "NULL"},
	"timestamp":      {"2024-02-29 12:34:56.789", "1999-12-31 23:59:59.999999", "0044-03-15 10:11:12 BC", "infinity", "1970-01-01 00:00:00", "2021-01-03 00:30:00", "NULL"},
	"timestamptz":    {"2024-03-31 01:30:00+00", "1999-12-31 23:59:59.999999+00", "0044-03-15 10:11:12+00 BC", "-infinity", "1970-01-01 00:00:00+00", "NULL"},
	"interval":       {"1 day", "1 year 2 mons 3 days 04:05:06.7", "-1 mons +2 days -00:00:01", "00:00:00", "25:00:00", "30 days", "-100 years", "NULL"},
	"int4[]":         {"{}", "{1}", "{1,2,3}", "{3,NULL,1}", "{2,2}", "NULL"},
	"int8[]":         {"{}", "{1,2}", "NULL"},
	"text[]":         {"{}", "{a}", "{a,b,NULL,\"c d\"}", "{\"\",\"x,y\",\"q\\\"\"}", "{NULL}", "{null_,\"NULL\"}", "NULL"},
	"numeric[]":      {"{}", "{1.50,2,NULL}", "{1.5}", "NULL"},
	"float8[]":       {"{1.5,NaN,-Infinity}", "{}", "NULL"},
	"bool[]":         {"{t,f,NULL}", "NULL"},
	"date[]":         {"{2024-02-29,infinity}", "NULL"},
	"timestamp[]":    {"{\"2024-02-29 12:34:56.789\"}", "NULL"},
	"json":           {"1", "\"a\"", "null", "[1, 2,3]", "{\"a\": 1,  \"b\":{\"c\":[true,null]}}", "[]", "{}", "{\"a\":1,\"a\":\"x\"}", "NULL"},
	"jsonb":          {"1", "\"a\"", "null", "[1, 2, 3]", "{\"a\": 1, \"b\": {\"c\": [true, null]}}", "[]", "{}", "{\"a\":\"x\", \"bb\":1.50, \"c\":\"é\\\"\"}", "[\"a\",\"b\",\"a\"]", "-1.0e3", "true", "NULL"},
}
