package mysql

import (
	"context"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Describe is not there yet.
func (s *Source) Describe(context.Context, []*catalog.Table) ([]connectors.Description, error) {
	return nil, sqlstate.Unsupported("describing a MySQL source")
}
