package pgcatalog

import (
	"sync"

	"github.com/sluicemesh/sluice/catalog"
)

// object is what a comment is on.
type object struct {
	class, oid uint32
	column     int32
}

// builtinComments are those initdb makes.
var builtinComments = sync.OnceValue(func() map[object]string {
	all := map[object]string{}
	eachLine("pg_description", func(c []cell) {
		all[object{oidOf(c[1].text), oidOf(c[0].text), int32(oidOf(c[2].text))}] = c[3].text
	})
	return all
})

// comment gives the description of an object.
func (v *View) comment(o object) (string, error) {
	text := builtinComments()[o]
	switch o.class {
	case classOfClass:
		if t := v.byOID[o.oid]; t != nil {
			text = t.comment(o.column)
		}
	case classOfNamespace:
		if s := v.schemaByOID(o.oid); s != nil {
			text = s.comment
		}
	}
	if text == "" {
		return none()
	}
	return text, nil
}

// comment is a table's description, or that of the column with a number.
func (t *visible) comment(number int32) string {
	if number == 0 {
		return t.of.Description
	}
	for i, c := range t.of.Columns {
		if c.Ordinal == int(number) && t.shown[i] {
			return c.Description
		}
	}
	return ""
}

// classNamed gives the OID of a system table such as pg_class, which tells what kind an
// object is of.
func classNamed(name string) uint32 {
	if r, ok := relations().byName[catalog.Address{Schema: SystemSchema, Name: name}]; ok {
		return r.oid
	}
	return 0
}

// anyComment finds a description by an OID alone, as obj_description(oid) does.
func (v *View) anyComment(oid uint32) (string, error) {
	for _, class := range []string{"pg_class", "pg_namespace", "pg_type", "pg_proc", "pg_operator"} {
		if text, err := v.comment(object{class: classNamed(class), oid: oid}); err == nil {
			return text, nil
		}
	}
	return none()
}
