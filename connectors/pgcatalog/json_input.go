package pgcatalog

import (
	"encoding/json"
	"strings"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// jsonInput is what the binder writes of a value that a path selects: the type that is to read
// it, and what becomes of a text that is none.
type jsonInput struct {
	Type   string // "" where every text is one
	Error  string // "error", "fail" or nothing
	Column string
	of     pgtype.Type
}

// jsonFunctions bring the answers of SQL/JSON's paths into their types:
//
//	pg_catalog_json_input(answer, type, how, order, zone) VARCHAR   one answer of pg_json_evaluate
//	pg_catalog_json_rows(rows[], table, order, zone) VARCHAR[]      those of pg_json_table
func jsonFunctions() []duckdb.ScalarFunction {
	texts := func(n int) []duckdb.Type {
		all := make([]duckdb.Type, n)
		for i := range all {
			all[i] = duckdb.Varchar
		}
		return all
	}
	return []duckdb.ScalarFunction{
		{Name: "pg_catalog_json_input", Params: texts(5), Result: duckdb.Varchar, Call: func(a *duckdb.Arguments, out *duckdb.Results) error {
			for i := range a.Rows {
				if a.AnyNull(i) {
					out.PutNull()
					continue
				}
				in := &jsonInput{}
				if err := json.Unmarshal([]byte(duckdb.At[string](a.Columns[2], i)), in); err != nil {
					return err
				}
				of, err := pgtype.ParseTypeName(duckdb.At[string](a.Columns[1], i))
				if err != nil {
					return err
				}
				in.of = of
				answer, err := in.read(duckdb.At[string](a.Columns[0], i), inputSettings(duckdb.At[string](a.Columns[3], i), duckdb.At[string](a.Columns[4], i)))
				if err != nil {
					return err
				}
				duckdb.Put(out, answer)
			}
			return nil
		}},
		{Name: "pg_catalog_json_rows", Params: append([]duckdb.Type{duckdb.ListOf(duckdb.Varchar)}, texts(3)...), Result: duckdb.ListOf(duckdb.Varchar), Call: jsonRows},
	}
}

func inputSettings(order, zone string) pgtype.Settings {
	s := pgtype.Settings{DateOrder: order, Location: time.UTC}
	if l, ok := datetime.LoadZone(zone); ok {
		s.Location = l
	}
	return s
}

// read makes x of a value that is none of the type, or the error.
func (in *jsonInput) read(answer string, settings pgtype.Settings) (string, error) {
	text, value := strings.CutPrefix(answer, "v")
	if !value {
		return answer, nil
	}
	_, err := pgtype.Canonical(in.of, text, settings)
	switch {
	case err != nil && sqlstate.From(err).Code == sqlstate.FeatureNotSupported:
		return "", err
	case err == nil && !fits(text, in.of):
		err = sqlstate.New(sqlstate.StringDataRightTruncation, "value too long for type %s", pgtype.FormatType(in.of))
	}
	switch {
	case err == nil:
		return answer, nil
	case in.Error == "error":
		return "", err
	case in.Error == "fail":
		return "", sqlstate.New(sqlstate.DatatypeMismatch, "could not coerce ON ERROR expression to the RETURNING type")
	}
	return "x", nil
}

// jsonLevel is a level of a JSON_TABLE.
type jsonLevel struct {
	Columns []struct {
		At   int
		Type string
		How  jsonInput
	}
	Nested []jsonLevel
}

// inputs puts the columns of a level and of those nested in it into their places.
func (l *jsonLevel) inputs(all []*jsonInput) error {
	for i := range l.Columns {
		c := &l.Columns[i]
		if c.Type == "" {
			continue
		}
		of, err := pgtype.ParseTypeName(c.Type)
		if err != nil {
			return err
		}
		c.How.of = of
		all[c.At] = &c.How
	}
	for i := range l.Nested {
		if err := l.Nested[i].inputs(all); err != nil {
			return err
		}
	}
	return nil
}

var lastInputs struct {
	sync.Mutex
	table  string
	inputs []*jsonInput
}

// tableInputs are those of a JSON_TABLE's columns, nil where every text is a value.
func tableInputs(text string) ([]*jsonInput, error) {
	lastInputs.Lock()
	defer lastInputs.Unlock()
	if lastInputs.table == text {
		return lastInputs.inputs, nil
	}
	var table struct {
		Columns int
		Root    jsonLevel
	}
	text = strings.Clone(text)
	if err := json.Unmarshal([]byte(text), &table); err != nil {
		return nil, err
	}
	inputs := make([]*jsonInput, table.Columns)
	if err := table.Root.inputs(inputs); err != nil {
		return nil, err
	}
	lastInputs.table, lastInputs.inputs = text, inputs
	return inputs, nil
}

func jsonRows(a *duckdb.Arguments, out *duckdb.Results) error {
	for i := range a.Rows {
		if a.AnyNull(i) {
			out.PutNull()
			continue
		}
		inputs, err := tableInputs(duckdb.At[string](a.Columns[1], i))
		if err != nil {
			return err
		}
		settings := inputSettings(duckdb.At[string](a.Columns[2], i), duckdb.At[string](a.Columns[3], i))
		first, n := a.Columns[0].List(i)
		elements := a.Columns[0].Elements()
		list := make([]*string, n)
		for j := range list {
			row, err := readRow(duckdb.At[string](elements, first+j), inputs, settings)
			if err != nil {
				return err
			}
			list[j] = &row
		}
		out.PutTexts(list)
	}
	return nil
}

func readRow(text string, inputs []*jsonInput, settings pgtype.Settings) (string, error) {
	var row []*string
	if err := json.Unmarshal([]byte(text), &row); err != nil {
		return "", err
	}
	for i, answer := range row {
		if answer == nil || inputs[i] == nil {
			continue
		}
		read, err := inputs[i].read(*answer, settings)
		if err != nil {
			return "", err
		}
		row[i] = &read
	}
	out, err := json.Marshal(row)
	return string(out), err
}
