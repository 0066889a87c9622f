package auth

// MayDeclare tells whether a principal may declare a purpose: a grant in force to them
// must name it.
func MayDeclare(who Principal, purpose string) bool {
	if who.mesh == nil || purpose == "" {
		return false
	}
	for _, g := range who.mesh.Grants {
		if g.Purpose == purpose && !g.Deny && who.among(g.Users, g.Groups) && who.inForce(g) {
			return true
		}
	}
	return false
}

// Declared is the decision on a statement that declares a purpose, for the audit.
func Declared(who Principal, purpose string) Decision {
	d := who.WithPurpose(purpose).decision()
	d.Allowed, d.Reason = true, Purpose
	return d
}
