package pgtype

// EqualityOperator gives the default "=" of a type, as DISTINCT, GROUP BY and set
// operations use it; ok is false where there is none (json, point). The operator may be
// declared over a type the given one is binary-coercible to (varchar: text).
func EqualityOperator(t OID) (*Operator, bool) {
	for _, method := range []string{"btree", "hash"} {
		if c, ok := defaultClass(t, method); ok && hasElements(t, method) {
			return OperatorByOID(c.equal)
		}
	}
	return nil, false
}

// OrderingOperators gives the default "<" and ">" of a type, as ORDER BY uses them.
func OrderingOperators(t OID) (less, greater *Operator, ok bool) {
	c, ok := defaultClass(t, "btree")
	if !ok || !hasElements(t, "btree") {
		return nil, nil, false
	}
	return tables().operators[c.less], tables().operators[c.greater], true
}

// Hashable tells whether the default "=" of a type has a hash class.
func Hashable(t OID) bool {
	_, ok := defaultClass(t, "hash")
	return ok && hasElements(t, "hash")
}

// hasElements: an array compares where its elements do (lookup_type_cache).
func hasElements(t OID, method string) bool {
	elem, ok := elementOf(baseType(t))
	if !ok || t == Int2Vector || t == OidVector {
		return true
	}
	_, ok = defaultClass(elem, method)
	return ok && hasElements(elem, method)
}

// defaultClass finds the default operator class of a type: one of its own, else the only
// one it is binary-coercible to, preferred types first (GetDefaultOpClass).
func defaultClass(t OID, method string) (operatorClass, bool) {
	t = baseType(t)
	var compatible, preferred []operatorClass
	for _, c := range tables().classes {
		switch {
		case c.method != method:
		case c.input == t:
			return c, true
		case !IsBinaryCoercible(t, c.input):
		case preferredIn(category(t), c.input):
			preferred = append(preferred, c)
		default:
			compatible = append(compatible, c)
		}
	}
	if len(preferred) == 1 {
		return preferred[0], true
	}
	if len(compatible) == 1 && len(preferred) == 0 {
		return compatible[0], true
	}
	return operatorClass{}, false
}
