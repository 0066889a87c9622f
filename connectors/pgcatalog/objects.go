package pgcatalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/sluicemesh/sluice/catalog"
)

// Objects names everything a snapshot of the mesh holds as PostgreSQL would: schemas,
// tables, their row types, constraints and indexes, roles, each with an OID that is the
// same after every restart and reload, for it is a hash of the name. It is made once for
// a snapshot and shared by all principals.
type Objects struct {
	database uint32
	schemas  map[string]*schema
	tables   []*table // in the order of their names
	byTable  map[*catalog.Table]*table
	mesh     *catalog.Mesh
}

type schema struct {
	oid     uint32
	name    string
	comment string
	owner   string
	// temporary is set for the schema of a session's own tables.
	temporary bool
}

// table is a product's table as an object of the catalog.
type table struct {
	oid, rowType, arrayType uint32
	schema                  *schema
	name, owner             string
	of                      *catalog.Table
	constraints             []*constraint
}

// constraint is a key or a foreign key. A key is an index too.
type constraint struct {
	oid, index uint32
	kind       string // p, u, f; i: a unique index that no constraint made
	name       string
	table      *table
	columns    []int // indexes into the table's columns
	references *table
	to         []int       // columns there
	target     *constraint // the key there that the foreign key rests on; nil where none is declared
}

// User objects have OIDs from 16384 (FirstNormalObjectId); clients read them into signed
// 32-bit integers at times.
const (
	firstOID = 16384
	endOID   = 1 << 31
)

// hashOID gives an object's OID by its kind and name.
func hashOID(kind string, names ...string) uint32 {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s%q", kind, names))
	return firstOID + uint32(binary.BigEndian.Uint64(sum[:])%(endOID-firstOID))
}

// RowType gives the OID of the row type of a table or system relation, or of the array over it.
func RowType(schema, relation string, array bool) uint32 {
	for _, r := range relations().list {
		if a := r.address(); a.Schema == schema && a.Name == relation && !array {
			return r.rowType
		}
	}
	if array {
		relation = "_" + relation
	}
	return hashOID("type", schema, relation)
}

// superuser owns what nobody of the mesh owns (BOOTSTRAP_SUPERUSERID).
const (
	superuser    = "sluice"
	superuserOID = 10
)

// databaseOwner is the role of whoever owns the database, which owns the schema public.
const databaseOwner = "pg_database_owner"

// predefinedRoles are those that every PostgreSQL 17 has (manual 22.5, pg_authid.dat).
// Clients ask whether somebody is a member; nobody is.
var predefinedRoles = map[string]uint32{
	"pg_monitor": 3373, "pg_read_all_settings": 3374, "pg_read_all_stats": 3375, "pg_stat_scan_tables": 3377, "pg_signal_backend": 4200,
	"pg_checkpoint": 4544, "pg_use_reserved_connections": 4550, "pg_read_server_files": 4569, "pg_write_server_files": 4570,
	"pg_execute_server_program": 4571, databaseOwner: 6171, "pg_read_all_data": 6181, "pg_write_all_data": 6182,
	"pg_create_subscription": 6304, "pg_maintain": 6337,
}

// roleOID gives a role's OID.
func roleOID(name string) uint32 {
	switch name {
	case superuser, "":
		return superuserOID
	}
	if oid, ok := predefinedRoles[name]; ok {
		return oid
	}
	return hashOID("role", name)
}

// NewObjects names the objects of a mesh, which is served as one database, and the
// gateway's own tables beside them.
func NewObjects(mesh *catalog.Mesh, database string, own ...*catalog.Table) *Objects {
	o := &Objects{database: hashOID("database", database), schemas: map[string]*schema{}, byTable: map[*catalog.Table]*table{}, mesh: mesh}
	for _, d := range mesh.Domains {
		o.schemas[d.Name] = &schema{oid: hashOID("schema", d.Name), name: d.Name, comment: d.Description, owner: d.Owner}
	}
	for _, d := range mesh.Domains {
		for _, t := range d.Tables() {
			o.addTable(t)
		}
	}
	for _, t := range own {
		if name := t.Address().Schema; o.schemas[name] == nil {
			o.schemas[name] = &schema{oid: hashOID("schema", name), name: name, comment: "What the gateway tells of itself"}
		}
		o.addTable(t)
	}
	slices.SortFunc(o.tables, func(a, b *table) int {
		return cmp.Or(cmp.Compare(a.schema.name, b.schema.name), cmp.Compare(a.name, b.name))
	})
	names := o.relationNames()
	for _, t := range o.tables {
		t.addKeys(names)
	}
	for _, t := range o.tables {
		o.addReferences(t)
	}
	return o
}

