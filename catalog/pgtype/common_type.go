package pgtype

import "github.com/sluicemesh/sluice/sqlstate"

// CommonType gives the type that the branches of a construct take (manual, "Type
// Conversion: UNION, CASE, and Related Constructs"). construct stands in the message:
// "UNION", "CASE", "COALESCE", "VALUES", "ARRAY", "GREATEST", …
//
// Order matters: CASE gives the ELSE branch first, then the THEN branches; a chain of
// UNIONs is resolved pair by pair; IN gives the left side first and falls back to a
// chain of "=" where there is an error. Errors: 42804, 42846.
func CommonType(construct string, types []OID) (OID, error) {
	common, err := commonType(types, construct)
	if err != nil {
		return 0, err
	}
	for i, t := range types {
		if t != Unknown && !implicitly(t, common) {
			return 0, sqlstate.New(sqlstate.CannotCoerce, "%s could not convert type %s to %s", branchName(construct, i), SQLName(t), SQLName(common))
		}
	}
	return common, nil
}

func branchName(construct string, branch int) string {
	switch {
	case construct != "CASE":
		return construct
	case branch == 0:
		return "CASE/ELSE"
	}
	return "CASE/WHEN"
}

// commonType follows select_common_type and select_common_type_from_oids (construct "").
func commonType(types []OID, construct string) (OID, error) {
	if allSame(types) && types[0] != Unknown {
		return types[0], nil
	}
	common := baseType(types[0])
	for _, t := range types[1:] {
		next := baseType(t)
		switch {
		case next == Unknown || next == common:
		case common == Unknown:
			common = next
		case category(next) != category(common):
			return 0, cannotMatch(construct, common, next)
		case !isPreferred(common) && implicitly(common, next) && !implicitly(next, common):
			common = next
		}
	}
	if common == Unknown {
		return Text, nil
	}
	return common, nil
}

func cannotMatch(construct string, a, b OID) error {
	if construct == "" {
		return mismatch("argument types %s and %s cannot be matched", SQLName(a), SQLName(b))
	}
	return mismatch("%s types %s and %s cannot be matched", construct, SQLName(a), SQLName(b))
}

func implicitly(from, to OID) bool { return CanCoerce([]OID{from}, []OID{to}, Implicit) }

func allCoerce(from []OID, to OID) bool {
	for _, t := range from {
		if !implicitly(t, to) {
			return false
		}
	}
	return true
}

func allSame(types []OID) bool {
	for _, t := range types[1:] {
		if t != types[0] {
			return false
		}
	}
	return true
}

// CommonMod gives the modifier of a construct whose branches have these types before
// coercion: that of all where all are of the common type with one modifier, else -1
// (select_common_typmod).
func CommonMod(common OID, types []Type) int32 {
	for _, t := range types {
		if t.OID != common || t.Mod != types[0].Mod {
			return -1
		}
	}
	if len(types) == 0 {
		return -1
	}
	return types[0].Mod
}
