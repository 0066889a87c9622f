package catalog

import "time"

// Method is a way to prove who one is.
type Method string

// The methods, the strongest first.
const (
	Certificate Method = "certificate" // a TLS client certificate
	Scram       Method = "scram"       // a password whose verifier the mesh holds
	OIDC        Method = "oidc"        // an access token, sent as the password
	LDAP        Method = "ldap"        // a password that a directory knows
)

// Methods are all of them.
var Methods = []Method{Certificate, Scram, OIDC, LDAP}

// Authentication says how users prove who they are.
type Authentication struct {
	Methods []Method // for users that name none; empty: scram
	// CleartextOnLoopback lets tokens and passwords pass unencrypted inside of one machine.
	CleartextOnLoopback bool
	Failures            Failures
	Certificate         *CertificateRules
	OIDC                *OIDCIssuer
	LDAP                *LDAPDirectory
}

// Failures bound how often one address may fail.
type Failures struct {
	Allowed int           // in a row; 0: 20; negative: any number
	Forget  time.Duration // after which one is forgotten; 0: 3s
}

// CertificateMode says what a certificate is worth.
type CertificateMode string

// The modes.
const (
	CertificateSufficient CertificateMode = "sufficient" // it stands in for the password
	CertificateRequired   CertificateMode = "required"   // it is needed besides the password
)

// CertificateRules say whose a certificate is.
type CertificateRules struct {
	Mode  CertificateMode
	Rules []CertificateRule // any may match
}

// CertificateRule maps names in a certificate to a user.
type CertificateRule struct {
	Match   string // cn, dns, uri, email
	Pattern string // regular expression over the whole name
	User    string // with $1, ${name} for its groups
}

// OIDCIssuer says which tokens count.
type OIDCIssuer struct {
	Issuer      string
	Audience    []string // any of them
	Keys        KeySet
	Algorithms  []string // empty: RS256, ES256
	Leeway      time.Duration
	UserClaim   string // "": sub
	GroupsClaim string // "": groups are not taken from tokens
	Groups      map[string]string
	Admit       bool // users the mesh does not know are let in
	KeepExpired bool // sessions outlive their token
}

// KeySet is where an issuer's keys lie: a file, a URL, or where the issuer's discovery
// document says.
type KeySet struct {
	File    string
	URL     string
	Issuer  string        // whose discovery document names the URL; "": File or URL is given
	CA      string        // PEM file with the only authorities to trust; "": the system's
	Refresh time.Duration // 0: 10m
}

// LDAPDirectory says which directory knows passwords.
type LDAPDirectory struct {
	URL          string // ldaps://host[:port], or ldap://host[:port], which is upgraded by StartTLS
	CA           string // PEM file with the only authorities to trust; "": the system's
	UserDN       string // with {user}; "": Search finds it
	Search       *LDAPSearch
	BindDN       string // who searches; "": the user
	BindPassword SecretRef
	GroupSearch  *LDAPSearch // nil: groups are not taken from the directory
	Groups       map[string]string
	Timeout      time.Duration // of the whole check; 0: 5s
	Admit        bool          // users the mesh does not know are let in
}

// LDAPSearch finds entries below Base.
type LDAPSearch struct {
	Base      string
	Filter    string // with {user}, {dn}
	Attribute string // of groups: the one that names them; "": cn
}

// UserAuthentication is what a user's own entry says.
type UserAuthentication struct {
	Methods     []Method // empty: the mesh's
	Certificate *CertificateRules
}
