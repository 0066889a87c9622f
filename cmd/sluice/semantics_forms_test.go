package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	table "github.com/sluicemesh/sluice/planner/functions"
)

// columnTypes are types of columns; not every source has all.
var columnTypes = strings.Fields("bool int2 int4 int8 numeric float4 float8 text varchar bpchar date time timestamp timestamptz interval bytea uuid json jsonb")

// madeOf are leaves of types that not every source has, of columns that it has.
var madeOf = []struct{ name, of, text string }{
	{"numeric", "numeric", "money_"}, {"name", "text", "text_::name"}, {"oid", "int2", "abs(int2_)::oid"}, {"char", "text", `text_::"char"`},
	{"bit", "int4", "int4_::bit(12)"}, {"bit", "int2", "int2_::int4::bit(12)"}, {"varbit", "int4", "substring(int4_::bit(12), 3)::varbit"},
	{"inet", "int2", "('10.0.' || (int2_ & 255) || '.7')::inet"}, {"inet", "int2", "('2001:db8::' || (int2_ & 255) || '/64')::inet"}, {"cidr", "int2", "('10.' || (int2_ & 255) || '.0.0/16')::cidr"},
	{"timetz", "time", "(time_::text || '+02')::timetz"}, {"timetz", "time", "(time_::text || '-05:30')::timetz"},
	{"int4range", "int4", "int4range(least(int4_, int2_), greatest(int4_, int2_))"}, {"int4range", "int4", "int4range(int2_, NULL, '(]')"},
	{"int8range", "int8", "int8range(NULL, int8_)"}, {"numrange", "numeric", "numrange(least(numeric_, money_), greatest(numeric_, money_), '[]')"},
	{"daterange", "date", "daterange(date_, date_ + 30)"}, {"tsrange", "timestamp", "tsrange(timestamp_, timestamp_ + '1 day'::interval, '[]')"},
	{"tstzrange", "timestamptz", "tstzrange(timestamptz_, NULL)"},
	{"int4multirange", "int4", "int4multirange(int4range(int4_, int4_ + 3), int4range(int2_, int2_ + 1))"}, {"datemultirange", "date", "datemultirange(daterange(date_, NULL))"},
	{"_int4", "int4", "ARRAY[int4_, int2_]"}, {"_int4", "int4", "ARRAY[[int4_, 1], [int2_, NULL]]"}, {"_int4", "int4", "'[0:1]={1,2}'::int[]"}, {"_int4", "int4[]", "ints_"},
	{"_text", "text", "ARRAY[text_, 'x']"}, {"_text", "text", "ARRAY[[text_], ['y']]"}, {"_text", "text[]", "texts_"}, {"_numeric", "numeric", "ARRAY[numeric_, 1.50]"},
	{"_float8", "float8", "ARRAY[float8_, float4_]"}, {"_date", "date", "ARRAY[date_, NULL]"}, {"_bool", "bool", "ARRAY[bool_, NULL, true]"}, {"_timestamp", "timestamp", "ARRAY[timestamp_]"},
	{"_timestamptz", "timestamptz", "ARRAY[timestamptz_, NULL]"}, {"_uuid", "uuid", "ARRAY[uuid_]"}, {"_interval", "interval", "ARRAY[interval_]"}, {"_bytea", "bytea", "ARRAY[bytea_, NULL]"},
	{"_int8", "int8", "ARRAY[int8_, int4_]"}, {"_jsonb", "jsonb", "ARRAY[jsonb_]"},
	{"record", "int4", "ROW(int4_, text_)"},
}

// words are leaves beside the samples: words that some functions ask for.
var words = map[string][]string{
	"text": {"month", "day", "hour", "epoch", "week", "YYYY-MM-DD HH24:MI:SS", "FM999.00", "hex", "base64", "escape", "%o%", "^[a-z]+$", "(o)|(e)", "_n%", "g", "UTC", "America/New_York",
		"1", "-5", "2.50", "t", "2024-01-31", "10:20:30", "1 day", "{1,2}", "{a,NULL}", "[1,5)", `{"a": 1}`, "a", ",", "1e3", "00000000-0000-0000-0000-000000000000", "NFC"},
	"jsonpath": {"$.a", "$[*]", "strict $.b[1].c", "$ ? (@ > 1)"}, "_int4": {"{}", "{1,2,NULL}"}, "_text": {"{}", "{a}", "{a,0}", "{b,1}"}, "int4": {"2", "-1", "10"},
}

