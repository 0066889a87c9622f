package pgtype

import "github.com/sluicemesh/sluice/sqlstate"

// ResolvedOperator says which operator PostgreSQL applies to what.
type ResolvedOperator struct {
	*Operator
	// LeftArg and RightArg are the types to coerce the operands to, polymorphic ones
	// resolved. LeftArg is 0 for a prefix operator.
	LeftArg, RightArg OID
	ResultType        OID
}

// ResolveOperator chooses the operator for two operand types (left 0: prefix; Unknown:
// an untyped literal) as PostgreSQL does (manual, "Type Conversion: Operators").
// Errors: 42883, 42725, 42804.
func ResolveOperator(name string, left, right OID) (*ResolvedOperator, error) {
	o, err := chooseOperator(name, left, right)
	if err != nil {
		return nil, err
	}
	r := &ResolvedOperator{Operator: o}
	if left == 0 {
		args := []OID{o.Right}
		r.ResultType, err = resolvePolymorphic([]OID{right}, args, o.Result)
		r.RightArg = args[0]
		return r, err
	}
	args := []OID{o.Left, o.Right}
	r.ResultType, err = resolvePolymorphic([]OID{left, right}, args, o.Result)
	r.LeftArg, r.RightArg = args[0], args[1]
	return r, err
}

// ResolveScalarArray chooses the operator of "left op ANY/ALL (right)"; right is an array
// type or Unknown. RightArg is the array type to coerce to, ResultType is bool.
// Errors: those of ResolveOperator, 42809.
func ResolveScalarArray(name string, left, right OID) (*ResolvedOperator, error) {
	elem := right
	if right != Unknown {
		e, ok := elementOf(baseType(right))
		if !ok {
			return nil, sqlstate.New(sqlstate.WrongObjectType, "op ANY/ALL (array) requires array on right side")
		}
		elem = e
	}
	r, err := ResolveOperator(name, left, elem)
	if err != nil {
		return nil, err
	}
	if r.ResultType != Bool {
		return nil, sqlstate.New(sqlstate.WrongObjectType, "op ANY/ALL (array) requires operator to yield boolean")
	}
	if isPolymorphic(r.Operator.Right) && right != Unknown {
		r.RightArg = right
		return r, nil
	}
	array, ok := ArrayOf(r.RightArg)
	if !ok {
		return nil, noArrayType(r.RightArg)
	}
	r.RightArg = array
	return r, nil
}

// chooseOperator follows oper() and left_oper() of parse_oper.c.
func chooseOperator(name string, left, right OID) (*Operator, error) {
	if o := exactOperator(name, left, right); o != nil {
		return o, nil
	}
	inputs := []OID{left, right}
	if left == 0 {
		inputs = inputs[1:]
	}
	matching := matchInputs(operatorCandidates(name, left == 0), inputs)
	if len(matching) == 0 {
		return nil, noOperator(name, left, right)
	}
	best := bestCandidate(matching, inputs)
	if best == nil {
		return nil, ambiguousOperator(name, left, right)
	}
	return best.operator, nil
}

// exactOperator takes an unknown operand to be of the other's type first, as
// binary_oper_exact does.
func exactOperator(name string, left, right OID) *Operator {
	wasUnknown := false
	switch {
	case left == Unknown:
		left, wasUnknown = right, true
	case right == Unknown && left != 0:
		right, wasUnknown = left, true
	}
	if o := operatorExact(name, left, right); o != nil || !wasUnknown {
		return o
	}
	base := baseType(left)
	if base == left {
		return nil
	}
	return operatorExact(name, base, base)
}

func operatorCandidates(name string, prefix bool) []candidate {
	var list []candidate
	for _, o := range OperatorsByName(name) {
		switch {
		case prefix && o.Left == 0:
			list = append(list, candidate{args: []OID{o.Right}, operator: o})
		case !prefix && o.Left != 0:
			list = append(list, candidate{args: []OID{o.Left, o.Right}, operator: o})
		}
	}
	return list
}

func noOperator(name string, left, right OID) error {
	hint := "No operator matches the given name and argument types. You might need to add explicit type casts."
	if left == 0 {
		hint = "No operator matches the given name and argument type. You might need to add an explicit type cast."
	}
	return sqlstate.New(sqlstate.UndefinedFunction, "operator does not exist: %s", operatorText(name, left, right)).WithHint("%s", hint)
}

func ambiguousOperator(name string, left, right OID) error {
	return sqlstate.New(sqlstate.AmbiguousFunction, "operator is not unique: %s", operatorText(name, left, right)).
		WithHint("Could not choose a best candidate operator. You might need to add explicit type casts.")
}

// operatorText prints an operator as errors do: "integer + boolean".
func operatorText(name string, left, right OID) string {
	if left == 0 {
		return name + " " + SQLName(right)
	}
	return SQLName(left) + " " + name + " " + SQLName(right)
}
