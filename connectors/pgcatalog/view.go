package pgcatalog

import (
	"maps"
	"slices"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/catalog"
)

// View is what one principal may discover of a mesh. It never changes; the rows of its
// tables are made when they are first read and kept.
type View struct {
	objects  *Objects
	system   []*relation // the system's own; nil in what a session has besides
	database string
	user     string
	groups   []string

	schemas []*schema // visible domains, and the three of every database
	tables  []*visible
	byOID   map[uint32]*visible
	byName  map[catalog.Address]*visible
	indexes map[uint32]*constraint // by the index's OID
	keys    map[uint32]*constraint // constraints by their OID
	names   map[catalog.Address]uint32
	byType  map[uint32]*visible // by the OID of its row type, and of the array over it

	// base and own are what the view of one session is put together from; nil in others.
	base, own *View

	mu      sync.Mutex
	batches map[*relation]arrow.RecordBatch
}

// visible is a table of which the principal may read columns.
type visible struct {
	*table
	shown       []bool // by column
	whole       bool   // every column
	constraints []*constraint
	alone       []*constraint // unique indexes without a constraint
}

// Principal is whose view it is.
type Principal struct {
	User     string
	Groups   []string // all of them
	Database string
}

// NewView gives a principal's view. columns tells which columns of a table they may read;
// nil where they may not know of it.
func NewView(o *Objects, who Principal, columns func(*catalog.Table) []bool) *View {
	v := newView(o, who)
	v.system = relations().list
	for _, t := range o.tables {
		if shown := columns(t.of); slices.Contains(shown, true) {
			v.tables = append(v.tables, &visible{table: t, shown: shown, whole: !slices.Contains(shown, false)})
		}
	}
	for _, t := range v.tables {
		v.addTable(t)
	}
	for _, t := range v.tables {
		v.addConstraints(t)
	}
	v.addSchemas()
	return v
}

func newView(o *Objects, who Principal) *View {
	return &View{
		objects: o, database: who.Database, user: who.User, groups: who.Groups,
		byOID: map[uint32]*visible{}, byName: map[catalog.Address]*visible{}, indexes: map[uint32]*constraint{},
		keys: map[uint32]*constraint{}, names: map[catalog.Address]uint32{}, byType: map[uint32]*visible{}, batches: map[*relation]arrow.RecordBatch{},
	}
}

func (v *View) addTable(t *visible) {
	v.byOID[t.oid] = t
	v.byType[t.rowType], v.byType[t.arrayType] = t, t
	for _, a := range t.of.Addresses {
		v.byName[a] = t
		v.names[a] = t.oid
	}
}

// addConstraints adds those of which every column, on both sides, may be known.
func (v *View) addConstraints(t *visible) {
	for _, c := range t.table.constraints {
		if !t.shows(c.columns) {
			continue
		}
		if c.kind == "f" {
			if to := v.byOID[c.references.oid]; to == nil || !to.shows(c.to) {
				continue
			}
		}
		if c.kind == "i" {
			t.alone = append(t.alone, c)
		} else {
			t.constraints = append(t.constraints, c)
			v.keys[c.oid] = c
		}
		if c.index != 0 {
			v.indexes[c.index] = c
			v.names[catalog.Address{Schema: t.schema.name, Name: c.name}] = c.index
		}
	}
}

func (t *visible) shows(columns []int) bool {
	return !slices.ContainsFunc(columns, func(c int) bool { return !t.shown[c] })
}

func (v *View) addSchemas() {
	seen := map[*schema]bool{}
	for _, t := range v.tables {
		if !seen[t.schema] {
			seen[t.schema] = true
			v.schemas = append(v.schemas, t.schema)
		}
	}
	eachLine("pg_namespace", func(c []cell) {
		name := c[1].text
		if slices.ContainsFunc(v.schemas, func(s *schema) bool { return s.name == name }) {
			return // a domain may be called public
		}
		own := &schema{oid: oidOf(c[0].text), name: name, comment: systemComments[name]}
		if name == PublicSchema {
			own.owner = databaseOwner
		}
		v.schemas = append(v.schemas, own)
	})
}

// systemComments are the comments initdb gives; pg_toast's and public's among them.
var systemComments = map[string]string{
	SystemSchema: "system catalog schema", "pg_toast": "reserved schema for TOAST tables", PublicSchema: "standard public schema",
}

// systemIndexes are those of the system tables that the view has.
func (v *View) systemIndexes() []*systemIndex {
	if v.system == nil {
		return nil
	}
	return systemIndexes().list
}

// HasSchema tells whether a schema exists for the principal.
func (v *View) HasSchema(name string) bool { return v.schema(name) != nil }

func (v *View) schema(name string) *schema {
	if name == catalog.TemporaryAlias {
		name = catalog.TemporarySchema
	}
	for _, s := range v.schemas {
		if s.name == name {
			return s
		}
	}
	return nil
}

func (v *View) schemaByOID(oid uint32) *schema {
	for _, s := range v.schemas {
		if s.oid == oid {
			return s
		}
	}
	return nil
}

// roles are the names a principal may know: their own, their groups', the owners of what
// they see.
func (v *View) roles() []string {
	all := slices.Concat([]string{superuser, v.user}, v.groups, slices.Sorted(maps.Keys(predefinedRoles)))
	for _, s := range v.schemas {
		if s.owner != "" && !slices.Contains(all, s.owner) {
			all = append(all, s.owner)
		}
	}
	return all
}

// batch gives the rows of a system table that depend on the view alone.
func (v *View) batch(r *relation) arrow.RecordBatch {
	v.mu.Lock()
	defer v.mu.Unlock()
	b, ok := v.batches[r]
	if !ok {
		b = v.makeBatch(r)
		v.batches[r] = b
	}
	return b
}

func (v *View) makeBatch(r *relation) arrow.RecordBatch {
	a := r.address()
	make := tableMakers()[a]
	switch {
	case v.own != nil && make != nil:
		return together(v.base.batch(r), v.own.batch(r))
	case v.own != nil:
		return v.base.batch(r)
	case make == nil:
		make = makers()[a]
	}
	w := newWriter(r)
	if v.system != nil && a.Schema == SystemSchema && embedded(a.Name) && a.Name != "pg_namespace" {
		eachLine(a.Name, w.line)
	}
	if make != nil {
		make(v, w)
	}
	return w.batch()
}
