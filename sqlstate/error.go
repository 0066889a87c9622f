// Package sqlstate holds the one error type that crosses packages: an error with
// the five-character code PostgreSQL would send, and the fields a client shows.
//
// In: a code, a message, a position. Out: an error value that pgwire turns into
// an ErrorResponse. It knows no SQL, no protocol and no other package.
package sqlstate

import (
	"context"
	"errors"
	"fmt"
)

// Owner says who can mend an error. Metrics and retries go by it.
type Owner uint8

// The five owners of an error.
const (
	OwnerGateway Owner = iota // a bug of ours
	OwnerUser                 // the statement
	OwnerPolicy               // a decision
	OwnerDomain               // a source outside the gateway
	OwnerLimits               // memory, time, connections
)

// Error is an error with a SQLSTATE. Fields are those of the protocol's
// ErrorResponse (PostgreSQL manual, "Error and Notice Message Fields").
// Nothing secret may stand in any of them.
type Error struct {
	Severity string // "ERROR" where empty; "FATAL" ends the connection
	Code     Code
	Message  string
	Detail   string
	Hint     string
	Where    string
	Position int // 1-based character offset into the statement; 0 where unknown

	Schema, Table, Column, DataType, Constraint string

	owner    Owner
	ownerSet bool
	cause    error
}

// New returns an error with a code and a formatted message. A %w verb keeps the
// wrapped error for errors.Is and errors.As.
func New(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), cause: errors.Unwrap(err)}
}

// Unsupported returns 0A000 naming the construct that Sluice refuses.
func Unsupported(format string, args ...any) *Error {
	return New(FeatureNotSupported, format+" is not supported", args...)
}

// Fatal returns an error that ends the connection.
func Fatal(code Code, format string, args ...any) *Error {
	e := New(code, format, args...)
	e.Severity = "FATAL"
	return e
}

// Error gives the message, with the code behind it.
func (e *Error) Error() string { return e.Message + " (SQLSTATE " + string(e.Code) + ")" }

// Unwrap gives the error this one was made from.
func (e *Error) Unwrap() error { return e.cause }

// WithHint returns a copy with what to do about it.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// WithDetail returns a copy with more of what happened.
func (e *Error) WithDetail(format string, args ...any) *Error {
	c := *e
	c.Detail = fmt.Sprintf(format, args...)
	return &c
}

// At returns a copy that points at a 1-based character of the statement.
func (e *Error) At(position int) *Error {
	c := *e
	c.Position = position
	return &c
}

// OwnedBy returns a copy with another owner than its code implies.
func (e *Error) OwnedBy(owner Owner) *Error {
	c := *e
	c.owner, c.ownerSet = owner, true
	return &c
}

// Owner says who can mend the error: as set, else by the class of its code.
func (e *Error) Owner() Owner {
	if e.ownerSet {
		return e.owner
	}
	return e.Code.owner()
}

// From gives err as an *Error: itself where one is wrapped inside, 57014 for a
// cancelled context, 57014 with its own message for a deadline, else XX000 whose
// message is generic (the text of an unknown error may hold what nobody may see).
func From(err error) *Error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.DeadlineExceeded):
		return New(QueryCanceled, "canceling statement due to statement timeout")
	case errors.Is(err, context.Canceled):
		return New(QueryCanceled, "canceling statement due to user request")
	default:
		return &Error{Code: InternalError, Message: "internal error", cause: err}
	}
}
