package mysql

import (
	"net"
	"strconv"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

const connectTimeout = 10 * time.Second

// configOf says where and how to connect.
func configOf(s *catalog.Source, secret string) (*driver.Config, error) {
	config := driver.NewConfig()
	port := s.Port
	if port == 0 {
		port = 3306
	}
	config.Net, config.Addr = "tcp", net.JoinHostPort(s.Host, strconv.Itoa(port))
	config.User, config.Passwd, config.DBName = s.User, secret, s.Database
	config.Timeout = connectTimeout
	config.ConnectionAttributes = "program_name:sluice"
	config.Logger = &driver.NopLogger{} // what goes wrong is returned, once
	if err := setTLS(config, s); err != nil {
		return nil, sqlstate.New(sqlstate.ConfigFileError, "domain %s: source %s: %w", s.Domain, s.Name, err)
	}
	return config, nil
}
