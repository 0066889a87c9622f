package duckdb

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/sluicemesh/sluice/sqlstate"
)

// #include <stdlib.h>
import "C"

// Errors of our own functions cross DuckDB as text: marker, then fields, each
// ended by a unit separator. The marker is unguessable, because DuckDB's messages
// may quote values of users.
const fieldEnd = "\x1f"

var marker = "\x02" + rand.Text() + fieldEnd

func encodeError(err error) string {
	e := sqlstate.From(err)
	var b strings.Builder
	b.WriteString(marker)
	for _, field := range []string{string(e.Code), e.Message, e.Detail, e.Hint, e.DataType} {
		b.WriteString(strings.NewReplacer("\x00", "", fieldEnd, " ").Replace(field))
		b.WriteString(fieldEnd)
	}
	return b.String()
}

// decodeError finds an encoded error in a text of DuckDB's.
func decodeError(text string) *sqlstate.Error {
	_, rest, found := strings.Cut(text, marker)
	if !found {
		return nil
	}
	f := strings.SplitN(rest, fieldEnd, 6)
	if len(f) < 6 {
		return nil
	}
	return &sqlstate.Error{Code: sqlstate.Code(f[0]), Message: f[1], Detail: f[2], Hint: f[3], DataType: f[4]}
}

// Cause is what DuckDB said, below an error that says it as PostgreSQL would: for
// logs only, since it may name files and quote values.
type Cause struct{ Text string }

// Error is empty, so that wrapping a Cause adds nothing to a message.
func (c *Cause) Error() string { return "" }

func withCause(e *sqlstate.Error, text string) *sqlstate.Error {
	return sqlstate.New(e.Code, "%s%w", e.Message, &Cause{text})
}

// guard runs f and turns a panic into an error: none may unwind through C.
func guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = sqlstate.New(sqlstate.InternalError, "duckdb: panic: %v", p)
		}
	}()
	return f()
}

// engineError takes over an error text from C; NULL is no error.
func engineError(text *C.char) error {
	if text == nil {
		return nil
	}
	defer C.free(unsafe.Pointer(text))
	return mapError(C.GoString(text))
}

// mapError gives DuckDB's error its SQLSTATE. DuckDB names the kind in front:
// "Conversion Error: …"; pending and streaming results give nothing but the text.
func mapError(text string) *sqlstate.Error {
	if own := decodeError(text); own != nil {
		return own
	}
	kind, message, _ := strings.Cut(text, " Error: ")
	for _, rule := range errorRules {
		if rule.kind != "" && !strings.HasSuffix(kind, rule.kind) {
			continue
		}
		if m := rule.pattern.FindStringSubmatch(message); m != nil {
			return withCause(rule.make(m), text)
		}
	}
	// The text may quote literals of the statement, so it stays in the cause.
	return sqlstate.From(fmt.Errorf("duckdb: %s", text))
}

const outOfMemory = "out of memory"

// IsOutOfMemory tells the error of an instance that needed more than its limits, also in
// files.
func IsOutOfMemory(err error) bool {
	var e *sqlstate.Error
	return errors.As(err, &e) && e.Code == sqlstate.OutOfMemory && e.Message == outOfMemory
}
