package pgcatalog

import (
	"slices"
	"strconv"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgname"
)

// Access methods (pg_am).
const (
	heapAM  uint32 = 2
	btreeAM uint32 = 403
)

// OIDs of catalogs that other catalogs name (classoid).
const (
	classOfClass      uint32 = 1259
	classOfNamespace  uint32 = 2615
	classOfConstraint uint32 = 2606
	classOfDatabase   uint32 = 1262
)

func (v *View) namespaces(w *writer) {
	add := w.columns("oid", "nspname", "nspowner", "nspacl")
	for _, s := range v.schemas {
		add(s.oid, s.name, roleOID(s.owner), v.schemaACL(s))
	}
}

func (v *View) schemaACL(s *schema) any {
	if s.temporary {
		return nil
	}
	acl := []string{aclItem(s.ownerName(), "UC", s.ownerName()), "=U/" + aclName(s.ownerName())}
	if _, domain := v.objects.schemas[s.name]; domain { // used by those it is shown to
		acl[1] = aclItem(v.user, "U", s.ownerName())
	}
	return acl
}

func (s *schema) ownerName() string {
	if s.owner == "" {
		return superuser
	}
	return s.owner
}

// aclItem is "grantee=rights/grantor" (acl.c: aclitemout).
func aclItem(grantee, rights, grantor string) string {
	return aclName(grantee) + "=" + rights + "/" + aclName(grantor)
}

func aclName(name string) string {
	for _, c := range name {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return pgname.Quoted(name)
		}
	}
	return name
}

// acl is a table's: what the principal has been granted. Where a grant leaves columns
// out, the columns carry it.
func (v *View) acl(t *visible) any {
	if !t.whole || t.schema.temporary {
		return nil
	}
	return []string{aclItem(v.user, "r", t.owner)}
}

func (v *View) columnACL(t *visible) any {
	if t.whole {
		return nil
	}
	return []string{aclItem(v.user, "r", t.owner)}
}

func (v *View) classes(w *writer) {
	add := w.columns("oid", "relname", "relnamespace", "reltype", "relowner", "relam", "relfilenode", "reltuples", "relhasindex",
		"relpersistence", "relkind", "relnatts", "relhasrules", "relhastriggers", "relispopulated", "relreplident", "relfrozenxid", "relminmxid", "relacl")
	for _, r := range v.system {
		am := heapAM
		if r.kind == "v" {
			am = 0
		}
		a := r.address()
		add(r.oid, a.Name, v.schema(a.Schema).oid, r.rowType, uint32(superuserOID), am, r.oid, -1.0, systemIndexes().tables[r.oid],
			"p", r.kind, len(r.columns), r.kind == "v", false, true, "n", "0", "0", []string{aclItem(superuser, "arwdDxt", superuser), "=r/" + superuser})
	}
	for _, i := range v.systemIndexes() {
		add(i.oid, i.name, v.schema(SystemSchema).oid, uint32(0), uint32(superuserOID), i.method, i.oid, -1.0, false,
			"p", "i", len(i.columns), false, false, true, "n", "0", "0", nil)
	}
	for _, t := range v.tables {
		add(t.oid, t.name, t.schema.oid, t.rowType, roleOID(t.owner), heapAM, t.oid, -1.0, len(t.indexes()) > 0,
			t.persistence(), "r", len(t.shown), false, v.hasTriggers(t), true, "d", "0", "0", v.acl(t))
		for _, c := range t.indexes() {
			add(c.index, c.name, t.schema.oid, uint32(0), roleOID(t.owner), btreeAM, c.index, -1.0, false,
				"p", "i", len(c.columns), false, false, true, "n", "0", "0", nil)
		}
	}
}

// hasTriggers: foreign keys are enforced by triggers, and clients ask relhastriggers
// before they look for foreign keys.
func (v *View) hasTriggers(t *visible) bool {
	for _, c := range v.keys {
		if c.kind == "f" && (c.table == t.table || c.references == t.table) {
			return true
		}
	}
	return false
}

func (t *visible) indexes() []*constraint {
	var all []*constraint
	for _, c := range slices.Concat(t.constraints, t.alone) {
		if c.index != 0 {
			all = append(all, c)
		}
	}
	return all
}

