package bind

import (
	"slices"
	"strconv"
	"strings"
	"time"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// foldSession makes literals of the functions whose answer is the session's or the
// statement's, so that they can be pushed to any source and no source answers for itself.
// clock_timestamp() is the moment of binding: PostgreSQL promises only that it lies
// between the statement's start and the row.
func (b *binder) foldSession(c *plan.Call, position int) (plan.Expr, error) {
	if c.Procedure.Schema != "pg_catalog" {
		return c, nil
	}
	if len(c.Args) == 0 {
		return b.foldPlain(c)
	}
	switch c.Procedure.Name {
	case "current_setting":
		return b.currentSetting(c, position)
	case "current_schemas":
		return b.currentSchemas(c), nil
	case "age":
		return b.ageToday(c)
	}
	return c, nil
}

// ageToday makes age(x) the age at the current date's midnight, as its definition says.
func (b *binder) ageToday(c *plan.Call) (plan.Expr, error) {
	if len(c.Args) != 1 || c.Args[0].Type().OID != pgtype.Timestamp && c.Args[0].Type().OID != pgtype.Timestamptz {
		return c, nil
	}
	of := pgtype.Of(c.Args[0].Type().OID)
	now := b.now(b.env.TransactionStart)
	today, err := b.moment(time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()), of)
	if err != nil {
		return nil, err
	}
	for _, p := range pgtype.ProceduresByName("", "age") {
		if len(p.ArgTypes) == 2 && p.ArgTypes[0] == of.OID {
			return &plan.Call{Procedure: p, Args: []plan.Expr{today, c.Args[0]}, Of: c.Of}, nil
		}
	}
	return c, nil
}

// foldPlain folds functions without arguments.
func (b *binder) foldPlain(c *plan.Call) (plan.Expr, error) {
	switch c.Procedure.Name {
	case "now", "transaction_timestamp":
		return b.moment(b.env.TransactionStart, c.Of)
	case "statement_timestamp":
		return b.moment(b.env.StatementStart, c.Of)
	case "clock_timestamp":
		return b.moment(time.Now(), c.Of)
	case "timeofday":
		return b.sessionText(c.Of, b.now(time.Now()).Format("Mon Jan 02 15:04:05.000000 2006 MST")), nil
	case "current_query":
		return b.sessionText(c.Of, b.text), nil
	case "current_user", "session_user", "getpgusername":
		return b.sessionText(c.Of, b.env.User), nil
	case "current_database":
		return b.sessionText(c.Of, b.env.Database), nil
	case "current_schema":
		return b.currentSchema(c.Of), nil
	case "version":
		return b.sessionText(c.Of, b.env.Version), nil
	case "pg_backend_pid":
		return b.sessionText(c.Of, strconv.FormatUint(uint64(b.env.ProcessID), 10)), nil
	case "getdatabaseencoding":
		return b.sessionText(c.Of, "UTF8"), nil
	case "pg_client_encoding":
		return b.sessionText(c.Of, b.clientEncoding()), nil
	}
	return c, nil
}

func (b *binder) clientEncoding() string {
	if b.env.Setting != nil {
		if value, ok := b.env.Setting("client_encoding"); ok {
			return value
		}
	}
	return "UTF8"
}

// sqlValueFunction binds CURRENT_DATE and its like.
func (b *binder) sqlValueFunction(n *pg_query.SQLValueFunction) (plan.Expr, error) {
	name := pgtype.Of(pgtype.Name)
	timed := func(oid pgtype.OID) (plan.Expr, error) {
		return b.moment(b.env.TransactionStart, pgtype.Type{OID: oid, Mod: n.Typmod})
	}
	switch n.Op {
	case pg_query.SQLValueFunctionOp_SVFOP_CURRENT_DATE:
		return b.moment(b.env.TransactionStart, pgtype.Of(pgtype.Date))
	case pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIME, pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIME_N:
		return timed(pgtype.Timetz)
	case pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP, pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N:
		return timed(pgtype.Timestamptz)
	case pg_query.SQLValueFunctionOp_SVFOP_LOCALTIME, pg_query.SQLValueFunctionOp_SVFOP_LOCALTIME_N:
		return timed(pgtype.Time)
	case pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP, pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:
		return timed(pgtype.Timestamp)
	case pg_query.SQLValueFunctionOp_SVFOP_CURRENT_CATALOG:
		return b.sessionText(name, b.env.Database), nil
	case pg_query.SQLValueFunctionOp_SVFOP_CURRENT_SCHEMA:
		return b.currentSchema(name), nil
	}
	return b.sessionText(name, b.env.User), nil // CURRENT_ROLE, CURRENT_USER, USER, SESSION_USER
}

