package meshdir

import (
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

// readAuthentication reads the section of mesh.yaml about how users prove who they are.
func (l *loader) readAuthentication(o *object) {
	a := &l.mesh.Settings.Authentication
	a.Methods = o.methods("methods")
	a.CleartextOnLoopback = o.boolean("cleartextOnLoopback")
	if f := o.child("failures", "failures"); f != nil {
		a.Failures.Allowed = int(f.integer("allowed", 0, -1, 1_000_000))
		a.Failures.Forget = f.duration("forget")
		f.end(Error)
	}
	if c := o.child("certificate", "certificate"); c != nil {
		a.Certificate = c.certificateRules("")
	}
	if i := o.child("oidc", "oidc"); i != nil {
		a.OIDC = i.oidcIssuer()
	}
	if d := o.child("ldap", "ldap"); d != nil {
		a.LDAP = d.ldapDirectory()
	}
	for _, m := range a.Methods {
		if m == catalog.OIDC && a.OIDC == nil || m == catalog.LDAP && a.LDAP == nil {
			_ = o.errorf(o.at("methods"), "authentication names the method %s and has no %s section", m, m)
		}
	}
	o.end(Error)
}

// methods reads a list of ways to log in.
func (o *object) methods(key string) []catalog.Method {
	var all []catalog.Method
	names := make([]string, len(catalog.Methods))
	for i, m := range catalog.Methods {
		names[i] = string(m)
	}
	o.checkNames(key, "method", o.texts(key), names)
	for _, name := range o.texts(key) {
		all = append(all, catalog.Method(name))
	}
	return all
}

// certificateRules reads rules, or, in a user's own entry, one rule for that user.
func (o *object) certificateRules(user string) *catalog.CertificateRules {
	c := &catalog.CertificateRules{Mode: catalog.CertificateMode(o.oneOf("mode", string(catalog.CertificateSufficient), string(catalog.CertificateRequired)))}
	if c.Mode == "" {
		c.Mode = catalog.CertificateSufficient
	}
	if user != "" {
		c.Rules = append(c.Rules, o.certificateRule(user))
	} else {
		for _, r := range o.children("users", "certificate rule") {
			c.Rules = append(c.Rules, r.certificateRule(""))
			r.end(Error)
		}
	}
	o.end(Error)
	return c
}

func (o *object) certificateRule(user string) catalog.CertificateRule {
	r := catalog.CertificateRule{Match: o.oneOf("match", "cn", "dns", "uri", "email"), Pattern: o.required("pattern"), User: user}
	if r.Match == "" {
		r.Match = "cn"
	}
	if user == "" {
		r.User = o.required("user")
	} else {
		r.User = strings.ReplaceAll(user, "$", "$$") // a name, not a template
	}
	if _, err := regexp.Compile(r.Pattern); err != nil {
		_ = o.errorf(o.at("pattern"), "pattern is no regular expression")
	}
	return r
}

// Algorithms whose keys can be published. Those with a shared secret would let everyone
// who can check a token make one.
var asymmetric = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

func (o *object) oidcIssuer() *catalog.OIDCIssuer {
	i := &catalog.OIDCIssuer{
		Issuer: o.required("issuer"), Audience: o.texts("audience"), Algorithms: o.texts("algorithms"), Leeway: o.duration("leeway"),
		UserClaim: o.text("userClaim"), GroupsClaim: o.text("groupsClaim"), Groups: o.groupMapping(), Admit: o.boolean("admit"),
		KeepExpired: o.oneOf("onExpiry", "refuse", "ignore") == "ignore",
	}
	if len(i.Audience) == 0 {
		_ = o.errorf(o.at("audience"), "oidc has no audience: tokens made for others would be accepted")
	}
	o.checkNames("algorithms", "algorithm", i.Algorithms, asymmetric)
	if k := o.child("jwks", "jwks"); k != nil {
		i.Keys = k.keySet()
	}
	if i.Keys.File == "" && i.Keys.URL == "" {
		i.Keys.Issuer = i.Issuer
		o.https("issuer", i.Issuer, "an issuer whose keys are to be discovered")
	}
	o.end(Error)
	return i
}

func (o *object) keySet() catalog.KeySet {
	k := catalog.KeySet{File: o.path("file"), URL: o.text("url"), CA: o.path("ca"), Refresh: o.duration("refresh")}
	if k.File != "" && k.URL != "" {
		_ = o.errorf(o.node, "jwks has file or url, not both")
	}
	if k.URL != "" {
		o.https("url", k.URL, "url of jwks")
	}
	o.end(Error)
	return k
}

// https reports a URL that is none of a server that proves who it is.
func (o *object) https(key, text, what string) {
	if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" {
		_ = o.errorf(o.at(key), "%s must be https://…", what)
	}
}

