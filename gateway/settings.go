package gateway

import (
	"maps"
	"sort"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// settings holds a session's run-time parameters with the transaction rules of SET
// and SET LOCAL (PostgreSQL manual, SET): what a transaction sets is undone by
// ROLLBACK, what it sets LOCAL also by COMMIT.
type settings struct {
	start   map[string]string // values a RESET goes back to
	current map[string]string // in force
	kept    map[string]string // in force once local values end
	undo    []undo            // one for the transaction, one more for each savepoint
	changed func(name, value string)
}

// undo is what to go back to.
type undo struct{ current, kept map[string]string }

func newSettings(startup map[string]string, changed func(name, value string)) (*settings, error) {
	s := &settings{start: map[string]string{}, changed: changed}
	for name, p := range parameters {
		s.start[name] = p.initial
	}
	for name, value := range startup {
		if name == "user" || name == "database" || name == "replication" || name == "options" || strings.HasPrefix(name, "_pq_.") {
			continue
		}
		canonical, err := check(name, value)
		if err != nil {
			return nil, err
		}
		s.start[strings.ToLower(name)] = canonical
	}
	s.current, s.kept = maps.Clone(s.start), maps.Clone(s.start)
	return s, nil
}

// check gives the canonical form of a value for a parameter.
func check(name, value string) (string, error) {
	name = strings.ToLower(name)
	p, ok := parameters[name]
	if !ok {
		if strings.Contains(name, ".") {
			return value, nil // a customized option (manual, "Customized Options")
		}
		return "", sqlstate.New(sqlstate.UndefinedObject, "unrecognized configuration parameter %q", name)
	}
	if p.fixed && !strings.EqualFold(value, p.initial) {
		return "", sqlstate.New(sqlstate.CantChangeRuntimeParam, "parameter %q cannot be changed", p.name)
	}
	if p.check == nil {
		return value, nil
	}
	return p.check(p, value)
}

// Value gives the value in force.
func (s *settings) Value(name string) (string, bool) {
	v, ok := s.current[strings.ToLower(name)]
	return v, ok
}

func (s *settings) value(name string) string { return s.current[name] }

// Set changes a parameter, until the end of the transaction where local.
func (s *settings) Set(name, value string, local bool) error {
	name = strings.ToLower(name)
	canonical, err := check(name, value)
	if err != nil {
		return err
	}
	before := s.reported()
	s.current[name] = canonical
	if !local {
		s.kept[name] = canonical
	}
	s.report(before)
	return nil
}

// Reset sets a parameter back to its start value; all of them without a name.
func (s *settings) Reset(name string) error {
	before := s.reported()
	defer func() { s.report(before) }()
	if name == "" {
		s.current, s.kept = maps.Clone(s.start), maps.Clone(s.start)
		return nil
	}
	name = strings.ToLower(name)
	if _, known := parameters[name]; !known && !strings.Contains(name, ".") {
		return sqlstate.New(sqlstate.UndefinedObject, "unrecognized configuration parameter %q", name)
	}
	for _, values := range []map[string]string{s.current, s.kept} {
		if v, ok := s.start[name]; ok {
			values[name] = v
		} else {
			delete(values, name)
		}
	}
	return nil
}

// begin marks the point a rollback returns to: the transaction's, then those of savepoints.
func (s *settings) begin() {
	s.undo = append(s.undo, undo{maps.Clone(s.current), maps.Clone(s.kept)})
}

// rollbackTo returns to mark n and forgets the later ones.
func (s *settings) rollbackTo(n int) {
	before := s.reported()
	s.current, s.kept = maps.Clone(s.undo[n].current), maps.Clone(s.undo[n].kept)
	s.undo = s.undo[:n+1]
	s.report(before)
}

// end ends the transaction.
func (s *settings) end(commit bool) {
	if len(s.undo) == 0 {
		return
	}
	if !commit {
		s.rollbackTo(0)
	}
	before := s.reported()
	s.current = maps.Clone(s.kept)
	s.undo = nil
	s.report(before)
}

// reported gives the parameters clients are told of.
func (s *settings) reported() map[string]string {
	out := map[string]string{}
	for name, p := range parameters {
		if p.report {
			out[p.name] = s.current[name]
		}
	}
	return out
}

// report tells the client of each reported parameter that is not as it was.
func (s *settings) report(before map[string]string) {
	after := s.reported()
	names := make([]string, 0, len(after))
	for name, v := range after {
		if before[name] != v {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		s.changed(name, after[name])
	}
}

// all lists every parameter: name as shown, value, description, in order.
func (s *settings) all() [][]string {
	var rows [][]string
	for key, p := range parameters {
		rows = append(rows, []string{p.name, s.current[key], p.description})
	}
	sort.Slice(rows, func(i, j int) bool { return strings.ToLower(rows[i][0]) < strings.ToLower(rows[j][0]) })
	return rows
}

// present sets what a fixed parameter shows in this session.
func (s *settings) present(name, value string) {
	for _, values := range []map[string]string{s.start, s.current, s.kept} {
		values[name] = value
	}
}
