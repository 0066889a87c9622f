package pgwire

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// The SASL mechanisms served (RFC 7677; PLUS binds to the TLS channel).
const (
	scramSHA256     = "SCRAM-SHA-256"
	scramSHA256Plus = "SCRAM-SHA-256-PLUS"
)

// scramNonceBytes is SCRAM_RAW_NONCE_LEN of scram-common.h.
const scramNonceBytes = 18

// scram is the server's side of one exchange (RFC 5802, section 5). The user name
// is that of the startup packet; the one in the messages is ignored, as by PostgreSQL.
type scram struct {
	verifier *verifier
	doomed   bool   // the user is unknown: go on to the end, then fail
	endPoint []byte // channel binding value; nil: PLUS is not offered

	plus        bool   // the client selected PLUS
	header      string // gs2-header of the first message
	firstBare   string // client-first-message-bare
	serverFirst string
	nonce       string // both parts
}

// mechanisms lists what is offered, best first.
func (s *scram) mechanisms() []string {
	if s.endPoint != nil {
		return []string{scramSHA256Plus, scramSHA256}
	}
	return []string{scramSHA256}
}

// first takes client-first-message and gives server-first-message.
func (s *scram) first(mechanism, message string) (string, error) {
	switch {
	case mechanism == scramSHA256Plus && s.endPoint != nil:
		s.plus = true
	case mechanism != scramSHA256:
		return "", protocolViolation("client selected an invalid SASL authentication mechanism")
	}
	if err := s.readHeader(message); err != nil {
		return "", err
	}
	if strings.HasPrefix(s.firstBare, "m=") {
		return "", sqlstate.Fatal(sqlstate.FeatureNotSupported, "client requires an unsupported SCRAM extension")
	}
	attributes := strings.Split(s.firstBare, ",")
	if len(attributes) < 2 || !strings.HasPrefix(attributes[0], "n=") || !strings.HasPrefix(attributes[1], "r=") {
		return "", malformedSCRAM()
	}
	clientNonce := attributes[1][len("r="):]
	if !isPrintable(clientNonce) {
		return "", protocolViolation("non-printable characters in SCRAM nonce")
	}
	random := make([]byte, scramNonceBytes)
	_, _ = rand.Read(random) // never fails (crypto/rand)
	s.nonce = clientNonce + base64.StdEncoding.EncodeToString(random)
	s.serverFirst = "r=" + s.nonce + ",s=" + base64.StdEncoding.EncodeToString(s.verifier.salt) +
		",i=" + strconv.Itoa(s.verifier.iterations)
	return s.serverFirst, nil
}

// readHeader splits off the gs2-header: channel binding flag and an authorization
// identity, which must be empty.
func (s *scram) readHeader(message string) error {
	parts := strings.SplitN(message, ",", 3)
	if len(parts) != 3 {
		return malformedSCRAM()
	}
	if err := s.checkBindingFlag(parts[0]); err != nil {
		return err
	}
	if strings.HasPrefix(parts[1], "a=") {
		return sqlstate.Fatal(sqlstate.FeatureNotSupported, "client uses authorization identity, but it is not supported")
	}
	if parts[1] != "" {
		return malformedSCRAM()
	}
	s.header, s.firstBare = parts[0]+","+parts[1]+",", parts[2]
	return nil
}

// checkBindingFlag: n, the client cannot bind; y, it could but believes that the
// server cannot (a downgrade where we can); p=…, it binds.
func (s *scram) checkBindingFlag(flag string) error {
	switch {
	case flag == "n" && !s.plus:
		return nil
	case flag == "y" && !s.plus:
		if s.endPoint != nil {
			return sqlstate.Fatal(sqlstate.InvalidAuthorization, "SCRAM channel binding negotiation error").
				WithDetail("The client supports SCRAM channel binding but thinks the server does not.  However, this server does support channel binding.")
		}
		return nil
	case strings.HasPrefix(flag, "p=") && s.plus:
		if flag != "p=tls-server-end-point" {
			return protocolViolation("unsupported SCRAM channel-binding type %q", strings.TrimPrefix(flag, "p="))
		}
		return nil
	}
	return malformedSCRAM()
}

// final takes client-final-message and gives server-final-message. ok is false for
// a wrong password; the time does not tell why.
func (s *scram) final(message string) (serverFinal string, ok bool, err error) {
	i := strings.LastIndex(message, ",p=")
	if i < 0 {
		return "", false, malformedSCRAM()
	}
	withoutProof := message[:i]
	proof, err := base64.StdEncoding.DecodeString(message[i+len(",p="):])
	if err != nil || len(proof) != sha256.Size {
		return "", false, malformedSCRAM()
	}
	if err := s.checkFinal(withoutProof); err != nil {
		return "", false, err
	}
	authMessage := []byte(s.firstBare + "," + s.serverFirst + "," + withoutProof)
	clientKey := hmacSHA256(s.verifier.storedKey, authMessage)
	for i := range clientKey {
		clientKey[i] ^= proof[i]
	}
	storedKey := sha256.Sum256(clientKey)
	ok = hmac.Equal(storedKey[:], s.verifier.storedKey) && !s.doomed
	serverSignature := hmacSHA256(s.verifier.serverKey, authMessage)
	return "v=" + base64.StdEncoding.EncodeToString(serverSignature), ok, nil
}

// checkFinal checks channel binding and nonce.
func (s *scram) checkFinal(withoutProof string) error {
	attributes := strings.SplitN(withoutProof, ",", 3)
	if len(attributes) < 2 || !strings.HasPrefix(attributes[0], "c=") || !strings.HasPrefix(attributes[1], "r=") {
		return malformedSCRAM()
	}
	binding := []byte(s.header)
	if s.plus {
		binding = append(binding, s.endPoint...)
	}
	if attributes[0][len("c="):] != base64.StdEncoding.EncodeToString(binding) {
		return sqlstate.Fatal(sqlstate.InvalidAuthorization, "SCRAM channel binding check failed")
	}
	if !hmac.Equal([]byte(attributes[1][len("r="):]), []byte(s.nonce)) {
		return protocolViolation("invalid SCRAM response").WithDetail("Nonce does not match.")
	}
	return nil
}

func malformedSCRAM() error { return protocolViolation("malformed SCRAM message") }

// isPrintable is RFC 5802's printable: visible ASCII except the comma.
func isPrintable(nonce string) bool {
	for i := 0; i < len(nonce); i++ {
		if nonce[i] < 0x21 || nonce[i] > 0x7e || nonce[i] == ',' {
			return false
		}
	}
	return nonce != ""
}
