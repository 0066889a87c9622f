package pgcatalog

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Session is a view as one session sees it: by its search path, with its settings. It is
// a source of bare system tables.
type Session struct {
	*View
	// Path are the existing schemas of search_path, in order, as the user set them.
	Path     []string
	Settings func() []Setting
	Setting  func(name string) (value string, ok bool)
	// Check tells whether a parameter may be set, and which value it will have.
	Check    func(name, value string) (string, error)
	Activity Activity
	Prepared func() []Prepared
	Random   *Random
	// Context is that of the statement that asks, for functions that wait.
	Context context.Context

	mu      sync.Mutex
	changes []Change
}

// Setting is one row of pg_settings.
type Setting struct {
	Name, Value, Description, Initial, Reset string
	Fixed                                    bool
	Source                                   string   // default, database, client, session
	Type                                     string   // bool, enum, integer, real, string
	Values                                   []string // of an enum
	Low, High, Unit                          string   // of a number
}

// Activity is the session's own row of pg_stat_activity.
type Activity struct {
	ProcessID          uint32
	Application, Query string
	Address            string // "" where unknown
	Port               int
	TLS                bool
	Began, Transaction time.Time // Transaction: zero outside of a block
	Statement          time.Time
}

// Prepared is one row of pg_prepared_statements.
type Prepared struct {
	Name, Statement     string
	At                  time.Time
	Parameters, Results []uint32 // types; nil results: it gives no rows
	FromSQL             bool
}

var _ connectors.Source = (*Session)(nil)

// Text names the table that would be read.
func (s *Session) Text(r *plan.Remote) (string, error) {
	scan, _, err := connectors.BareScan(r)
	if err != nil {
		return "", err
	}
	a := scan.Table.Address()
	return "TABLE " + qualified(a.Schema, a.Name), nil
}

// Describe has nothing to tell: system tables are what their declarations say.
func (s *Session) Describe(context.Context, []*catalog.Table) ([]connectors.Description, error) {
	return nil, nil
}

// Close frees nothing: a view outlives the sessions that read it.
func (s *Session) Close() error { return nil }

// Read gives the rows of one system table.
func (s *Session) Read(_ context.Context, r *plan.Remote) (array.RecordReader, error) {
	scan, ordinals, err := connectors.BareScan(r)
	if err != nil {
		return nil, err
	}
	relation, ok := relations().byName[scan.Table.Address()]
	if !ok {
		return nil, sqlstate.New(sqlstate.InternalError, "pgcatalog: no relation %v", scan.Table.Address())
	}
	if make, ok := sessionMakers()[relation.address()]; ok {
		w := newWriter(relation)
		make(s, w)
		b := w.batch()
		defer b.Release()
		return selected(b, ordinals, r.Columns())
	}
	return selected(s.batch(relation), ordinals, r.Columns())
}

// selected gives the columns asked for, under the names a plan knows them by.
func selected(b arrow.RecordBatch, ordinals []int, columns []plan.Column) (array.RecordReader, error) {
	fields := make([]arrow.Field, len(columns))
	arrays := make([]arrow.Array, len(columns))
	for i, c := range columns {
		arrays[i] = b.Column(ordinals[i])
		fields[i] = arrow.Field{Name: "c" + strconv.Itoa(int(c.ID)), Type: arrays[i].DataType(), Nullable: true}
	}
	schema := arrow.NewSchema(fields, nil)
	out := array.NewRecordBatch(schema, arrays, b.NumRows())
	defer out.Release()
	reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{out})
	if err != nil {
		return nil, err
	}
	// Their number lets the engine keep the order of the larger table through a join, as
	// PostgreSQL's indexes happen to: clients list columns without ORDER BY.
	return connectors.Loaded{RecordReader: reader, Rows: b.NumRows()}, nil
}

// Change is a setting that a statement asked to change.
type Change struct {
	Name, Value string
	Local       bool
}

// change notes what set_config asks for; the session makes it when the statement ends.
// The engine's texts live as long as the call does.
func (s *Session) change(name, value string, local bool) (string, error) {
	name, value = strings.Clone(name), strings.Clone(value)
	value, err := s.Check(name, value)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// The engine's texts are gone with their batch; settings stay.
	s.changes = append(s.changes, Change{strings.Clone(name), strings.Clone(value), local})
	return value, nil
}

// Changes gives what set_config asked for, in order.
func (s *Session) Changes() []Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changes
}
