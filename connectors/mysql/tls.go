package mysql

import (
	driver "github.com/go-sql-driver/mysql"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
)

// setTLS protects connections as the source's tls mode says. Without a mode they are
// encrypted where the server can.
func setTLS(c *driver.Config, s *catalog.Source) error {
	config, err := connectors.TLSConfig(s)
	if err != nil {
		return err
	}
	c.TLS, c.AllowFallbackToPlaintext = config, s.TLS.Mode == "" && config != nil
	return nil
}
