package gateway

import (
	"cmp"
	"maps"
	"sort"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// settings holds a session's run-time parameters with the transaction rules of SET
// and SET LOCAL (PostgreSQL manual, SET): what a transaction sets is undone by
// ROLLBACK, what it sets LOCAL also by COMMIT.
type settings struct {
	start   map[string]string // values a RESET goes back to
	source  map[string]string // where those come from, as pg_settings says it; "default" where missing
	values  values
	custom  map[string]bool // customized options somebody has named: they stay known, if empty
	last    uint64          // version given out
	changed func(name, value string)
}

// values are all parameters at one moment. The maps never change, so a mark of a
// transaction is just a copy; a version stands for one map's contents.
type values struct {
	current map[string]string // in force
	kept    map[string]string // in force once local values end

	version, keptVersion uint64
}

// newSettings takes the values that the mesh gives to all sessions, then those that the
// client starts with. What the mesh gives and is wrong is told by wrong, and left out, as
// PostgreSQL does with the settings of a database.
func newSettings(defaults []catalog.Default, startup map[string]string, wrong func(error), changed func(name, value string)) (*settings, error) {
	s := &settings{start: map[string]string{}, source: map[string]string{}, custom: map[string]bool{}, changed: changed}
	for name, p := range parameters {
		s.start[name] = p.initial
	}
	for _, d := range defaults {
		if err := s.begin(strings.ToLower(d.Name), defaultValue(d), "database"); err != nil {
			wrong(err)
		}
	}
	for name, value := range startup {
		if name == "user" || name == "database" || name == "replication" || name == "options" || strings.HasPrefix(name, "_pq_.") {
			continue
		}
		if err := s.begin(strings.ToLower(name), value, "client"); err != nil {
			return nil, err
		}
	}
	s.values = s.both(s.start)
	return s, nil
}

// begin sets a value that the session starts with.
func (s *settings) begin(name, value, source string) error {
	canonical, err := check(name, value, s.start[name])
	if err == nil {
		s.start[name], s.source[name] = canonical, source
	}
	return err
}

// defaultValue is what a mesh's default says, as SET would have it.
func defaultValue(d catalog.Default) string {
	if strings.EqualFold(d.Name, "search_path") && len(d.Values) > 1 {
		return quoteList(d.Values)
	}
	return strings.Join(d.Values, ", ")
}

// WrongDefaults gives what is wrong with the defaults of a mesh, for its authors.
func WrongDefaults(mesh *catalog.Mesh) []string {
	var all []string
	for _, d := range mesh.Settings.Session {
		name := strings.ToLower(d.Name)
		if _, err := check(name, defaultValue(d), parameters[name].initial); err != nil {
			all = append(all, d.Position+": "+sqlstate.From(err).Message)
		}
	}
	return all
}

// check gives the canonical form of a value for a parameter; was is the one in force.
func check(name, value, was string) (string, error) {
	p, ok := parameters[name]
	switch {
	case !ok && strings.Contains(name, "."):
		return value, nil // a customized option (manual, "Customized Options")
	case !ok:
		return "", unrecognized(name)
	case p.fixed:
		return "", sqlstate.New(sqlstate.CantChangeRuntimeParam, "parameter %q cannot be changed", p.name)
	case p.kind.check == nil:
		return value, nil
	}
	return p.kind.check(p, value, was)
}

func unrecognized(name string) error {
	return sqlstate.New(sqlstate.UndefinedObject, "unrecognized configuration parameter %q", name)
}

// Value gives the value in force.
func (s *settings) Value(name string) (string, bool) {
	name = strings.ToLower(name)
	v, ok := s.values.current[name]
	return v, ok || s.custom[name]
}

func (s *settings) value(name string) string { return s.values.current[name] }

// Set changes a parameter, until the end of the transaction where local.
func (s *settings) Set(name, value string, local bool) error {
	name = strings.ToLower(name)
	canonical, err := check(name, value, s.value(name))
	if err != nil {
		return err
	}
	s.put(name, canonical, local)
	return nil
}

// put sets a value that has been checked.
func (s *settings) put(name, value string, local bool) {
	if _, known := parameters[name]; !known {
		s.custom[name] = true
	}
	v := s.values
	v.current, v.version = with(v.current, name, value), s.newVersion()
	switch {
	case local:
	case s.values.version == s.values.keptVersion: // no local value is in force
		v.kept, v.keptVersion = v.current, v.version
	default:
		v.kept, v.keptVersion = with(v.kept, name, value), s.newVersion()
	}
	s.restore(v)
}

func (s *settings) newVersion() uint64 {
	s.last++
	return s.last
}

// both are values that stay once local ones end.
func (s *settings) both(m map[string]string) values {
	version := s.newVersion()
	return values{current: m, kept: m, version: version, keptVersion: version}
}

// endLocal ends local values.
func (s *settings) endLocal() {
	v := s.values
	v.current, v.version = v.kept, v.keptVersion
	s.restore(v)
}

func with(m map[string]string, name, value string) map[string]string {
	m = maps.Clone(m)
	m[name] = value
	return m
}

// Default sets a parameter back to its start value, as RESET and SET … TO DEFAULT do.
func (s *settings) Default(name string, local bool) error {
	name = strings.ToLower(name)
	p, known := parameters[name]
	switch {
	case !known && !strings.Contains(name, "."):
		return unrecognized(name)
	case p.fixed:
		return sqlstate.New(sqlstate.CantChangeRuntimeParam, "parameter %q cannot be changed", p.name)
	}
	s.put(name, s.start[name], local)
	return nil
}

// ResetAll sets all parameters back but those of the transaction in progress.
func (s *settings) ResetAll() {
	v := maps.Clone(s.start)
	for name, value := range s.values.current {
		if p, known := parameters[name]; known && p.ofTransaction {
			v[name] = value
		}
	}
	s.restore(s.both(v))
}

// restore puts other values in force and tells the client of those it must know.
func (s *settings) restore(v values) {
	same := v.version == s.values.version
	s.values = v
	if same {
		return
	}
	for name, p := range parameters {
		if p.report {
			s.changed(p.name, v.current[name])
		}
	}
}

// reported gives the parameters clients are told of.
func (s *settings) reported() map[string]string {
	out := map[string]string{}
	for name, p := range parameters {
		if p.report {
			out[p.name] = s.value(name)
		}
	}
	return out
}

// all lists every parameter: name as shown, value, description, in order.
func (s *settings) all() [][]string {
	var rows [][]string
	for key, p := range parameters {
		rows = append(rows, []string{p.name, s.value(key), p.description})
	}
	sort.Slice(rows, func(i, j int) bool { return strings.ToLower(rows[i][0]) < strings.ToLower(rows[j][0]) })
	return rows
}

// present sets what a fixed parameter shows in this session.
func (s *settings) present(name, value string) {
	s.start = with(s.start, name, value)
	s.values = s.both(s.start)
}

// sourceOf tells where a value in force comes from, as pg_settings says it.
func (s *settings) sourceOf(name string) string {
	if s.value(name) != s.start[name] {
		return "session"
	}
	return cmp.Or(s.source[name], "default")
}
