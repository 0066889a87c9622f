package meshdir

import (
	"path"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

// pendingReference is a relationship, kept until every contract is read.
type pendingReference struct {
	object *object
	table  *catalog.Table
	from   []string
	to     []string
}

// readReferences reads the relationships of a column, or of an object where column is "".
func (c *contract) readReferences(o *object, t *catalog.Table, column string) {
	for _, r := range o.children("relationships", "relationship") {
		kind := r.oneOf("type", "foreignKey")
		p := pendingReference{object: r, table: t, from: []string{column}, to: r.textOrTexts("to")}
		if column == "" {
			p.from = r.textOrTexts("from")
		}
		r.ignore("from", "customProperties", "id", "description")
		r.end(Warning)
		switch {
		case len(p.to) == 0 || len(p.to) != len(p.from):
			r.warnf(r.node, "a relationship has as many columns in to as in from")
		case kind != "" || !r.has("type"):
			c.references = append(c.references, p)
		}
	}
}

// textOrTexts reads a single value or a list of them.
func (o *object) textOrTexts(key string) []string {
	if v := o.value(key); v != nil && kindName(v) == "a list" {
		return o.texts(key)
	}
	if s := o.text(key); s != "" {
		return []string{s}
	}
	return nil
}

// resolveReferences turns relationships into references between tables. What points at
// nothing that is served is a warning: the other side may belong to another team.
func (l *loader) resolveReferences() {
	byFile := map[string]*contract{}
	for _, c := range l.contracts {
		byFile[c.object.name] = c
	}
	for _, c := range l.contracts {
		for _, r := range c.references {
			l.resolveReference(c, r, byFile)
		}
	}
}

func (l *loader) resolveReference(c *contract, p pendingReference, byFile map[string]*contract) {
	r := catalog.Reference{}
	var target *catalog.Table
	for i, to := range p.to {
		from := p.from[i]
		if _, name, ok := splitTarget(from); ok {
			from = name
		}
		index := columnIndex(p.table, from)
		table, name := findTarget(c, to, byFile)
		if index < 0 || table == nil || columnIndex(table, name) < 0 || target != nil && table != target {
			p.object.warnf(p.object.at("to"), "the relationship to %q leads to no column that is served", to)
			return
		}
		target = table
		r.Columns, r.ToNames = append(r.Columns, index), append(r.ToNames, name)
	}
	r.To, r.Name = target.Address(), p.table.Object+"_"+strings.Join(p.from, "_")+"_fkey"
	p.table.References = append(p.table.References, r)
}

// findTarget reads "object.column", "#/schema/object/properties/column" or the latter
// behind the file of another contract.
func findTarget(c *contract, to string, byFile map[string]*contract) (*catalog.Table, string) {
	file, fragment, ok := strings.Cut(to, "#")
	if ok && file != "" {
		c = byFile[path.Join(path.Dir(c.object.name), file)]
		to = fragment
	} else if ok {
		to = fragment
	}
	object, column, ok := splitTarget(to)
	if c == nil || !ok {
		return nil, ""
	}
	for _, t := range c.tables {
		if t.Object == object {
			return t, column
		}
	}
	return nil, ""
}

func splitTarget(to string) (object, column string, ok bool) {
	if rest, found := strings.CutPrefix(strings.TrimPrefix(to, "/"), "schema/"); found {
		object, column, ok = strings.Cut(rest, "/properties/")
		return object, column, ok
	}
	return strings.Cut(to, ".")
}

func columnIndex(t *catalog.Table, name string) int {
	for i, c := range t.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
