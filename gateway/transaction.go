package gateway

import (
	"context"
	"time"

	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// transaction is the state of a session's transaction block. Nothing is written, so a
// transaction only bounds settings, now() and the failed state.
type transaction struct {
	open       bool
	failed     bool
	start      time.Time // of the block, or of the implicit transaction; zero outside
	savepoints []string
}

func (t *transaction) status() byte {
	switch {
	case t.failed:
		return 'E'
	case t.open:
		return 'T'
	default:
		return 'I'
	}
}

// started gives the moment the running transaction began; the first to ask begins it.
func (t *transaction) started(now time.Time) time.Time {
	if t.start.IsZero() {
		t.start = now
	}
	return t.start
}

// Fail moves an open block to the failed state.
func (s *session) Fail() { s.tx.failed = s.tx.open }

// Sync ends the implicit transaction.
func (s *session) Sync(context.Context) {
	if !s.tx.open {
		s.settings.end(true)
		s.tx = transaction{}
	}
}

// transact runs a transaction statement and gives its command tag.
func (s *session) transact(t *planner.Transaction) (string, error) {
	switch t.Kind {
	case planner.Begin:
		return "BEGIN", s.begin(t.Modes)
	case planner.Commit, planner.Rollback:
		return s.end(t)
	}
	if !s.tx.open {
		return "", sqlstate.New(sqlstate.NoActiveSQLTransaction, "%s can only be used in transaction blocks", savepointTags[t.Kind])
	}
	if t.Kind != planner.RollbackToSavepoint {
		if err := s.ready(); err != nil {
			return "", err
		}
	}
	return savepointTags[t.Kind], s.savepoint(t)
}

var savepointTags = map[planner.TransactionKind]string{
	planner.Savepoint: "SAVEPOINT", planner.ReleaseSavepoint: "RELEASE", planner.RollbackToSavepoint: "ROLLBACK",
}

func (s *session) begin(modes []planner.Mode) error {
	if err := s.ready(); err != nil {
		return err
	}
	if s.tx.open {
		s.warn(sqlstate.ActiveSQLTransaction, "there is already a transaction in progress")
	} else {
		s.settings.begin()
		s.tx.open = true
		s.tx.started(time.Now())
	}
	return s.setModes(modes, "transaction_", true)
}

// end commits or rolls back. COMMIT of a failed block rolls back, and says so in its tag.
func (s *session) end(t *planner.Transaction) (string, error) {
	commit := t.Kind == planner.Commit && !s.tx.failed
	if !s.tx.open {
		s.warn(sqlstate.NoActiveSQLTransaction, "there is no transaction in progress")
	}
	s.settings.end(commit)
	wasOpen := s.tx.open
	s.tx = transaction{}
	if t.Chain && wasOpen {
		if err := s.begin(nil); err != nil {
			return "", err
		}
	}
	if commit {
		return "COMMIT", nil
	}
	return "ROLLBACK", nil
}

func (s *session) savepoint(t *planner.Transaction) error {
	if t.Kind == planner.Savepoint {
		s.tx.savepoints = append(s.tx.savepoints, t.Savepoint)
		s.settings.begin()
		return nil
	}
	for i := len(s.tx.savepoints) - 1; i >= 0; i-- {
		if s.tx.savepoints[i] != t.Savepoint {
			continue
		}
		if t.Kind == planner.ReleaseSavepoint {
			s.tx.savepoints = s.tx.savepoints[:i]
			s.settings.undo = s.settings.undo[:i+1]
			return nil
		}
		s.tx.savepoints = s.tx.savepoints[:i+1]
		s.settings.rollbackTo(i + 1)
		s.tx.failed = false
		return nil
	}
	return sqlstate.New(sqlstate.InvalidSavepoint, "savepoint %q does not exist", t.Savepoint)
}

// setModes sets transaction modes; those of the session carry the prefix default_transaction_.
func (s *session) setModes(modes []planner.Mode, prefix string, local bool) error {
	for _, m := range modes {
		name := prefix + m.Name[len("transaction_"):]
		if err := s.settings.Set(name, m.Value, local); err != nil {
			return err
		}
		if m.Name == "transaction_read_only" && m.Value == "off" {
			s.warn(sqlstate.Warning, "Sluice reads only; the transaction stays READ ONLY")
		}
	}
	return nil
}
