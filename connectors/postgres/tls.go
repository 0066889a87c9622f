package postgres

import (
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/sqlstate"
)

// setTLS protects connections as the source's tls mode says. Without a mode they are
// encrypted where the server can.
func setTLS(c *pgconn.Config, s *catalog.Source) error {
	config, err := connectors.TLSConfig(s)
	if err != nil {
		return sqlstate.New(sqlstate.ConfigFileError, "domain %s: source %s: %w", s.Domain, s.Name, err)
	}
	c.TLSConfig = config
	if s.TLS.Mode == "" && config != nil {
		c.Fallbacks = []*pgconn.FallbackConfig{{Host: c.Host, Port: c.Port}}
	}
	return nil
}
