package pgtype

// CastContext says where a conversion is asked for. Each allows what the ones before
// it allow.
type CastContext byte

// The contexts of pg_cast.castcontext.
const (
	Implicit CastContext = iota
	Assignment
	Explicit
)

// CastMethod says how a conversion is carried out.
type CastMethod byte

// The methods of find_coercion_pathway. NoCast is the zero value.
const (
	NoCast      CastMethod = iota
	Relabel                // same bits, other type
	ByFunction             // calls Cast.Func
	ByElement              // array to array, element by element: Cast.Element says how
	ByInputText            // output function of one, input function of the other
)

// Cast is a way from one type to another.
type Cast struct {
	From, To OID
	Method   CastMethod
	Func     *Procedure // ByFunction
	Element  *Cast      // ByElement
}

// FindCast finds the way from one type to another that context allows
// (find_coercion_pathway). Unknown literals are no matter of casts: see Canonical.
func FindCast(from, to OID, context CastContext) (Cast, bool) { return Cast{}, false }

// IsBinaryCoercible tells whether values of one type can be used as the other as they are.
func IsBinaryCoercible(from, to OID) bool { return false }

// CanCoerce tells whether every type of from can become its fellow in to
// (can_coerce_type: unknown literals become anything, polymorphic targets are checked together).
func CanCoerce(from, to []OID, context CastContext) bool { return false }

// LengthCoercion gives the function that applies a modifier to values of t, such as
// numeric(numeric, int4); ok is false where the type has none.
func LengthCoercion(oid OID) (*Procedure, bool) { return nil, false }
