package pgtype

import (
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Call is a call as written.
type Call struct {
	Schema   string   // "" is pg_catalog
	Name     string   // folded as the parser folds
	Args     []OID    // types; an untyped literal is Unknown. WITHIN GROUP: direct arguments, then sort keys
	ArgNames []string // nil, or as long as Args: "" for positional ones, which come first
	Variadic bool     // last argument written VARIADIC
	Star     bool     // count(*)

	WithinGroup bool // WITHIN GROUP (ORDER BY …)
	Sorted      int  // how many of Args stand there
	Ordered     bool // f(… ORDER BY …); only chooses the hint of 42883
}

func (c Call) named() bool {
	for _, n := range c.ArgNames {
		if n != "" {
			return true
		}
	}
	return false
}

// ResolvedCall says what PostgreSQL calls.
type ResolvedCall struct {
	Procedure *Procedure
	// Args are the types to coerce arguments to, in the procedure's order, polymorphic
	// ones resolved. An argument spread over VARIADIC keeps one entry per written
	// argument, each of the element type. Where the procedure takes "any", it is the
	// argument's own type: an untyped literal stays Unknown (its value is its text).
	Args []OID
	// From[i] is the index in Call.Args that Args[i] takes; -1: a default.
	From []int
	// Defaults[i] is SQL text where From[i] is -1, else "". nil where no default is used.
	Defaults []string
	// VariadicFrom is the index in Args from where arguments go into one array; -1: none
	// do. For VARIADIC "any" it is -1 too: these take their arguments one by one.
	VariadicFrom int
	Result       OID
	// Coercion is set for a call in function clothes that is a cast: text(x), date('…').
	// Then Procedure is nil, Result the target, and Args the argument's own type.
	Coercion bool
}

// ResolveFunction chooses the function, aggregate or window function of a call as
// PostgreSQL does (manual, "Type Conversion: Functions").
// Errors: 42883, 42725, 42804, 42809.
func ResolveFunction(call Call) (*ResolvedCall, error) {
	list := functionCandidates(call)
	m, coercion, err := chooseFunction(call, list)
	if err != nil || coercion != nil {
		return coercion, err
	}
	if call.named() && call.Variadic && m.from[len(m.from)-1] != len(call.Args)-1 {
		return nil, noFunction(call)
	}
	if err := checkGroup(call, m); err != nil {
		return nil, err
	}
	return m.resolve(call)
}

// chooseFunction follows func_get_detail of parse_func.c.
func chooseFunction(call Call, list []candidate) (*functionMatch, *ResolvedCall, error) {
	if exact := exactFunction(list, call.Args); exact != nil {
		return exact, nil, nil
	}
	if c := functionalCast(call); c != nil {
		return nil, c, nil
	}
	matching := matchInputs(list, call.Args)
	if len(matching) == 0 {
		return nil, nil, noFunction(call)
	}
	best := bestCandidate(matching, call.Args)
	if best == nil {
		return nil, nil, sqlstate.New(sqlstate.AmbiguousFunction, "function %s is not unique", call.text()).
			WithHint("Could not choose a best candidate function. You might need to add explicit type casts.")
	}
	return best.function, nil, nil
}

func exactFunction(list []candidate, args []OID) *functionMatch {
search:
	for _, c := range list {
		for i, a := range args {
			if c.args[i] != a {
				continue search
			}
		}
		return c.function
	}
	return nil
}

// functionalCast takes name(x) as a cast where name is a type that x can be relabelled
// to, or turned into through its text.
func functionalCast(call Call) *ResolvedCall {
	if len(call.Args) != 1 || call.named() || call.WithinGroup {
		return nil
	}
	target, ok := TypeByName(call.Schema, call.Name)
	if !ok || target.Relation != 0 {
		return nil
	}
	source := call.Args[0]
	if source != Unknown {
		c, ok := FindCast(source, target.OID, Explicit)
		if !ok || c.Method != Relabel && c.Method != ByInputText {
			return nil
		}
		if c.Method == ByInputText && target.Category == stringCategory && (source == Record || isComplex(source)) {
			return nil
		}
	}
	return &ResolvedCall{Args: []OID{source}, From: []int{0}, VariadicFrom: -1, Result: target.OID, Coercion: true}
}

// resolve makes the types concrete.
func (m *functionMatch) resolve(call Call) (*ResolvedCall, error) {
	p := m.procedure
	if n := len(call.Args); n > 0 && p.Variadic == anyType && call.Variadic && !isArray(baseType(call.Args[n-1])) {
		return nil, mismatch("VARIADIC argument must be an array")
	}
	actual, declared := make([]OID, len(m.args)), append([]OID(nil), m.args...)
	for i, from := range m.from {
		actual[i] = m.args[i]
		if from >= 0 {
			actual[i] = call.Args[from]
		}
	}
	result, err := resolvePolymorphic(actual, declared, p.Result)
	if err != nil {
		return nil, err
	}
	r := &ResolvedCall{Procedure: p, Args: declared, From: m.from, VariadicFrom: -1, Result: result}
	if m.spread > 0 && p.Variadic != anyType {
		r.VariadicFrom = len(declared) - m.spread
	}
	if m.defaults > 0 {
		r.Defaults = m.defaultTexts()
	}
	return r, unifyHypothetical(call, r)
}

func (m *functionMatch) defaultTexts() []string {
	p := m.procedure
	texts := make([]string, len(m.args))
	for i, from := range m.from {
		if from < 0 {
			texts[i] = p.Defaults[i-(len(p.ArgTypes)-len(p.Defaults))]
		}
	}
	return texts
}

func noFunction(call Call) error {
	e := sqlstate.New(sqlstate.UndefinedFunction, "function %s does not exist", call.text())
	if call.Ordered && !call.WithinGroup {
		return e.WithHint("No aggregate function matches the given name and argument types. " +
			"Perhaps you misplaced ORDER BY; ORDER BY must appear after all regular arguments of the aggregate.")
	}
	return e.WithHint("No function matches the given name and argument types. You might need to add explicit type casts.")
}

// text prints a call as errors do: "f(integer, b => text)".
func (c Call) text() string {
	args := make([]string, len(c.Args))
	for i, a := range c.Args {
		args[i] = SQLName(a)
		if i < len(c.ArgNames) && c.ArgNames[i] != "" {
			args[i] = c.ArgNames[i] + " => " + args[i]
		}
	}
	return c.written() + "(" + strings.Join(args, ", ") + ")"
}

// written gives the name as the statement has it.
func (c Call) written() string {
	if c.Schema == "" {
		return c.Name
	}
	return c.Schema + "." + c.Name
}
