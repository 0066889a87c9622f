package mysql

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"syscall"

	driver "github.com/go-sql-driver/mysql"

	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/sqlstate"
)

// failure gives an error of the driver or the server as users may see it. The server's
// words stay out: they may hold names and data that only the domain may see.
func (s *Source) failure(ctx context.Context, err error) error {
	return connectors.Failure(ctx, s.ending, s.of, err, func(err error) error {
		var answer *driver.MySQLError
		if errors.As(err, &answer) {
			return s.answered(answer)
		}
		return connectors.Lost(s.of)
	})
}

// unreachable tells why no connection came about, as far as that is no secret.
func (s *Source) unreachable(ctx context.Context, err error) error {
	var (
		stated      *sqlstate.Error
		answer      *driver.MySQLError
		name        *net.DNSError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		host        x509.HostnameError
	)
	if ctx.Err() != nil || errors.As(err, &stated) || s.ending.Err() != nil {
		return s.failure(ctx, err)
	}
	e := sqlstate.New(sqlstate.UnableToConnect, "domain %s: source %s cannot be reached", s.of.Domain, s.of.Name)
	switch {
	case errors.As(err, &answer):
		e.Detail = refusals[answer.Number]
	case errors.As(err, &name):
		e.Detail = "Its host name cannot be resolved."
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &host):
		e.Detail = "Its certificate is not trusted."
	case errors.Is(err, driver.ErrNoTLS):
		e.Detail = "It does not offer TLS."
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Detail = "The connection is refused."
	case errors.Is(err, context.DeadlineExceeded):
		e.Detail = "It does not answer in time."
	}
	return e
}

// refusals by the numbers of the MySQL manual, "Server Error Message Reference".
var refusals = map[uint16]string{
	1040: "It has no free connection.", 1203: "It has no free connection.", 1226: "It has no free connection.",
	1044: "It refuses the gateway's login.", 1045: "It refuses the gateway's login.", 1049: "Its database does not exist.",
	1129: "It has blocked the gateway's host.", 1130: "It refuses the gateway's host.", 1251: "It refuses the gateway's login.",
	1193: "It lacks a setting that a session needs.", 1698: "It refuses the gateway's login.",
	3118: "It refuses the gateway's login: the account is locked.", 4151: "It refuses the gateway's login: the account is locked.",
	3955: "It refuses the gateway's login: the account is locked.", 1820: "The gateway's password has expired there.", 1862: "The gateway's password has expired there.",
	3159: "It takes only encrypted connections: see tls.mode.",
}

// described are errors whose cause helps whoever mends the source.
var described = map[uint16]string{
	1146: "a table does not exist there", 1054: "a column does not exist there", 1049: "a database does not exist there",
	1142: "the source's user may not read it", 1143: "the source's user may not read it", 1044: "the source's user may not read it",
	1267: "its collations do not go together", 1021: "its disk is full", 1114: "its disk is full", 1037: "it is out of memory",
	1038: "it is out of memory", 1041: "it is out of memory", 1290: "its settings forbid it", 1356: "a view refers to something that does not exist there",
	1153: "the statement or a value is larger than its max_allowed_packet", 1615: "a table changed meanwhile",
}

// Numbers of errors that mean more than that the statement failed.
const (
	subqueryGivesRows  = 1242
	serverShutsDown    = 1053
	connectionKilled   = 1927 // MariaDB
	queryInterrupted   = 1317
	maxExecutionTime   = 3024 // MySQL
	maxStatementTime   = 1969 // MariaDB
	lockWaitTimeout    = 1205
	transactionAborted = 1213
)

func (s *Source) answered(answer *driver.MySQLError) *sqlstate.Error {
	switch answer.Number {
	case subqueryGivesRows:
		return sqlstate.New(sqlstate.CardinalityViolation, "more than one row returned by a subquery used as an expression")
	case serverShutsDown, connectionKilled:
		return connectors.Lost(s.of)
	case maxExecutionTime, maxStatementTime:
		return sqlstate.New(sqlstate.QueryCanceled, "domain %s: source %s ended the statement, which ran longer than its limit of %s",
			s.of.Domain, s.of.Name, s.of.Limits.StatementTimeout)
	case queryInterrupted:
		return sqlstate.New(sqlstate.QueryCanceled, "domain %s: source %s cancelled the statement", s.of.Domain, s.of.Name).OwnedBy(sqlstate.OwnerDomain)
	}
	e := sqlstate.New(sqlstate.SystemError, "domain %s: source %s could not run its part of the statement", s.of.Domain, s.of.Name)
	if why := described[answer.Number]; why != "" {
		return e.WithDetail("Error %d: %s.", answer.Number, why)
	}
	return e.WithDetail("Error %d.", answer.Number)
}
