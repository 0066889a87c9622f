package gateway

import (
	"strings"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// set is SET, with the names that mean more than a value.
func (s *session) set(st *planner.Set) error {
	if st.Local && !s.tx.inBlock() {
		s.warn(sqlstate.NoActiveSQLTransaction, "SET LOCAL can only be used in transaction blocks")
	}
	value := strings.Join(st.Values, ", ")
	switch p, known := parameters[st.Name]; {
	case st.Name == "session_authorization" || st.Name == "role":
		return s.setIdentity(st)
	case st.Default:
		return s.settings.Default(st.Name, st.Local)
	case st.Name == "search_path":
		return s.settings.Set(st.Name, quoteList(st.Values), st.Local)
	case len(st.Values) > 1 && !(known && p.list):
		return s.oneArgument(st.Name, known)
	case known && p.ofTransaction:
		return s.setMode(st.Name, value, true)
	case strings.HasPrefix(st.Name, "default_transaction_"):
		return s.setMode(st.Name, value, st.Local)
	case st.Name == "sluice.purpose":
		return s.setPurpose(st.Source(), value, st.Local)
	}
	return s.settings.Set(st.Name, value, st.Local)
}

func (s *session) oneArgument(name string, known bool) error {
	if !known && !strings.Contains(name, ".") {
		return unrecognized(name)
	}
	return sqlstate.New(sqlstate.InvalidParameterValue, "SET %s takes only one argument", name)
}

// setIdentity is SET SESSION AUTHORIZATION and SET ROLE: nobody becomes anybody else.
func (s *session) setIdentity(st *planner.Set) error {
	if st.Default || len(st.Values) == 1 && (st.Values[0] == s.login.User || st.Name == "role" && st.Values[0] == "none") {
		return nil
	}
	return sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied to set %s %q", strings.ReplaceAll(st.Name, "_", " "), strings.Join(st.Values, ", "))
}

// reset is RESET of a name, or of all.
func (s *session) reset(st *planner.Reset) error {
	switch p := parameters[st.Name]; {
	case st.Name == "":
		s.settings.ResetAll()
		return nil
	case st.Name == "session_authorization" || st.Name == "role":
		return nil
	case p.ofTransaction:
		if !s.tx.inBlock() {
			s.warn(sqlstate.NoActiveSQLTransaction, "RESET TRANSACTION can only be used in transaction blocks")
		}
		return nil
	}
	return s.settings.Default(st.Name, false)
}

// show gives the rows of SHOW.
func (s *session) show(st *planner.Show) ([][]string, error) {
	if st.Name == "all" {
		return s.settings.all(), nil
	}
	value, ok := s.settings.Value(st.Name)
	if !ok {
		return nil, unrecognized(st.Name)
	}
	return [][]string{{value}}, nil
}

// discard is DISCARD. ALL leaves the session as it was when it began.
func (s *session) discard(st *planner.Discard) error {
	switch st.Target {
	case "TEMP":
		s.temporary.RemoveAll()
	case "ALL":
		if s.tx.inBlock() {
			return sqlstate.New(sqlstate.ActiveSQLTransaction, "DISCARD ALL cannot run inside a transaction block")
		}
		s.cursors.closeAll()
		s.temporary.RemoveAll()
		s.deallocateAll()
		s.settings.ResetAll()
	}
	return nil
}

// setPurpose declares why the session reads. Only a purpose some grant of the user
// names may be declared.
func (s *session) setPurpose(text, purpose string, local bool) error {
	if err := s.mayDeclare(purpose); err != nil {
		return err
	}
	if err := s.recordPurpose(text, purpose); err != nil {
		return err
	}
	return s.settings.Set("sluice.purpose", purpose, local)
}

// recordPurpose puts a purpose on record before it is in force. That it ends again
// (RESET, ROLLBACK) the decisions after it tell.
func (s *session) recordPurpose(text, purpose string) error {
	b, err := s.basis()
	if err != nil {
		return err
	}
	e, err := s.write(audit.Statement{Text: text, Decision: auth.Declared(b.who, purpose)})
	if err != nil {
		return err
	}
	s.gateway.ended(e, audit.Outcome{})
	return nil
}

func (s *session) mayDeclare(purpose string) error {
	now, err := s.moment()
	if err != nil {
		return err
	}
	if purpose != "" && !auth.MayDeclare(now.who, purpose) {
		return sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for purpose %q", purpose).
			WithHint("A purpose must be named by a grant to you.")
	}
	return nil
}

// quoteList writes names as search_path shows them.
func quoteList(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = pgname.Printed(n)
	}
	return strings.Join(out, ", ")
}
