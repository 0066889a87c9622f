package postgres

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// setTLS protects connections as the source's tls mode says (PostgreSQL manual, "SSL
// Support": Protection Provided in Different Modes). Without a mode it is PostgreSQL's
// own default, prefer: encrypted where the server can.
func setTLS(c *pgconn.Config, s *catalog.Source) error {
	config, err := tlsConfig(s)
	if err != nil {
		return sqlstate.New(sqlstate.ConfigFileError, "domain %s: source %s: %w", s.Domain, s.Name, err)
	}
	c.TLSConfig = config
	if s.TLS.Mode == "" && config != nil {
		c.Fallbacks = []*pgconn.FallbackConfig{{Host: c.Host, Port: c.Port}}
	}
	return nil
}

func tlsConfig(s *catalog.Source) (*tls.Config, error) {
	config := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.TLS.CA != "" {
		pem, err := os.ReadFile(s.TLS.CA)
		if err != nil {
			return nil, errors.New("the file of tls.ca cannot be read")
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("the file of tls.ca holds no certificate")
		}
	}
	switch s.TLS.Mode {
	case "disable":
		return nil, nil
	case "", "require":
		// Encrypted, not verified; with a CA, require means verify-ca, as libpq has it.
		config.InsecureSkipVerify = true
		if s.TLS.CA != "" {
			config.VerifyConnection = verifyChain(config.RootCAs)
		}
	case "verify-ca":
		config.InsecureSkipVerify = true
		config.VerifyConnection = verifyChain(config.RootCAs)
	case "verify-full":
	default:
		return nil, errors.New("tls.mode is none of disable, require, verify-ca, verify-full")
	}
	return config, nil
}

// verifyChain checks the certificate's chain but not the host's name.
func verifyChain(roots *x509.CertPool) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
		for _, c := range state.PeerCertificates[1:] {
			options.Intermediates.AddCert(c)
		}
		_, err := state.PeerCertificates[0].Verify(options)
		return err
	}
}
