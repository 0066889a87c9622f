package pgtype

// The types whose values are OIDs and whose text is a name (manual, "Object Identifier Types").
var registeredTypes = map[OID]bool{
	Regproc: true, 2202: true, 2203: true, 2204: true, Regclass: true, Regtype: true, 3734: true, 3769: true,
	4089: true, 4096: true, 4191: true,
}

// IsRegistered tells the reg* types.
func IsRegistered(t OID) bool { return registeredTypes[t] }
