package pgcatalog

import (
	"strconv"
	"strings"
	"sync"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgname"
)

// systemIndex is an index of a system table. pg_index holds the dumped rows; this is what
// other tables and functions tell of it. All are in pg_catalog.
type systemIndex struct {
	oid, table   uint32
	name         string
	method       uint32 // access method
	columns      []column
	text, pretty string // pg_get_indexdef
}

// systemIndexSet is all of them.
type systemIndexSet struct {
	list   []*systemIndex
	byOID  map[uint32]*systemIndex
	byName map[string]*systemIndex
	tables map[uint32]bool // that have one
}

var systemIndexes = sync.OnceValue(func() *systemIndexSet {
	set := &systemIndexSet{byOID: map[uint32]*systemIndex{}, byName: map[string]*systemIndex{}, tables: map[uint32]bool{}}
	eachLine("index_definitions", func(c []cell) {
		i := &systemIndex{
			oid: oidOf(c[0].text), name: c[1].text, method: oidOf(c[2].text), table: oidOf(c[3].text),
			text: c[4].text, pretty: c[5].text, columns: readColumns(c[6].text),
		}
		set.list = append(set.list, i)
		set.byOID[i.oid], set.byName[i.name], set.tables[i.table] = i, i, true
	})
	return set
})

// readColumns reads "name type modifier notnull collation" of each column.
func readColumns(text string) (all []column) {
	for one := range strings.SplitSeq(text, ",") {
		f := strings.Fields(one)
		mod, _ := strconv.ParseInt(f[2], 10, 32)
		all = append(all, column{f[0], pgtype.Type{OID: pgtype.OID(oidOf(f[1])), Mod: int32(mod)}, f[3] == "1", oidOf(f[4])})
	}
	return all
}

// indexText is pg_get_indexdef of a system table's index.
func (i *systemIndex) indexText(number int32, pretty bool) string {
	switch {
	case int(number) > len(i.columns):
		return ""
	case number > 0:
		return pgname.Printed(i.columns[number-1].name)
	case pretty:
		return i.pretty
	}
	return i.text
}
