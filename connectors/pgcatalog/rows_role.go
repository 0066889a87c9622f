package pgcatalog

import (
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/internal/pgname"
)

// encodingUTF8 is PG_UTF8.
const encodingUTF8 = 6

// defaultTablespace is pg_default.
const defaultTablespace uint32 = 1663

func (v *View) databases(w *writer) {
	add := w.columns("oid", "datname", "datdba", "encoding", "datlocprovider", "datallowconn", "datconnlimit", "datfrozenxid", "datminmxid",
		"dattablespace", "datcollate", "datctype")
	add(v.objects.database, v.database, uint32(superuserOID), encodingUTF8, "c", true, -1, "0", "0", defaultTablespace, "C", "C")
}

// databaseSettings are what every session starts with (pg_db_role_setting).
func (v *View) databaseSettings(w *writer) {
	var all []string
	for _, d := range v.objects.mesh.Settings.Session {
		values := slices.Clone(d.Values)
		for i, value := range values {
			if len(values) > 1 {
				values[i] = pgname.Printed(value)
			}
		}
		all = append(all, d.Name+"="+strings.Join(values, ", "))
	}
	if all != nil {
		w.columns("setdatabase", "setrole", "setconfig")(v.objects.database, uint32(0), all)
	}
}

func (v *View) roleRows(w *writer) {
	add := w.columns("rolname", "rolsuper", "rolinherit", "rolcreaterole", "rolcreatedb", "rolcanlogin", "rolreplication", "rolconnlimit",
		"rolpassword", "rolbypassrls", "oid")
	for _, name := range v.roles() {
		super := name == superuser
		add(name, super, true, super, super, name == v.user, super, -1, "********", super, roleOID(name))
	}
}

func (v *View) users(w *writer) {
	add := w.columns("usename", "usesysid", "usecreatedb", "usesuper", "userepl", "usebypassrls", "passwd")
	add(v.user, roleOID(v.user), false, false, false, false, "********")
}

func (v *View) groupRows(w *writer) {
	add := w.columns("groname", "grosysid", "grolist")
	for _, name := range v.roles() {
		if name != v.user && name != superuser {
			add(name, roleOID(name), []uint32{})
		}
	}
}

// memberships tell what the principal is a member of, and nobody else.
func (v *View) memberships(w *writer) {
	add := w.columns("oid", "roleid", "member", "grantor", "inherit_option", "set_option")
	for _, g := range v.groups {
		add(hashOID("membership", g, v.user), roleOID(g), roleOID(v.user), uint32(superuserOID), true, true)
	}
}

func (v *View) tableRows(w *writer) {
	add := w.columns("schemaname", "tablename", "tableowner", "hasindexes", "hasrules", "hastriggers", "rowsecurity")
	for _, r := range v.system {
		if r.kind == "r" {
			add(r.address().Schema, r.address().Name, superuser, systemIndexes().tables[r.oid], false, false, false)
		}
	}
	for _, t := range v.tables {
		add(t.schema.name, t.name, t.owner, len(t.indexes()) > 0, false, v.hasTriggers(t), false)
	}
}

func (v *View) viewRows(w *writer) {
	add := w.columns("schemaname", "viewname", "viewowner", "definition")
	for _, r := range v.system {
		if r.kind == "v" {
			add(r.address().Schema, r.address().Name, superuser, viewTexts()[r.oid][0])
		}
	}
}

func (v *View) indexDefinitions(w *writer) {
	add := w.columns("schemaname", "tablename", "indexname", "indexdef")
	for _, i := range v.systemIndexes() {
		add(SystemSchema, relations().byOID[i.table].address().Name, i.name, i.text)
	}
	for _, t := range v.tables {
		for _, c := range t.indexes() {
			add(t.schema.name, t.name, c.name, c.indexDefinition(qualified(t.schema.name, t.name)))
		}
	}
}
