package pgfunctions

import (
	"encoding/json"
	"strconv"
	"strings"
	"sync"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/internal/pgjsonpath"
)

// jsonTable is a JSON_TABLE as the binder writes it.
type jsonTable struct {
	Error   bool // ERROR ON ERROR
	Kinds   map[string]string
	Columns int // of all levels
	Root    tableLevel
}

// tableLevel is a path for rows, the columns of what it selects, and what is nested there.
type tableLevel struct {
	Path    string
	Columns []tableColumn
	Nested  []tableLevel
}

// tableColumn is a column; without a path it counts the rows.
type tableColumn struct {
	At   int // its place in a row
	Path string
	How  evaluation
}

// jsonTableRows: pg_json_table(item, table, variables, zone, settings) VARCHAR[], for each row an
// array of JSON with the answer of pg_json_evaluate for each column (jsonpath_exec.c, JsonTable…).
func jsonTableRows() duckdb.ScalarFunction {
	return duckdb.ScalarFunction{Name: "pg_json_table", Params: manyTexts(5), Result: duckdb.ListOf(duckdb.Varchar), Nulls: true,
		Call: rows(func(a *duckdb.Arguments, out *duckdb.Results, i int) error {
			c := textArguments(a, i)
			table, err := knownTable(c[1])
			if err != nil {
				return err
			}
			_, in, err := pathInput(c[0], "$", c[2], c[3])
			if err != nil {
				return err
			}
			in.Zoned = true
			in.Kinds = table.Kinds
			t := tableRun{table: table, in: in, settings: c[4]}
			if _, err := t.level(&table.Root, in.Value, make([]string, table.Columns)); err != nil {
				return err
			}
			out.PutTexts(t.rows)
			return nil
		})}
}

var lastTable struct {
	sync.Mutex
	text  string
	table *jsonTable
}

func knownTable(text string) (*jsonTable, error) {
	lastTable.Lock()
	defer lastTable.Unlock()
	if lastTable.table != nil && lastTable.text == text {
		return lastTable.table, nil
	}
	text = strings.Clone(text)
	table := &jsonTable{}
	if err := json.Unmarshal([]byte(text), table); err != nil {
		return nil, err
	}
	lastTable.text, lastTable.table = text, table
	return table, nil
}

// tableRun makes the rows of one item.
type tableRun struct {
	table    *jsonTable
	in       pgjsonpath.Input
	settings string
	rows     []*string
}

// level adds the rows of what a level's path selects in an item, each with those of what is
// nested in it: of one path after the other, and one without any where none has rows. row holds
// the columns of the levels around.
func (t *tableRun) level(l *tableLevel, item pgjson.Value, row []string) (any bool, err error) {
	p, err := knownPath(l.Path)
	if err != nil {
		return false, err
	}
	in := t.in
	in.Value = item
	found, err := p.Query(in, false)
	if err != nil {
		if t.table.Error || pgjsonpath.Fatal(err) {
			return false, err
		}
		found = nil
	}
	for i, v := range found {
		if err := t.columns(l, v, i+1, row); err != nil {
			return any, err
		}
		nested := false
		for j := range l.Nested {
			more, err := t.level(&l.Nested[j], v, row)
			if err != nil {
				return any, err
			}
			nested = nested || more
		}
		if !nested {
			t.add(row)
		}
		any = true
	}
	for _, c := range l.Columns {
		row[c.At] = ""
	}
	return any, nil
}

// columns computes the columns of a level.
func (t *tableRun) columns(l *tableLevel, v pgjson.Value, ordinality int, row []string) error {
	in := t.in
	in.Value = v
	for i := range l.Columns {
		c := &l.Columns[i]
		if c.Path == "" {
			row[c.At] = `"v` + strconv.Itoa(ordinality) + `"`
			continue
		}
		p, err := knownPath(c.Path)
		if err != nil {
			return err
		}
		answer, err := c.How.evaluate(p, in, t.settings)
		if err != nil {
			return err
		}
		row[c.At] = pgjson.Quote(answer)
	}
	return nil
}

func (t *tableRun) add(row []string) {
	texts := make([]string, len(row))
	for i, text := range row {
		if texts[i] = text; text == "" {
			texts[i] = "null"
		}
	}
	all := "[" + strings.Join(texts, ",") + "]"
	t.rows = append(t.rows, &all)
}
