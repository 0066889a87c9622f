package meshdir

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

// Names PostgreSQL keeps for system columns (manual, "System Columns").
var systemColumns = []string{"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}

// maxName is NAMEDATALEN-1: longer names cannot be written in SQL.
const maxName = 63

// readColumn reads a column; who reads its keys and relationships ends the object.
func (l *loader) readColumn(o *object, t *catalog.Table, ordinal int) *catalog.Column {
	c := &catalog.Column{
		Name: o.required("name"), Ordinal: ordinal, PhysicalType: o.text("physicalType"),
		NotNull: o.boolean("required"), Tags: o.texts("tags"), Classification: o.classification("classification"),
		Description: o.text("description"), Position: o.position(o.node),
	}
	c.Physical = cmp.Or(o.text("physicalName"), c.Name)
	switch {
	case slices.Contains(systemColumns, c.Name):
		_ = o.errorf(o.at("name"), "column name %q is that of a system column", c.Name)
	case len(c.Name) > maxName, strings.ContainsFunc(c.Name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		_ = o.errorf(o.at("name"), "a column name has at most %d bytes and no control characters", maxName)
	}
	o.checkTags("tags", c.Tags)
	c.Type = l.columnType(o, t)
	o.ignore("id", "businessName", "authoritativeDefinitions", "partitioned", "partitionKeyPosition", "encryptedName",
		"transformSourceObjects", "transformLogic", "transformDescription", "examples", "criticalDataElement",
		"customProperties", "items", "properties")
	return c
}

// keyReader gathers the keys that columns declare.
type keyReader struct {
	table    *catalog.Table
	primary  []int
	position []int64
	unique   []int
}

func (k *keyReader) read(o *object, column int) {
	if o.boolean("primaryKey") {
		k.primary = append(k.primary, column)
		k.position = append(k.position, o.integer("primaryKeyPosition", int64(len(k.primary)), -1, 10_000))
		k.table.Columns[column].NotNull = true
	}
	if o.boolean("unique") {
		k.unique = append(k.unique, column)
	}
}

func (k *keyReader) keys() []catalog.Key {
	var all []catalog.Key
	if len(k.primary) > 0 {
		order := make([]int, len(k.primary))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(k.position[a], k.position[b]) })
		key := catalog.Key{Name: k.table.Object + "_pkey", Primary: true}
		for _, i := range order {
			key.Columns = append(key.Columns, k.primary[i])
		}
		all = append(all, key)
	}
	for _, i := range k.unique {
		all = append(all, catalog.Key{Name: k.table.Object + "_" + k.table.Columns[i].Name + "_key", Columns: []int{i}})
	}
	return all
}
