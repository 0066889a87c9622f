// Package login finds out who somebody is: by a TLS client certificate, an access token
// of an OpenID Connect issuer, or a directory that knows their password.
//
// In: a snapshot of the mesh, an attempt, what the client sent. Out: how the client must
// prove itself, an Identity, or a refusal that tells the client no more than that and the
// audit why. It knows no protocol bytes and takes no decision about access. SCRAM is the
// wire's own; this package only says when it is to be used.
//
// A user that does not exist, may not log in this way or sent a wrong proof gets one
// answer after the same time: what is asked of a client depends on the mesh's settings
// and on whether it holds a SCRAM verifier for the name, and on nothing else.
package login

import (
	"context"
	"crypto/x509"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Attempt is somebody who says who they are.
type Attempt struct {
	User        string
	Address     netip.Addr        // the zero value where unknown
	Encrypted   bool              // by TLS
	Certificate *x509.Certificate // the client's, verified; nil: none
}

// Identity is what a proof says besides the name.
type Identity struct {
	Method  catalog.Method
	Groups  []string  // of the mesh, for this session
	Expires time.Time // when the proof ends; zero: never
	Admit   bool      // the user need not be known to the mesh
}

// Challenge is what a client must do.
type Challenge uint8

// The challenges. The zero value lets nobody in without a proof.
const (
	AskScram    Challenge = iota // with the user's verifier
	AskMock                      // SCRAM with no verifier: it fails whatever the client says
	AskPassword                  // in clear text, for Check
	AskNothing                   // the certificate has proven it
)

// Options of an Authenticator. The zero value is good.
type Options struct {
	Secret func(catalog.SecretRef) (string, error)
	Now    func() time.Time
	// FailAfter is how long after its beginning a check fails at the earliest, so that time
	// does not tell why. 0: 250 ms; negative: at once.
	FailAfter time.Duration
}

// Authenticator checks attempts. Safe for concurrent use; it outlives snapshots of the mesh.
type Authenticator struct {
	options  Options
	keys     keySets
	throttle throttle
}

// New makes an authenticator.
func New(o Options) *Authenticator {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.FailAfter == 0 {
		o.FailAfter = 250 * time.Millisecond
	}
	return &Authenticator{options: o, keys: keySets{now: o.Now}, throttle: throttle{now: o.Now}}
}

// Challenge says what an attempt must answer. verifier tells whether the mesh holds a
// SCRAM verifier of the user.
func (a *Authenticator) Challenge(mesh *catalog.Mesh, at Attempt, verifier bool) (Challenge, Identity, error) {
	r := rulesFor(mesh, at)
	if r.certified && r.mode == catalog.CertificateSufficient {
		if !r.known {
			return 0, Identity{}, refuse(UnknownUser, nil, "certificate authentication failed for user \"%s\"", at.User)
		}
		return AskNothing, Identity{Method: catalog.Certificate}, nil
	}
	if !a.throttle.permits(at.Address, r.all.Failures) {
		return 0, Identity{}, refuse(Throttled, nil, "too many failed logins from this address").WithHint("Wait a minute, then try again.")
	}
	if err := r.certificateMissing(at); err != nil {
		return 0, Identity{}, err
	}
	switch {
	case verifier && r.may(catalog.Scram):
		return AskScram, Identity{Method: catalog.Scram}, nil
	case !r.asksPasswords():
		return AskMock, Identity{}, nil
	case !at.Encrypted && !(r.all.CleartextOnLoopback && at.Address.IsLoopback()):
		return 0, Identity{}, refuse(NotEncrypted, nil, "the connection must be encrypted").
			WithHint("Passwords and tokens are taken over TLS only: connect with sslmode=require or stronger.")
	}
	return AskPassword, Identity{}, nil
}

// Check judges what a client answered to AskPassword.
func (a *Authenticator) Check(ctx context.Context, mesh *catalog.Mesh, at Attempt, password string) (Identity, error) {
	began := a.options.Now()
	id, err := a.check(ctx, mesh, at, password)
	if err != nil {
		a.wait(ctx, began)
	}
	return id, err
}

func (a *Authenticator) check(ctx context.Context, mesh *catalog.Mesh, at Attempt, password string) (Identity, error) {
	r := rulesFor(mesh, at)
	id, err := a.prove(ctx, r, at, password)
	if err != nil {
		return Identity{}, err
	}
	// Only now, with the whole check behind, is told from each other what must look alike.
	switch {
	case !r.known && !id.Admit:
		return Identity{}, wrong(UnknownUser, at.User, nil)
	case !r.known && !admissible(at.User, id.Method):
		return Identity{}, wrong(UnknownUser, at.User, nil)
	case r.known && !r.may(id.Method):
		return Identity{}, wrong(MethodNotAllowed, at.User, nil)
	case r.mode == catalog.CertificateRequired && !r.certified:
		return Identity{}, wrong(CertificateMissing, at.User, nil)
	}
	id.Groups = mapped(mesh, id.Groups)
	return id, nil
}

// prove asks the one who can tell: the issuer for what looks like a token, else the directory.
func (a *Authenticator) prove(ctx context.Context, r rules, at Attempt, password string) (Identity, error) {
	oidc, ldap := r.all.OIDC, r.all.LDAP
	switch {
	case oidc != nil && r.everybody(catalog.OIDC) && isToken(password):
		return a.token(ctx, oidc, at.User, password) // a token is never shown to a directory
	case ldap != nil && r.everybody(catalog.LDAP):
		return a.bind(ctx, ldap, at.User, password)
	}
	return Identity{}, wrong(WrongPassword, at.User, nil)
}

// Failed counts a failure against an address.
func (a *Authenticator) Failed(mesh *catalog.Mesh, address netip.Addr) {
	a.throttle.failed(address, mesh.Settings.Authentication.Failures)
}

// wait holds a failure back.
func (a *Authenticator) wait(ctx context.Context, began time.Time) {
	rest := a.options.FailAfter - a.options.Now().Sub(began)
	if rest <= 0 {
		return
	}
	t := time.NewTimer(rest)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// rules are the mesh's and the user's own, for one attempt.
type rules struct {
	all       catalog.Authentication
	methods   []catalog.Method // of the mesh
	own       []catalog.Method // of the user; the mesh's where it names none
	known     bool
	certified bool                    // the certificate is the user's
	mode      catalog.CertificateMode // what that is worth; "": nothing
}

func rulesFor(mesh *catalog.Mesh, at Attempt) rules {
	r := rules{all: mesh.Settings.Authentication}
	r.methods = r.all.Methods
	if len(r.methods) == 0 {
		r.methods = []catalog.Method{catalog.Scram}
	}
	r.own = r.methods
	certificates := r.all.Certificate
	u, known := mesh.User(at.User)
	if r.known = known; known {
		if len(u.Auth.Methods) > 0 {
			r.own = u.Auth.Methods
		}
		if u.Auth.Certificate != nil {
			certificates = u.Auth.Certificate
		}
	}
	if certificates != nil && r.may(catalog.Certificate) {
		r.mode, r.certified = certificates.Mode, matches(certificates, at)
	}
	return r
}

// may tells whether the user may log in by a method.
func (r rules) may(m catalog.Method) bool { return slices.Contains(r.own, m) }

// everybody tells whether the mesh has a method at all.
func (r rules) everybody(m catalog.Method) bool { return slices.Contains(r.methods, m) }

// asksPasswords tells whether those without a verifier are asked for a password.
func (r rules) asksPasswords() bool {
	return r.everybody(catalog.OIDC) && r.all.OIDC != nil || r.everybody(catalog.LDAP) && r.all.LDAP != nil
}

// certificateMissing refuses where that tells nothing of the user: where everybody needs
// a certificate. A certificate that only some need is missed at the end of the exchange.
func (r rules) certificateMissing(at Attempt) error {
	everybody := r.everybody(catalog.Certificate) && r.all.Certificate != nil
	only := !r.asksPasswords() && !r.everybody(catalog.Scram)
	if !everybody || r.certified || !only && r.all.Certificate.Mode != catalog.CertificateRequired {
		return nil
	}
	if at.Certificate == nil {
		return refuse(CertificateMissing, nil, "connection requires a valid client certificate")
	}
	return refuse(CertificateMismatch, nil, "certificate authentication failed for user \"%s\"", at.User)
}

// Complete tells whether an exchange that the client won by SCRAM may let it in.
func (a *Authenticator) Complete(mesh *catalog.Mesh, at Attempt) error {
	if r := rulesFor(mesh, at); r.mode == catalog.CertificateRequired && !r.certified {
		return wrong(CertificateMissing, at.User, nil)
	}
	return nil
}

// mapped keeps the groups the mesh has, each once.
func mapped(mesh *catalog.Mesh, names []string) []string {
	var kept []string
	for _, g := range mesh.Groups {
		if slices.Contains(names, g.Name) {
			kept = append(kept, g.Name)
		}
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// translate gives the mesh's names of groups outside of it; without a mapping they are the same.
func translate(names []string, mapping map[string]string) []string {
	if mapping == nil {
		return names
	}
	var out []string
	for _, n := range names {
		if to, ok := mapping[n]; ok {
			out = append(out, to)
		}
	}
	return out
}

// admissible tells whether a name that the mesh does not know may be taken over. To a
// directory "Dana", "dana" and "dana " are one; here they would be three.
func admissible(user string, m catalog.Method) bool {
	if user == "" || len(user) > 63 || !utf8.ValidString(user) || strings.ContainsFunc(user, unicode.IsControl) {
		return false
	}
	return m != catalog.LDAP || user == strings.ToLower(user) && !strings.ContainsFunc(user, unicode.IsSpace)
}

// wrong is the one answer to every wrong proof, in PostgreSQL's words.
func wrong(r Reason, user string, cause error) *sqlstate.Error {
	return sqlstate.Fatal(sqlstate.InvalidPassword, "password authentication failed for user \"%s\"%w", user, &refusal{r, cause})
}

// refuse says no before or beside a proof.
func refuse(r Reason, cause error, format string, args ...any) *sqlstate.Error {
	return sqlstate.Fatal(sqlstate.InvalidAuthorization, format+"%w", append(args, &refusal{r, cause})...)
}
