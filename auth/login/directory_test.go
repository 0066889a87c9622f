package login

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// directories are what the tests log in against: OpenLDAP where it is installed, and a
// small one of our own that also misbehaves.
func directories(t *testing.T) map[string]*directoryServer {
	t.Helper()
	all := map[string]*directoryServer{"own": newFakeDirectory(t)}
	if s := newOpenLDAP(t); s != nil {
		all["OpenLDAP"] = s
	}
	return all
}

// directoryServer is a running directory with people, see testPeople.
type directoryServer struct {
	port, tlsPort string
	ca            string
	served        string // the name its certificate carries
}

const testBase = "dc=acme,dc=example"

// testPeople are the entries of every directory: name, password.
var testPeople = map[string]string{"ann": "ann's secret", "bob, jr": "bob's", "star*": "star's", "service": "service's"}

// testGroups are groups with their members.
var testGroups = map[string][]string{"readers": {"ann", "bob, jr"}, "others": {"ann"}}

func (s *directoryServer) byTemplate() *catalog.LDAPDirectory {
	return &catalog.LDAPDirectory{
		URL: "ldaps://localhost:" + s.tlsPort, CA: s.ca, UserDN: "cn={user},ou=people," + testBase,
		GroupSearch: &catalog.LDAPSearch{Base: "ou=groups," + testBase, Filter: "(member={dn})"},
	}
}

func (s *directoryServer) bySearch() *catalog.LDAPDirectory {
	d := s.byTemplate()
	d.UserDN, d.URL = "", "ldap://localhost:"+s.port
	d.Search = &catalog.LDAPSearch{Base: "ou=people," + testBase, Filter: "(&(objectClass=person)(cn={user}))"}
	d.BindDN, d.BindPassword = "cn=service,ou=people,"+testBase, catalog.SecretRef{Env: "service"}
	return d
}

func directoryMesh(d *catalog.LDAPDirectory, users ...*catalog.User) *catalog.Mesh {
	m := &catalog.Mesh{Users: users, Groups: []*catalog.Group{{Name: "readers"}, {Name: "staff"}}}
	m.Settings.Authentication = catalog.Authentication{Methods: []catalog.Method{catalog.LDAP}, LDAP: d}
	return m.Index()
}

func newTestAuthenticator() *Authenticator {
	return New(Options{FailAfter: -1, Secret: func(catalog.SecretRef) (string, error) { return testPeople["service"], nil }})
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	for name, s := range directories(t) {
		for how, d := range map[string]*catalog.LDAPDirectory{"template": s.byTemplate(), "search": s.bySearch()} {
			t.Run(name+" by "+how, func(t *testing.T) {
				t.Parallel()
				a, mesh := newTestAuthenticator(), directoryMesh(d, &catalog.User{Name: "ann"}, &catalog.User{Name: "bob, jr"}, &catalog.User{Name: "star*"},
					&catalog.User{Name: "*"}, &catalog.User{Name: "ann)(cn=*"}, &catalog.User{Name: "ann,ou=people," + testBase}, &catalog.User{Name: "ghost"},
					&catalog.User{Name: "ann\x00"}, &catalog.User{Name: "a\\6en"}, &catalog.User{Name: "ann+cn=x"})
				for _, c := range []struct {
					user, password string
					reason         Reason
					groups         []string
				}{
					{"ann", "ann's secret", "", []string{"readers"}},
					{"bob, jr", "bob's", "", []string{"readers"}},
					{"star*", "star's", "", nil},
					{"ann", "bob's", WrongPassword, nil},
					{"ann", "", WrongPassword, nil},
					{"ann", "\x00", WrongPassword, nil},
					{"ann\x00", "ann's secret", WrongPassword, nil},
					{"*", "ann's secret", WrongPassword, nil},
					{"*", "star's", WrongPassword, nil},
					{"ann)(cn=*", "ann's secret", WrongPassword, nil},
					{"ann,ou=people," + testBase, "ann's secret", WrongPassword, nil},
					{"a\\6en", "ann's secret", WrongPassword, nil},
					{"ann+cn=x", "ann's secret", WrongPassword, nil},
					{"ghost", "ann's secret", WrongPassword, nil},
					{"service", "service's", UnknownUser, nil}, // the directory knows it, the mesh does not
					{"ANN", "ann's secret", UnknownUser, nil},
				} {
					id, err := a.Check(t.Context(), mesh, Attempt{User: c.user, Encrypted: true}, c.password)
					reason := Reason("")
					if err != nil {
						reason, _ = ReasonOf(err)
					}
					if reason != c.reason || !slices.Equal(id.Groups, c.groups) {
						t.Errorf("%q with %q: %v, reason %q, groups %v; want %q, %v", c.user, c.password, err, reason, id.Groups, c.reason, c.groups)
					}
				}
			})
		}
	}
}

