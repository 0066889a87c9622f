package login

import (
	"crypto/x509"
	"regexp"

	"github.com/sluicemesh/sluice/catalog"
)

// matches tells whether a certificate is that of the user of an attempt by any rule.
func matches(rules *catalog.CertificateRules, at Attempt) bool {
	if at.Certificate == nil {
		return false
	}
	for _, r := range rules.Rules {
		if names(r, at.Certificate, at.User) {
			return true
		}
	}
	return false
}

// names tells whether a rule makes a user's name out of one of the certificate's.
func names(r catalog.CertificateRule, c *x509.Certificate, user string) bool {
	whole, err := regexp.Compile(`^(?:` + r.Pattern + `)$`)
	if err != nil {
		return false
	}
	for _, name := range subjects(r.Match, c) {
		if at := whole.FindStringSubmatchIndex(name); at != nil && string(whole.ExpandString(nil, r.User, name, at)) == user {
			return true
		}
	}
	return false
}

// subjects are the names of one kind in a certificate.
func subjects(kind string, c *x509.Certificate) []string {
	switch kind {
	case "cn":
		if c.Subject.CommonName != "" {
			return []string{c.Subject.CommonName}
		}
	case "dns":
		return c.DNSNames
	case "email":
		return c.EmailAddresses
	case "uri":
		var all []string
		for _, u := range c.URIs {
			all = append(all, u.String())
		}
		return all
	}
	return nil
}
