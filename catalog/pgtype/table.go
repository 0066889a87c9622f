package pgtype

import (
	"embed"
	"strconv"
	"strings"
	"sync"
)

// The files under data are written from a live PostgreSQL 15, and what 16 and 17 added from
// a 17, by the generator.
//
//go:generate go run ./generate $PGTYPE_DSN $PGTYPE_NEWER_DSN data ../../connectors/pgcatalog/data
//go:embed data/*.tsv
var files embed.FS

// table is the parsed type system. It is read once and never changes.
type table struct {
	types       map[OID]*TypeInfo
	typesByName map[string]*TypeInfo // "int4"; outside pg_catalog "schema.name"

	casts map[[2]OID]castRow

	procedures       map[OID]*Procedure
	proceduresByName map[string][]*Procedure // keyed as types are

	operators       map[OID]*Operator
	operatorsByName map[string][]*Operator

	subtypeOfRange, multirangeOfRange, rangeOfMultirange map[OID]OID

	classes []operatorClass
}

type castRow struct {
	function OID
	context  CastContext
	method   byte // f, b, i
}

// operatorClass is a default operator class.
type operatorClass struct {
	input                OID
	method               string // btree, hash
	less, equal, greater OID
}

var tables = sync.OnceValue(readTable)

func readTable() *table {
	t := &table{
		types: make(map[OID]*TypeInfo, 700), typesByName: make(map[string]*TypeInfo, 700),
		casts:      make(map[[2]OID]castRow, 256),
		procedures: make(map[OID]*Procedure, 3500), proceduresByName: make(map[string][]*Procedure, 3000),
		operators: make(map[OID]*Operator, 900), operatorsByName: make(map[string][]*Operator, 128),
		subtypeOfRange: map[OID]OID{}, multirangeOfRange: map[OID]OID{}, rangeOfMultirange: map[OID]OID{},
	}
	eachLine("type.tsv", 26, t.addType)
	eachLine("cast.tsv", 5, t.addCast)
	eachLine("procedure.tsv", 17, func(cells []string) { t.addProcedure(cells) })
	eachLine("procedure_newer.tsv", 17, func(cells []string) { t.addProcedure(cells).Newer = true })
	eachLine("operator.tsv", 10, t.addOperator)
	eachLine("range.tsv", 3, t.addRange)
	eachLine("operator_class.tsv", 5, t.addClass)
	return t
}

// eachLine gives the cells of every line of an embedded file. The slice is reused.
func eachLine(file string, columns int, add func(cells []string)) {
	raw, err := files.ReadFile("data/" + file)
	if err != nil {
		panic("pgtype: " + err.Error()) // embedded: cannot be missing
	}
	text := string(raw)
	cells := make([]string, columns)
	for text != "" {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		for i := range cells {
			cells[i], line, _ = strings.Cut(line, "\t")
		}
		add(cells)
	}
}

func (t *table) addType(c []string) {
	info := &TypeInfo{
		OID: oid(c[0]), Schema: c[1], Name: c[2], Len: int16(number(c[3])), ByVal: c[4] == "t",
		Kind: c[5][0], Category: c[6][0], Preferred: c[7] == "t", Delim: c[8][0], Relation: oid(c[9]),
		Elem: oid(c[10]), Array: oid(c[11]), Base: oid(c[12]), BaseMod: number(c[13]), Dims: number(c[14]),
		Collation: oid(c[15]), Align: c[16][0], Storage: c[17][0], NotNull: c[18] == "t",
		Input: procName(c[19]), Output: procName(c[20]), Receive: procName(c[21]), Send: procName(c[22]),
		ModIn: procName(c[23]), ModOut: procName(c[24]), Subscript: procName(c[25]),
	}
	info.IsArray = info.Subscript == "array_subscript_handler"
	t.types[info.OID] = info
	t.typesByName[qualified(info.Schema, info.Name)] = info
}