// unsteady are functions whose answer may differ from one machine or moment to another,
// or whose cost grows with a value.
var unsteady = func() map[string]bool {
	all := map[string]bool{}
	for _, name := range strings.Fields(`sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh cot cbrt exp ln log log10 power pow ^ ||/ |/ sqrt
		repeat lpad rpad factorial to_timestamp now clock_timestamp set_config pg_size_pretty pg_sleep
		current_setting to_char obj_description shobj_description col_description random gen_random_uuid setseed timeofday row_to_json
		generate_series extract position overlaps age txid_current inet_client_addr inet_server_addr inet_client_port inet_server_port`) {
		all[name] = true
	}
	return all
}()

func typeNamed(name string) pgtype.OID {
	if element, is := strings.CutSuffix(name, "[]"); is {
		array, _ := pgtype.ArrayOf(typeNamed(element))
		return array
	}
	info, ok := pgtype.TypeByName("", name)
	if !ok {
		panic("no type " + name)
	}
	return info.OID
}

// newForms gathers what the function table has and PostgreSQL's grammar adds.
func newForms(s *store) *forms {
	g := &forms{leaves: map[pgtype.OID][]form{}, fixed: map[pgtype.OID][]form{}, calls: map[pgtype.OID][]form{}}
	leaf := func(t pgtype.OID, text string) {
		if g.leaves[t] == nil {
			g.types = append(g.types, t)
		}
		g.leaves[t] = append(g.leaves[t], form{text: text})
	}
	for _, name := range columnTypes {
		if _, has := s.types[name]; has {
			leaf(typeNamed(name), name+"_")
		}
	}
	for _, m := range madeOf {
		if _, has := s.types[m.of]; has {
			leaf(typeNamed(m.name), m.text)
		}
	}
	g.addConstants()
	g.addProcedures()
	g.addCasts()
	g.addGrammar()
	g.addSubqueries(s.name + ".samples")
	for _, list := range append([][]form{g.aggregates, g.windows, g.subqueries}, slices.Collect(maps.Values(g.calls))...) {
		slices.SortFunc(list, func(a, b form) int { return cmp.Or(cmp.Compare(a.text, b.text), slices.Compare(a.args, b.args)) })
	}
	return g
}

func (g *forms) addConstants() {
	jsonpath := typeNamed("jsonpath")
	g.leaves[jsonpath] = []form{{text: "'$'::jsonpath", fixed: true}}
	for t := range g.leaves {
		name := table.TypeName(t)
		kind := name
		if t == pgtype.Record {
			continue
		}
		if kind == "char" || kind == "bit" {
			kind = `"` + kind + `"`
		}
		info, _ := pgtype.TypeByOID(t)
		g.fixed[t] = append(g.fixed[t], form{text: "NULL::" + kind, fixed: true})
		for _, v := range append(append([]string{}, samples[name]...), words[info.Name]...) {
			if v != "NULL" {
				g.fixed[t] = append(g.fixed[t], form{text: "'" + strings.ReplaceAll(v, "'", "''") + "'::" + kind, fixed: true})
			}
		}
	}
}

// add adds a form if there are values of all its types.
func (g *forms) add(result pgtype.OID, f form) {
	for _, a := range f.args {
		if g.leaves[a] == nil {
			return
		}
	}
	if g.leaves[result] != nil {
		g.calls[result] = append(g.calls[result], f)
	}
}

func (g *forms) addProcedures() {
	for p := range pgtype.Procedures() {
		if p.Schema == "pg_catalog" && !strings.HasPrefix(p.Name, "pg_") && !strings.HasPrefix(p.Name, "has_") {
			g.addProcedure(p.Name, table.OfProcedure(p, ""), p)
		}
	}
	for op := range pgtype.Operators() {
		if op.Procedure != nil {
			g.addProcedure(op.Name, table.OfProcedure(op.Procedure, op.Name), op.Procedure)
		}
	}
}

