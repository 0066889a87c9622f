package pgwire

import (
	"bytes"
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Authenticator is implemented by a Backend that knows other proofs than SCRAM.
type Authenticator interface {
	// Challenge says how a client must prove who it is. An error refuses it at once.
	Challenge(ctx context.Context, login Login) (Challenge, error)
	// Prove judges the password or token that answers AskPassword.
	Prove(ctx context.Context, login Login, password string) (Identity, error)
}

// Challenge is what a client is asked.
type Challenge struct {
	Ask Ask
	// Verifier is for AskScram; empty: the exchange is mocked and fails.
	Verifier string
	Identity Identity // for AskScram and AskNothing
}

// Ask is a kind of challenge. The zero value lets nobody in without a proof.
type Ask uint8

// The challenges there are.
const (
	AskScram    Ask = iota
	AskPassword     // AuthenticationCleartextPassword
	AskNothing      // TLS has proven it
)

// Identity is what a proof says besides the name.
type Identity struct {
	Method  string
	Groups  []string
	Admit   bool      // the user may be one that nobody registered
	Expires time.Time // zero: never
}

// maxPasswordMessage is PG_MAX_AUTH_TOKEN_LENGTH of libpq/auth.h: tokens are long.
const maxPasswordMessage = 65535

// challenge asks the backend what to ask the client.
func (c *conn) challenge(ctx context.Context, login Login) (Challenge, error) {
	if a, ok := c.server.backend.(Authenticator); ok {
		return a.Challenge(ctx, login)
	}
	stored, known := c.server.backend.Verifier(ctx, login.User)
	if !known {
		stored = ""
	}
	return Challenge{Verifier: stored}, nil
}

// password asks for a password in clear text, and has it judged.
func (c *conn) password(ctx context.Context, login Login) (Identity, error) {
	c.out.send(&pgproto3.AuthenticationCleartextPassword{})
	c.in.answer = maxPasswordMessage
	body, err := c.readAnswer()
	c.in.answer = 0
	if err != nil {
		return Identity{}, err
	}
	text, ok := bytes.CutSuffix(body, []byte{0})
	if !ok || bytes.IndexByte(text, 0) >= 0 {
		return Identity{}, protocolViolation("invalid password packet size")
	}
	if len(text) == 0 { // auth.c, recv_password_packet
		return Identity{}, sqlstate.Fatal(sqlstate.InvalidPassword, "empty password returned by client")
	}
	password := string(text)
	clear(body)
	return c.server.backend.(Authenticator).Prove(ctx, login, password)
}
