package pgtype

import "github.com/sluicemesh/sluice/sqlstate"

// CommonType gives the type that the branches of a construct take (manual, "Type
// Conversion: UNION, CASE, and Related Constructs"). construct stands in the message:
// "UNION", "CASE", "COALESCE", "VALUES", "ARRAY", "IN", "GREATEST", … Errors: 42804.
func CommonType(construct string, types []OID) (OID, error) {
	return 0, sqlstate.Unsupported("%s", construct)
}

// CommonMod gives the modifier of a construct whose branches have these types before
// coercion: that of all if all are the same type and modifier, else -1 (select_common_typmod).
func CommonMod(common OID, types []Type) int32 { return -1 }
