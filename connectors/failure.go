package connectors

import (
	"context"
	"errors"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Failure gives an error of a source as users may see it, where that depends on no
// driver: a statement that was given up (with the reason, where its context has one), an
// error that is stated already, a source that was closed (when ending has ended).
// Everything else is said's to tell; it must keep the source's own words out, which may
// hold names and data that only the domain may see.
func Failure(ctx, ending context.Context, of *catalog.Source, err error, said func(error) error) error {
	var stated *sqlstate.Error
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return Stopped(ctx)
	case errors.As(err, &stated):
		return stated
	case ending.Err() != nil:
		return sqlstate.New(sqlstate.ConnectionFailure, "domain %s: source %s was closed", of.Domain, of.Name)
	}
	return said(err)
}

// Stopped tells why a context has ended.
func Stopped(ctx context.Context) error {
	var stated *sqlstate.Error
	if errors.As(context.Cause(ctx), &stated) {
		return stated
	}
	return sqlstate.From(ctx.Err())
}

// Lost is the error of a connection that ended in the middle of a statement.
func Lost(of *catalog.Source) *sqlstate.Error {
	return sqlstate.New(sqlstate.ConnectionFailure, "domain %s: the connection to source %s was lost", of.Domain, of.Name)
}
