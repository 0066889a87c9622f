package postgres

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"regexp"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/sqlstate"
)

// failure gives an error of the driver or the server as users may see it. The server's
// words stay out unless a value the user computed is at fault: they may hold names and
// data that only the domain may see.
func (s *Source) failure(ctx context.Context, err error) error {
	return connectors.Failure(ctx, s.ending, s.of, err, func(err error) error {
		var answer *pgconn.PgError
		var dialled *pgconn.ConnectError
		switch {
		case errors.As(err, &dialled):
			return s.unreachable(err)
		case errors.As(err, &answer):
			return s.answered(answer)
		}
		return connectors.Lost(s.of)
	})
}

// unreachable tells why no connection came about, as far as that is no secret.
func (s *Source) unreachable(err error) *sqlstate.Error {
	e := sqlstate.New(sqlstate.UnableToConnect, "domain %s: source %s cannot be reached", s.of.Domain, s.of.Name)
	var answer *pgconn.PgError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.As(err, &answer) && answer.Code == string(sqlstate.TooManyConnections):
		e.Detail = "It has no free connection."
	case errors.As(err, &answer) && strings.HasPrefix(answer.Code, "28"):
		e.Detail = "It refuses the gateway's login."
	case errors.As(err, &answer):
		e.Detail = "It answered with SQLSTATE " + answer.Code + "."
	case errors.As(err, &name):
		e.Detail = "Its host name cannot be resolved."
	case errors.As(err, &certificate), errors.As(err, &authority):
		e.Detail = "Its certificate is not trusted."
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Detail = "The connection is refused."
	case errors.Is(err, context.DeadlineExceeded):
		e.Detail = "It does not answer in time."
	case strings.Contains(err.Error(), "refused TLS"):
		e.Detail = "It does not offer TLS."
	}
	return e
}

// described are codes whose cause helps whoever mends the source.
var described = map[string]string{
	"42P01": "a table does not exist there", "42703": "a column does not exist there", "3F000": "a schema does not exist there",
	"42501": "the source's user may not read it", "42804": "a column has another type there", "42846": "a column has another type there",
	"42883": "a function or operator does not exist there", "53100": "its disk is full", "53200": "it is out of memory",
	"25006": "it would have written",
}

// aboutValue finds what functions say that PostgreSQL does not support for a value: extract of
// a unit that a type lacks, an integer of NaN.
var aboutValue = regexp.MustCompile(`^(unit|interval units|cannot convert (NaN|infinity)|cannot get) `)

func (s *Source) answered(answer *pgconn.PgError) *sqlstate.Error {
	code := sqlstate.Code(answer.Code)
	switch {
	case strings.HasPrefix(answer.Code, "22"), code == sqlstate.CardinalityViolation, code == sqlstate.ProgramLimitExceeded,
		code == sqlstate.FeatureNotSupported && aboutValue.MatchString(answer.Message):
		return sqlstate.New(code, "%s", answer.Message)
	case code == sqlstate.QueryCanceled && s.of.Limits.StatementTimeout > 0:
		return sqlstate.New(code, "domain %s: source %s ended the statement, which ran longer than its limit of %s",
			s.of.Domain, s.of.Name, s.of.Limits.StatementTimeout)
	case code == sqlstate.QueryCanceled:
		return sqlstate.New(code, "domain %s: source %s cancelled the statement", s.of.Domain, s.of.Name).OwnedBy(sqlstate.OwnerDomain)
	case strings.HasPrefix(answer.Code, "57P"), strings.HasPrefix(answer.Code, "08"):
		return connectors.Lost(s.of)
	}
	e := sqlstate.New(sqlstate.SystemError, "domain %s: source %s could not run its part of the statement", s.of.Domain, s.of.Name)
	if why := described[answer.Code]; why != "" {
		return e.WithDetail("SQLSTATE %s: %s.", answer.Code, why)
	}
	return e.WithDetail("SQLSTATE %s.", answer.Code)
}