func (o *object) ldapDirectory() *catalog.LDAPDirectory {
	d := &catalog.LDAPDirectory{
		URL: o.required("url"), CA: o.path("ca"), UserDN: o.text("userDN"), BindDN: o.text("bindDN"),
		BindPassword: o.load.own(o.secretRef("bindPasswordRef")), Search: o.ldapSearch("search", "{user}"),
		GroupSearch: o.ldapSearch("groupSearch", "{dn}", "{user}"), Groups: o.groupMapping(), Timeout: o.duration("timeout"), Admit: o.boolean("admit"),
	}
	if u, err := url.Parse(d.URL); d.URL != "" && (err != nil || u.Scheme != "ldap" && u.Scheme != "ldaps" || u.Host == "") {
		_ = o.errorf(o.at("url"), "url of ldap must be ldaps://host or ldap://host (which is upgraded by StartTLS)")
	}
	switch {
	case (d.UserDN == "") == (d.Search == nil):
		_ = o.errorf(o.node, "ldap needs one of userDN and search")
	case d.UserDN != "" && !strings.Contains(d.UserDN, "{user}"):
		_ = o.errorf(o.at("userDN"), "userDN must hold {user}")
	case d.BindDN != "" && d.BindPassword == (catalog.SecretRef{}):
		_ = o.errorf(o.at("bindDN"), "ldap has a bindDN and no bindPasswordRef")
	}
	o.end(Error)
	return d
}

// ldapSearch reads a search whose filter must hold one of these places.
func (o *object) ldapSearch(key string, places ...string) *catalog.LDAPSearch {
	c := o.child(key, key)
	if c == nil {
		return nil
	}
	s := &catalog.LDAPSearch{Base: c.required("base"), Filter: c.required("filter"), Attribute: c.text("attribute")}
	held := s.Filter == ""
	for _, p := range places {
		held = held || strings.Contains(s.Filter, p)
	}
	if !held {
		_ = c.errorf(c.at("filter"), "filter of %s must hold %s", key, strings.Join(places, " or "))
	}
	c.end(Error)
	return s
}

// groupMapping reads groups: {name outside: group of the mesh}. Governance is read after
// mesh.yaml, so checkAuthentication looks at the names.
func (o *object) groupMapping() map[string]string {
	g := o.child("groups", "groups")
	if g == nil {
		return nil
	}
	mapping := map[string]string{}
	for _, name := range g.order {
		if to := g.text(name); to != "" {
			mapping[name] = to
		}
	}
	g.end(Error)
	return mapping
}

// path reads the name of a file outside of the mesh; a relative one begins at the mesh directory.
func (o *object) path(key string) string {
	name := o.text(key)
	if name == "" || filepath.IsAbs(name) || o.load.dir == "" {
		return name
	}
	return filepath.Join(o.load.dir, filepath.FromSlash(name))
}

// checkMappedGroups warns of groups that logins are mapped to and nobody defined: what
// they would open stays closed.
func (l *loader) checkMappedGroups() {
	a := l.mesh.Settings.Authentication
	var mappings []map[string]string
	if a.OIDC != nil {
		mappings = append(mappings, a.OIDC.Groups)
	}
	if a.LDAP != nil {
		mappings = append(mappings, a.LDAP.Groups)
	}
	for _, m := range mappings {
		for _, to := range m {
			if !known(l.groupNames(), to) {
				l.report(Warning, "mesh.yaml", "authentication maps to the group %q, which nobody defined", to)
			}
		}
	}
}
