package meshdir

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluicemesh/sluice/catalog"
)

// TestAuthenticationAsDocumented reads the example of docs/authentication.md.
func TestAuthenticationAsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/authentication.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindSubmatch(text)[1]
	mesh, diagnostics := loadMeshFile(string(example))
	if mesh == nil || diagnostics.Failed() {
		t.Fatal(diagnostics)
	}
	a := mesh.Settings.Authentication
	if len(a.Methods) != 4 || a.Certificate.Mode != catalog.CertificateSufficient || len(a.Certificate.Rules) != 2 ||
		a.OIDC.Groups["staff-finance"] != "finance-analysts" || a.LDAP.GroupSearch.Attribute != "cn" {
		t.Errorf("read as %+v", a)
	}
}

func TestAuthenticationThatIsWrong(t *testing.T) {
	t.Parallel()
	const oidc = "oidc: {issuer: x, audience: [a], jwks: {file: k}"
	for section, want := range map[string]string{
		"methods: [password]":                `unknown method "password"`,
		"methods: [oidc]":                    "has no oidc section",
		"oidc: {issuer: x, jwks: {file: k}}": "has no audience",
		"oidc: {issuer: x, audience: [a]}":   "an issuer whose keys are to be discovered must be https",
		"oidc: {issuer: 'https://x', audience: [a], jwks: {file: k, url: 'https://x'}}": "not both",
		oidc + ", algorithms: [HS256]}":                             `unknown algorithm "HS256"`,
		oidc + ", algorithms: [none]}":                              `unknown algorithm "none"`,
		"oidc: {issuer: x, audience: [a], jwks: {url: 'http://x'}}": "must be https",
		"ldap: {url: 'http://x', userDN: '{user}'}":                 "must be ldaps://",
		"ldap: {url: 'ldaps://x', userDN: 'cn=x'}":                  "userDN must hold {user}",
		"ldap: {url: 'ldaps://x'}":                                  "one of userDN and search",
		"certificate: {users: [{pattern: '(', user: x}]}":           "no regular expression",
		"ldap: {url: 'ldaps://x', userDN: '{user}', bindDN: x}":     "no bindPasswordRef",
		"certificate: {mode: enough}":                               `unknown mode "enough"`,
	} {
		_, diagnostics := loadMeshFile("apiVersion: mesh/v1\nkind: Mesh\nname: test\nauthentication: {" + section + "}\n")
		if !strings.Contains(diagnostics.String(), want) {
			t.Errorf("%s: %s, want %s", section, diagnostics, want)
		}
	}
}

func loadMeshFile(text string) (*catalog.Mesh, Diagnostics) {
	return newLoader("", fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Options{}).load()
}
