package login

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/sluicemesh/sluice/catalog"
)

// maxTokenBytes is PG_MAX_AUTH_TOKEN_LENGTH of libpq/auth.h.
const maxTokenBytes = 65535

// isToken tells whether a password has the form of a signed token: three parts, the
// first of which is JSON in base64 (`{"` begins with eyJ).
func isToken(password string) bool {
	return strings.HasPrefix(password, "eyJ") && strings.Count(password, ".") == 2 && len(password) <= maxTokenBytes
}

// token judges an access token.
func (a *Authenticator) token(ctx context.Context, o *catalog.OIDCIssuer, user, text string) (Identity, error) {
	claims, all, err := a.signed(ctx, o, user, text)
	if err != nil {
		return Identity{}, err
	}
	now := a.options.Now()
	err = claims.ValidateWithLeeway(jwt.Expected{Issuer: o.Issuer, AnyAudience: o.Audience, Time: now}, o.Leeway)
	switch {
	case errors.Is(err, jwt.ErrExpired), errors.Is(err, jwt.ErrNotValidYet), errors.Is(err, jwt.ErrIssuedInTheFuture):
		return Identity{}, wrong(TokenExpired, user, err)
	case err != nil || len(o.Audience) == 0 || o.Issuer == "":
		return Identity{}, wrong(TokenForeign, user, err)
	case claims.Expiry == nil:
		return Identity{}, wrong(TokenInvalid, user, errors.New("the token never expires"))
	}
	if name, ok := claim(all, cmp.Or(o.UserClaim, "sub")).(string); !ok || name != user {
		return Identity{}, wrong(TokenUser, user, nil)
	}
	groups, err := groupsOf(all, o.GroupsClaim)
	if err != nil {
		return Identity{}, wrong(TokenInvalid, user, err)
	}
	id := Identity{Method: catalog.OIDC, Groups: translate(groups, o.Groups), Admit: o.Admit}
	if !o.KeepExpired {
		id.Expires = claims.Expiry.Time().Add(o.Leeway)
	}
	return id, nil
}

// signed gives the claims of a token that the issuer signed.
func (a *Authenticator) signed(ctx context.Context, o *catalog.OIDCIssuer, user, text string) (jwt.Claims, map[string]any, error) {
	var claims jwt.Claims
	var all map[string]any
	parsed, err := jwt.ParseSigned(text, algorithms(o))
	if err != nil || len(parsed.Headers) != 1 {
		return claims, nil, wrong(TokenInvalid, user, err)
	}
	header := parsed.Headers[0]
	keys, err := a.keys.of(o.Keys).find(ctx, header.KeyID)
	if err != nil {
		return claims, nil, refuse(IssuerUnreachable, err, "tokens cannot be checked at the moment").
			WithHint("The keys of their issuer cannot be read; tell the operator of the gateway.")
	}
	for _, k := range keys {
		if k.Algorithm != "" && k.Algorithm != header.Algorithm {
			continue
		}
		if err = parsed.Claims(k.Key, &claims, &all); err == nil {
			return claims, all, nil
		}
	}
	return claims, nil, wrong(TokenInvalid, user, cmp.Or(err, errors.New("no key of the issuer fits the token")))
}

// algorithms are those a token may be signed with: asymmetric ones whatever a mesh says.
func algorithms(o *catalog.OIDCIssuer) []jose.SignatureAlgorithm {
	asymmetric := []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	}
	if len(o.Algorithms) == 0 {
		return []jose.SignatureAlgorithm{jose.RS256, jose.ES256}
	}
	return slices.DeleteFunc(asymmetric, func(s jose.SignatureAlgorithm) bool { return !slices.Contains(o.Algorithms, string(s)) })
}

// claim finds a claim by its name, or by a path of names with dots between them.
func claim(all map[string]any, name string) any {
	if v, ok := all[name]; ok {
		return v
	}
	first, rest, ok := strings.Cut(name, ".")
	if inner, isObject := all[first].(map[string]any); ok && isObject {
		return claim(inner, rest)
	}
	return nil
}

// groupsOf reads a list of names, or names with spaces between them. A token that says
// its groups are too many to fit (_claim_names) is refused: without them a grant that
// denies would not bind.
func groupsOf(all map[string]any, name string) ([]string, error) {
	if name == "" {
		return nil, nil
	}
	if elsewhere, ok := all["_claim_names"].(map[string]any); ok && elsewhere[name] != nil {
		return nil, errors.New("the token's groups lie elsewhere")
	}
	switch v := claim(all, name).(type) {
	case nil:
		return nil, nil
	case string:
		return strings.Fields(v), nil
	case []any:
		var groups []string
		for _, g := range v {
			s, ok := g.(string)
			if !ok {
				return nil, errors.New("the token's groups are no names")
			}
			groups = append(groups, s)
		}
		return groups, nil
	}
	return nil, errors.New("the token's groups are no list")
}

// Expired tells whether a proof has ended at a moment.
func (id Identity) Expired(now time.Time) bool { return !id.Expires.IsZero() && now.After(id.Expires) }
