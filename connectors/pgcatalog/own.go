package pgcatalog

import (
	"maps"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
)

// With gives the view of one session, which has tables of its own besides. The rows of
// the view it rests on are shared.
func (v *View) With(tables []*catalog.Table) *View {
	s := &schema{oid: hashOID("schema", catalog.TemporarySchema), name: catalog.TemporarySchema, temporary: true}
	own := newView(v.objects, Principal{User: v.user, Groups: v.groups, Database: v.database})
	own.schemas = []*schema{s}
	taken := map[catalog.Address]bool{}
	for _, t := range tables {
		of := *t
		of.Addresses = []catalog.Address{{Schema: catalog.TemporarySchema, Name: t.Object}}
		of.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c *catalog.Column) bool { return c.System })
		made := &visible{table: newTable(s, &of), shown: slices.Repeat([]bool{true}, len(of.Columns)), whole: true}
		made.owner = v.user
		made.addKeys(taken)
		own.tables = append(own.tables, made)
		own.addTable(made)
		own.addConstraints(made)
	}
	all := *v.withoutRows()
	all.base, all.own = v, own
	all.schemas = append(slices.Clip(v.schemas), s)
	all.byOID, all.byType = merged(v.byOID, own.byOID), merged(v.byType, own.byType)
	all.keys, all.indexes = merged(v.keys, own.keys), merged(v.indexes, own.indexes)
	all.byName, all.names = merged(v.byName, own.byName), merged(v.names, own.names)
	return &all
}

func merged[K comparable, V any](a, b map[K]V) map[K]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// withoutRows is the view before anybody has read of it.
func (v *View) withoutRows() *View {
	return &View{
		objects: v.objects, system: v.system, database: v.database, user: v.user, groups: v.groups, schemas: v.schemas, tables: v.tables,
		byOID: v.byOID, byName: v.byName, indexes: v.indexes, keys: v.keys, names: v.names, byType: v.byType, batches: map[*relation]arrow.RecordBatch{},
	}
}

// together gives the rows of two batches of one relation. Both stay the caller's.
func together(a, b arrow.RecordBatch) arrow.RecordBatch {
	columns := make([]arrow.Array, a.NumCols())
	for i := range columns {
		joined, err := array.Concatenate([]arrow.Array{a.Column(i), b.Column(i)}, memory.DefaultAllocator)
		if err != nil {
			panic("pgcatalog: " + err.Error()) // both were made by one writer
		}
		defer joined.Release()
		columns[i] = joined
	}
	return array.NewRecordBatch(a.Schema(), columns, a.NumRows()+b.NumRows())
}
