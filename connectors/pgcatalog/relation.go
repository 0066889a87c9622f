package pgcatalog

import (
	"slices"
	"strconv"
	"sync"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// relation is one system table or view, as PostgreSQL declares it.
type relation struct {
	oid     uint32
	rowType uint32
	kind    string // r, v
	columns []column
	dumped  []int // where each column stands in a dumped row; -1: it is newer
	table   *catalog.Table
}

// column is one of its columns. Domains of information_schema keep their own type here;
// a query sees what they are over.
type column struct {
	name      string
	declare   pgtype.Type
	notNull   bool
	collation uint32
}

func (r *relation) address() catalog.Address { return r.table.Address() }

// relationSet is all of them.
type relationSet struct {
	list   []*relation
	byName map[catalog.Address]*relation
	byOID  map[uint32]*relation
}

var relations = sync.OnceValue(readRelations)

// readRelations reads what the generator dumped, with what has changed since that release.
func readRelations() *relationSet {
	set := &relationSet{byName: map[catalog.Address]*relation{}, byOID: map[uint32]*relation{}}
	eachLine("relations", func(cells []cell) {
		r := &relation{oid: oidOf(cells[0].text), kind: cells[3].text, rowType: oidOf(cells[4].text), columns: readColumns(cells[5].text)}
		old := slices.Clone(r.columns)
		r.columns = changed(cells[2].text, r.columns)
		for _, c := range r.columns {
			r.dumped = append(r.dumped, slices.IndexFunc(old, func(o column) bool { return o.name == c.name }))
		}
		r.table = describe(r, catalog.Address{Schema: cells[1].text, Name: cells[2].text})
		set.list = append(set.list, r)
		set.byName[r.address()], set.byOID[r.oid] = r, r
	})
	return set
}

// describe makes the table that queries scan.
func describe(r *relation, a catalog.Address) *catalog.Table {
	t := &catalog.Table{
		OID: r.oid, Addresses: []catalog.Address{a}, Source: Source, Physical: catalog.Physical{Schema: a.Schema, Name: a.Name},
	}
	for i, c := range r.columns {
		t.Columns = append(t.Columns, &catalog.Column{
			Name: c.name, Ordinal: i + 1, Physical: c.name, Type: pgtype.BaseType(c.declare), NotNull: c.notNull,
		})
	}
	t.Columns = append(t.Columns, &catalog.Column{
		Name: "tableoid", Ordinal: tableOID, Physical: "tableoid", Type: pgtype.Of(pgtype.Oid), NotNull: true, System: true,
	})
	return t
}

// tableOID is TableOidAttributeNumber (sysattr.h).
const tableOID = -6

func oidOf(text string) uint32 {
	n, _ := strconv.ParseUint(text, 10, 32)
	return uint32(n)
}
