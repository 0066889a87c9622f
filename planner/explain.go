package planner

import (
	"cmp"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Explain is EXPLAIN of a query.
type Explain struct {
	source
	Query   *Select  // nil: Execute
	Execute *Execute // EXPLAIN EXECUTE
	Analyze bool
	Verbose bool
	Trace   bool
	Timing  bool
	Costs   bool // said, unlike PostgreSQL's: estimates come from sources' statistics, which change by themselves
	JSON    bool
}

func explain(at source, text string, n *pg_query.ExplainStmt) (Statement, error) {
	e := &Explain{source: at, Timing: true}
	switch inner, err := known(at, text, n.Query); inner := inner.(type) {
	case *Select:
		e.Query = inner
	case *CreateTableAs:
		e.Query = inner.Query
	case *DeclareCursor:
		e.Query = inner.Query
	case *Execute:
		e.Execute = inner
	default:
		return nil, cmp.Or(err, error(sqlstate.Unsupported("EXPLAIN of %s", commandName(n.Query))))
	}
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
			return nil, sqlstate.New(sqlstate.SyntaxError, "unrecognized EXPLAIN option %q", d.Defname).At(position(text, d.Location))
		}
	}
	return e, nil
}
