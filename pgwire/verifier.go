package pgwire

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/xdg-go/stringprep"
)

// What PostgreSQL makes verifiers with (src/include/common/scram-common.h).
const (
	scramIterations = 4096
	scramSaltBytes  = 16
)

// MakeVerifier gives the SCRAM-SHA-256 verifier of a password, as PostgreSQL
// stores it: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>.
func MakeVerifier(password string) (string, error) {
	salt := make([]byte, scramSaltBytes)
	_, _ = rand.Read(salt) // never fails (crypto/rand)
	v, err := newVerifier(password, salt, scramIterations)
	if err != nil {
		return "", err
	}
	return v.String(), nil
}

// CheckPassword tells whether a verifier is that of password.
func CheckPassword(stored, password string) (bool, error) {
	v, err := parseVerifier(stored)
	if err != nil {
		return false, err
	}
	w, err := newVerifier(password, v.salt, v.iterations)
	if err != nil {
		return false, err
	}
	return hmac.Equal(v.storedKey, w.storedKey) && hmac.Equal(v.serverKey, w.serverKey), nil
}

// verifier is what a SCRAM server knows of a password (RFC 5802, section 3).
type verifier struct {
	iterations           int
	salt                 []byte
	storedKey, serverKey []byte
}

func newVerifier(password string, salt []byte, iterations int) (*verifier, error) {
	salted, err := pbkdf2.Key(sha256.New, prepare(password), salt, iterations, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("deriving a SCRAM key: %w", err)
	}
	storedKey := sha256.Sum256(hmacSHA256(salted, []byte("Client Key")))
	return &verifier{iterations, salt, storedKey[:], hmacSHA256(salted, []byte("Server Key"))}, nil
}

// prepare normalizes by SASLprep; what that refuses stays as it is, as in
// PostgreSQL (scram-common.c, pg_saslprep's callers).
func prepare(password string) string {
	if prepared, err := stringprep.SASLprep.Prepare(password); err == nil {
		return prepared
	}
	return password
}

var errBadVerifier = errors.New("not a SCRAM-SHA-256 verifier (SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>)")

// parseVerifier reads the stored form.
func parseVerifier(stored string) (*verifier, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 3 || parts[0] != "SCRAM-SHA-256" {
		return nil, errBadVerifier
	}
	iterations, salt, ok1 := strings.Cut(parts[1], ":")
	storedKey, serverKey, ok2 := strings.Cut(parts[2], ":")
	if !ok1 || !ok2 {
		return nil, errBadVerifier
	}
	v := &verifier{}
	var errs [4]error
	v.iterations, errs[0] = strconv.Atoi(iterations)
	v.salt, errs[1] = base64.StdEncoding.DecodeString(salt)
	v.storedKey, errs[2] = base64.StdEncoding.DecodeString(storedKey)
	v.serverKey, errs[3] = base64.StdEncoding.DecodeString(serverKey)
	if errors.Join(errs[:]...) != nil || v.iterations < 1 || len(v.salt) == 0 ||
		len(v.storedKey) != sha256.Size || len(v.serverKey) != sha256.Size {
		return nil, errBadVerifier
	}
	return v, nil
}

// String gives the stored form.
func (v *verifier) String() string {
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", v.iterations, b64(v.salt), b64(v.storedKey), b64(v.serverKey))
}

// mockVerifier stands in for an unknown user: a salt that stays the same for the
// same name, keys that no password has.
func mockVerifier(secret []byte, user string) *verifier {
	random := make([]byte, 2*sha256.Size)
	_, _ = rand.Read(random) // never fails (crypto/rand)
	return &verifier{
		iterations: scramIterations,
		salt:       hmacSHA256(secret, []byte(user))[:scramSaltBytes],
		storedKey:  random[:sha256.Size],
		serverKey:  random[sha256.Size:],
	}
}

func hmacSHA256(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}