func (t *table) addCast(c []string) {
	row := castRow{function: oid(c[2]), method: c[4][0]}
	switch c[3] {
	case "a":
		row.context = Assignment
	case "e":
		row.context = Explicit
	}
	t.casts[[2]OID{oid(c[0]), oid(c[1])}] = row
}

func (t *table) addProcedure(c []string) *Procedure {
	p := &Procedure{
		OID: oid(c[0]), Schema: c[1], Name: c[2], Kind: ProcedureKind(c[3][0]), ArgTypes: oids(c[4]), Result: oid(c[5]),
		ReturnsSet: c[6] == "t", Volatility: c[7][0], Strict: c[8] == "t", Variadic: oid(c[9]),
	}
	p.addParameters(c[10], c[11], c[12])
	if c[13] != "" {
		p.Defaults = strings.Split(c[13], "\x1f")
	}
	if c[14] != "" {
		p.AggregateClass, p.DirectArgs, p.SortOperator = c[14][0], int(number(c[15])), oid(c[16])
	}
	t.procedures[p.OID] = p
	name := qualified(p.Schema, p.Name)
	t.proceduresByName[name] = append(t.proceduresByName[name], p)
	return p
}

// addParameters reads proallargtypes, proargmodes and proargnames, which list output
// columns among the arguments.
func (p *Procedure) addParameters(types, modes, names string) {
	argNames := arrayCells(names)
	if types == "" {
		p.ArgNames = argNames
		return
	}
	argModes := arrayCells(modes)
	for i, t := range arrayCells(types) {
		name := ""
		if i < len(argNames) {
			name = argNames[i]
		}
		mode := argModes[i]
		if mode == "i" || mode == "b" || mode == "v" {
			p.ArgNames = append(p.ArgNames, name)
		}
		if mode == "o" || mode == "b" || mode == "t" {
			p.Out = append(p.Out, OutColumn{Name: name, Type: oid(t)})
		}
	}
	if names == "" {
		p.ArgNames = nil
	}
}

func (t *table) addOperator(c []string) {
	o := &Operator{
		OID: oid(c[0]), Name: c[1], Left: oid(c[2]), Right: oid(c[3]), Result: oid(c[4]), Procedure: t.procedures[oid(c[5])],
		Commutator: oid(c[6]), Negator: oid(c[7]), CanMerge: c[8] == "t", CanHash: c[9] == "t",
	}
	t.operators[o.OID] = o
	t.operatorsByName[o.Name] = append(t.operatorsByName[o.Name], o)
}

func (t *table) addRange(c []string) {
	r, sub, multi := oid(c[0]), oid(c[1]), oid(c[2])
	t.subtypeOfRange[r], t.multirangeOfRange[r], t.rangeOfMultirange[multi] = sub, multi, r
}

func (t *table) addClass(c []string) {
	class := operatorClass{input: oid(c[0]), method: c[1], less: oid(c[2]), equal: oid(c[3]), greater: oid(c[4])}
	t.classes = append(t.classes, class)
}

func qualified(schema, name string) string {
	if schema == "pg_catalog" || schema == "" {
		return name
	}
	return schema + "." + name
}

func procName(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

func oid(s string) OID { return OID(uint32(number64(s))) }

func number(s string) int32 { return int32(number64(s)) }

func number64(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64) // an empty cell is 0
	return n
}

func oids(s string) []OID {
	if s == "" {
		return nil
	}
	list := make([]OID, 0, strings.Count(s, " ")+1)
	for f := range strings.SplitSeq(s, " ") {
		list = append(list, oid(f))
	}
	return list
}

// arrayCells splits the text of a one-dimensional array of plain words.
func arrayCells(s string) []string {
	if len(s) < 3 {
		return nil
	}
	list := strings.Split(s[1:len(s)-1], ",")
	for i, cell := range list {
		if cell == `""` {
			list[i] = ""
		}
	}
	return list
}