func TestDirectoryGroupsAndAdmission(t *testing.T) {
	t.Parallel()
	d := newFakeDirectory(t).byTemplate()
	d.Groups, d.Admit = map[string]string{"others": "staff", "readers": "no such group"}, true
	a, mesh := newTestAuthenticator(), directoryMesh(d)
	id, err := a.Check(t.Context(), mesh, Attempt{User: "ann", Encrypted: true}, "ann's secret")
	if err != nil || !slices.Equal(id.Groups, []string{"staff"}) || !id.Admit {
		t.Errorf("got %+v, %v", id, err)
	}
	// A directory finds "ANN" and "bob, jr" too; a name that is not in its one form is not taken over.
	for user, password := range map[string]string{"ANN": "ann's secret", "bob, jr": "bob's"} {
		if _, err := a.Check(t.Context(), mesh, Attempt{User: user, Encrypted: true}, password); err == nil {
			t.Errorf("%s was admitted", user)
		}
	}
}

// TestDirectoryThatFails: whatever is wrong there, the client learns that it is, and no more.
func TestDirectoryThatFails(t *testing.T) {
	t.Parallel()
	s := newFakeDirectory(t)
	for name, change := range map[string]func(*catalog.LDAPDirectory){
		"nobody listens":             func(d *catalog.LDAPDirectory) { d.URL = "ldaps://localhost:1" },
		"no such host":               func(d *catalog.LDAPDirectory) { d.URL = "ldaps://nowhere.invalid" },
		"another authority":          func(d *catalog.LDAPDirectory) { d.CA = "" },
		"another name":               func(d *catalog.LDAPDirectory) { d.URL = "ldaps://127.0.0.1:" + s.tlsPort },
		"no TLS":                     func(d *catalog.LDAPDirectory) { d.URL = "ldaps://localhost:" + s.port },
		"silence":                    func(d *catalog.LDAPDirectory) { d.URL, d.Timeout = "ldap://localhost:"+silent(t), 200*time.Millisecond },
		"groups that cannot be read": func(d *catalog.LDAPDirectory) { d.GroupSearch.Base = "ou=broken," + testBase },
		"a service without password": func(d *catalog.LDAPDirectory) { d.BindDN = "cn=nobody" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := s.byTemplate()
			change(d)
			began := time.Now()
			_, err := newTestAuthenticator().Check(t.Context(), directoryMesh(d, &catalog.User{Name: "ann"}), Attempt{User: "ann", Encrypted: true}, "ann's secret")
			var e *sqlstate.Error
			if !errors.As(err, &e) || e.Code != sqlstate.InvalidAuthorization || e.Severity != "FATAL" || e.Message != "passwords cannot be checked at the moment" {
				t.Fatalf("got %v", err)
			}
			for _, secret := range []string{"localhost", "127.0.0.1", "ldap", testBase, "refused", "certificate"} {
				if strings.Contains(e.Message+e.Detail+e.Hint, secret) {
					t.Errorf("the client is told of %q: %v %v %v", secret, e.Message, e.Detail, e.Hint)
				}
			}
			if reason, cause := ReasonOf(err); reason != DirectoryFailed || cause == nil {
				t.Errorf("the operator is told %v, %v", reason, cause)
			}
			if time.Since(began) > 4*time.Second {
				t.Errorf("it took %v", time.Since(began))
			}
		})
	}
}

