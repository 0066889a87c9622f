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

// Cast is a way from one type to another. It does not apply a modifier: see LengthCoercion.
type Cast struct {
	From, To OID
	Method   CastMethod
	Func     *Procedure // ByFunction
	Element  *Cast      // ByElement
}

// FindCast finds the way from one type to another that context allows
// (find_coercion_pathway). Unknown literals are no matter of casts: see Canonical.
func FindCast(from, to OID, context CastContext) (Cast, bool) {
	c := Cast{From: from, To: to}
	source, target := baseType(from), baseType(to)
	if source == target {
		c.Method = Relabel
		return c, true
	}
	if row, ok := tables().casts[[2]OID{source, target}]; ok {
		return c.byRow(row, context)
	}
	if elem, ok := elementCast(source, target, context); ok {
		c.Method, c.Element = ByElement, &elem
		return c, true
	}
	switch {
	case context >= Assignment && category(target) == stringCategory,
		context >= Explicit && category(source) == stringCategory:
		c.Method = ByInputText
		return c, true
	}
	return Cast{}, false
}

func (c Cast) byRow(row castRow, context CastContext) (Cast, bool) {
	if context < row.context {
		return Cast{}, false
	}
	switch row.method {
	case 'f':
		c.Method, c.Func = ByFunction, tables().procedures[row.function]
	case 'i':
		c.Method = ByInputText
	case 'b':
		c.Method = Relabel
	}
	return c, true
}

// elementCast finds the cast between the elements of two arrays. The vectors hold no
// NULL and nothing becomes one this way.
func elementCast(source, target OID, context CastContext) (Cast, bool) {
	if target == OidVector || target == Int2Vector {
		return Cast{}, false
	}
	from, ok1 := elementOf(source)
	to, ok2 := elementOf(target)
	if !ok1 || !ok2 {
		return Cast{}, false
	}
	return FindCast(from, to, context)
}

// IsBinaryCoercible tells whether values of one type can be used as the other as they are.
func IsBinaryCoercible(from, to OID) bool {
	if from == to || to == anyType || to == AnyElement || to == anyCompatible {
		return true
	}
	source := baseType(from)
	if source == to {
		return true
	}
	info, known := TypeByOID(source)
	switch to {
	case AnyArray, anyCompatibleArray:
		return isArray(source)
	case anyNonArray, anyCompatibleNonArray:
		return !isArray(source)
	case anyEnum:
		return known && info.Kind == 'e'
	case anyRange, anyCompatibleRange:
		return known && info.Kind == 'r'
	case anyMultirange, anyCompatibleMultirange:
		return known && info.Kind == 'm'
	case Record:
		if isComplex(source) {
			return true
		}
	case recordArray:
		if isComplexArray(source) {
			return true
		}
	}
	row, ok := tables().casts[[2]OID{source, to}]
	return ok && row.method == 'b' && row.context == Implicit
}

// CanCoerce tells whether every type of from can become its fellow in to
// (can_coerce_type: unknown literals become anything, polymorphic targets are checked together).
func CanCoerce(from, to []OID, context CastContext) bool {
	generic := false
	for i, target := range to {
		source := from[i]
		switch {
		case source == target, target == anyType:
		case isPolymorphic(target):
			generic = true
		case source == Unknown:
		case canCoerceOne(source, target, context):
		default:
			return false
		}
	}
	return !generic || polymorphicMatches(from, to)
}

func canCoerceOne(source, target OID, context CastContext) bool {
	if _, ok := FindCast(source, target, context); ok {
		return true
	}
	return source == Record && isComplex(target) ||
		target == Record && isComplex(source) ||
		target == recordArray && isComplexArray(source)
}

// LengthCoercion gives the function that applies a modifier to values of a type, such as
// numeric(numeric,int4), or to the elements of an array type; ok is false where there is none.
func LengthCoercion(t OID) (*Procedure, bool) {
	if elem, ok := elementOf(t); ok {
		t = elem
	}
	row, ok := tables().casts[[2]OID{t, t}]
	if !ok || row.method != 'f' {
		return nil, false
	}
	return ProcedureByOID(row.function)
}