func (v *View) attributes(w *writer) {
	add := w.columns("attrelid", "attname", "atttypid", "attlen", "attnum", "attcacheoff", "atttypmod", "attndims", "attbyval", "attalign", "attstorage",
		"attnotnull", "attislocal", "attcollation", "attacl")
	column := func(relation uint32, name string, number int, of pgtype.Type, collation uint32, notNull bool, acl any) {
		info, _ := pgtype.TypeByOID(of.OID)
		dims := 0
		if info.IsArray && info.OID != pgtype.Int2Vector && info.OID != pgtype.OidVector {
			dims = 1
		}
		add(relation, name, uint32(of.OID), info.Len, number, -1, of.Mod, dims, info.ByVal, string(info.Align), string(info.Storage),
			notNull, true, collation, acl)
	}
	for _, r := range v.system {
		for i, c := range r.columns {
			column(r.oid, c.name, i+1, c.declare, c.collation, c.notNull, nil)
		}
	}
	for _, index := range v.systemIndexes() {
		for i, c := range index.columns {
			column(index.oid, c.name, i+1, c.declare, c.collation, c.notNull, nil)
		}
	}
	for _, t := range v.tables {
		key := t.primaryKey()
		for i, c := range t.of.Columns {
			if t.shown[i] {
				column(t.oid, c.Name, c.Ordinal, c.Type, typeCollation(c.Type), c.NotNull || key[i], v.columnACL(t))
			}
		}
		for _, x := range t.indexes() {
			for i, c := range x.columns {
				column(x.index, t.of.Columns[c].Name, i+1, t.of.Columns[c].Type, typeCollation(t.of.Columns[c].Type), false, nil)
			}
		}
	}
}

func typeCollation(t pgtype.Type) uint32 {
	info, _ := pgtype.TypeByOID(t.OID)
	return uint32(info.Collation)
}

// primaryKey tells which columns a primary key makes NOT NULL.
func (t *visible) primaryKey() map[int]bool {
	key := map[int]bool{}
	for _, c := range t.constraints {
		if c.kind == "p" {
			for _, i := range c.columns {
				key[i] = true
			}
		}
	}
	return key
}

// rowTypes are the composite types of the tables, and the arrays over them.
func (v *View) rowTypes(w *writer) {
	add := w.columns("oid", "typname", "typnamespace", "typowner", "typlen", "typtype", "typcategory", "typisdefined", "typdelim",
		"typrelid", "typsubscript", "typelem", "typarray", "typinput", "typoutput", "typreceive", "typsend", "typanalyze", "typalign", "typstorage", "typtypmod")
	procedure := func(name string) uint32 { return uint32(pgtype.ProceduresByName("", name)[0].OID) }
	in, out, receive, send := procedure("record_in"), procedure("record_out"), procedure("record_recv"), procedure("record_send")
	arrayIn, arrayOut, arrayReceive, arraySend := procedure("array_in"), procedure("array_out"), procedure("array_recv"), procedure("array_send")
	subscript, analyze := procedure("array_subscript_handler"), procedure("array_typanalyze")
	for _, t := range v.tables {
		owner := roleOID(t.owner)
		add(t.rowType, t.name, t.schema.oid, owner, -1, "c", "C", true, ",",
			t.oid, uint32(0), uint32(0), t.arrayType, in, out, receive, send, uint32(0), "d", "x", -1)
		add(t.arrayType, "_"+t.name, t.schema.oid, owner, -1, "b", "A", true, ",",
			uint32(0), subscript, t.rowType, uint32(0), arrayIn, arrayOut, arrayReceive, arraySend, analyze, "d", "x", -1)
	}
}

func (v *View) descriptions(w *writer) {
	add := w.columns("objoid", "classoid", "objsubid", "description")
	for _, s := range v.schemas {
		if _, domain := v.objects.schemas[s.name]; domain && s.comment != "" {
			add(s.oid, classOfNamespace, 0, s.comment)
		}
	}
	for _, t := range v.tables {
		if t.of.Description != "" {
			add(t.oid, classOfClass, 0, t.of.Description)
		}
		for i, c := range t.of.Columns {
			if t.shown[i] && c.Description != "" {
				add(t.oid, classOfClass, c.Ordinal, c.Description)
			}
		}
	}
}

// vector prints numbers as int2vector and oidvector do.
func vector[N int | uint32](list []N) string {
	var b []byte
	for i, n := range list {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, int64(n), 10)
	}
	return string(b)
}
