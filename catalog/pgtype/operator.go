package pgtype

import "github.com/sluicemesh/sluice/sqlstate"

// Operator is one row of pg_operator.
type Operator struct {
	OID         OID
	Name        string
	Left, Right OID // declared; Left 0 for a prefix operator
	Result      OID
	Procedure   *Procedure
	Commutator  OID // 0: none
	Negator     OID
	CanMerge    bool
	CanHash     bool
}

// Signature names the operator: "+(int4,int4)", prefix "-(int4)".
func (o *Operator) Signature() string { return "" }

// OperatorByOID finds an operator.
func OperatorByOID(oid OID) (*Operator, bool) { return nil, false }

// OperatorsByName gives all operators of a name, in OID order.
func OperatorsByName(name string) []*Operator { return nil }

// ResolvedOperator says which operator PostgreSQL applies to what.
type ResolvedOperator struct {
	*Operator
	// LeftArg and RightArg are the types to coerce the operands to, polymorphic ones
	// resolved. LeftArg is 0 for a prefix operator.
	LeftArg, RightArg OID
	ResultType        OID
}

// ResolveOperator chooses the operator for two operand types (left 0: prefix; Unknown:
// an untyped literal) as PostgreSQL does (manual, "Type Conversion: Operators").
// Errors: 42883, 42725.
func ResolveOperator(name string, left, right OID) (*ResolvedOperator, error) {
	return nil, sqlstate.Unsupported("operator %s", name)
}

// ResolveScalarArray chooses the operator of "left op ANY/ALL (right)". The result's
// RightArg is the array type; its ResultType bool.
func ResolveScalarArray(name string, left, right OID) (*ResolvedOperator, error) {
	return nil, sqlstate.Unsupported("operator %s ANY", name)
}

// EqualityOperator gives the default "=" of a type (its btree or hash class), as
// DISTINCT, GROUP BY and IN use it; ok is false where there is none (json, point).
func EqualityOperator(oid OID) (*Operator, bool) { return nil, false }

// OrderingOperators gives the default "<" and ">" of a type, as ORDER BY uses them.
func OrderingOperators(oid OID) (less, greater *Operator, ok bool) { return nil, nil, false }