func (g *forms) addProcedure(name, row string, p *pgtype.Procedure) {
	if _, ok := table.Find(row); !ok || unsteady[name] || len(p.ArgTypes) == 0 || p.Variadic != 0 || p.ReturnsSet {
		return
	}
	if p.Kind == pgtype.AggregateKind || p.Kind == pgtype.WindowKind {
		g.addCollecting(name, row, p)
		return
	}
	for _, known := range polymorphs {
		f := form{text: callOf(name, len(p.ArgTypes)), row: row}
		for _, a := range p.ArgTypes {
			f.args = append(f.args, known.of(a))
		}
		g.add(known.of(p.Result), f)
		if !slices.ContainsFunc(p.ArgTypes, polymorphs[0].has) {
			return
		}
	}
}

// addCollecting adds an aggregate, with its rows in an order and chosen by a condition, and as a
// window function; or a window function.
func (g *forms) addCollecting(name, row string, p *pgtype.Procedure) {
	if p.AggregateClass != 'n' && p.Kind == pgtype.AggregateKind || slices.ContainsFunc(p.ArgTypes, isFloat) || name == "ntile" || name == "string_agg" && p.ArgTypes[0] == pgtype.Bytea {
		return // sums of floats depend on the order of addition; ntile asks its argument of one row
	}
	for _, known := range polymorphs {
		if (name == "min" || name == "max") && (known["anyarray"] == "_numeric" || slices.Contains(p.ArgTypes, pgtype.Interval) || slices.Contains(p.ArgTypes, pgtype.Bpchar)) {
			continue // which of equal values it is
		}
		of := form{row: row}
		for _, a := range p.ArgTypes {
			of.args = append(of.args, known.of(a))
		}
		if !slices.ContainsFunc(of.args, func(a pgtype.OID) bool { return g.leaves[a] == nil }) {
			call := strings.TrimSuffix(callOf(name, len(of.args)), ")")
			with := func(text string, more ...pgtype.OID) form {
				return form{text: call + text, args: append(slices.Clone(of.args), more...), row: row}
			}
			if p.Kind == pgtype.AggregateKind {
				g.aggregates = append(g.aggregates, with(" ORDER BY id)"), with(" ORDER BY id DESC) FILTER (WHERE "+operand+")", pgtype.Bool))
				if len(of.args) == 1 && !slices.Contains(keptOne, of.args[0]) && p.Name != "json_agg" {
					f := with(")")
					f.text = strings.Replace(f.text, "(", "(DISTINCT ", 1)
					g.aggregates = append(g.aggregates, f)
				}
			}
			for _, over := range []string{") OVER (ORDER BY id)", ") OVER (PARTITION BY k ORDER BY id)", ") OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING)", ") OVER (ORDER BY id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)",
				") OVER (PARTITION BY k ORDER BY id GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW)", ") OVER (ORDER BY id RANGE BETWEEN 2 PRECEDING AND CURRENT ROW)"} {
				f := with(over)
				f.shallow = p.Kind == pgtype.WindowKind || strings.Contains(over, "EXCLUDE")
				g.windows = append(g.windows, f)
			}
		}
		if !slices.ContainsFunc(p.ArgTypes, polymorphs[0].has) {
			return
		}
	}
}

// keptOne are types of which equal values print differently: DISTINCT keeps one of them.
var keptOne = []pgtype.OID{pgtype.Numeric, pgtype.Interval, pgtype.Bpchar, pgtype.Timetz, typeNamed("numeric[]"), typeNamed("interval[]"), typeNamed("numrange"), pgtype.Record, pgtype.JSON}

