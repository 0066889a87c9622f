package pgwire

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// Wire scripts: the same messages go to this server and to PostgreSQL, all of them
// before any answer is read, and the answers must be the same. What the fake session
// says to statements is what PostgreSQL says.

type script struct {
	name     string
	messages []pgproto3.FrontendMessage
}

func parseMessage(name, query string) *pgproto3.Parse {
	return &pgproto3.Parse{Name: name, Query: query}
}
func bindMessage(portal, statement string, parameters ...string) *pgproto3.Bind {
	m := &pgproto3.Bind{DestinationPortal: portal, PreparedStatement: statement}
	for _, p := range parameters {
		m.Parameters = append(m.Parameters, []byte(p))
	}
	return m
}
func executeMessage(portal string, max uint32) *pgproto3.Execute {
	return &pgproto3.Execute{Portal: portal, MaxRows: max}
}
func describeMessage(kind byte, name string) *pgproto3.Describe {
	return &pgproto3.Describe{ObjectType: kind, Name: name}
}
func closeMessage(kind byte, name string) *pgproto3.Close {
	return &pgproto3.Close{ObjectType: kind, Name: name}
}
func query(text string) *pgproto3.Query { return &pgproto3.Query{String: text} }

var syncMessage = &pgproto3.Sync{}

const (
	three       = "SELECT generate_series(1, 3) AS n"
	one         = "SELECT generate_series(1, 1) AS n"
	divide      = "SELECT 1/0 AS n"
	echo        = "SELECT $1::int4 AS n"
	setVariable = "SET application_name = 'x'"
	begin       = "BEGIN"
	commit      = "COMMIT"
	rollback    = "ROLLBACK"
)

// statement makes a batch without Sync: all of one statement, unnamed.
func statement(text string, parameters ...string) []pgproto3.FrontendMessage {
	return []pgproto3.FrontendMessage{parseMessage("", text), bindMessage("", "", parameters...), describeMessage('P', ""), executeMessage("", 0)}
}

func messages(parts ...any) (all []pgproto3.FrontendMessage) {
	for _, part := range parts {
		switch part := part.(type) {
		case []pgproto3.FrontendMessage:
			all = append(all, part...)
		case pgproto3.FrontendMessage:
			all = append(all, part)
		}
	}
	return all
}

