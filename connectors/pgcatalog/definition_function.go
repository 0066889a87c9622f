package pgcatalog

import (
	"strings"
	"sync"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/sqlstate"
)

// parameter is one parameter of a function, in the order it is declared.
type parameter struct {
	name, mode string // i, o, b, v, t
	of         pgtype.OID
}

// parameterLists are those of the functions whose pg_proc row names or directs them.
var parameterLists = sync.OnceValue(func() map[uint32][]parameter {
	columns := relations().byOID[1255]
	at := func(name string) int { return columns.dumped[position(columns.columns, name)] }
	oid, types, modes, names, inputs := at("oid"), at("proallargtypes"), at("proargmodes"), at("proargnames"), at("proargtypes")
	all := map[uint32][]parameter{}
	eachLine("pg_proc", func(c []cell) {
		list := strings.Fields(c[inputs].text)
		if !c[types].null {
			list = words(c[types].text)
		}
		given := make([]parameter, len(list))
		for i, t := range list {
			given[i] = parameter{of: pgtype.OID(oidOf(t)), mode: "i"}
			if m := words(c[modes].text); !c[modes].null {
				given[i].mode = m[i]
			}
			if n := words(c[names].text); !c[names].null && i < len(n) {
				given[i].name = strings.Trim(n[i], `"`)
			}
		}
		all[oidOf(c[oid].text)] = given
	})
	return all
})

// words splits the text of an array of plain words.
func words(text string) []string {
	if text = strings.Trim(text, "{}"); text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// functionArguments is pg_get_function_arguments; identity leaves defaults out.
func (s *Session) functionArguments(oid uint32, identity bool) (string, error) {
	p, ok := pgtype.ProcedureByOID(pgtype.OID(oid))
	if !ok {
		return none()
	}
	var parts []string
	input := 0
	firstDefault := len(p.ArgTypes) - len(p.Defaults)
	for i, a := range parameterLists()[oid] {
		if a.mode == "t" {
			continue
		}
		text := s.argument(a)
		if a.mode != "o" {
			if at := input - firstDefault; at >= 0 && !identity {
				text += " DEFAULT " + p.Defaults[at]
			}
			input++
		}
		if p.AggregateClass != 0 && p.AggregateClass != 'n' && p.DirectArgs == len(p.ArgTypes) {
			text += " ORDER BY " + text // a variadic list stands for both
		}
		if p.AggregateClass == 'o' && i == p.DirectArgs && i > 0 || p.AggregateClass == 'h' && i == p.DirectArgs {
			parts[len(parts)-1] += " ORDER BY " + text
			continue
		}
		if p.AggregateClass == 'o' && p.DirectArgs == 0 && i == 0 {
			text = "ORDER BY " + text
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", "), nil
}

func (s *Session) argument(a parameter) string {
	text := map[string]string{"o": "OUT ", "b": "INOUT ", "v": "VARIADIC "}[a.mode]
	if a.name != "" {
		text += pgname.Printed(a.name) + " "
	}
	return text + s.typeNameOf(a.of)
}

// functionResult is pg_get_function_result.
func (s *Session) functionResult(oid uint32) (string, error) {
	p, ok := pgtype.ProcedureByOID(pgtype.OID(oid))
	if !ok {
		return none()
	}
	var columns []string
	for _, a := range parameterLists()[oid] {
		if a.mode == "t" {
			columns = append(columns, s.argument(parameter{name: a.name, of: a.of}))
		}
	}
	if columns != nil {
		return "TABLE(" + strings.Join(columns, ", ") + ")", nil
	}
	result := s.typeNameOf(p.Result)
	if p.ReturnsSet {
		result = "SETOF " + result
	}
	return result, nil
}

var functionDefinitions = sync.OnceValue(func() map[uint32]string {
	all := map[uint32]string{}
	eachLine("function_definitions", func(c []cell) { all[oidOf(c[0].text)] = c[1].text })
	return all
})

// functionDefinition is pg_get_functiondef.
func functionDefinition(oid uint32) (string, error) {
	if text, ok := functionDefinitions()[oid]; ok {
		return text, nil
	}
	if p, ok := pgtype.ProcedureByOID(pgtype.OID(oid)); ok {
		return "", sqlstate.New(sqlstate.WrongObjectType, "\"%s\" is an aggregate function", p.Name)
	}
	return none()
}
