package pgwire

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

// scramClient is the other side of an exchange.
type scramClient struct {
	password  string
	header    string // "" is n,,
	binding   []byte
	firstBare string
}

func (c *scramClient) first() string {
	if c.header == "" {
		c.header = "n,,"
	}
	c.firstBare = "n=,r=clientnonce"
	return c.header + c.firstBare
}

func (c *scramClient) final(serverFirst string) string {
	var nonce, salt string
	var iterations int
	for _, a := range strings.Split(serverFirst, ",") {
		switch a[:2] {
		case "r=":
			nonce = a[2:]
		case "s=":
			salt = a[2:]
		case "i=":
			_, _ = fmt.Sscan(a[2:], &iterations)
		}
	}
	rawSalt, _ := base64.StdEncoding.DecodeString(salt)
	salted, _ := pbkdf2.Key(sha256.New, c.password, rawSalt, iterations, 32)
	clientKey := hmacSHA256(salted, []byte("Client Key"))
	storedKey := sha256.Sum256(clientKey)
	withoutProof := "c=" + base64.StdEncoding.EncodeToString(append([]byte(c.header), c.binding...)) + ",r=" + nonce
	proof := hmacSHA256(storedKey[:], []byte(c.firstBare+","+serverFirst+","+withoutProof))
	for i := range proof {
		proof[i] ^= clientKey[i]
	}
	return withoutProof + ",p=" + base64.StdEncoding.EncodeToString(proof)
}

func TestVerifier(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"demo", "", "pässword", "\u00a0nbsp", "I\u00adX", "\x07bell"} {
		stored, err := MakeVerifier(password)
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := CheckPassword(stored, password); !ok || err != nil {
			t.Errorf("%q: %v, %v", password, ok, err)
		}
		if ok, _ := CheckPassword(stored, password+"x"); ok {
			t.Errorf("%q: another password fits", password)
		}
	}
	for _, bad := range []string{"", "md5abc", "SCRAM-SHA-256$x:y$z:w", "SCRAM-SHA-256$0:YQ==$YQ==:YQ==", "SCRAM-SHA-256$4096:YQ==$YQ==:YQ=="} {
		if _, err := CheckPassword(bad, "x"); err == nil {
			t.Errorf("%q is taken for a verifier", bad)
		}
	}
}

// PostgreSQL makes the same verifier, SASLprep included.
func TestVerifierAgainstPostgreSQL(t *testing.T) {
	t.Parallel()
	postgres := testservers.Postgres(t)
	o := connectOracle(t, postgres.DSN)
	for _, password := range []string{"demo", "pässword", "\u00a0nbsp", "I\u00adX", "\u2168", "\u00aa"} {
		postgres.Exec(t, "CREATE ROLE wire_verifier PASSWORD '"+password+"'")
		_, stored := o.query(t, "SELECT rolpassword FROM pg_authid WHERE rolname = 'wire_verifier'", textFormat)
		if ok, err := CheckPassword(string(stored[0]), password); !ok || err != nil {
			t.Errorf("%q: %v, %v", password, ok, err)
		}
		postgres.Exec(t, "DROP ROLE wire_verifier")
	}
}

func TestScramExchange(t *testing.T) {
	t.Parallel()
	v, _ := newVerifier("secret", []byte("salt"), 10)
	endPoint := []byte("certificate hash")
	for _, c := range []struct {
		name      string
		mechanism string
		client    scramClient
		endPoint  []byte
		want      string // code of the error, "ok" or "wrong"
	}{
		{"plain", scramSHA256, scramClient{password: "secret"}, nil, "ok"},
		{"wrong password", scramSHA256, scramClient{password: "Secret"}, nil, "wrong"},
		{"able, not offered", scramSHA256, scramClient{password: "secret", header: "y,,"}, nil, "ok"},
		{"able, offered, downgraded", scramSHA256, scramClient{password: "secret", header: "y,,"}, endPoint, "28000"},
		{"plus", scramSHA256Plus, scramClient{password: "secret", header: "p=tls-server-end-point,,", binding: endPoint}, endPoint, "ok"},
		{"plus, other channel", scramSHA256Plus, scramClient{password: "secret", header: "p=tls-server-end-point,,", binding: []byte("man in the middle")}, endPoint, "28000"},
		{"plus, unknown type", scramSHA256Plus, scramClient{password: "secret", header: "p=tls-unique,,", binding: endPoint}, endPoint, "08P01"},
		{"plus, not offered", scramSHA256Plus, scramClient{password: "secret", header: "p=tls-server-end-point,,"}, nil, "08P01"},
		{"plus, without binding", scramSHA256Plus, scramClient{password: "secret"}, endPoint, "08P01"},
		{"binding, without plus", scramSHA256, scramClient{password: "secret", header: "p=tls-server-end-point,,", binding: endPoint}, endPoint, "08P01"},
		{"authorization identity", scramSHA256, scramClient{password: "secret", header: "n,a=root,"}, nil, "0A000"},
		{"unknown mechanism", "PLAIN", scramClient{password: "secret"}, nil, "08P01"},
	} {
		s := &scram{verifier: v, endPoint: c.endPoint}
		if got := exchange(s, c.mechanism, &c.client); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	doomed := &scram{verifier: v, doomed: true}
	if got := exchange(doomed, scramSHA256, &scramClient{password: "secret"}); got != "wrong" {
		t.Errorf("doomed exchange: %s", got)
	}
}

func exchange(s *scram, mechanism string, client *scramClient) string {
	reply, err := s.first(mechanism, client.first())
	if err != nil {
		return string(sqlstate.From(err).Code)
	}
	_, ok, err := s.final(client.final(reply))
	switch {
	case err != nil:
		return string(sqlstate.From(err).Code)
	case ok:
		return "ok"
	}
	return "wrong"
}

func TestMalformedScramMessages(t *testing.T) {
	t.Parallel()
	v, _ := newVerifier("secret", []byte("salt"), 10)
	for _, first := range []string{"", "n", "n,,", "n,,n=", "n,,r=x,n=", "n,,n=,r=", "n,,n=,r=\x01", "n,b,n=,r=x", "x,,n=,r=x", "n,,m=1,n=,r=x"} {
		s := &scram{verifier: v}
		if _, err := s.first(scramSHA256, first); err == nil {
			t.Errorf("client-first-message %q is taken", first)
		}
	}
	for _, final := range []string{"", "c=biws", ",p=", "c=biws,r=NONCE,p=x", "c=biws,r=other,p=" + strings.Repeat("A", 43) + "=", "c=eSws,r=NONCE,p=" + strings.Repeat("A", 43) + "="} {
		s := &scram{verifier: v}
		if _, err := s.first(scramSHA256, "n,,n=,r=x"); err != nil {
			t.Fatal(err)
		}
		if _, ok, err := s.final(strings.ReplaceAll(final, "NONCE", s.nonce)); err == nil || ok {
			t.Errorf("client-final-message %q is taken", final)
		}
	}
}

// Unknown users see the same salt each time, another than the next unknown user.
func TestMockVerifier(t *testing.T) {
	t.Parallel()
	secret := []byte("of the server")
	a, again, b := mockVerifier(secret, "a"), mockVerifier(secret, "a"), mockVerifier(secret, "b")
	if string(a.salt) != string(again.salt) || string(a.salt) == string(b.salt) || len(a.salt) != scramSaltBytes || a.iterations != scramIterations {
		t.Errorf("salts %x %x %x", a.salt, again.salt, b.salt)
	}
}
