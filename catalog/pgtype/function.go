package pgtype

import "github.com/sluicemesh/sluice/sqlstate"

// Call is a call as written.
type Call struct {
	Schema   string   // "" is pg_catalog
	Name     string   // folded as the parser folds
	Args     []OID    // types; an unknown literal is Unknown. WITHIN GROUP: direct arguments, then sort keys
	ArgNames []string // nil, or as long as Args: "" for positional ones, which come first
	Variadic bool     // last argument written VARIADIC
	Sorted   int      // how many of Args stand in WITHIN GROUP (ORDER BY …)
}

// ResolvedCall says what PostgreSQL calls.
type ResolvedCall struct {
	Procedure *Procedure
	// Args are the types to coerce the call's arguments to, in the procedure's order.
	// A VARIADIC list written out keeps one entry per written argument.
	Args []OID
	// From[i] is the index in Call.Args that Args[i] takes; -1: the default Defaults[i].
	From     []int
	Defaults []string // nil where no default is used; SQL text
	// VariadicFrom is the index in Args from where arguments go into one array; -1: none do.
	VariadicFrom int
	Result       OID
	// Coercion is set for a call in function clothes that is a cast: text(x), date('…').
	// Then Procedure is nil, Result the target.
	Coercion bool
}

// ResolveFunction chooses the function, aggregate or window function of a call as
// PostgreSQL does (manual, "Type Conversion: Functions"). Errors: 42883, 42725, 42P18, 42804.
func ResolveFunction(call Call) (*ResolvedCall, error) {
	return nil, sqlstate.Unsupported("function %s", call.Name)
}
