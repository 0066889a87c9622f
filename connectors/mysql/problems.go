package mysql

import (
	"fmt"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// problems lists how a table differs from its contract.
func (d *describing) problems(i int) []string {
	t := d.tables[i]
	if !d.all[i].Found {
		return []string{fmt.Sprintf("there is no table or view %s that the source's user may read", t.Physical.Name)}
	}
	var found []string
	for _, c := range t.Columns {
		p, ok := find(d.physical[nameOf(t)], physicalName(c))
		if !ok {
			found = append(found, fmt.Sprintf("column %s is missing", physicalName(c)))
			continue
		}
		found = append(found, columnProblems(p, c)...)
	}
	return found
}

func columnProblems(p physical, c *catalog.Column) []string {
	var found []string
	if !serves(p, c.Type) {
		found = append(found, fmt.Sprintf("column %s is %s, the contract says %s", p.name, p.text, pgtype.FormatType(c.Type)))
	}
	if c.NotNull && !p.notNull {
		found = append(found, fmt.Sprintf("column %s may hold NULL, the contract says it is required", p.name))
	}
	return found
}
