package planner

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Transaction is BEGIN, COMMIT, ROLLBACK and their like.
type Transaction struct {
	source
	Kind      TransactionKind
	Start     bool // BEGIN written as START TRANSACTION
	Savepoint string
	Modes     []Mode
	Chain     bool
}

// Mode is a transaction mode of BEGIN or SET TRANSACTION: transaction_isolation,
// transaction_read_only, transaction_deferrable.
type Mode struct{ Name, Value string }

// TransactionKind is what a Transaction does.
type TransactionKind uint8

// The kinds of Transaction.
const (
	Begin TransactionKind = iota
	Commit
	Rollback
	Savepoint
	ReleaseSavepoint
	RollbackToSavepoint
)

// SetTransaction is SET TRANSACTION, or SET SESSION CHARACTERISTICS where Session.
type SetTransaction struct {
	source
	Session bool
	Modes   []Mode
}

var transactionKinds = map[pg_query.TransactionStmtKind]TransactionKind{
	pg_query.TransactionStmtKind_TRANS_STMT_BEGIN:       Begin,
	pg_query.TransactionStmtKind_TRANS_STMT_START:       Begin,
	pg_query.TransactionStmtKind_TRANS_STMT_COMMIT:      Commit,
	pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK:    Rollback,
	pg_query.TransactionStmtKind_TRANS_STMT_SAVEPOINT:   Savepoint,
	pg_query.TransactionStmtKind_TRANS_STMT_RELEASE:     ReleaseSavepoint,
	pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK_TO: RollbackToSavepoint,
}

func transaction(at source, n *pg_query.TransactionStmt) (Statement, error) {
	kind, ok := transactionKinds[n.Kind]
	if !ok {
		return nil, sqlstate.Unsupported("two-phase commit")
	}
	return &Transaction{source: at, Kind: kind, Start: n.Kind == pg_query.TransactionStmtKind_TRANS_STMT_START, Savepoint: n.SavepointName, Modes: modes(n.Options), Chain: n.Chain}, nil
}

// modes reads transaction modes, given as settings are: transaction_isolation = …
func modes(options []*pg_query.Node) []Mode {
	var all []Mode
	for _, o := range options {
		d := o.GetDefElem()
		if d == nil {
			continue
		}
		value := optionText(d.Arg)
		if d.Defname != "transaction_isolation" {
			value = map[bool]string{true: "on", false: "off"}[optionTrue(d.Arg)]
		}
		all = append(all, Mode{Name: d.Defname, Value: value})
	}
	return all
}