// addSubqueries adds subqueries over the samples, and over nothing. They stand outermost, over
// columns and constants.
func (g *forms) addSubqueries(relation string) {
	add := func(result pgtype.OID, text string, args ...pgtype.OID) {
		text = strings.NewReplacer("?", operand, "RELATION", relation).Replace(text)
		f := form{text: text, args: args, shallow: true}
		if !slices.ContainsFunc(append(args, result), func(a pgtype.OID) bool { return g.leaves[a] == nil }) {
			g.subqueries = append(g.subqueries, f)
		}
	}
	b := pgtype.Bool
	add(b, "EXISTS (SELECT 1 FROM RELATION i WHERE i.id < samples.id AND ?)", b)
	add(pgtype.Int8, "(SELECT count(?) FROM RELATION i WHERE i.k = samples.k)", pgtype.Text)
	add(pgtype.Text, "(SELECT string_agg(w, '-' ORDER BY n) FROM regexp_split_to_table(?, 'o') WITH ORDINALITY AS s(w, n))", pgtype.Text)
	for _, t := range g.types {
		add(t, "(SELECT ? WHERE ?)", t, b)
		add(t, "(SELECT ? FROM RELATION i WHERE i.id = samples.id)", t)
		add(t, "(SELECT ? FROM RELATION i WHERE i.id > samples.id ORDER BY i.id LIMIT 1)", t)
		array, ok := pgtype.ArrayOf(t)
		if ok = ok && g.leaves[array] != nil; ok {
			add(array, "ARRAY(SELECT ? FROM RELATION i WHERE i.id <= samples.id ORDER BY i.id DESC)", t)
			add(array, "ARRAY(SELECT u FROM unnest(?) WITH ORDINALITY AS u(u, n) ORDER BY n DESC)", array)
		}
		if t == pgtype.JSON || t == pgtype.Record || t == typeNamed("jsonpath") {
			continue
		}
		add(b, "(? IN (SELECT ? FROM RELATION i))", t, t)
		add(b, "(? NOT IN (SELECT ? FROM RELATION i WHERE i.id < samples.id))", t, t)
		add(b, "((?, ?) = ANY (SELECT ?, ? FROM RELATION i))", t, b, t, b)
		add(b, "((?, ?) IS DISTINCT FROM (?, ?))", t, b, t, b)
	}
}

func isFloat(t pgtype.OID) bool { return t == pgtype.Float4 || t == pgtype.Float8 }

// callOf is a call of a function, or of an operator.
func callOf(name string, arity int) string {
	switch {
	case name[0] >= 'a' && name[0] <= 'z':
		return name + "(" + strings.TrimSuffix(strings.Repeat(operand+", ", arity), ", ") + ")"
	case arity == 1:
		return "(" + name + " " + operand + ")"
	}
	return "(" + operand + " " + name + " " + operand + ")"
}

// modified are types with a modifier, as casts name them.
var modified = map[string][]string{
	"varchar": {"varchar(3)"}, "bpchar": {"char(4)"}, "numeric": {"numeric(6,2)", "numeric(40,3)", "numeric(3,-1)"}, "timestamp": {"timestamp(1)"}, "timestamptz": {"timestamptz(0)"},
	"time": {"time(2)"}, "interval": {"interval day to minute", "interval(0)"}, "bit": {"bit(5)"}, "varbit": {"varbit(3)"},
}

func (g *forms) addCasts() {
	for row := range table.Rows() {
		types, is := strings.CutPrefix(strings.TrimSuffix(row, ")"), "cast(")
		from, to, two := strings.Cut(types, ",")
		if !is || !two || strings.HasPrefix(to, "reg") || strings.HasPrefix(from, "reg") || strings.Contains(types, "any") {
			continue
		}
		if _, ok := pgtype.TypeByName("", strings.TrimSuffix(from, "[]")); !ok {
			continue
		}
		if _, ok := pgtype.TypeByName("", strings.TrimSuffix(to, "[]")); !ok {
			continue
		}
		plain := to
		if to == "char" || to == "bit" {
			plain = `"` + to + `"`
		}
		for _, name := range append([]string{plain}, modified[to]...) {
			g.add(typeNamed(to), form{text: "(" + operand + ")::" + name, args: []pgtype.OID{typeNamed(from)}, row: row})
		}
	}
	for name, list := range modified {
		for _, m := range list {
			g.add(typeNamed(name), form{text: "(" + operand + ")::" + m, args: []pgtype.OID{typeNamed(name)}, row: "modifier(" + name + ")"})
		}
	}
}

