package pgtype

import "github.com/sluicemesh/sluice/sqlstate"

// Pseudo-types that stand for more than one type.
const (
	anyType                 OID = 2276
	anyNonArray             OID = 2776
	anyEnum                 OID = 3500
	anyRange                OID = 3831
	anyMultirange           OID = 4537
	anyCompatible           OID = 5077
	anyCompatibleArray      OID = 5078
	anyCompatibleNonArray   OID = 5079
	anyCompatibleRange      OID = 5080
	anyCompatibleMultirange OID = 4538
	recordArray             OID = 2287
)

// isFamilyOne tells the pseudo-types whose uses in one call must all mean the same type.
func isFamilyOne(t OID) bool {
	switch t {
	case AnyElement, AnyArray, anyNonArray, anyEnum, anyRange, anyMultirange:
		return true
	}
	return false
}

// isFamilyTwo tells the pseudo-types whose uses in one call are brought to a common type.
func isFamilyTwo(t OID) bool {
	switch t {
	case anyCompatible, anyCompatibleArray, anyCompatibleNonArray, anyCompatibleRange, anyCompatibleMultirange:
		return true
	}
	return false
}

func isPolymorphic(t OID) bool { return isFamilyOne(t) || isFamilyTwo(t) }

// polymorphicMatches tells whether inputs agree about the polymorphic ones among the
// declared types (check_generic_type_consistency).
func polymorphicMatches(actual, declared []OID) bool {
	var one familyOne
	var two familyTwo
	for i, d := range declared {
		var err error
		switch {
		case isFamilyOne(d):
			err = one.add(d, actual[i])
		case isFamilyTwo(d):
			err = two.add(d, actual[i])
		}
		if err != nil {
			return false
		}
	}
	one.lenient, two.lenient = true, true
	return one.deduce() == nil && two.deduce() == nil
}

// resolvePolymorphic replaces the polymorphic types among declared by what the actual
// types make of them, and gives what result then is (enforce_generic_type_consistency).
func resolvePolymorphic(actual, declared []OID, result OID) (OID, error) {
	one, two := familyOne{result: result}, familyTwo{}
	for i, d := range declared {
		var err error
		switch {
		case isFamilyOne(d):
			err = one.add(d, actual[i])
		case isFamilyTwo(d):
			err = two.add(d, actual[i])
		}
		if err != nil {
			return 0, err
		}
	}
	if err := one.deduce(); err != nil {
		return 0, err
	}
	if err := two.deduce(); err != nil {
		return 0, err
	}
	for i, d := range declared {
		t, err := meaning(&one, &two, d)
		if err != nil {
			return 0, err
		}
		if d == anyType || t == AnyElement {
			t = actual[i]
		}
		declared[i] = t
	}
	return meaning(&one, &two, result)
}

// meaning gives what a declared type stands for in this call.
func meaning(one *familyOne, two *familyTwo, declared OID) (OID, error) {
	switch {
	case isFamilyOne(declared) && one.uses > 0:
		return one.meaning(declared)
	case isFamilyTwo(declared) && two.uses > 0:
		return two.meaning(declared)
	}
	return declared, nil
}

func mismatch(format string, args ...any) *sqlstate.Error {
	return sqlstate.New(sqlstate.DatatypeMismatch, format, args...)
}

func notAlike(declared string, a, b OID) error {
	return mismatch("arguments declared %q are not all alike", declared).WithDetail("%s versus %s", SQLName(a), SQLName(b))
}

func notConsistent(first, second string, a, b OID) error {
	return mismatch("argument declared %s is not consistent with argument declared %s", first, second).
		WithDetail("%s versus %s", SQLName(a), SQLName(b))
}

func notA(declared, what string, t OID) error {
	return mismatch("argument declared %s is not %s but type %s", declared, what, SQLName(t))
}

func undetermined(declared string) error {
	return mismatch("could not determine polymorphic type %s because input has type %s", declared, "unknown")
}

func noArrayType(elem OID) error {
	return sqlstate.New(sqlstate.UndefinedObject, "could not find array type for data type %s", SQLName(elem))
}
