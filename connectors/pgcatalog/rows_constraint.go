package pgcatalog

import (
	"sync"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

func (v *View) constraintRows(w *writer) {
	add := w.columns("oid", "conname", "connamespace", "contype", "convalidated", "conrelid", "conindid", "confrelid",
		"confupdtype", "confdeltype", "confmatchtype", "conislocal", "connoinherit", "conkey", "confkey", "conpfeqop", "conppeqop", "conffeqop")
	for _, t := range v.tables {
		for _, c := range t.constraints {
			if c.kind != "f" {
				add(c.oid, c.name, t.schema.oid, c.kind, true, t.oid, c.index, uint32(0),
					" ", " ", " ", true, true, t.ordinals(c.columns), nil, nil, nil, nil)
				continue
			}
			pf, pp, ff := equalities(c)
			add(c.oid, c.name, t.schema.oid, c.kind, true, t.oid, v.targetIndex(c), c.references.oid,
				"a", "a", "s", true, true, t.ordinals(c.columns), c.references.ordinals(c.to), pf, pp, ff)
		}
	}
}

// targetIndex is the index a foreign key rests on, where the principal may see it.
func (v *View) targetIndex(c *constraint) uint32 {
	if c.target == nil || v.keys[c.target.oid] == nil {
		return 0
	}
	return c.target.index
}

// equalities are the operators that compare a foreign key with its key, the key with
// itself and the foreign key with itself.
func equalities(c *constraint) (pf, pp, ff []uint32) {
	for i := range c.columns {
		from, to := c.table.of.Columns[c.columns[i]].Type.OID, c.references.of.Columns[c.to[i]].Type.OID
		pf = append(pf, equality(to, from))
		pp = append(pp, equality(to, to))
		ff = append(ff, equality(from, from))
	}
	return pf, pp, ff
}

func equality(left, right pgtype.OID) uint32 {
	o, err := pgtype.ResolveOperator("=", left, right)
	if err != nil {
		return 0
	}
	return uint32(o.OID)
}

// ordinals gives the attribute numbers of columns.
func (t *table) ordinals(columns []int) []int {
	numbers := make([]int, len(columns))
	for i, c := range columns {
		numbers[i] = t.of.Columns[c].Ordinal
	}
	return numbers
}

func (v *View) indexRows(w *writer) {
	add := w.columns("indexrelid", "indrelid", "indnatts", "indnkeyatts", "indisunique", "indisprimary", "indimmediate",
		"indisvalid", "indisready", "indislive", "indkey", "indcollation", "indclass", "indoption")
	for _, t := range v.tables {
		for _, c := range t.indexes() {
			classes, collations := make([]uint32, len(c.columns)), make([]uint32, len(c.columns))
			for i, at := range c.columns {
				classes[i], collations[i] = operatorClass(t.of.Columns[at].Type.OID)
			}
			n := len(c.columns)
			add(c.index, t.oid, n, n, true, c.kind == "p", true,
				true, true, true, vector(t.ordinals(c.columns)), vector(collations), vector(classes), vector(make([]int, n)))
		}
	}
}

// operatorClass gives the default btree operator class of a type, and its collation.
func operatorClass(of pgtype.OID) (class, collation uint32) {
	if info, ok := pgtype.TypeByOID(of); ok {
		collation = uint32(info.Collation)
	}
	classes := btreeClasses()
	if class, ok := classes[of]; ok {
		return class, collation
	}
	switch {
	case of == pgtype.Varchar:
		return classes[pgtype.Text], collation
	default:
		return classes[pgtype.AnyArray], collation
	}
}

// btreeClasses are the default operator classes by their input type.
var btreeClasses = sync.OnceValue(func() map[pgtype.OID]uint32 {
	all := map[pgtype.OID]uint32{}
	eachLine("pg_opclass", func(c []cell) { // oid, method, name, namespace, owner, family, input type, default
		if oidOf(c[1].text) == btreeAM && c[7].text == "t" {
			all[pgtype.OID(oidOf(c[6].text))] = oidOf(c[0].text)
		}
	})
	return all
})
