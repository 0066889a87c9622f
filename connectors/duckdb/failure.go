package duckdb

import (
	"context"
	"errors"
	"strings"

	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/sqlstate"
)

// failure gives an engine's error as users may see it. Errors of values the user
// computed pass; what else went wrong is the domain's, and its words may hold names and
// paths that are nobody's business.
func (s *Source) failure(ctx context.Context, err error) error {
	var stated *sqlstate.Error
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return connectors.Stopped(ctx)
	}
	if !errors.As(err, &stated) {
		stated = sqlstate.From(err)
	}
	switch {
	case strings.HasPrefix(stated.Message, "domain "):
		return stated.OwnedBy(sqlstate.OwnerDomain)
	case strings.HasPrefix(string(stated.Code), "22"), stated.Code == sqlstate.CardinalityViolation,
		stated.Code == sqlstate.FeatureNotSupported, stated.Code == sqlstate.SyntaxError, strings.HasPrefix(string(stated.Code), "5") && !strings.HasPrefix(string(stated.Code), "58"):
		return stated
	}
	return s.unread(err)
}

// unread is what users are told; the cause stays for logs, without its text.
func (s *Source) unread(cause error) *sqlstate.Error {
	return sqlstate.New(sqlstate.SystemError, "domain %s: source %s could not run its part of the statement%w", s.of.Domain, s.of.Name, quiet{cause})
}

// quiet keeps an error out of the message it is wrapped in.
type quiet struct{ error }

func (quiet) Error() string   { return "" }
func (q quiet) Unwrap() error { return q.error }
