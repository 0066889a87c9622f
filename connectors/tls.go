package connectors

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"

	"github.com/sluicemesh/sluice/catalog"
)

// TLSConfig says how a connection to a server is protected, in PostgreSQL's words for it
// (manual, "SSL Support": Protection Provided in Different Modes), whatever the kind of
// server. It is nil for `disable`. Without a mode the caller may go on unencrypted with a
// server that cannot do better, as PostgreSQL's own default, prefer, does.
func TLSConfig(s *catalog.Source) (*tls.Config, error) {
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
