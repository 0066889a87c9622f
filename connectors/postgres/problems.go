package postgres

import (
	"fmt"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// problems lists how a relation differs from its contract.
func (d *describing) problems(i int) []string {
	t := d.all[i].Table
	if !d.all[i].Found {
		return []string{fmt.Sprintf("there is no table or view %s.%s", schemaOf(t), t.Physical.Name)}
	}
	var found []string
	if d.denied[i] {
		found = append(found, fmt.Sprintf("the source's user may not read %s.%s", schemaOf(t), t.Physical.Name))
	}
	byName := map[string]physical{}
	for _, p := range d.physical[d.oids[i]] {
		byName[p.name] = p
	}
	for _, c := range t.Columns {
		name := physicalName(c)
		p, ok := byName[name]
		if !ok {
			found = append(found, fmt.Sprintf("column %s is missing", name))
			continue
		}
		found = append(found, columnProblems(name, p, c)...)
	}
	return found
}

func columnProblems(name string, p physical, c *catalog.Column) []string {
	var found []string
	if !serves(p, c.Type) {
		found = append(found, fmt.Sprintf("column %s is %s, the contract says %s", name, p.text, pgtype.FormatType(c.Type)))
	}
	if c.NotNull && !p.notNull {
		found = append(found, fmt.Sprintf("column %s may hold NULL, the contract says it is required", name))
	}
	return found
}

// serves tells whether every value of a physical column is one of the contract's type,
// unchanged by a cast.
func serves(p physical, t pgtype.Type) bool {
	if p.of == t || p.of.OID == t.OID && t.Mod < 0 && t.OID != pgtype.Bpchar {
		return true
	}
	rank := map[pgtype.OID]int{pgtype.Int2: 1, pgtype.Int4: 2, pgtype.Int8: 3}
	switch t.OID {
	case pgtype.Int4, pgtype.Int8:
		return rank[p.of.OID] > 0 && rank[p.of.OID] < rank[t.OID]
	case pgtype.Float8:
		return p.of.OID == pgtype.Float4
	case pgtype.Text:
		return p.class == "e" || p.of.OID == pgtype.Varchar || p.of.OID == pgtype.Name || p.of.OID == pgtype.Char
	case pgtype.Varchar:
		return p.of.OID == pgtype.Varchar && p.of.Mod >= 0 && p.of.Mod <= t.Mod || t.Mod < 0 && (p.class == "e" || p.of.OID == pgtype.Text)
	case pgtype.Numeric:
		return numericServes(p.of, t, rank[p.of.OID])
	}
	return false
}

// numericServes: the digits before the point and behind it both have room.
func numericServes(from, to pgtype.Type, integer int) bool {
	precision, scale, limited := pgtype.NumericParts(to.Mod)
	if integer > 0 {
		digits := map[int]int32{1: 5, 2: 10, 3: 19}[integer]
		return !limited || precision-scale >= digits
	}
	p, s, ok := pgtype.NumericParts(from.Mod)
	return from.OID == pgtype.Numeric && ok && s == scale && p <= precision
}
