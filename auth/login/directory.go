package login

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/sluicemesh/sluice/catalog"
)

const (
	defaultDirectoryTimeout = 5 * time.Second
	maxGroups               = 1000
)

// bind asks a directory whether it knows the password.
func (a *Authenticator) bind(ctx context.Context, d *catalog.LDAPDirectory, user, password string) (Identity, error) {
	// A bind without a password is an anonymous one, which succeeds (RFC 4513, section 5.1.2).
	if password == "" || strings.ContainsRune(user+password, 0) {
		return Identity{}, wrong(WrongPassword, user, nil)
	}
	groups, err := a.ask(ctx, d, user, password)
	switch {
	case err == nil:
		return Identity{Method: catalog.LDAP, Groups: translate(groups, d.Groups), Admit: d.Admit}, nil
	case errors.Is(err, errNotBound):
		return Identity{}, wrong(WrongPassword, user, nil)
	}
	// What a directory says of itself, of its entries and of where it is stays here.
	return Identity{}, refuse(DirectoryFailed, err, "passwords cannot be checked at the moment").
		WithHint("The directory that knows them does not answer as it should; tell the operator of the gateway.")
}

// errNotBound is the directory's no to a user's name and password.
var errNotBound = errors.New("the directory refuses the password")

// ask binds as the user and gives the groups the directory knows of it.
func (a *Authenticator) ask(ctx context.Context, d *catalog.LDAPDirectory, user, password string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(d.Timeout, defaultDirectoryTimeout))
	defer cancel()
	c, err := dial(ctx, d)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer func() { stop(); _ = c.Close() }()
	dn, err := a.distinguishedName(c, d, user)
	if err != nil {
		return nil, err
	}
	if err := c.Bind(dn, password); err != nil {
		if ldap.IsErrorAnyOf(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInvalidDNSyntax,
			ldap.LDAPResultInappropriateAuthentication, ldap.LDAPResultUnwillingToPerform) {
			return nil, errNotBound
		}
		return nil, err
	}
	if d.GroupSearch == nil {
		return nil, nil
	}
	if err := a.service(c, d); err != nil {
		return nil, err
	}
	return groupsIn(c, d.GroupSearch, user, dn)
}

// dial connects, always encrypted.
func dial(ctx context.Context, d *catalog.LDAPDirectory) (*ldap.Conn, error) {
	at, err := url.Parse(d.URL)
	if err != nil {
		return nil, err
	}
	trust, err := authorities(d.CA)
	if err != nil {
		return nil, err
	}
	security := &tls.Config{RootCAs: trust, ServerName: at.Hostname(), MinVersion: tls.VersionTLS12}
	port := cmp.Or(at.Port(), map[string]string{"ldaps": "636", "ldap": "389"}[at.Scheme])
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(at.Hostname(), port))
	if err != nil {
		return nil, err
	}
	// Whatever the directory does not say in time ends with the connection.
	deadline, _ := ctx.Deadline()
	_ = raw.SetDeadline(deadline)
	if at.Scheme == "ldaps" {
		encrypted := tls.Client(raw, security)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return nil, err
		}
		c := ldap.NewConn(encrypted, true)
		c.Start()
		return c, nil
	}
	c := ldap.NewConn(raw, false)
	c.Start()
	if err := c.StartTLS(security); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// distinguishedName gives the entry that a user binds as.
func (a *Authenticator) distinguishedName(c *ldap.Conn, d *catalog.LDAPDirectory, user string) (string, error) {
	if d.UserDN != "" {
		return strings.ReplaceAll(d.UserDN, "{user}", ldap.EscapeDN(user)), nil
	}
	if err := a.service(c, d); err != nil {
		return "", err
	}
	found, err := search(c, d.Search, user, "", "1.1", 2) // 1.1: no attributes (RFC 4511, section 4.5.1.8)
	if err != nil && !ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded) {
		return "", err
	}
	if err == nil && len(found) == 1 && found[0].DN != "" {
		return found[0].DN, nil
	}
	// Nobody, or more than one: a bind that fails follows, as with a wrong password.
	return "cn=nobody," + d.Search.Base, nil
}

// service binds as the one who may search; without one, what is bound stays so.
func (a *Authenticator) service(c *ldap.Conn, d *catalog.LDAPDirectory) error {
	if d.BindDN == "" {
		return nil
	}
	password, err := a.options.Secret(d.BindPassword)
	if err != nil {
		return err
	}
	if password == "" {
		return errors.New("the directory's bindDN has an empty password")
	}
	return c.Bind(d.BindDN, password)
}

// groupsIn names the groups of an entry. A directory that does not tell all is as bad as
// one that does not answer: a grant that denies might not bind.
func groupsIn(c *ldap.Conn, s *catalog.LDAPSearch, user, dn string) ([]string, error) {
	attribute := cmp.Or(s.Attribute, "cn")
	found, err := search(c, s, user, dn, attribute, maxGroups)
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, e := range found {
		groups = append(groups, e.GetEqualFoldAttributeValues(attribute)...)
	}
	return groups, nil
}

// search finds entries; what the user wrote stands in the filter as a value only.
func search(c *ldap.Conn, s *catalog.LDAPSearch, user, dn, attribute string, most int) ([]*ldap.Entry, error) {
	filter := strings.NewReplacer("{user}", ldap.EscapeFilter(user), "{dn}", ldap.EscapeFilter(dn)).Replace(s.Filter)
	request := ldap.NewSearchRequest(s.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, most, 0, false, filter, []string{attribute}, nil)
	found, err := c.Search(request)
	if err != nil {
		return nil, err
	}
	return found.Entries, nil
}
