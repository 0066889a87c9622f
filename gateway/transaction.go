package gateway

import (
	"context"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// transaction is the state of a session's transaction. No source is written, so a
// transaction bounds settings, temporary tables, cursors, now() and the failed state.
//
//	none ──first statement──▶ implicit ──end of the message or batch──▶ none
//	none, implicit ──BEGIN──▶ block ──COMMIT, ROLLBACK──▶ none
//	implicit, block ──error──▶ failed
type transaction struct {
	started bool
	block   bool // begun by BEGIN: it ends by COMMIT or ROLLBACK only
	joined  bool // several statements of one message: an implicit block in PostgreSQL's words
	failed  bool
	queried bool // a query has run: its characteristics are fixed
	start   time.Time
	marks   []mark // of the transaction, then of its savepoints
}

// mark is what a rollback returns to.
type mark struct {
	savepoint string
	settings  values
	temporary *temporary.Tables
}

// status is the transaction state as ReadyForQuery tells it.
func (t *transaction) status() byte {
	switch {
	case !t.block:
		return 'I'
	case t.failed:
		return 'E'
	}
	return 'T'
}

// inBlock tells whether what needs a transaction block may run.
func (t *transaction) inBlock() bool { return t.block || t.joined }

// begun makes sure that a transaction is in progress.
func (s *session) begun() *transaction {
	if s.tx.started {
		return &s.tx
	}
	s.tx = transaction{started: true, joined: s.several, start: s.gateway.now()}
	s.tx.marks = []mark{s.mark("")}
	for _, name := range transactionModes {
		if value := s.settings.value("default_" + name); value != s.settings.value(name) {
			s.settings.put(name, value, true)
		}
	}
	return &s.tx
}

// transactionModes are the parameters that a transaction begins with the value of default_….
var transactionModes = func() (names []string) {
	for name, p := range parameters {
		if _, defaulted := parameters["default_"+name]; defaulted && p.ofTransaction {
			names = append(names, name)
		}
	}
	return names
}()

func (s *session) mark(savepoint string) mark {
	return mark{savepoint: savepoint, settings: s.settings.values, temporary: s.temporary.Tables()}
}

// returnTo undoes what came after mark n.
func (s *session) returnTo(n int) {
	m := s.tx.marks[n]
	s.tx.marks = s.tx.marks[:n+1]
	s.settings.restore(m.settings)
	s.temporary.Return(m.temporary)
	s.cursors.closeFrom(n)
}

// Fail undoes what the innermost savepoint, or the transaction, has set. A block stays,
// failed; an implicit transaction is over with the message or batch.
func (s *session) Fail() {
	if !s.tx.started || s.tx.failed {
		return
	}
	s.tx.failed = true
	s.returnTo(len(s.tx.marks) - 1)
}

// Sync ends the implicit transaction.
func (s *session) Sync(context.Context) {
	s.several = false
	if s.tx.started && !s.tx.block {
		s.finish(!s.tx.failed)
	}
}

// finish ends the transaction in progress, of whatever kind.
func (s *session) finish(commit bool) {
	if !commit {
		s.returnTo(0)
	}
	s.settings.endLocal()
	s.cursors.endTransaction()
	s.temporary.EndTransaction(commit)
	s.tx = transaction{}
}

// transact runs a transaction statement and gives its command tag.
func (s *session) transact(ctx context.Context, t *planner.Transaction) (string, error) {
	switch t.Kind {
	case planner.Begin:
		return map[bool]string{false: "BEGIN", true: "START TRANSACTION"}[t.Start], s.begin(t)
	case planner.Commit, planner.Rollback:
		return s.end(ctx, t)
	}
	names := savepointNames[t.Kind]
	if !s.tx.block {
		return "", needsBlock(names.command)
	}
	if t.Kind != planner.RollbackToSavepoint {
		if err := s.ready(); err != nil {
			return "", err
		}
	}
	return names.tag, s.savepoint(t)
}

var savepointNames = map[planner.TransactionKind]struct{ tag, command string }{
	planner.Savepoint:           {"SAVEPOINT", "SAVEPOINT"},
	planner.ReleaseSavepoint:    {"RELEASE", "RELEASE SAVEPOINT"},
	planner.RollbackToSavepoint: {"ROLLBACK", "ROLLBACK TO SAVEPOINT"},
}

func needsBlock(command string) error {
	return sqlstate.New(sqlstate.NoActiveSQLTransaction, "%s can only be used in transaction blocks", command)
}

// begin opens a block, or makes one of the implicit transaction in progress.
func (s *session) begin(t *planner.Transaction) error {
	if err := s.ready(); err != nil {
		return err
	}
	tx := s.begun()
	if tx.block {
		s.warn(sqlstate.ActiveSQLTransaction, "there is already a transaction in progress")
	}
	if err := s.setModes(t.Modes, "transaction_", true); err != nil {
		return err // the block has not begun
	}
	tx.block = true
	return nil
}

// end commits or rolls back. COMMIT of a failed block rolls back, and says so in its tag.
func (s *session) end(ctx context.Context, t *planner.Transaction) (string, error) {
	tag := map[bool]string{true: "COMMIT", false: "ROLLBACK"}[t.Kind == planner.Commit]
	if !s.tx.block {
		if t.Chain {
			return "", needsBlock(tag + " AND CHAIN")
		}
		s.warn(sqlstate.NoActiveSQLTransaction, "there is no transaction in progress")
	}
	s.begun()
	commit := t.Kind == planner.Commit && !s.tx.failed
	modes := s.characteristics()
	if commit {
		if err := s.cursors.hold(ctx); err != nil {
			s.finish(false)
			return "", err
		}
	} else if s.tx.block {
		tag = "ROLLBACK"
	}
	s.finish(commit)
	if !t.Chain {
		return tag, nil
	}
	s.begun().block = true
	for name, value := range modes {
		s.settings.put(name, value, true)
	}
	return tag, nil
}

// characteristics are what AND CHAIN hands on to the next transaction.
func (s *session) characteristics() map[string]string {
	modes := map[string]string{}
	for name, p := range parameters {
		if p.ofTransaction && strings.HasPrefix(name, "transaction_") {
			modes[name] = s.settings.value(name)
		}
	}
	return modes
}

// savepoint runs SAVEPOINT, RELEASE and ROLLBACK TO.
func (s *session) savepoint(t *planner.Transaction) error {
	if t.Kind == planner.Savepoint {
		s.tx.marks = append(s.tx.marks, s.mark(t.Savepoint))
		return nil
	}
	for i := len(s.tx.marks) - 1; i > 0; i-- {
		if s.tx.marks[i].savepoint != t.Savepoint {
			continue
		}
		if t.Kind == planner.ReleaseSavepoint {
			s.tx.marks = s.tx.marks[:i]
			s.cursors.release(i)
			return nil
		}
		s.returnTo(i)
		s.tx.failed = false
		return nil
	}
	return sqlstate.New(sqlstate.InvalidSavepoint, "savepoint %q does not exist", t.Savepoint)
}
