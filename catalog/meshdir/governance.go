package meshdir

import "github.com/sluicemesh/sluice/catalog"

// readGovernance reads the rules of the whole mesh.
func (l *loader) readGovernance() {
	l.optional("governance/tags.yaml", l.readTags)
	l.optional("governance/glossary.yaml", l.readGlossary)
	l.optional("governance/principals.yaml", l.readPrincipals)
	l.each("governance/policies", ".policy.yaml", func(d *document) { l.readPolicy(d, nil) })
	l.each("governance/checks", ".check.yaml", l.readChecks)
	l.checkDefaultClassification()
	l.checkMappedGroups()
}

func (l *loader) readGlossary(d *document) {
	o, ok := d.header("Glossary", "glossary")
	if !ok {
		return
	}
	for _, t := range o.children("terms", "term") {
		l.mesh.Terms = append(l.mesh.Terms, &catalog.Term{
			Name: t.required("term"), Definition: t.required("definition"),
			Steward: t.text("steward"), Synonyms: t.texts("synonyms"),
		})
		t.ignore("polyseme", "description", "related")
		t.end(Error)
	}
	o.end(Error)
}

func (l *loader) readChecks(d *document) {
	o, ok := d.header("CheckSet", "check set")
	if !ok {
		return
	}
	for _, c := range o.children("checks", "check") {
		l.mesh.Checks = append(l.mesh.Checks, &catalog.Check{
			ID: c.required("id"), Level: c.oneOf("level", "error", "warn"), Assert: c.required("assert"),
			Position: d.position(c.node),
		})
		c.ignore("description")
		c.end(Error)
	}
	o.end(Error)
}
