package login

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// fakeDirectory answers the few requests a login makes, from testPeople and testGroups.
type fakeDirectory struct {
	t        *testing.T
	security *tls.Config
}

func newFakeDirectory(t *testing.T) *directoryServer {
	t.Helper()
	s := &directoryServer{}
	var certificate, key string
	s.ca, certificate, key = localhostCertificate(t)
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeDirectory{t: t, security: &tls.Config{Certificates: []tls.Certificate{pair}}}
	s.port = f.listen(false)
	s.tlsPort = f.listen(true)
	return s
}

// listen serves on a free port until the test ends.
func (f *fakeDirectory) listen(encrypted bool) (port string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if encrypted {
				c = tls.Server(c, f.security)
			}
			go f.serve(c)
		}
	}()
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

// silent gives the port of a server that accepts and says nothing.
func silent(t *testing.T) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return port
}

func (f *fakeDirectory) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	for {
		p, err := ber.ReadPacket(c)
		if err != nil || len(p.Children) < 2 {
			return
		}
		id, request := p.Children[0].Value.(int64), p.Children[1]
		switch request.Tag {
		case ldap.ApplicationBindRequest:
			f.reply(c, id, ldap.ApplicationBindResponse, bindResult(request))
		case ldap.ApplicationSearchRequest:
			f.search(c, id, request)
		case ldap.ApplicationExtendedRequest: // StartTLS is the only one a login sends
			f.reply(c, id, ldap.ApplicationExtendedResponse, ldap.LDAPResultSuccess)
			c = tls.Server(c, f.security)
		default:
			return
		}
	}
}

func bindResult(request *ber.Packet) uint16 {
	dn, password := request.Children[1].Value.(string), request.Children[2].Data.String()
	if password == "" {
		return ldap.LDAPResultSuccess // an unauthenticated bind, as the protocol has it
	}
	for name, secret := range testPeople {
		if sameDN(dn, personDN(name)) && secret == password {
			return ldap.LDAPResultSuccess
		}
	}
	return ldap.LDAPResultInvalidCredentials
}

func (f *fakeDirectory) search(c net.Conn, id int64, request *ber.Packet) {
	base := request.Children[0].Value.(string)
	filter, err := ldap.DecompileFilter(request.Children[6])
	if err != nil || strings.Contains(base, "broken") {
		f.reply(c, id, ldap.ApplicationSearchResultDone, ldap.LDAPResultInsufficientAccessRights)
		return
	}
	if strings.HasPrefix(base, "ou=people") {
		for name := range testPeople {
			if strings.EqualFold(filter, "(&(objectClass=person)(cn="+ldap.EscapeFilter(name)+"))") {
				f.entry(c, id, personDN(name), "", "")
			}
		}
	}
	for group, members := range testGroups {
		for _, m := range members {
			member, ok := strings.CutPrefix(filter, "(member=")
			if ok && sameDN(unescapeFilter(strings.TrimSuffix(member, ")")), personDN(m)) {
				f.entry(c, id, "cn="+group+",ou=groups,"+testBase, "cn", group)
			}
		}
	}
	f.reply(c, id, ldap.ApplicationSearchResultDone, ldap.LDAPResultSuccess)
}

func (f *fakeDirectory) entry(c net.Conn, id int64, dn, attribute, value string) {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultEntry, nil, "")
	p.AppendChild(octets(dn))
	attributes := ber.NewSequence("")
	if attribute != "" {
		one, values := ber.NewSequence(""), ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		values.AppendChild(octets(value))
		one.AppendChild(octets(attribute))
		one.AppendChild(values)
		attributes.AppendChild(one)
	}
	p.AppendChild(attributes)
	send(c, id, p)
}

func (f *fakeDirectory) reply(c net.Conn, id int64, tag ber.Tag, result uint16) {
	p := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(result), ""))
	p.AppendChild(octets(""))
	p.AppendChild(octets(""))
	send(c, id, p)
}

func send(c net.Conn, id int64, content *ber.Packet) {
	p := ber.NewSequence("")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	p.AppendChild(content)
	_, _ = c.Write(p.Bytes())
}

func octets(s string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
}

func personDN(name string) string { return "cn=" + ldap.EscapeDN(name) + ",ou=people," + testBase }

func sameDN(a, b string) bool {
	x, err := ldap.ParseDN(a)
	if err != nil {
		return false
	}
	y, err := ldap.ParseDN(b)
	return err == nil && x.EqualFold(y)
}

// unescapeFilter undoes \5c and the like.
func unescapeFilter(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+2 < len(s) {
			high, low := strings.IndexByte("0123456789abcdef", s[i+1]), strings.IndexByte("0123456789abcdef", s[i+2])
			if high >= 0 && low >= 0 {
				b.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// localhostCertificate makes a certificate for localhost, its own authority.
func localhostCertificate(t *testing.T) (ca, certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certificate, key = filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	for file, b := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(b), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, certificate, key
}
