package planner

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Statement is one parsed statement: one of the types below.
type Statement interface {
	// Source is the statement's own text, as the client wrote it.
	Source() string
}

type source struct{ text string }

// Source gives the statement's text.
func (s source) Source() string { return strings.TrimSpace(s.text) }

// Select is a query: SELECT, VALUES, TABLE, WITH.
type Select struct {
	source
	whole string // the text the tree's locations point into
	tree  *pg_query.SelectStmt
}

// Explain is EXPLAIN of a query.
type Explain struct {
	source
	Query   *Select
	Analyze bool
	Verbose bool
	Trace   bool
	Timing  bool
	Costs   bool
	JSON    bool
}

// Set is SET, SET LOCAL, SET TIME ZONE and SET TRANSACTION's variable forms. With
// Default it sets the default back.
type Set struct {
	source
	Name    string
	Values  []string
	Default bool
	Local   bool
}

// Reset is RESET name, or RESET ALL where Name is empty.
type Reset struct {
	source
	Name string
}

// Show is SHOW name; "all" shows every setting.
type Show struct {
	source
	Name string
}

// Transaction is BEGIN, COMMIT, ROLLBACK and their like.
type Transaction struct {
	source
	Kind      TransactionKind
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

// Prepare names a query.
type Prepare struct {
	source
	Name  string
	Types []string // type names as written, "" never
	Query *Select
}

// Execute runs a prepared query with constant arguments.
type Execute struct {
	source
	Name      string
	Arguments *Select // VALUES-like SELECT of the arguments; nil without
}

// Deallocate forgets a prepared query; all of them where Name is empty.
type Deallocate struct {
	source
	Name string
}

// Discard is DISCARD ALL, PLANS, SEQUENCES or TEMP.
type Discard struct {
	source
	Target string
}

// Refused is a statement Sluice does not run. Its turn may not come: statements
// before it run first, as PostgreSQL does it.
type Refused struct {
	source
	Reason error
}

// statement turns one raw statement into ours.
func statement(text string, raw *pg_query.RawStmt) (Statement, error) {
	at := source{text: sourceText(text, raw)}
	switch n := raw.Stmt.Node.(type) {
	case *pg_query.Node_SelectStmt:
		return &Select{source: at, whole: text, tree: n.SelectStmt}, nil
	case *pg_query.Node_ExplainStmt:
		return explain(at, text, n.ExplainStmt)
	case *pg_query.Node_VariableSetStmt:
		return variableSet(at, n.VariableSetStmt)
	case *pg_query.Node_VariableShowStmt:
		return &Show{source: at, Name: strings.ToLower(n.VariableShowStmt.Name)}, nil
	case *pg_query.Node_TransactionStmt:
		return transaction(at, n.TransactionStmt)
	case *pg_query.Node_PrepareStmt:
		return prepare(at, text, n.PrepareStmt)
	case *pg_query.Node_ExecuteStmt:
		return execute(at, text, n.ExecuteStmt), nil
	case *pg_query.Node_DeallocateStmt:
		return &Deallocate{source: at, Name: n.DeallocateStmt.Name}, nil
	case *pg_query.Node_DiscardStmt:
		return discard(at, n.DiscardStmt), nil
	default:
		return &Refused{source: at, Reason: refused(raw.Stmt)}, nil
	}
}

func explain(at source, text string, n *pg_query.ExplainStmt) (Statement, error) {
	inner, ok := n.Query.Node.(*pg_query.Node_SelectStmt)
	if !ok {
		return nil, sqlstate.Unsupported("EXPLAIN of %s", commandName(n.Query))
	}
	e := &Explain{source: at, Query: &Select{source: at, whole: text, tree: inner.SelectStmt}, Costs: true, Timing: true}
	for _, o := range n.Options {
		d := o.GetDefElem()
		on := optionTrue(d.Arg)
		switch d.Defname {
		case "analyze":
			e.Analyze = on
		case "verbose":
			e.Verbose = on
		case "trace":
			e.Trace = on
		case "costs":
			e.Costs = on
		case "timing":
			e.Timing = on
		case "format":
			switch format := strings.ToLower(optionText(d.Arg)); format {
			case "text":
			case "json":
				e.JSON = true
			default:
				return nil, sqlstate.Unsupported("EXPLAIN (FORMAT %s)", strings.ToUpper(format))
			}
		case "buffers", "settings", "summary", "wal", "memory", "generic_plan", "serialize":
		default:
			return nil, sqlstate.New(sqlstate.SyntaxError, "unrecognized EXPLAIN option %q", d.Defname)
		}
	}
	return e, nil
}

func variableSet(at source, n *pg_query.VariableSetStmt) (Statement, error) {
	name := strings.ToLower(n.Name)
	switch n.Kind {
	case pg_query.VariableSetKind_VAR_SET_VALUE, pg_query.VariableSetKind_VAR_SET_DEFAULT, pg_query.VariableSetKind_VAR_SET_CURRENT:
		s := &Set{source: at, Name: name, Local: n.IsLocal, Default: n.Kind == pg_query.VariableSetKind_VAR_SET_DEFAULT}
		for _, a := range n.Args {
			s.Values = append(s.Values, optionText(a))
		}
		return s, nil
	case pg_query.VariableSetKind_VAR_SET_MULTI:
		if name == "transaction" || name == "session characteristics" {
			return &SetTransaction{source: at, Session: name != "transaction", Modes: modes(n.Args)}, nil
		}
		return nil, sqlstate.Unsupported("SET %s", n.Name)
	case pg_query.VariableSetKind_VAR_RESET:
		return &Reset{source: at, Name: name}, nil
	case pg_query.VariableSetKind_VAR_RESET_ALL:
		return &Reset{source: at}, nil
	default:
		return nil, sqlstate.Unsupported("SET %s", n.Name)
	}
}

func prepare(at source, text string, n *pg_query.PrepareStmt) (Statement, error) {
	inner, ok := n.Query.Node.(*pg_query.Node_SelectStmt)
	if !ok {
		return nil, sqlstate.Unsupported("PREPARE of %s", commandName(n.Query))
	}
	p := &Prepare{source: at, Name: n.Name, Query: &Select{source: at, whole: text, tree: inner.SelectStmt}}
	for _, a := range n.Argtypes {
		name, err := typeName(a.GetTypeName())
		if err != nil {
			return nil, err
		}
		p.Types = append(p.Types, name)
	}
	return p, nil
}

func execute(at source, text string, n *pg_query.ExecuteStmt) Statement {
	e := &Execute{source: at, Name: n.Name}
	if len(n.Params) == 0 {
		return e
	}
	targets := make([]*pg_query.Node, len(n.Params))
	for i, p := range n.Params {
		targets[i] = pg_query.MakeResTargetNodeWithVal(p, -1)
	}
	e.Arguments = &Select{source: at, whole: text, tree: &pg_query.SelectStmt{TargetList: targets}}
	return e
}

func discard(at source, n *pg_query.DiscardStmt) Statement {
	names := map[pg_query.DiscardMode]string{
		pg_query.DiscardMode_DISCARD_ALL:       "ALL",
		pg_query.DiscardMode_DISCARD_PLANS:     "PLANS",
		pg_query.DiscardMode_DISCARD_SEQUENCES: "SEQUENCES",
		pg_query.DiscardMode_DISCARD_TEMP:      "TEMP",
	}
	return &Discard{source: at, Target: names[n.Target]}
}