// moment gives a time in the session's zone as a literal of a date or time type.
// A precision beyond 6 is 6, as PostgreSQL takes it (with a warning).
func (b *binder) moment(when time.Time, of pgtype.Type) (plan.Expr, error) {
	b.unsteady()
	when = b.now(when)
	of.Mod = min(of.Mod, 6)
	layout := map[pgtype.OID]string{
		pgtype.Date:        "2006-01-02",
		pgtype.Time:        "15:04:05.000000",
		pgtype.Timetz:      "15:04:05.000000-07:00",
		pgtype.Timestamp:   "2006-01-02 15:04:05.000000",
		pgtype.Timestamptz: "2006-01-02 15:04:05.000000-07:00",
	}[of.OID]
	text, err := pgtype.Canonical(of, when.Truncate(time.Microsecond).Format(layout), b.settings())
	if err != nil {
		return nil, err
	}
	return &plan.Literal{Of: of, Text: text}, nil
}

// now gives a moment in the session's zone.
func (b *binder) now(when time.Time) time.Time {
	if b.env.TimeZone != nil {
		return when.In(b.env.TimeZone)
	}
	return when.UTC()
}

func (b *binder) sessionText(of pgtype.Type, text string) plan.Expr {
	b.unsteady()
	return &plan.Literal{Of: of, Text: text}
}

// currentSchema is the first schema of the search path that exists; NULL without.
func (b *binder) currentSchema(of pgtype.Type) plan.Expr {
	b.unsteady()
	if len(b.env.SearchPath) == 0 {
		return &plan.Literal{Of: of, Null: true}
	}
	return &plan.Literal{Of: of, Text: b.env.SearchPath[0]}
}

// currentSchemas is current_schemas(true or false); true adds pg_catalog, which is
// searched first unless the path names it.
func (b *binder) currentSchemas(c *plan.Call) plan.Expr {
	l, ok := c.Args[0].(*plan.Literal)
	if !ok {
		return c
	}
	b.unsteady()
	if l.Null {
		return &plan.Literal{Of: c.Of, Null: true}
	}
	path := b.env.SearchPath
	if l.Text == "t" && !slices.Contains(path, "pg_catalog") {
		path = append([]string{"pg_catalog"}, path...)
	}
	if l.Text == "t" && b.env.TemporarySchema != "" {
		path = append([]string{b.env.TemporarySchema}, path...)
	}
	return &plan.Literal{Of: c.Of, Text: arrayText(path)}
}

// arrayText prints words as the text of an array.
func arrayText(words []string) string {
	cells := make([]string, len(words))
	for i, w := range words {
		cells[i] = w
		if w == "" || strings.EqualFold(w, "null") || strings.ContainsAny(w, "{}\",\\ \t\n\r\v\f") {
			cells[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w) + `"`
		}
	}
	return "{" + strings.Join(cells, ",") + "}"
}

// currentSetting is current_setting(name [, missing_ok]) of literals.
func (b *binder) currentSetting(c *plan.Call, position int) (plan.Expr, error) {
	name, ok := c.Args[0].(*plan.Literal)
	if !ok || b.env.Setting == nil {
		return c, nil
	}
	missingOK := false
	if len(c.Args) == 2 {
		flag, ok := c.Args[1].(*plan.Literal)
		if !ok {
			return c, nil
		}
		if flag.Null {
			return &plan.Literal{Of: c.Of, Null: true}, nil
		}
		missingOK = flag.Text == "t"
	}
	if name.Null {
		return &plan.Literal{Of: c.Of, Null: true}, nil
	}
	b.unsteady()
	value, ok := b.env.Setting(name.Text)
	switch {
	case ok:
		return &plan.Literal{Of: c.Of, Text: value}, nil
	case missingOK:
		return &plan.Literal{Of: c.Of, Null: true}, nil
	}
	// PostgreSQL finds this while it executes, so without a position.
	return nil, sqlstate.New(sqlstate.UndefinedObject, "unrecognized configuration parameter \"%s\"", name.Text)
}
