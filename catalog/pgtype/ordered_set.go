package pgtype

import "github.com/sluicemesh/sluice/sqlstate"

// checkGroup checks the use of WITHIN GROUP against what is called, as ParseFuncOrColumn does.
func checkGroup(call Call, m *functionMatch) error {
	p := m.procedure
	name := call.written()
	switch p.AggregateClass {
	case 0:
		if call.WithinGroup {
			return sqlstate.New(sqlstate.WrongObjectType, "WITHIN GROUP specified, but %s is not an aggregate function", name)
		}
		return nil
	case 'n':
		if call.WithinGroup {
			return sqlstate.New(sqlstate.WrongObjectType, "%s is not an ordered-set aggregate, so it cannot have WITHIN GROUP", name)
		}
		if len(call.Args) == 0 && !call.Star {
			return sqlstate.New(sqlstate.WrongObjectType, "%s(*) must be used to call a parameterless aggregate function", name)
		}
		return nil
	}
	if !call.WithinGroup {
		return sqlstate.New(sqlstate.WrongObjectType, "WITHIN GROUP is required for ordered-set aggregate %s", name)
	}
	direct := len(call.Args) - call.Sorted
	switch {
	case p.Variadic == 0:
		if direct != p.DirectArgs {
			return noOrderedSet(call, "There is an ordered-set aggregate %s, but it requires %d direct argument%s, not %d.",
				name, p.DirectArgs, plural(p.DirectArgs), direct)
		}
	case p.AggregateClass == 'h':
		if direct != call.Sorted {
			return noOrderedSet(call, "To use the hypothetical-set aggregate %s, the number of hypothetical direct arguments (here %d) must match the number of ordering columns (here %d).",
				name, direct, call.Sorted)
		}
	case direct < p.DirectArgs:
		return noOrderedSet(call, "There is an ordered-set aggregate %s, but it requires at least %d direct argument%s.",
			name, p.DirectArgs, plural(p.DirectArgs))
	}
	return nil
}

func noOrderedSet(call Call, hint string, args ...any) error {
	return sqlstate.New(sqlstate.UndefinedFunction, "function %s does not exist", call.text()).WithHint(hint, args...)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// unifyHypothetical brings each hypothetical argument and its sort key to one type.
func unifyHypothetical(call Call, r *ResolvedCall) error {
	if r.Procedure.AggregateClass != 'h' {
		return nil
	}
	for i := range call.Sorted {
		common, err := CommonType("WITHIN GROUP", []OID{r.Args[call.Sorted+i], r.Args[i]})
		if err != nil {
			return err
		}
		r.Args[i], r.Args[call.Sorted+i] = common, common
	}
	return nil
}
