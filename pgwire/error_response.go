package pgwire

import (
	"log/slog"
	"math"
	"runtime/debug"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

// isFatal tells whether an error ends the connection.
func isFatal(e *sqlstate.Error) bool { return e.Severity == "FATAL" || e.Severity == "PANIC" }

// errorResponse puts an error into the message's fields. Severity stands twice:
// S may be translated, V never is.
func errorResponse(e *sqlstate.Error) *pgproto3.ErrorResponse {
	severity := e.Severity
	if severity == "" {
		severity = "ERROR"
	}
	code := string(e.Code)
	if len(code) != 5 {
		code = string(sqlstate.InternalError)
	}
	return &pgproto3.ErrorResponse{
		Severity:            severity,
		SeverityUnlocalized: severity,
		Code:                code,
		Message:             field(e.Message),
		Detail:              field(e.Detail),
		Hint:                field(e.Hint),
		Position:            int32(min(max(e.Position, 0), math.MaxInt32)),
		Where:               field(e.Where),
		SchemaName:          field(e.Schema),
		TableName:           field(e.Table),
		ColumnName:          field(e.Column),
		DataTypeName:        field(e.DataType),
		ConstraintName:      field(e.Constraint),
	}
}

// field makes a string safe for a message: a NUL would end the field.
func field(s string) string {
	s = strings.ReplaceAll(s, "\x00", "")
	return strings.ToValidUTF8(s, "\uFFFD")
}

// noticeResponse is an errorResponse of another kind; severity NOTICE where none is set.
func noticeResponse(e *sqlstate.Error) *pgproto3.NoticeResponse {
	n := pgproto3.NoticeResponse(*errorResponse(e))
	if e.Severity == "" {
		n.Severity, n.SeverityUnlocalized = "NOTICE", "NOTICE"
	}
	return &n
}

// errPanic is what a client hears of a panic.
func errPanic() error { return sqlstate.New(sqlstate.InternalError, "internal error") }

// logPanic keeps what a client must not see.
func logPanic(log *slog.Logger, p any) {
	log.Error("panic", "value", p, "stack", string(debug.Stack()))
}
