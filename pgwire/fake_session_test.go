package pgwire

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/sqlstate"
)

// fakeBackend knows one user and a few statements, with PostgreSQL's answers to them.
type fakeBackend struct {
	verifiers map[string]string
	opened    atomic.Int64
	closed    atomic.Int64
	produced  atomic.Int64 // rows
	started   chan string  // statements that wait for their end tell so here
	logins    chan Login
	held      chan struct{} // rows after the first batch wait for its end; nil: they do not
}

const fakePassword = "s3cret pässword"

func newFakeBackend() *fakeBackend {
	v, err := newVerifier(fakePassword, []byte("0123456789abcdef"), 16) // few iterations: tests connect often
	if err != nil {
		panic(err)
	}
	return &fakeBackend{
		verifiers: map[string]string{"alice": v.String()},
		started:   make(chan string, 16),
		logins:    make(chan Login, 1024),
	}
}

func (b *fakeBackend) Verifier(_ context.Context, user string) (string, bool) {
	v, ok := b.verifiers[user]
	return v, ok
}

func (b *fakeBackend) Open(_ context.Context, login Login, out Notifier) (Session, error) {
	if login.Database == "missing" {
		return nil, sqlstate.New(sqlstate.InvalidCatalogName, `database "missing" does not exist`)
	}
	b.opened.Add(1)
	select {
	case b.logins <- login:
	default:
	}
	return &fakeSession{backend: b, out: out, status: 'I', format: fakeFormat()}, nil
}

func fakeFormat() TextFormat {
	return TextFormat{DateStyle: "ISO", DateOrder: "MDY", IntervalStyle: "postgres", TimeZone: "UTC", ByteaOutput: "hex", ExtraFloatDigit: 1}
}

type fakeSession struct {
	backend *fakeBackend
	out     Notifier
	status  byte
	format  TextFormat

	applicationName, committed string
}

func (s *fakeSession) Settings() map[string]string {
	return map[string]string{
		"server_version": "15.0", "server_encoding": "UTF8", "client_encoding": "UTF8", "DateStyle": "ISO, MDY",
		"integer_datetimes": "on", "standard_conforming_strings": "on", "TimeZone": "UTC", "application_name": "",
	}
}
func (s *fakeSession) Format() TextFormat { return s.format }
func (s *fakeSession) Status() byte       { return s.status }
func (s *fakeSession) Close()             { s.backend.closed.Add(1) }

func (s *fakeSession) Sync(context.Context) { s.committed = s.applicationName }

// Fail rolls back what an implicit transaction has set.
func (s *fakeSession) Fail() {
	if s.status == 'T' {
		s.status = 'E'
		return
	}
	s.setName(s.committed)
}

func (s *fakeSession) setName(name string) {
	s.applicationName = name
	s.out.ParameterStatus("application_name", name)
}

func (s *fakeSession) Parse(_ context.Context, text string, _ []uint32) ([]Statement, error) {
	var statements []Statement
	offset := 1
	for _, part := range strings.Split(text, ";") {
		at := offset + len(part) - len(strings.TrimLeft(part, " "))
		offset += len(part) + 1
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		st, err := s.statement(part)
		if err != nil {
			if sqlstate.From(err).Code == sqlstate.SyntaxError {
				err = sqlstate.From(err).At(at)
			}
			return nil, err
		}
		statements = append(statements, st)
	}
	return statements, nil
}

var (
	fakeSeries = regexp.MustCompile(`^SELECT generate_series\(1, (\d+)\) AS n$`)
	fakeSet    = regexp.MustCompile(`^SET application_name = '(\w*)'$`)
)

func (s *fakeSession) statement(text string) (Statement, error) {
	if s.status == 'E' && text != "ROLLBACK" && text != "COMMIT" {
		return nil, sqlstate.New(sqlstate.InFailedSQLTransaction, "current transaction is aborted, commands ignored until end of transaction block")
	}
	st := &fakeStatement{session: s, text: text}
	int4 := []Column{{Name: "n", TypeOID: 23, TypeSize: 4, TypeMod: -1}}
	switch {
	case fakeSeries.MatchString(text):
		st.columns = int4
		st.rows, _ = strconv.Atoi(fakeSeries.FindStringSubmatch(text)[1])
	case text == "SELECT $1::int4 AS n", text == "SELECT 1/0 AS n", text == "SELECT panic AS n",
		text == "SELECT panic later AS n", text == "SELECT secret AS n":
		st.columns, st.rows = int4, 1
		if strings.Contains(text, "$1") {
			st.parameters = []uint32{23}
		}
	case text == "SELECT pg_sleep(60)":
		st.columns = []Column{{Name: "pg_sleep", TypeOID: 2278, TypeSize: 4, TypeMod: -1}}
	case text == "BEGIN", text == "COMMIT", text == "ROLLBACK", text == "NOTICE", fakeSet.MatchString(text):
	default:
		word, _, _ := strings.Cut(text, " ")
		return nil, sqlstate.New(sqlstate.SyntaxError, `syntax error at or near "%s"`, word)
	}
	return st, nil
}

