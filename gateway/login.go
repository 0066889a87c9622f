package gateway

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"strings"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/auth/login"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Challenge says how a client must prove who it is.
func (g *Gateway) Challenge(ctx context.Context, who pgwire.Login) (pgwire.Challenge, error) {
	verifier, known := g.Verifier(ctx, who.User)
	ask, id, err := g.login.Challenge(g.epoch.Load().Mesh, attempt(who), known)
	c := pgwire.Challenge{Identity: identity(id)}
	switch ask {
	case login.AskScram:
		c.Verifier = verifier
	case login.AskPassword:
		c.Ask = pgwire.AskPassword
	case login.AskNothing:
		c.Ask = pgwire.AskNothing
	}
	return c, err
}

// Prove judges a password or token.
func (g *Gateway) Prove(ctx context.Context, who pgwire.Login, password string) (pgwire.Identity, error) {
	id, err := g.login.Check(ctx, g.epoch.Load().Mesh, attempt(who), password)
	return identity(id), err
}

// complete refuses a login that is one step short, such as a certificate besides the password.
func (g *Gateway) complete(who pgwire.Login) error {
	return g.login.Complete(g.epoch.Load().Mesh, attempt(who))
}

// Refused records a login that failed before a session could begin.
func (g *Gateway) Refused(who pgwire.Login, err error) {
	var e *sqlstate.Error
	if !errors.As(err, &e) {
		return // a client that left before it had proven anything, as psql does to ask for a password
	}
	if err := g.recordLogin(who, err); err != nil {
		g.log.Error("refused login not recorded", "error", err)
	}
}

// recordLogin writes how a login went.
func (g *Gateway) recordLogin(who pgwire.Login, err error) error {
	in := audit.Login{Method: who.Identity.Method, Groups: who.Identity.Groups, Expires: who.Identity.Expires, Purpose: startPurpose(who), Err: err}
	if err != nil {
		in.Reason = g.reason(who, err)
	}
	return g.audit.Login(auditSession(who, who.Parameters["application_name"]), in)
}

// startPurpose gives the purpose that a client starts with; names of parameters are in any case.
func startPurpose(who pgwire.Login) string {
	for name, value := range who.Parameters {
		if strings.EqualFold(name, "sluice.purpose") {
			return value
		}
	}
	return ""
}

// reason tells why a login failed, and counts wrong proofs against their address.
func (g *Gateway) reason(who pgwire.Login, err error) string {
	mesh, code := g.epoch.Load().Mesh, sqlstate.From(err).Code
	reason, cause := login.ReasonOf(err)
	if cause != nil && reason != login.OtherReason {
		g.log.Warn("login refused", "user", who.User, "reason", string(reason), "cause", cause)
	}
	if code == sqlstate.InvalidPassword {
		g.login.Failed(mesh, attempt(who).Address)
	}
	switch _, known := mesh.User(who.User); {
	case reason == login.WrongPassword && !known:
		reason = login.UnknownUser // the audit may know what the client may not
	case reason == login.OtherReason:
		reason = login.Reason(code)
	}
	return string(reason)
}

// attempt gives what a login is judged by.
func attempt(who pgwire.Login) login.Attempt {
	at := login.Attempt{User: who.User, Encrypted: who.TLS != nil}
	if tcp, ok := who.Remote.(*net.TCPAddr); ok {
		at.Address, _ = netip.AddrFromSlice(tcp.IP)
		at.Address = at.Address.Unmap()
	}
	at.Certificate = certificate(who)
	return at
}

// certificate is the client's where its chain leads to an authority the server trusts.
func certificate(who pgwire.Login) *x509.Certificate {
	if who.TLS == nil || len(who.TLS.VerifiedChains) == 0 {
		return nil
	}
	return who.TLS.PeerCertificates[0]
}

func identity(id login.Identity) pgwire.Identity {
	return pgwire.Identity{Method: string(id.Method), Groups: id.Groups, Admit: id.Admit, Expires: id.Expires}
}

// principal gives who a session is under a snapshot of the mesh: its user with the groups
// its proof named. A user nobody registered exists as long as the mesh admits such.
func (e *Epoch) principalOf(who pgwire.Login, purpose string) (auth.Principal, error) {
	settings, admits := e.Mesh.Settings.Authentication, false
	switch catalog.Method(who.Identity.Method) {
	case catalog.OIDC:
		admits = settings.OIDC != nil && settings.OIDC.Admit
	case catalog.LDAP:
		admits = settings.LDAP != nil && settings.LDAP.Admit
	}
	p, err := auth.Identify(e.Mesh, auth.Identity{User: who.User, Groups: who.Identity.Groups, Admit: who.Identity.Admit && admits})
	if err != nil {
		return auth.Principal{}, err
	}
	return p.WithPurpose(purpose).WithClock(e.now), nil
}

// current refuses a session whose proof of identity has ended.
func (s *session) current() error {
	if e := s.login.Identity.Expires; !e.IsZero() && s.gateway.now().After(e) {
		return sqlstate.Fatal(sqlstate.InvalidAuthorization, "the access token has expired").WithHint("Connect again with a new one.")
	}
	return nil
}
