package pgtype

// familyTwo gathers what the uses of anycompatible and its relatives in one call mean.
// 0: not known (yet).
type familyTwo struct {
	inputs            []OID // element types to find a common one for
	common            OID
	ranged, rangeElem OID
	multirange        OID
	multirangeElem    OID // the range type it is of
	nonArray          bool
	array             bool
	wantsRange        bool
	wantsMultirange   bool
	uses              int
	lenient           bool
}

func (f *familyTwo) add(declared, actual OID) error {
	f.uses++
	switch declared {
	case anyCompatibleNonArray:
		f.nonArray = true
	case anyCompatibleArray:
		f.array = true
	case anyCompatibleRange:
		f.wantsRange = true
	case anyCompatibleMultirange:
		f.wantsMultirange = true
	}
	if actual == Unknown {
		return nil
	}
	switch declared {
	case anyCompatibleArray:
		elem, ok := elementOf(baseType(actual))
		if !ok {
			return notA("anycompatiblearray", "an array", baseType(actual))
		}
		actual = elem
	case anyCompatibleRange:
		return f.addRange(baseType(actual))
	case anyCompatibleMultirange:
		return f.addMultirange(baseType(actual))
	}
	f.inputs = append(f.inputs, actual)
	return nil
}

func (f *familyTwo) addRange(actual OID) error {
	if f.ranged != 0 {
		return agree(&f.ranged, actual, "anycompatiblerange")
	}
	elem, ok := tables().subtypeOfRange[actual]
	if !ok {
		return notA("anycompatiblerange", "a range type", actual)
	}
	f.ranged, f.rangeElem = actual, elem
	f.inputs = append(f.inputs, elem)
	return nil
}

func (f *familyTwo) addMultirange(actual OID) error {
	if f.multirange != 0 {
		return agree(&f.multirange, actual, "anycompatiblemultirange")
	}
	ranged, ok := tables().rangeOfMultirange[actual]
	if !ok {
		return notA("anycompatiblemultirange", "a multirange type", actual)
	}
	f.multirange, f.multirangeElem = actual, ranged
	return nil
}

func (f *familyTwo) deduce() error {
	if f.uses == 0 {
		return nil
	}
	if f.multirange != 0 {
		if f.ranged != 0 && f.ranged != f.multirangeElem {
			return notConsistent("anycompatiblemultirange", "anycompatiblerange", f.multirange, f.ranged)
		}
		if f.ranged == 0 {
			f.ranged, f.rangeElem = f.multirangeElem, tables().subtypeOfRange[f.multirangeElem]
			f.inputs = append(f.inputs, f.rangeElem)
		}
	}
	if len(f.inputs) == 0 {
		return f.deduceFromNothing()
	}
	common, err := commonType(f.inputs, "")
	if err != nil {
		return err
	}
	if !allCoerce(f.inputs, common) {
		return mismatch("arguments of anycompatible family cannot be cast to a common type")
	}
	f.common = common
	return f.check()
}

// deduceFromNothing: all inputs are unknown literals, which become text.
func (f *familyTwo) deduceFromNothing() error {
	f.common = Text
	if f.lenient {
		return nil
	}
	if f.wantsRange {
		return undetermined("anycompatiblerange")
	}
	if f.wantsMultirange {
		return undetermined("anycompatiblemultirange")
	}
	return nil
}

func (f *familyTwo) check() error {
	if f.nonArray && isArray(baseType(f.common)) {
		return mismatch("type matched to anycompatiblenonarray is an array type: %s", SQLName(f.common))
	}
	if f.rangeElem != 0 && f.rangeElem != f.common {
		return mismatch("anycompatiblerange type %s does not match anycompatible type %s", SQLName(f.ranged), SQLName(f.common))
	}
	if f.lenient {
		return nil
	}
	if f.wantsRange && f.ranged == 0 {
		return undetermined("anycompatiblerange")
	}
	if f.wantsMultirange && f.multirange == 0 && f.ranged == 0 {
		return undetermined("anycompatiblemultirange")
	}
	if _, ok := ArrayOf(f.common); f.array && !ok {
		return noArrayType(f.common)
	}
	return nil
}

func (f *familyTwo) meaning(declared OID) (OID, error) {
	switch declared {
	case anyCompatibleArray:
		array, ok := ArrayOf(f.common)
		if !ok {
			return 0, noArrayType(f.common)
		}
		return array, nil
	case anyCompatibleRange:
		return f.ranged, nil
	case anyCompatibleMultirange:
		if f.multirange != 0 {
			return f.multirange, nil
		}
		return tables().multirangeOfRange[f.ranged], nil
	}
	return f.common, nil
}