func wireScripts() []script {
	withFormats := func(parameter, result []int16) *pgproto3.Bind {
		m := bindMessage("", "", "1")
		m.ParameterFormatCodes, m.ResultFormatCodes = parameter, result
		return m
	}
	binaryParameter := bindMessage("", "", "\x00\x00\x01\x00")
	binaryParameter.ParameterFormatCodes = []int16{1}
	binaryParameter.ResultFormatCodes = []int16{1}
	return []script{
		{"simple query", messages(query(three))},
		{"several statements", messages(query(one + ";" + three + ";" + begin + ";" + commit))},
		{"several statements, error in the middle", messages(query(one+";"+divide+";"+one), query(one))},
		{"empty queries", messages(query(""), query(";"), query("  ; ; "))},
		{"syntax error with position", messages(query("SELEC 1"), query(one))},
		{"syntax error in a later statement", messages(query(one + "; SELEC 1"))},
		{"setting is reported", messages(query(setVariable), query("SET application_name = 'y'"))},
		{"extended", messages(statement(three), syncMessage)},
		{"extended, pipelined", messages(statement(three), statement(one), syncMessage, statement(setVariable), syncMessage)},
		{"parameter", messages(statement(echo, "42"), syncMessage)},
		{"binary parameter and result", messages(parseMessage("", echo), binaryParameter, executeMessage("", 0), syncMessage)},
		{"malformed parameter", messages(statement(echo, "x"), syncMessage, query(one))},
		{"describe statement", messages(parseMessage("s", echo), describeMessage('S', "s"), closeMessage('S', "s"), syncMessage)},
		{"describe statement without rows", messages(parseMessage("s", setVariable), describeMessage('S', "s"), closeMessage('S', "s"), syncMessage)},
		{"empty statement", messages(statement(""), describeMessage('S', ""), syncMessage)},
		{"multiple commands", messages(parseMessage("", one+";"+one), syncMessage)},
		{"skip to sync", messages(parseMessage("", "SELEC"), bindMessage("", ""), executeMessage("", 0), describeMessage('S', "nope"), syncMessage, query(one))},
		{"error, next batch goes on", messages(statement(divide), statement(one), syncMessage, statement(one), syncMessage, statement(divide), syncMessage, statement(three), syncMessage)},
		{"rows, then an error in one batch", messages(statement(three), parseMessage("", divide), bindMessage("", ""), executeMessage("", 0), statement(one), syncMessage)},
		{"suspended portal", messages(query(begin), parseMessage("", three), bindMessage("p", ""), executeMessage("p", 2), executeMessage("p", 2), executeMessage("p", 2), syncMessage, query(commit))},
		{"limit of exactly all rows", messages(query(begin), parseMessage("", three), bindMessage("p", ""), executeMessage("p", 3), executeMessage("p", 0), executeMessage("p", 0), syncMessage, query(rollback))},
		{"suspended over sync", messages(query(begin), parseMessage("", three), bindMessage("p", ""), executeMessage("p", 1), syncMessage, executeMessage("p", 1), syncMessage, executeMessage("p", 0), syncMessage, query(commit))},
		{"portal ends with implicit transaction", messages(parseMessage("", three), bindMessage("p", ""), executeMessage("p", 1), syncMessage, executeMessage("p", 1), syncMessage)},
		{"portal ends with commit", messages(query(begin), parseMessage("", three), bindMessage("p", ""), executeMessage("p", 1), statement(commit), executeMessage("p", 1), syncMessage)},
		{"portal ends with commit in a query", messages(query(begin), parseMessage("", three), bindMessage("p", ""), executeMessage("p", 1), syncMessage, query(commit), executeMessage("p", 1), syncMessage)},
		{"portal of a failed transaction", messages(query(begin), parseMessage("", three), bindMessage("p", ""), executeMessage("p", 1), syncMessage, query(divide), executeMessage("p", 1), syncMessage, query(rollback))},
		{"portal run again", messages(parseMessage("", three), bindMessage("", ""), executeMessage("", 0), executeMessage("", 0), syncMessage)},
		{"command run again", messages(parseMessage("", setVariable), bindMessage("", ""), executeMessage("", 0), executeMessage("", 0), syncMessage)},
		{"empty statement run again", messages(parseMessage("", ""), bindMessage("", ""), executeMessage("", 0), executeMessage("", 0), syncMessage)},
		{"failed transaction", messages(query(begin), query(divide), query(one), statement(one), syncMessage, query(commit))},
		{"failed transaction, extended", messages(statement(begin), syncMessage, statement(divide), syncMessage, statement(one), syncMessage, statement(rollback), syncMessage)},
		{"duplicate statement", messages(parseMessage("s", one), syncMessage, parseMessage("s", one), syncMessage, closeMessage('S', "s"), syncMessage)},
		{"duplicate portal", messages(query(begin), parseMessage("", one), bindMessage("p", ""), bindMessage("p", ""), syncMessage, query(rollback))},
		{"unknown statement", messages(bindMessage("", "nope"), syncMessage, describeMessage('S', "nope"), syncMessage, closeMessage('S', "nope"), syncMessage)},
		{"unknown portal", messages(executeMessage("nope", 0), syncMessage, describeMessage('P', "nope"), syncMessage, closeMessage('P', "nope"), syncMessage)},
		{"query ends the unnamed statement", messages(parseMessage("", one), syncMessage, query(one), bindMessage("", ""), syncMessage)},
		{"failed parse ends the unnamed statement", messages(parseMessage("", one), syncMessage, parseMessage("", "SELEC"), syncMessage, bindMessage("", ""), syncMessage)},
		{"closed statement", messages(parseMessage("s", one), closeMessage('S', "s"), bindMessage("", "s"), syncMessage)},
		{"closed portal", messages(parseMessage("", one), bindMessage("p", ""), closeMessage('P', "p"), executeMessage("p", 0), syncMessage)},
		{"named statement survives", messages(parseMessage("s", one), syncMessage, query("SELEC"), bindMessage("", "s"), executeMessage("", 0), syncMessage, closeMessage('S', "s"), syncMessage)},
		{"too few parameters", messages(parseMessage("", echo), bindMessage("", ""), syncMessage)},
		{"too many parameters", messages(parseMessage("", one), bindMessage("", "", "1"), syncMessage)},
		{"wrong parameter formats", messages(parseMessage("", echo), withFormats([]int16{0, 0}, nil), syncMessage)},
		{"wrong result formats", messages(parseMessage("", echo), withFormats(nil, []int16{0, 0}), syncMessage)},
		{"unknown parameter format", messages(parseMessage("", echo), withFormats([]int16{2}, nil), syncMessage)},
		{"unknown subtypes", messages(describeMessage('X', ""), syncMessage, closeMessage('X', ""), syncMessage)},
		{"copy messages outside of copy", messages(&pgproto3.CopyData{Data: []byte("x")}, &pgproto3.CopyDone{}, &pgproto3.CopyFail{Message: "x"}, query(one))},
		{"flush", messages(parseMessage("", one), &pgproto3.Flush{}, bindMessage("", ""), &pgproto3.Flush{}, executeMessage("", 0), syncMessage)},
		{"sync alone", messages(syncMessage, syncMessage)},
	}
}

