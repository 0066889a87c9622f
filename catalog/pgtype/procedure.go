package pgtype

import (
	"iter"
	"maps"
	"strconv"
	"strings"
)

// ProcedureKind tells functions, aggregates and window functions apart.
type ProcedureKind byte

// The kinds of pg_proc.prokind served.
const (
	FunctionKind  ProcedureKind = 'f'
	AggregateKind ProcedureKind = 'a'
	WindowKind    ProcedureKind = 'w'
)

// Procedure is one row of pg_proc, with its pg_aggregate row.
type Procedure struct {
	OID        OID
	Schema     string
	Name       string
	Kind       ProcedureKind
	ArgTypes   []OID // declared input types
	Result     OID
	ReturnsSet bool
	Volatility byte // i immutable, s stable, v volatile
	Strict     bool // NULL in, NULL out, without a call
	Variadic   OID  // element type of a VARIADIC last argument (2276 "any"); 0: none
	Newer      bool // PostgreSQL 15 lacks it, 17 has it

	ArgNames []string // names of the input arguments, where declared; "" where one has none
	Defaults []string // of the last len(Defaults) arguments, as SQL text ('{}'::jsonb)
	// OUT and TABLE columns of functions that give rows; nil where none.
	Out []OutColumn

	AggregateClass byte // 'n' normal, 'o' ordered set, 'h' hypothetical set; 0 where no aggregate
	DirectArgs     int  // of ordered-set aggregates
	SortOperator   OID  // min and max: the operator whose first value the aggregate is
}

// OutColumn is an OUT or TABLE column.
type OutColumn struct {
	Name string
	Type OID
}

// Signature names the procedure as function tables do: "substring(text,int4,int4)",
// by internal type names, arrays as "text[]". It is unique within a schema.
func (p *Procedure) Signature() string {
	return qualified(p.Schema, p.Name) + signature(p.ArgTypes...)
}

func signature(types ...OID) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = shortName(t)
	}
	return "(" + strings.Join(names, ",") + ")"
}

// shortName gives "int4", "text[]".
func shortName(t OID) string {
	if elem, ok := ElementOf(t); ok {
		return shortName(elem) + "[]"
	}
	info, ok := TypeByOID(t)
	if !ok {
		return strconv.FormatUint(uint64(t), 10)
	}
	return qualified(info.Schema, info.Name)
}

// ProcedureByOID finds a procedure.
func ProcedureByOID(oid OID) (*Procedure, bool) {
	p, ok := tables().procedures[oid]
	return p, ok
}

// ProceduresByName gives all procedures of a name, in OID order. schema "" is pg_catalog.
func ProceduresByName(schema, name string) []*Procedure {
	return tables().proceduresByName[qualified(schema, name)]
}

// Procedures gives every procedure, in no order.
func Procedures() iter.Seq[*Procedure] { return maps.Values(tables().procedures) }
