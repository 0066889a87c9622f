package pgtype

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

	ArgNames []string // names of the input arguments, where declared; "" where one has none
	Defaults []string // of the last len(Defaults) arguments, as SQL text ('{}'::jsonb)
	// OUT and TABLE columns of functions that give rows; nil where none.
	Out []OutColumn

	AggregateClass byte // 'n' normal, 'o' ordered set, 'h' hypothetical set; 0 where no aggregate
	DirectArgs     int  // of ordered-set aggregates
}

// OutColumn is an OUT or TABLE column.
type OutColumn struct {
	Name string
	Type OID
}

// Signature names the procedure as function tables do: "substring(text,int4,int4)",
// by internal type names.
func (p *Procedure) Signature() string { return "" }

// ProcedureByOID finds a procedure.
func ProcedureByOID(oid OID) (*Procedure, bool) { return nil, false }

// ProceduresByName gives all procedures of a name, in OID order. schema "" is pg_catalog.
func ProceduresByName(schema, name string) []*Procedure { return nil }
