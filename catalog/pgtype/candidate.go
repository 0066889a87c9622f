package pgtype

// candidate is a function or operator that a call might mean.
type candidate struct {
	args     []OID // types of the arguments, in the call's order
	operator *Operator
	function *functionMatch
}

// matchInputs keeps the candidates that the inputs can be coerced to implicitly
// (func_match_argtypes).
func matchInputs(list []candidate, inputs []OID) []candidate {
	var kept []candidate
	for _, c := range list {
		if CanCoerce(inputs, c.args[:len(inputs)], Implicit) {
			kept = append(kept, c)
		}
	}
	return kept
}

// bestCandidate chooses among matching candidates by the steps of the manual's
// "Type Conversion: Functions" (func_select_candidate), nil where they do not decide.
func bestCandidate(list []candidate, inputs []OID) *candidate {
	if len(list) == 1 {
		return &list[0]
	}
	bases, unknowns := make([]OID, len(inputs)), 0
	for i, in := range inputs {
		bases[i] = baseType(in)
		if in == Unknown {
			unknowns++
		}
	}
	list = mostMatches(list, bases, func(base, arg OID) bool { return base == arg })
	if len(list) == 1 {
		return &list[0]
	}
	list = mostMatches(list, bases, func(base, arg OID) bool { return base == arg || preferredIn(category(base), arg) })
	if len(list) == 1 {
		return &list[0]
	}
	if unknowns == 0 {
		return nil
	}
	list = matchUnknowns(list, bases)
	if len(list) == 1 {
		return &list[0]
	}
	if unknowns == len(inputs) {
		return nil
	}
	return assumeOneType(list, bases)
}

// mostMatches keeps the candidates with the most arguments that match known inputs.
func mostMatches(list []candidate, bases []OID, matches func(base, arg OID) bool) []candidate {
	var kept []candidate
	most := -1
	for _, c := range list {
		n := 0
		for i, base := range bases {
			if base != Unknown && matches(base, c.args[i]) {
				n++
			}
		}
		if n > most {
			most, kept = n, nil
		}
		if n == most {
			kept = append(kept, c)
		}
	}
	return kept
}

// matchUnknowns gives each unknown input a category (string if any candidate takes one,
// else the one all agree on) and keeps the candidates that take it there, preferring
// preferred types. Where a category is disputed, or none is left, all stay.
func matchUnknowns(list []candidate, bases []OID) []candidate {
	categories, preferred := make([]byte, len(bases)), make([]bool, len(bases))
	for i, base := range bases {
		if base != Unknown {
			continue
		}
		conflict := false
		for _, c := range list {
			cat, pref := category(c.args[i]), isPreferred(c.args[i])
			switch {
			case categories[i] == 0:
				categories[i], preferred[i] = cat, pref
			case categories[i] == cat:
				preferred[i] = preferred[i] || pref
			case cat == stringCategory:
				categories[i], preferred[i] = cat, pref
			default:
				conflict = true
			}
		}
		if conflict && categories[i] != stringCategory {
			return list
		}
	}
	var kept []candidate
	for _, c := range list {
		if takes(c, bases, categories, preferred) {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return list
	}
	return kept
}

func takes(c candidate, bases []OID, categories []byte, preferred []bool) bool {
	for i, base := range bases {
		if base != Unknown {
			continue
		}
		if category(c.args[i]) != categories[i] || preferred[i] && !isPreferred(c.args[i]) {
			return false
		}
	}
	return true
}

// assumeOneType takes unknown inputs to be of the type all known ones share and gives
// the one candidate that then matches.
func assumeOneType(list []candidate, bases []OID) *candidate {
	known := Unknown
	for _, base := range bases {
		switch {
		case base == Unknown || base == known:
		case known == Unknown:
			known = base
		default:
			return nil
		}
	}
	same := make([]OID, len(bases))
	for i := range same {
		same[i] = known
	}
	matching := matchInputs(list, same)
	if len(matching) != 1 {
		return nil
	}
	return &matching[0]
}
