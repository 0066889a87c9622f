package planner

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

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

func variableSet(at source, n *pg_query.VariableSetStmt) (Statement, error) {
	name := strings.ToLower(n.Name)
	switch n.Kind {
	case pg_query.VariableSetKind_VAR_SET_VALUE, pg_query.VariableSetKind_VAR_SET_DEFAULT:
		s := &Set{source: at, Name: name, Local: n.IsLocal, Default: n.Kind == pg_query.VariableSetKind_VAR_SET_DEFAULT}
		for _, a := range n.Args {
			value := optionText(a)
			if a.GetTypeCast() != nil {
				value = "INTERVAL '" + value + "'" // SET TIME ZONE INTERVAL is the only cast the grammar lets in
			}
			s.Values = append(s.Values, value)
		}
		return s, nil
	case pg_query.VariableSetKind_VAR_SET_MULTI:
		if name == "transaction" || name == "session characteristics" {
			return &SetTransaction{source: at, Session: name != "transaction", Modes: modes(n.Args)}, nil
		}
		return nil, sqlstate.Unsupported("SET %s", strings.ToUpper(n.Name))
	case pg_query.VariableSetKind_VAR_RESET:
		return &Reset{source: at, Name: name}, nil
	case pg_query.VariableSetKind_VAR_RESET_ALL:
		return &Reset{source: at}, nil
	default:
		return nil, sqlstate.Unsupported("SET %s", n.Name)
	}
}