// TestFailuresTakeTheirTime holds that a wrong password and an unknown user take the
// same time, whatever the directory does.
func TestFailuresTakeTheirTime(t *testing.T) {
	t.Parallel()
	d := newFakeDirectory(t).byTemplate()
	a := New(Options{FailAfter: 300 * time.Millisecond})
	mesh := directoryMesh(d, &catalog.User{Name: "ann"})
	for _, user := range []string{"ann", "nobody", ""} {
		began := time.Now()
		_, err := a.Check(t.Context(), mesh, Attempt{User: user, Encrypted: true}, "x")
		if took := time.Since(began); err == nil || took < 300*time.Millisecond {
			t.Errorf("%q: %v after %v", user, err, took)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	if _, err := a.Check(ctx, mesh, Attempt{User: "ann"}, "x"); err == nil || time.Since(began) > 250*time.Millisecond {
		t.Error("a client that has left is waited for")
	}
}

// TestChallenge holds who is asked for what, and that it depends on nothing else.
func TestChallenge(t *testing.T) {
	t.Parallel()
	remote, local := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("127.0.0.1")
	ldap := &catalog.LDAPDirectory{}
	for _, c := range []struct {
		name     string
		methods  []catalog.Method
		loopback bool
		user     *catalog.User // nil: unknown
		verifier bool
		at       Attempt
		want     Challenge
		code     sqlstate.Code
	}{
		{"known", nil, false, &catalog.User{}, true, Attempt{Address: remote}, AskScram, ""},
		{"unknown", nil, false, nil, false, Attempt{Address: remote}, AskMock, ""},
		{"known without verifier", nil, false, &catalog.User{}, false, Attempt{Address: remote}, AskMock, ""},
		{"directory", []catalog.Method{catalog.LDAP}, false, &catalog.User{}, false, Attempt{Address: remote, Encrypted: true}, AskPassword, ""},
		{"directory, unknown", []catalog.Method{catalog.LDAP}, false, nil, false, Attempt{Address: remote, Encrypted: true}, AskPassword, ""},
		{"directory, not encrypted", []catalog.Method{catalog.LDAP}, false, &catalog.User{}, false, Attempt{Address: remote}, 0, "28000"},
		{"directory, not encrypted, unknown", []catalog.Method{catalog.LDAP}, false, nil, false, Attempt{Address: remote}, 0, "28000"},
		{"loopback", []catalog.Method{catalog.LDAP}, false, nil, false, Attempt{Address: local}, 0, "28000"},
		{"loopback allowed", []catalog.Method{catalog.LDAP}, true, nil, false, Attempt{Address: local}, AskPassword, ""},
		{"loopback allowed, from elsewhere", []catalog.Method{catalog.LDAP}, true, nil, false, Attempt{Address: remote}, 0, "28000"},
		{"both, verifier", []catalog.Method{catalog.Scram, catalog.LDAP}, false, &catalog.User{}, true, Attempt{Address: remote}, AskScram, ""},
		{"both, no verifier", []catalog.Method{catalog.Scram, catalog.LDAP}, false, &catalog.User{}, false, Attempt{Address: remote, Encrypted: true}, AskPassword, ""},
		{"own method", []catalog.Method{catalog.Scram, catalog.LDAP}, false, &catalog.User{Auth: catalog.UserAuthentication{Methods: []catalog.Method{catalog.LDAP}}}, true, Attempt{Address: remote, Encrypted: true}, AskPassword, ""},
		{"only certificates", []catalog.Method{catalog.Scram}, false, &catalog.User{Auth: catalog.UserAuthentication{Methods: []catalog.Method{catalog.Certificate}}}, true, Attempt{Address: remote}, AskMock, ""},
	} {
		mesh := &catalog.Mesh{}
		mesh.Settings.Authentication = catalog.Authentication{Methods: c.methods, CleartextOnLoopback: c.loopback, LDAP: ldap}
		if c.user != nil {
			c.user.Name = "ann"
			mesh.Users = []*catalog.User{c.user}
		}
		c.at.User = "ann"
		got, _, err := newTestAuthenticator().Challenge(mesh.Index(), c.at, c.verifier)
		code := sqlstate.Code("")
		if err != nil {
			code = sqlstate.From(err).Code
		}
		if got != c.want || code != c.code {
			t.Errorf("%s: %v, %v; want %v, %q", c.name, got, err, c.want, c.code)
		}
	}
}
