package mysql

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"

	driver "github.com/go-sql-driver/mysql"

	"github.com/sluicemesh/sluice/catalog"
)

// setTLS protects connections as the source's tls mode says, in the words PostgreSQL
// has for it. Without a mode they are encrypted where the server can.
func setTLS(c *driver.Config, s *catalog.Source) error {
	config := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.TLS.CA != "" {
		pem, err := os.ReadFile(s.TLS.CA)
		if err != nil {
			return errors.New("the file of tls.ca cannot be read")
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return errors.New("the file of tls.ca holds no certificate")
		}
	}
	switch s.TLS.Mode {
	case "disable":
		return nil
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
		return errors.New("tls.mode is none of disable, require, verify-ca, verify-full")
	}
	c.TLS, c.AllowFallbackToPlaintext = config, s.TLS.Mode == ""
	return nil
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
