package login

import (
	"errors"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Reason is why somebody was not let in, as a code for the audit. Clients are not told.
type Reason string

// The reasons.
const (
	WrongPassword       Reason = "wrong_password"
	UnknownUser         Reason = "unknown_user"
	MethodNotAllowed    Reason = "method_not_allowed" // proven, but not in a way the user may
	CertificateMissing  Reason = "certificate_missing"
	CertificateMismatch Reason = "certificate_mismatch" // it is somebody else's
	NotEncrypted        Reason = "not_encrypted"
	Throttled           Reason = "throttled"
	TokenInvalid        Reason = "token_invalid" // malformed, or not signed by the issuer
	TokenExpired        Reason = "token_expired" // or not valid yet
	TokenForeign        Reason = "token_foreign" // of another issuer, or for another audience
	TokenUser           Reason = "token_user"    // it is somebody else's
	IssuerUnreachable   Reason = "issuer_unreachable"
	DirectoryFailed     Reason = "directory_failed" // unreachable, or it refused to search
	OtherReason         Reason = "other"
)

// refusal is a reason on its way to the audit, with the cause for the log. It adds
// nothing to the text a client reads.
type refusal struct {
	reason Reason
	cause  error
}

func (*refusal) Error() string   { return "" }
func (r *refusal) Unwrap() error { return r.cause }

// ReasonOf gives the reason behind an error, and what lies behind that, for the
// operator's log.
func ReasonOf(err error) (Reason, error) {
	var r *refusal
	if errors.As(err, &r) {
		return r.reason, r.cause
	}
	var e *sqlstate.Error
	if errors.As(err, &e) && e.Code == sqlstate.InvalidPassword {
		return WrongPassword, nil
	}
	return OtherReason, err
}