// addGrammar adds what is neither a function nor an operator.
func (g *forms) addGrammar() {
	add := func(result pgtype.OID, text string, args ...pgtype.OID) {
		for range 2 {
			g.add(result, form{text: strings.ReplaceAll(text, "?", operand), args: args})
		}
	}
	b := pgtype.Bool
	for range 3 {
		add(b, "(? AND ?)", b, b)
		add(b, "(? OR ?)", b, b)
		add(b, "(NOT ?)", b)
	}
	for _, test := range strings.Fields("TRUE FALSE UNKNOWN") {
		add(b, "(? IS "+test+")", b)
		add(b, "(? IS NOT "+test+")", b)
	}
	for _, t := range g.types {
		for range 2 {
			add(t, "CASE WHEN ? THEN ? ELSE ? END", b, t, t)
			add(t, "CASE WHEN ? THEN ? WHEN ? THEN ? END", b, t, b, t)
			add(t, "coalesce(?, ?)", t, t)
		}
		add(t, "coalesce(?, ?, ?)", t, t, t)
		add(b, "(? IS NULL)", t)
		add(b, "(? IS NOT NULL)", t)
		if t == pgtype.JSON || t == typeNamed("jsonpath") {
			continue
		}
		add(t, "CASE ? WHEN ? THEN ? ELSE ? END", t, t, t, t)
		add(t, "nullif(?, ?)", t, t)
		add(b, "(? IS DISTINCT FROM ?)", t, t)
		add(b, "(? IS NOT DISTINCT FROM ?)", t, t)
		add(b, "(? IN (?, ?))", t, t, t)
		add(b, "(? NOT IN (?, ?, ?))", t, t, t, t)
		if t != typeNamed("char") {
			add(t, "greatest(?, ?)", t, t)
			add(t, "least(?, ?, ?)", t, t, t)
			add(b, "(? BETWEEN ? AND ?)", t, t, t)
			add(b, "((?, ?) < (?, ?))", t, b, t, b)
			add(b, "((?, ?) >= (?, ?))", b, t, b, t)
		}
		add(b, "((?, ?) = (?, ?))", t, pgtype.Int4, t, pgtype.Int4)
		if array, ok := pgtype.ArrayOf(t); ok && g.leaves[array] != nil {
			add(array, "ARRAY[?, ?]", t, t)
			add(t, "(?)[?]", array, pgtype.Int4)
			add(array, "(?)[?:?]", array, pgtype.Int4, pgtype.Int4)
			add(array, "(?)[:?]", array, pgtype.Int4)
			for _, op := range []string{"=", "<>", "<", ">="} {
				add(b, "(? "+op+" ANY (?))", t, array)
				add(b, "(? "+op+" ALL (?))", t, array)
			}
		}
	}
	g.addSpelled(add)
}