func (o *Objects) addTable(t *catalog.Table) {
	if len(t.Addresses) == 0 {
		return
	}
	if in := o.schemas[t.Address().Schema]; in != nil {
		own := newTable(in, t)
		o.tables = append(o.tables, own)
		o.byTable[t] = own
	}
}

// newTable names a table, its row type and the array over that.
func newTable(in *schema, of *catalog.Table) *table {
	name := of.Address().Name
	return &table{
		oid: of.OID, rowType: RowType(in.name, name, false), arrayType: RowType(in.name, name, true),
		schema: in, name: name, owner: in.ownerName(), of: of,
	}
}

// persistence is pg_class.relpersistence.
func (t *table) persistence() string {
	if t.schema.temporary {
		return "t"
	}
	return "p"
}

// relationNames are the names that indexes may not take: tables and indexes of a schema
// share one space of names.
func (o *Objects) relationNames() map[catalog.Address]bool {
	taken := map[catalog.Address]bool{}
	for _, a := range o.mesh.Addresses() {
		taken[a] = true
	}
	return taken
}

// addKeys names the keys as PostgreSQL names those written without a name.
func (t *table) addKeys(taken map[catalog.Address]bool) {
	for _, k := range t.of.Keys {
		c := &constraint{kind: "u", table: t, columns: k.Columns}
		label := "key"
		parts := t.columnNames(k.Columns)
		if k.Primary {
			c.kind, label, parts = "p", "pkey", nil
		}
		if k.Index {
			c.kind, label = "i", "idx"
		}
		c.name = k.Name
		for n := 0; c.name == "" || taken[catalog.Address{Schema: t.schema.name, Name: c.name}]; n++ {
			c.name = objectName(t.name, parts, label, n)
		}
		taken[catalog.Address{Schema: t.schema.name, Name: c.name}] = true
		t.addConstraint(c)
		c.index = hashOID("index", t.schema.name, c.name)
	}
}

func (t *table) addConstraint(c *constraint) {
	c.oid = hashOID("constraint", t.schema.name, t.name, c.name)
	t.constraints = append(t.constraints, c)
}

func (t *table) columnNames(columns []int) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = t.of.Columns[c].Name
	}
	return names
}

// addReferences names the foreign keys whose table and columns exist.
func (o *Objects) addReferences(t *table) {
	for _, r := range t.of.References {
		c := o.reference(t, r)
		if c == nil {
			continue
		}
		c.name = r.Name
		for n := 0; c.name == "" || slices.ContainsFunc(t.constraints, func(other *constraint) bool { return other.name == c.name }); n++ {
			c.name = objectName(t.name, t.columnNames(c.columns), "fkey", n)
		}
		t.addConstraint(c)
	}
}

func (o *Objects) reference(t *table, r catalog.Reference) *constraint {
	of, ok := o.mesh.Table(r.To)
	to := o.byTable[of]
	if !ok || to == nil || len(r.ToNames) != len(r.Columns) {
		return nil
	}
	c := &constraint{kind: "f", table: t, columns: r.Columns, references: to}
	for _, name := range r.ToNames {
		at := slices.IndexFunc(of.Columns, func(c *catalog.Column) bool { return c.Name == name })
		if at < 0 {
			return nil
		}
		c.to = append(c.to, at)
	}
	for _, key := range to.constraints {
		if key.kind != "f" && sameSet(key.columns, c.to) {
			c.target = key
			break
		}
	}
	return c
}

func sameSet(a, b []int) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

// maxName is the length of a name (NAMEDATALEN - 1).
const maxName = 63

// objectName is ChooseIndexName and ChooseConstraintName: table_column_label, cut where it is too
// long, with a number where the name is taken.
func objectName(table string, columns []string, label string, n int) string {
	second := ""
	for i, c := range columns {
		if i > 0 {
			second += "_"
		}
		second += c
	}
	if n > 0 {
		label += fmt.Sprint(n)
	}
	overhead := len(label) + 1
	if second != "" {
		overhead++
	}
	for len(table)+len(second)+overhead > maxName {
		if len(table) > len(second) {
			table = table[:len(table)-1]
		} else {
			second = second[:len(second)-1]
		}
	}
	if second != "" {
		return table + "_" + second + "_" + label
	}
	return table + "_" + label
}
