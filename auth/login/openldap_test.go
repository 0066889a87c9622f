package login

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// newOpenLDAP starts a private OpenLDAP with testPeople and testGroups; nil where slapd
// is not installed. SLUICE_OPENLDAP names the directory it is unpacked in, "" for /.
func newOpenLDAP(t *testing.T) *directoryServer {
	t.Helper()
	root := cmp.Or(os.Getenv("SLUICE_OPENLDAP"), "/")
	slapd := filepath.Join(root, "usr/sbin/slapd")
	if _, err := os.Stat(slapd); err != nil {
		t.Log("OpenLDAP is not installed; only our own directory is tried")
		return nil
	}
	dir := t.TempDir()
	s := &directoryServer{port: freePort(t), tlsPort: freePort(t)}
	var certificate, key string
	s.ca, certificate, key = localhostCertificate(t)
	write(t, filepath.Join(dir, "slapd.conf"), fmt.Sprintf(`include %[1]s/etc/ldap/schema/core.schema
include %[1]s/etc/ldap/schema/cosine.schema
modulepath %[1]s/usr/lib/ldap
moduleload back_mdb
pidfile %[2]s/slapd.pid
TLSCertificateFile %[3]s
TLSCertificateKeyFile %[4]s
database mdb
maxsize 16777216
suffix "%[5]s"
rootdn "cn=root,%[5]s"
rootpw root
directory %[2]s
access to attrs=userPassword by anonymous auth by * none
access to * by users read
`, root, dir, certificate, key, testBase))
	server := exec.Command(slapd, "-d", "0", "-f", filepath.Join(dir, "slapd.conf"), "-h", "ldap://127.0.0.1:"+s.port+"/ ldaps://127.0.0.1:"+s.tlsPort+"/")
	server.Env = append(os.Environ(), "LD_LIBRARY_PATH="+filepath.Join(root, "usr/lib/x86_64-linux-gnu"))
	var said bytes.Buffer
	server.Stderr = &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
		if t.Failed() {
			t.Log(said.String())
		}
	})
	s.fill(t)
	return s
}

// fill waits for the server and writes the entries.
func (s *directoryServer) fill(t *testing.T) {
	t.Helper()
	var c *ldap.Conn
	var err error
	for deadline := time.Now().Add(10 * time.Second); ; {
		if c, err = ldap.DialURL("ldap://127.0.0.1:" + s.port); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // nothing else tells that another program listens
	}
	defer func() { _ = c.Close() }()
	if err := c.Bind("cn=root,"+testBase, "root"); err != nil {
		t.Fatal(err)
	}
	add := func(dn string, attributes map[string][]string) {
		t.Helper()
		r := ldap.NewAddRequest(dn, nil)
		for name, values := range attributes {
			r.Attribute(name, values)
		}
		if err := c.Add(r); err != nil {
			t.Fatal(dn, err)
		}
	}
	add(testBase, map[string][]string{"objectClass": {"domain"}, "dc": {strings.TrimPrefix(strings.Split(testBase, ",")[0], "dc=")}})
	for _, unit := range []string{"people", "groups"} {
		add("ou="+unit+","+testBase, map[string][]string{"objectClass": {"organizationalUnit"}, "ou": {unit}})
	}
	for name, password := range testPeople {
		add(personDN(name), map[string][]string{"objectClass": {"person"}, "cn": {name}, "sn": {name}, "userPassword": {password}})
	}
	for group, members := range testGroups {
		var all []string
		for _, m := range members {
			all = append(all, personDN(m))
		}
		add("cn="+group+",ou=groups,"+testBase, map[string][]string{"objectClass": {"groupOfNames"}, "cn": {group}, "member": all})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
