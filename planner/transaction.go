package planner

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

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
	return &Transaction{source: at, Kind: kind, Savepoint: n.SavepointName, Modes: modes(n.Options), Chain: n.Chain}, nil
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

// optionText gives the value of an option or setting as text.
func optionText(n *pg_query.Node) string {
	if n == nil {
		return ""
	}
	switch v := n.Node.(type) {
	case *pg_query.Node_AConst:
		return constantText(v.AConst)
	case *pg_query.Node_String_:
		return v.String_.Sval
	case *pg_query.Node_Integer:
		return itoa(int64(v.Integer.Ival))
	case *pg_query.Node_Float:
		return v.Float.Fval
	case *pg_query.Node_TypeCast: // SET TIME ZONE INTERVAL '…'
		return optionText(v.TypeCast.Arg)
	case *pg_query.Node_TypeName:
		name, _ := typeName(v.TypeName)
		return name
	case *pg_query.Node_ColumnRef:
		var parts []string
		for _, f := range v.ColumnRef.Fields {
			parts = append(parts, f.GetString_().GetSval())
		}
		return strings.Join(parts, ".")
	default:
		return ""
	}
}

func constantText(c *pg_query.A_Const) string {
	switch v := c.Val.(type) {
	case *pg_query.A_Const_Sval:
		return v.Sval.Sval
	case *pg_query.A_Const_Ival:
		return itoa(int64(v.Ival.Ival))
	case *pg_query.A_Const_Fval:
		return v.Fval.Fval
	case *pg_query.A_Const_Boolval:
		return map[bool]string{true: "on", false: "off"}[v.Boolval.Boolval]
	default:
		return ""
	}
}

// optionTrue reads a boolean option; one without a value is on.
func optionTrue(n *pg_query.Node) bool {
	if n == nil {
		return true
	}
	switch strings.ToLower(optionText(n)) {
	case "off", "false", "no", "0", "f":
		return false
	default:
		return true
	}
}
