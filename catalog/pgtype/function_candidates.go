package pgtype

// functionMatch is how a procedure would take a call's arguments.
type functionMatch struct {
	procedure *Procedure
	args      []OID // one for each argument of the call, then one for each default
	from      []int // index of the call's argument, -1 for a default
	defaults  int
	spread    int // how many arguments go into the VARIADIC array
}

// functionCandidates gives the procedures that could take this many arguments under
// these names (FuncnameGetCandidates).
func functionCandidates(call Call) []candidate {
	var list []candidate
	for _, p := range ProceduresByName(call.Schema, call.Name) {
		var m *functionMatch
		if call.named() {
			m = matchNamed(p, call)
		} else {
			m = matchPositional(p, call)
		}
		if m == nil {
			continue
		}
		c := candidate{args: m.inCallOrder(len(call.Args)), function: m}
		if i := sameArguments(list, c, len(call.Args)); i >= 0 {
			// A function that takes the arguments one by one goes before one that gathers them.
			if m.spread == 0 && list[i].function.spread > 0 {
				list[i] = c
			}
			continue
		}
		list = append(list, c)
	}
	return list
}

func sameArguments(list []candidate, c candidate, n int) int {
search:
	for i, other := range list {
		for j := range n {
			if other.args[j] != c.args[j] {
				continue search
			}
		}
		return i
	}
	return -1
}

// inCallOrder gives the types the call's n arguments meet, in the order written.
func (m *functionMatch) inCallOrder(n int) []OID {
	args := make([]OID, n)
	for i, from := range m.from {
		if from >= 0 {
			args[from] = m.args[i]
		}
	}
	return args
}

func matchPositional(p *Procedure, call Call) *functionMatch {
	given, declared := len(call.Args), len(p.ArgTypes)
	m := &functionMatch{procedure: p, args: p.ArgTypes}
	switch {
	case p.Variadic != 0 && !call.Variadic && declared <= given:
		m.spread = given - declared + 1
		m.args = append([]OID(nil), p.ArgTypes[:declared-1]...)
		for range m.spread {
			m.args = append(m.args, p.Variadic)
		}
	case declared > given:
		m.defaults = declared - given
		if m.defaults > len(p.Defaults) {
			return nil
		}
	case declared != given:
		return nil
	}
	m.from = make([]int, len(m.args))
	for i := range m.from {
		m.from[i] = i
		if i >= given {
			m.from[i] = -1
		}
	}
	return m
}

// matchNamed follows MatchNamedCall: positional arguments first, then by name, then
// defaults for all that is left.
func matchNamed(p *Procedure, call Call) *functionMatch {
	if p.Variadic != 0 && !call.Variadic || p.ArgNames == nil || len(call.Args) > len(p.ArgTypes) {
		return nil
	}
	m := &functionMatch{procedure: p, args: p.ArgTypes, from: make([]int, len(p.ArgTypes))}
	for i := range m.from {
		m.from[i] = -1
	}
	for i, name := range call.ArgNames {
		at := i
		if name != "" {
			at = indexOf(p.ArgNames, name)
		}
		if at < 0 || m.from[at] >= 0 {
			return nil
		}
		m.from[at] = i
	}
	firstDefault := len(p.ArgTypes) - len(p.Defaults)
	for i, from := range m.from {
		if from < 0 {
			if i < firstDefault {
				return nil
			}
			m.defaults++
		}
	}
	return m
}

func indexOf(names []string, name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	return -1
}
