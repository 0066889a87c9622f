package pgwire

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

// maxSASLMessage is PG_MAX_SASL_MESSAGE_LENGTH of auth-sasl.h: what somebody
// unknown may send.
const maxSASLMessage = 1024

// authenticate lets the client prove who it is.
func (c *conn) authenticate(ctx context.Context, at *started) (Login, error) {
	login := at.login()
	challenge, err := c.challenge(ctx, login)
	if err != nil {
		return login, err
	}
	login.Identity = challenge.Identity
	switch challenge.Ask {
	case AskNothing:
	case AskPassword:
		login.Identity, err = c.password(ctx, login)
	default:
		err = c.scram(at, challenge.Verifier)
	}
	if err != nil {
		return login, err
	}
	c.out.send(&pgproto3.AuthenticationOk{})
	return login, nil
}

// scram runs the SASL exchange; nil means that the user knows the password.
func (c *conn) scram(at *started, stored string) error {
	exchange := c.newExchange(at, stored)
	c.out.send(&pgproto3.AuthenticationSASL{AuthMechanisms: exchange.mechanisms()})
	body, err := c.readAnswer()
	if err != nil {
		return err
	}
	var initial pgproto3.SASLInitialResponse
	if err := initial.Decode(body); err != nil {
		return protocolViolation("malformed SASLInitialResponse message")
	}
	reply, err := exchange.first(initial.AuthMechanism, string(initial.Data))
	if err != nil {
		return err
	}
	c.out.send(&pgproto3.AuthenticationSASLContinue{Data: []byte(reply)})
	if body, err = c.readAnswer(); err != nil {
		return err
	}
	reply, ok, err := exchange.final(string(body))
	if err != nil {
		return err
	}
	if !ok {
		return sqlstate.Fatal(sqlstate.InvalidPassword, `password authentication failed for user "%s"`, at.startup.user)
	}
	c.out.send(&pgproto3.AuthenticationSASLFinal{Data: []byte(reply)})
	return nil
}

// newExchange prepares for a known user and for an unknown one by the same steps.
func (c *conn) newExchange(at *started, stored string) *scram {
	exchange := &scram{}
	exchange.endPoint, _ = at.tls.endPoint()
	mock := mockVerifier(c.server.options.MockSecret, at.startup.user)
	known := stored != ""
	if !known {
		stored = mock.String()
	}
	v, err := parseVerifier(strings.TrimSpace(stored))
	if err != nil {
		c.log.Error("unusable verifier", "user", at.startup.user, "error", err)
		v, known = mock, false
	}
	exchange.verifier, exchange.doomed = v, !known
	return exchange
}

// readAnswer sends what is buffered and reads the client's answer.
func (c *conn) readAnswer() ([]byte, error) {
	if err := c.out.flush(); err != nil {
		return nil, err
	}
	kind, body, err := c.in.next()
	if err != nil {
		return nil, err
	}
	if kind != 'p' {
		return nil, protocolViolation("expected password response, got message type %d", kind)
	}
	return body, nil
}