// addSpelled adds functions whose arguments are words, and those of any number of arguments.
func (g *forms) addSpelled(add func(result pgtype.OID, text string, args ...pgtype.OID)) {
	of := func(names string) []pgtype.OID {
		var list []pgtype.OID
		for _, name := range strings.Fields(names) {
			list = append(list, typeNamed(name))
		}
		return list
	}
	for _, moment := range []string{"date", "timestamp", "timestamptz", "interval", "time"} {
		for _, unit := range strings.Fields("year month day hour minute second epoch week quarter dow doy century") {
			add(pgtype.Numeric, "extract("+unit+" FROM ?)", typeNamed(moment))
			if moment != "time" && moment != "date" {
				add(typeNamed(moment), "date_trunc('"+unit+"', ?)", typeNamed(moment))
			}
		}
	}
	for _, format := range []string{"YYYY-MM-DD HH24:MI:SS.US", "FMDay DDth Mon YY", "IYYY-IW-ID Q J"} {
		add(pgtype.Text, "to_char(?, '"+format+"')", pgtype.Timestamp)
		add(pgtype.Text, "to_char(?, '"+format+"')", pgtype.Timestamptz)
	}
	for _, number := range strings.Fields("int4 int8 numeric float8") {
		for _, format := range []string{"FM999,990.00", "S0999", "9.99EEEE", "RN"} {
			add(pgtype.Text, "to_char(?, '"+format+"')", typeNamed(number))
		}
	}
	for _, t := range g.types {
		add(pgtype.Text, "concat(?, ?)", pgtype.Text, t)
		add(pgtype.Text, "concat_ws(?, ?, ?)", pgtype.Text, t, pgtype.Int4)
		add(pgtype.Text, "format('%s|%L|%s', ?, ?, ?)", pgtype.Text, t, t)
		add(pgtype.Int4, "num_nulls(?, ?)", t, pgtype.Int4)
		add(pgtype.JSON, "json_build_array(?, ?)", t, pgtype.Text)
		add(pgtype.JSONB, "jsonb_build_object('k', ?, 'n', ?)", t, pgtype.Int4)
		add(pgtype.JSONB, "to_jsonb(?)", t)
		add(pgtype.JSON, "to_json(?)", t)
	}
	for _, zone := range []string{"America/New_York", "UTC", "+05:30"} {
		add(pgtype.Timestamptz, "(? AT TIME ZONE '"+zone+"')", pgtype.Timestamp)
		add(pgtype.Timestamp, "(? AT TIME ZONE '"+zone+"')", pgtype.Timestamptz)
	}
	for _, f := range []struct{ result, text, args string }{
		{"text", "substring(? FROM ? FOR ?)", "text int4 int4"}, {"text", "overlay(? PLACING ? FROM ?)", "text text int4"}, {"text", "trim(both ? FROM ?)", "text text"},
		{"int4", "position(? IN ?)", "text text"}, {"bool", "(? SIMILAR TO '(a|o)%')", "text"}, {"bool", "(? LIKE '%o%')", "text"}, {"bool", "(? ILIKE ? ESCAPE '!')", "text text"},
		{"text", "repeat(?, 3)", "text"}, {"text", "lpad(?, 7, ?)", "text text"}, {"text", "rpad(?, 4)", "text"}, {"text", "split_part(?, 'o', ?)", "text int4"},
		{"timestamp", "date_bin('15 minutes', ?, ?)", "timestamp timestamp"}, {"bool", "((?, ?) OVERLAPS (?, ?))", "date date date date"}, {"bool", "((?, ?) OVERLAPS (?, ?))", "timestamp interval timestamp timestamp"},
		{"interval", "age(?, ?)", "timestamp timestamp"}, {"text", "encode(?, 'hex')", "bytea"}, {"bytea", "decode(?, 'escape')", "text"}, {"bytea", "convert_to(?, 'UTF8')", "text"},
	} {
		add(typeNamed(f.result), f.text, of(f.args)...)
	}
}

// polymorph says what polymorphic types stand for.
type polymorph map[string]string

// polymorphs are those that functions are asked with.
var polymorphs = []polymorph{
	{"anyrange": "int4range", "anyelement": "int4", "anymultirange": "int4multirange"},
	{"anyrange": "numrange", "anyelement": "numeric"}, {"anyrange": "daterange", "anyelement": "date", "anymultirange": "datemultirange"},
	{"anyrange": "tsrange", "anyelement": "timestamp"}, {"anyrange": "int8range", "anyelement": "int8"}, {"anyrange": "tstzrange", "anyelement": "timestamptz"},
	{"anyarray": "_int4", "anycompatiblearray": "_int4", "anycompatible": "int4", "anyelement": "int4"},
	{"anyarray": "_text", "anycompatiblearray": "_text", "anycompatible": "text", "anyelement": "text", "anynonarray": "text"},
	{"anyarray": "_numeric", "anycompatiblearray": "_numeric", "anycompatible": "numeric", "anyelement": "numeric", "anynonarray": "numeric"},
	{"anyarray": "_float8", "anycompatiblearray": "_float8", "anycompatible": "float8", "anyelement": "float8", "anynonarray": "float8"},
	{"anyarray": "_date", "anycompatiblearray": "_date", "anycompatible": "date", "anyelement": "date", "anynonarray": "date"},
	{"anyarray": "_bool", "anycompatiblearray": "_bool", "anycompatible": "bool", "anyelement": "bool", "anynonarray": "bool"},
}

// of gives the type that another stands for; what is not polymorphic itself.
func (m polymorph) of(oid pgtype.OID) pgtype.OID {
	info, _ := pgtype.TypeByOID(oid)
	if name, ok := m[info.Name]; ok {
		return typeNamed(name)
	}
	return oid
}

// has tells the polymorphic types.
func (polymorph) has(oid pgtype.OID) bool {
	info, ok := pgtype.TypeByOID(oid)
	return ok && info.Kind == 'p' && strings.HasPrefix(info.Name, "any")
}
