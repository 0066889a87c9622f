package pgtype

// familyOne gathers what the uses of anyelement, anyarray, anynonarray, anyenum,
// anyrange and anymultirange in one call mean. 0: not known (yet).
type familyOne struct {
	elem, array, ranged, multirange OID
	nonArray, enum                  bool
	uses                            int
	result                          OID
	lenient                         bool // while candidates are sought: leave to later what later reports better
}

func (f *familyOne) add(declared, actual OID) error {
	f.uses++
	switch declared {
	case anyNonArray:
		f.nonArray = true
	case anyEnum:
		f.enum = true
	}
	if actual == Unknown {
		return nil
	}
	switch declared {
	case AnyArray:
		return agree(&f.array, baseType(actual), "anyarray")
	case anyRange:
		return agree(&f.ranged, baseType(actual), "anyrange")
	case anyMultirange:
		return agree(&f.multirange, baseType(actual), "anymultirange")
	}
	return agree(&f.elem, actual, "anyelement")
}

func agree(known *OID, actual OID, declared string) error {
	if *known != 0 && *known != actual {
		return notAlike(declared, *known, actual)
	}
	*known = actual
	return nil
}

// deduce derives the element type from array, range and multirange types, or checks
// that they agree.
func (f *familyOne) deduce() error {
	if f.uses == 0 {
		return nil
	}
	for _, step := range []func() error{f.deduceArray, f.deduceMultirange, f.deduceRange} {
		if err := step(); err != nil {
			return err
		}
	}
	if f.elem == 0 && !f.lenient {
		return mismatch("could not determine polymorphic type because input has type %s", "unknown")
	}
	return f.checkElement()
}

func (f *familyOne) checkElement() error {
	if f.nonArray && f.elem != AnyElement && isArray(baseType(f.elem)) {
		return mismatch("type matched to anynonarray is an array type: %s", SQLName(f.elem))
	}
	if info, ok := TypeByOID(f.elem); f.enum && f.elem != AnyElement && (!ok || info.Kind != 'e') {
		return mismatch("type matched to anyenum is not an enum type: %s", SQLName(f.elem))
	}
	return nil
}

func (f *familyOne) deduceArray() error {
	if f.array == 0 {
		return nil
	}
	if f.array == AnyArray {
		if f.lenient {
			return nil
		}
		// pg_statistic's columns are of type anyarray itself.
		if f.uses != 1 || f.result != AnyArray && isFamilyOne(f.result) {
			return mismatch("cannot determine element type of %q argument", "anyarray")
		}
		f.elem = AnyElement
		return nil
	}
	elem, ok := elementOf(f.array)
	if !ok {
		return notA("anyarray", "an array", f.array)
	}
	if f.elem != 0 && f.elem != elem {
		return notConsistent("anyarray", "anyelement", f.array, f.elem)
	}
	f.elem = elem
	return nil
}

func (f *familyOne) deduceMultirange() error {
	if f.multirange == 0 {
		return nil
	}
	ranged, ok := tables().rangeOfMultirange[f.multirange]
	if !ok {
		return notA("anymultirange", "a multirange type", f.multirange)
	}
	if f.ranged != 0 && f.ranged != ranged {
		return notConsistent("anymultirange", "anyrange", f.multirange, f.ranged)
	}
	f.ranged = ranged
	return nil
}

func (f *familyOne) deduceRange() error {
	if f.ranged == 0 {
		return nil
	}
	elem, ok := tables().subtypeOfRange[f.ranged]
	if !ok {
		return notA("anyrange", "a range type", f.ranged)
	}
	if f.elem != 0 && f.elem != elem {
		return notConsistent("anyrange", "anyelement", f.ranged, f.elem)
	}
	f.elem = elem
	return nil
}

func (f *familyOne) meaning(declared OID) (OID, error) {
	switch declared {
	case AnyArray:
		if f.array != 0 {
			return f.array, nil
		}
		array, ok := ArrayOf(f.elem)
		if !ok {
			return 0, noArrayType(f.elem)
		}
		return array, nil
	case anyRange:
		if f.ranged == 0 {
			return 0, undetermined("anyrange")
		}
		return f.ranged, nil
	case anyMultirange:
		if f.multirange != 0 {
			return f.multirange, nil
		}
		if f.ranged == 0 {
			return 0, undetermined("anymultirange")
		}
		return tables().multirangeOfRange[f.ranged], nil
	}
	return f.elem, nil
}
