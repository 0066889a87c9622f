package meshdir

import (
	"regexp"

	"github.com/sluicemesh/sluice/catalog"
)

// PostgreSQL's stored form: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>, 32-byte keys in base64.
var scramVerifier = regexp.MustCompile(`^SCRAM-SHA-256\$[1-9][0-9]{3,7}:[A-Za-z0-9+/]+={0,2}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$`)

func (l *loader) readPrincipals(d *document) {
	o, ok := d.header("Principals", "principals")
	if !ok {
		return
	}
	groups := o.children("groups", "group")
	for _, g := range groups {
		l.readGroup(g)
	}
	l.checkGroups(groups)
	for _, u := range o.children("users", "user") {
		l.readUser(u)
	}
	o.end(Error)
}

func (l *loader) readGroup(o *object) {
	g := &catalog.Group{Name: o.required("name"), Owner: o.text("owner"), Groups: o.texts("groups")}
	if known(l.groupNames(), g.Name) {
		_ = o.errorf(o.at("name"), "group %q stands twice", g.Name)
	}
	o.ignore("description")
	o.end(Error)
	l.mesh.Groups = append(l.mesh.Groups, g)
}

func (l *loader) checkGroups(objects []*object) {
	byName := map[string]int{}
	for i, g := range l.mesh.Groups {
		byName[g.Name] = i
		objects[i].checkNames("groups", "group", g.Groups, l.groupNames())
	}
	member := func(name string) []string {
		if i, ok := byName[name]; ok {
			return l.mesh.Groups[i].Groups
		}
		return nil
	}
	for _, c := range cycles(l.groupNames(), member) {
		o := objects[byName[c[0]]]
		_ = o.errorf(o.at("groups"), "group %s is a member of itself: %s", c[0], arrows(c))
	}
}

func (l *loader) readUser(o *object) {
	u := &catalog.User{
		Name: o.required("name"), Groups: o.texts("groups"), Auditor: o.boolean("auditor"),
		Attributes: map[string]string{},
	}
	if known(l.userNames(), u.Name) {
		_ = o.errorf(o.at("name"), "user %q stands twice", u.Name)
	}
	o.checkNames("groups", "group", u.Groups, l.groupNames())
	if a := o.child("attributes", "attributes"); a != nil {
		for _, name := range a.order {
			if a.value(name) != nil {
				u.Attributes[name] = a.text(name)
			}
		}
	}
	if a := o.child("auth", "auth"); a != nil {
		l.readAuth(a, u)
	}
	o.ignore("description", "displayName", "email")
	o.end(Error)
	l.mesh.Users = append(l.mesh.Users, u)
}

// readAuth reads how a user proves who it is. A verifier cannot be turned back into
// its password and cannot be used to log in, so it may stand in the file.
func (l *loader) readAuth(o *object, u *catalog.User) {
	u.Scram = l.own(o.secretRef("scramRef"))
	u.Verifier = o.text("scram")
	u.Auth.Methods = o.methods("methods")
	if c := o.child("certificate", "certificate"); c != nil {
		u.Auth.Certificate = c.certificateRules(u.Name)
	}
	switch {
	case u.Verifier != "" && !scramVerifier.MatchString(u.Verifier):
		// What stands there may be a password: it is not repeated.
		_ = o.errorf(o.at("scram"), "scram is no SCRAM-SHA-256 verifier; sluice passwd makes one")
		u.Verifier = ""
	case u.Verifier != "" && u.Scram != (catalog.SecretRef{}):
		_ = o.errorf(o.node, "auth needs one of scram and scramRef")
	}
	o.end(Error)
}

func (l *loader) groupNames() []string {
	names := make([]string, len(l.mesh.Groups))
	for i, g := range l.mesh.Groups {
		names[i] = g.Name
	}
	return names
}

func (l *loader) userNames() []string {
	names := make([]string, len(l.mesh.Users))
	for i, u := range l.mesh.Users {
		names[i] = u.Name
	}
	return names
}

// checkNames reports elements of a list that are not among the known ones.
func (o *object) checkNames(key, kind string, names, all []string) {
	for i, name := range names {
		if !known(all, name) {
			o.unknown(o.element(key, i), name, all, "unknown %s %q in %s", kind, name, o.what)
		}
	}
}

func known(all []string, name string) bool {
	for _, n := range all {
		if n == name {
			return true
		}
	}
	return false
}