func TestWireScriptsAgainstPostgreSQL(t *testing.T) {
	t.Parallel()
	postgres := testservers.Postgres(t)
	address := startServer(t, newFakeBackend(), Options{})
	for _, s := range wireScripts() {
		t.Run(s.name, func(t *testing.T) {
			got := runScript(t, dsnOf(address, "sslmode=disable"), s.messages)
			want := runScript(t, postgres.DSN, s.messages)
			if got != want {
				t.Errorf("got:\n%s\nPostgreSQL:\n%s", got, want)
			}
		})
	}
}

func dsnOf(address, parameters string) string {
	return "postgres://alice:" + strings.ReplaceAll(fakePassword, " ", "%20") + "@" + address + "/mesh?" + parameters
}

// runScript sends all messages at once and prints the answers, one per line.
func runScript(t *testing.T, dsn string, messages []pgproto3.FrontendMessage) string {
	t.Helper()
	conn, err := pgconn.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	hijacked, err := conn.Hijack()
	if err != nil {
		t.Fatal(err)
	}
	defer hijacked.Conn.Close()
	ready := 0
	for _, m := range messages {
		hijacked.Frontend.Send(m)
		switch m.(type) {
		case *pgproto3.Sync, *pgproto3.Query:
			ready++
		}
	}
	if err := hijacked.Frontend.Flush(); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for ready > 0 {
		m, err := hijacked.Frontend.Receive()
		if err != nil {
			fmt.Fprintf(&out, "connection ended: %v\n", err)
			return out.String()
		}
		if _, ok := m.(*pgproto3.ReadyForQuery); ok {
			ready--
		}
		out.WriteString(render(m) + "\n")
	}
	return out.String()
}

// render prints what matters of a message.
func render(m pgproto3.BackendMessage) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", m), "*pgproto3.")
	switch m := m.(type) {
	case *pgproto3.ErrorResponse:
		return fmt.Sprintf("%s %s %s %s %q at %d", name, m.Severity, m.SeverityUnlocalized, m.Code, m.Message, m.Position)
	case *pgproto3.NoticeResponse:
		return fmt.Sprintf("%s %s %s %q", name, m.Severity, m.Code, m.Message)
	case *pgproto3.DataRow:
		return fmt.Sprintf("%s %q", name, m.Values)
	case *pgproto3.RowDescription:
		for _, f := range m.Fields {
			name += fmt.Sprintf(" %s:%d,%d,%d,%d,%d,%d", f.Name, f.DataTypeOID, f.DataTypeSize, f.TypeModifier, f.Format, f.TableOID, f.TableAttributeNumber)
		}
		return name
	case *pgproto3.ParameterDescription:
		return fmt.Sprint(name, m.ParameterOIDs)
	case *pgproto3.ParameterStatus:
		return fmt.Sprint(name, " ", m.Name, "=", m.Value)
	case *pgproto3.CommandComplete:
		return fmt.Sprintf("%s %s", name, m.CommandTag)
	case *pgproto3.ReadyForQuery:
		return fmt.Sprintf("%s %c", name, m.TxStatus)
	}
	return name
}
