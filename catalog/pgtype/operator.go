package pgtype

import (
	"iter"
	"maps"
)

// Operator is one row of pg_operator.
type Operator struct {
	OID         OID
	Name        string
	Left, Right OID // declared; Left 0 for a prefix operator
	Result      OID // declared
	Procedure   *Procedure
	Commutator  OID // 0: none
	Negator     OID // 0: none
	CanMerge    bool
	CanHash     bool
}

// Signature names the operator as function tables do: "+(int4,int4)", prefix "-(int4)".
func (o *Operator) Signature() string {
	if o.Left == 0 {
		return o.Name + signature(o.Right)
	}
	return o.Name + signature(o.Left, o.Right)
}

// OperatorByOID finds an operator.
func OperatorByOID(oid OID) (*Operator, bool) {
	o, ok := tables().operators[oid]
	return o, ok
}

// OperatorsByName gives all operators of a name, in OID order.
func OperatorsByName(name string) []*Operator { return tables().operatorsByName[name] }

// Operators gives every operator, in no order.
func Operators() iter.Seq[*Operator] { return maps.Values(tables().operators) }

// operatorExact finds an operator by its declared operand types.
func operatorExact(name string, left, right OID) *Operator {
	for _, o := range OperatorsByName(name) {
		if o.Left == left && o.Right == right {
			return o
		}
	}
	return nil
}