type fakeStatement struct {
	session    *fakeSession
	text       string
	parameters []uint32
	columns    []Column
	rows       int
}

func (s *fakeStatement) Describe(context.Context) ([]uint32, []Column, error) {
	return s.parameters, s.columns, nil
}

func (s *fakeStatement) Bind(_ context.Context, parameters []Parameter) (Portal, error) {
	p := &fakePortal{fakeStatement: s}
	if s.text == "SELECT 1/0 AS n" { // constants are folded by the planner
		return nil, sqlstate.New(sqlstate.DivisionByZero, "division by zero")
	}
	for i, value := range parameters {
		if value.Value == nil {
			continue
		}
		text, err := DecodeParameter(s.parameters[i], value)
		if err != nil {
			return nil, err
		}
		p.value, err = strconv.Atoi(text)
		if err != nil {
			return nil, sqlstate.New(sqlstate.InvalidTextRepresentation, `invalid input syntax for type integer: "%s"`, text)
		}
	}
	return p, nil
}

type fakePortal struct {
	*fakeStatement
	value int
}

func (p *fakePortal) Columns() []Column { return p.columns }
func (p *fakePortal) Close()            {}

func (p *fakePortal) Run(ctx context.Context) (Rows, error) {
	s := p.session
	switch p.text {
	case "BEGIN":
		s.status = 'T'
	case "COMMIT", "ROLLBACK":
		failed := s.status == 'E'
		s.status = 'I'
		if failed {
			return &fakeRows{tag: "ROLLBACK"}, nil
		}
	case "SELECT secret AS n":
		return nil, fmt.Errorf("password of the source is hunter2")
	case "SELECT panic AS n":
		panic("the session panics")
	case "NOTICE":
		s.out.Notice(&sqlstate.Error{Code: "00000", Message: "take note"})
	}
	if m := fakeSet.FindStringSubmatch(p.text); m != nil {
		s.setName(m[1])
		return &fakeRows{tag: "SET"}, nil
	}
	if p.columns == nil {
		return &fakeRows{tag: p.text}, nil
	}
	return &fakeRows{portal: p, left: p.rows}, nil
}

// fakeRows gives 1, 2, 3, … in batches of 1000.
type fakeRows struct {
	portal *fakePortal
	tag    string
	next   int
	left   int
	batch  arrow.RecordBatch
}

func (r *fakeRows) Next(ctx context.Context) (arrow.RecordBatch, error) {
	r.Close()
	if r.portal == nil {
		return nil, nil
	}
	switch r.portal.text {
	case "SELECT pg_sleep(60)":
		r.portal.session.backend.started <- r.portal.text
		<-ctx.Done()
		return nil, ctx.Err()
	case "SELECT panic later AS n":
		panic("the rows panic")
	}
	if held := r.portal.session.backend.held; held != nil && r.next > 0 {
		select {
		case <-held:
		case <-ctx.Done():
		}
	}
	if r.left == 0 || ctx.Err() != nil {
		return nil, ctx.Err()
	}
	b := array.NewInt32Builder(memory.DefaultAllocator)
	defer b.Release()
	r.portal.session.backend.produced.Add(int64(min(r.left, 1000)))
	for range min(r.left, 1000) {
		r.next++
		r.left--
		b.Append(int32(r.next + r.portal.value))
	}
	if r.portal.parameters != nil {
		b.NewInt32Array().Release()
		b.Append(int32(r.portal.value))
	}
	values := b.NewInt32Array()
	defer values.Release()
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int32, Nullable: true}}, nil)
	r.batch = array.NewRecordBatch(schema, []arrow.Array{values}, int64(values.Len()))
	return r.batch, nil
}

func (r *fakeRows) Tag(rows int64) string {
	if r.portal == nil {
		return r.tag
	}
	return fmt.Sprintf("SELECT %d", rows)
}

func (r *fakeRows) Close() {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
}
