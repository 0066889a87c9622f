package pgwire

import (
	"crypto"
	_ "crypto/sha256" // hashes of tls-server-end-point
	_ "crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// alpnProtocol is PostgreSQL's name in TLS's protocol negotiation (IANA registry;
// required for direct TLS).
const alpnProtocol = "postgresql"

// tlsBinding is what SCRAM's channel binding needs to know of a TLS connection.
type tlsBinding struct {
	state       tls.ConnectionState
	certificate *tls.Certificate // the one the server showed
}

// config derives one connection's TLS configuration, which notes the certificate
// it shows. Tickets are off (as PostgreSQL has them): a resumed session shows none.
func (b *tlsBinding) config(base *tls.Config) *tls.Config {
	c := base.Clone()
	c.NextProtos = []string{alpnProtocol}
	c.SessionTicketsDisabled = true
	c.Certificates, c.GetConfigForClient = nil, nil
	c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		certificate, err := chooseCertificate(base, hello)
		b.certificate = certificate
		return certificate, err
	}
	if c.MinVersion == 0 {
		c.MinVersion = tls.VersionTLS12
	}
	return c
}

// chooseCertificate does what crypto/tls would do with base.
func chooseCertificate(base *tls.Config, hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if base.GetCertificate != nil && (len(base.Certificates) == 0 || hello.ServerName != "") {
		certificate, err := base.GetCertificate(hello)
		if certificate != nil || err != nil {
			return certificate, err
		}
	}
	for i := range base.Certificates {
		if hello.SupportsCertificate(&base.Certificates[i]) == nil {
			return &base.Certificates[i], nil
		}
	}
	if len(base.Certificates) == 0 {
		return nil, errors.New("no TLS certificate configured")
	}
	return &base.Certificates[0], nil
}

// endPoint gives the tls-server-end-point value: the hash of the certificate,
// with the hash of its signature, SHA-256 in place of MD5 and SHA-1 (RFC 5929,
// section 4.1). ok is false where there is none (Ed25519): then PLUS is not offered.
func (b *tlsBinding) endPoint() (value []byte, ok bool) {
	if b == nil || b.certificate == nil || len(b.certificate.Certificate) == 0 {
		return nil, false
	}
	der := b.certificate.Certificate[0]
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, false
	}
	hash := signatureHash(leaf.SignatureAlgorithm)
	if hash == 0 {
		return nil, false
	}
	h := hash.New()
	h.Write(der)
	return h.Sum(nil), true
}

func signatureHash(algorithm x509.SignatureAlgorithm) crypto.Hash {
	switch algorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1,
		x509.SHA256WithRSA, x509.SHA256WithRSAPSS, x509.ECDSAWithSHA256, x509.DSAWithSHA256:
		return crypto.SHA256
	case x509.SHA384WithRSA, x509.SHA384WithRSAPSS, x509.ECDSAWithSHA384:
		return crypto.SHA384
	case x509.SHA512WithRSA, x509.SHA512WithRSAPSS, x509.ECDSAWithSHA512:
		return crypto.SHA512
	}
	return 0
}
