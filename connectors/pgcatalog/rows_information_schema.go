package pgcatalog

import (
	"fmt"
	"strconv"
)

func (v *View) catalogName(w *writer) { w.columns("catalog_name")(v.database) }

func (v *View) schemata(w *writer) {
	add := w.columns("catalog_name", "schema_name", "schema_owner")
	for _, s := range v.schemas {
		if s.name != "pg_toast" {
			add(v.database, s.name, s.ownerName())
		}
	}
}

func (v *View) schemaTables(w *writer) {
	add := w.columns("table_catalog", "table_schema", "table_name", "table_type", "is_insertable_into", "is_typed")
	for _, r := range v.system {
		add(v.database, r.address().Schema, r.address().Name, map[string]string{"r": "BASE TABLE", "v": "VIEW"}[r.kind], "NO", "NO")
	}
	for _, t := range v.tables {
		kind := "BASE TABLE"
		if t.schema.temporary {
			kind = "LOCAL TEMPORARY"
		}
		add(v.database, t.schema.name, t.name, kind, yesNo(t.schema.temporary), "NO")
	}
}

func (v *View) schemaViews(w *writer) {
	add := w.columns("table_catalog", "table_schema", "table_name", "view_definition", "check_option", "is_updatable", "is_insertable_into",
		"is_trigger_updatable", "is_trigger_deletable", "is_trigger_insertable_into")
	for _, r := range v.system {
		if r.kind == "v" {
			add(v.database, r.address().Schema, r.address().Name, viewTexts()[r.oid][0], "NONE", "NO", "NO", "NO", "NO", "NO")
		}
	}
}

// constraintTypes are the words for pg_constraint.contype.
var constraintTypes = map[string]string{"p": "PRIMARY KEY", "u": "UNIQUE", "f": "FOREIGN KEY"}

func (v *View) tableConstraints(w *writer) {
	add := w.columns("constraint_catalog", "constraint_schema", "constraint_name", "table_catalog", "table_schema", "table_name",
		"constraint_type", "is_deferrable", "initially_deferred", "enforced", "nulls_distinct")
	for _, t := range v.tables {
		for _, c := range t.constraints {
			var distinct any
			if c.kind == "u" {
				distinct = "YES"
			}
			add(v.database, t.schema.name, c.name, v.database, t.schema.name, t.name, constraintTypes[c.kind], "NO", "NO", "YES", distinct)
		}
	}
	v.eachNotNull(func(t *visible, name, _ string) {
		add(v.database, t.schema.name, name, v.database, t.schema.name, t.name, "CHECK", "NO", "NO", "YES", nil)
	})
}

// eachNotNull gives the constraint information_schema shows for each column that is NOT
// NULL; pg_constraint has none before PostgreSQL 18.
func (v *View) eachNotNull(f func(t *visible, name, column string)) {
	for _, t := range v.tables {
		key := t.primaryKey()
		for i, c := range t.of.Columns {
			if t.shown[i] && (c.NotNull || key[i]) {
				f(t, fmt.Sprintf("%d_%d_%d_not_null", t.schema.oid, t.oid, c.Ordinal), c.Name)
			}
		}
	}
}

func (v *View) checkConstraints(w *writer) {
	add := w.columns("constraint_catalog", "constraint_schema", "constraint_name", "check_clause")
	v.eachNotNull(func(t *visible, name, column string) {
		add(v.database, t.schema.name, name, column+" IS NOT NULL")
	})
}

func (v *View) keyColumnUsage(w *writer) {
	add := w.columns("constraint_catalog", "constraint_schema", "constraint_name", "table_catalog", "table_schema", "table_name",
		"column_name", "ordinal_position", "position_in_unique_constraint")
	for _, t := range v.tables {
		for _, c := range t.constraints {
			for i, at := range c.columns {
				add(v.database, t.schema.name, c.name, v.database, t.schema.name, t.name, t.of.Columns[at].Name, i+1, c.positionInKey(i))
			}
		}
	}
}

// positionInKey is where the column that a foreign key's i-th column refers to stands in
// the key.
func (c *constraint) positionInKey(i int) any {
	if c.target == nil {
		return nil
	}
	for at, column := range c.target.columns {
		if column == c.to[i] {
			return at + 1
		}
	}
	return nil
}

func (v *View) referentialConstraints(w *writer) {
	add := w.columns("constraint_catalog", "constraint_schema", "constraint_name", "unique_constraint_catalog",
		"unique_constraint_schema", "unique_constraint_name", "match_option", "update_rule", "delete_rule")
	for _, t := range v.tables {
		for _, c := range t.constraints {
			if c.kind != "f" {
				continue
			}
			var schema, name any
			if c.target != nil && v.keys[c.target.oid] != nil {
				schema, name = c.references.schema.name, c.target.name
			}
			add(v.database, t.schema.name, c.name, v.database, schema, name, "NONE", "NO ACTION", "NO ACTION")
		}
	}
}

func (v *View) constraintColumnUsage(w *writer) {
	add := w.columns("table_catalog", "table_schema", "table_name", "column_name", "constraint_catalog", "constraint_schema", "constraint_name")
	for _, t := range v.tables {
		for _, c := range t.constraints {
			of, columns := c.used()
			for _, at := range columns {
				add(v.database, of.schema.name, of.name, of.of.Columns[at].Name, v.database, t.schema.name, c.name)
			}
		}
	}
}

// used gives the table and columns a constraint rests on: a foreign key's are those it
// refers to.
func (c *constraint) used() (*table, []int) {
	if c.kind == "f" {
		return c.references, c.to
	}
	return c.table, c.columns
}

func (v *View) constraintTableUsage(w *writer) {
	add := w.columns("table_catalog", "table_schema", "table_name", "constraint_catalog", "constraint_schema", "constraint_name")
	for _, t := range v.tables {
		for _, c := range t.constraints {
			of, _ := c.used()
			add(v.database, of.schema.name, of.name, v.database, t.schema.name, c.name)
		}
	}
}

func (v *View) tablePrivileges(w *writer) {
	add := w.columns("grantor", "grantee", "table_catalog", "table_schema", "table_name", "privilege_type", "is_grantable", "with_hierarchy")
	if w.relation.address().Name == "table_privileges" {
		for _, r := range v.system {
			add(superuser, "PUBLIC", v.database, r.address().Schema, r.address().Name, "SELECT", "NO", "YES")
		}
	}
	for _, t := range v.tables {
		switch {
		case t.schema.temporary:
			for _, one := range ownerPrivileges {
				add(t.owner, v.user, v.database, t.schema.name, t.name, one, "YES", yesNo(one == "SELECT"))
			}
		case t.whole:
			add(t.owner, v.user, v.database, t.schema.name, t.name, "SELECT", "NO", "YES")
		}
	}
}

func (v *View) columnPrivileges(w *writer) {
	add := w.columns("grantor", "grantee", "table_catalog", "table_schema", "table_name", "column_name", "privilege_type", "is_grantable")
	if w.relation.address().Name == "column_privileges" {
		for _, r := range v.system {
			for _, c := range r.columns {
				add(superuser, "PUBLIC", v.database, r.address().Schema, r.address().Name, c.name, "SELECT", "NO")
			}
		}
	}
	for _, t := range v.tables {
		for i, c := range t.of.Columns {
			switch {
			case t.schema.temporary:
				for _, one := range columnPrivileges {
					add(t.owner, v.user, v.database, t.schema.name, t.name, c.Name, one, "YES")
				}
			case t.shown[i]:
				add(t.owner, v.user, v.database, t.schema.name, t.name, c.Name, "SELECT", "NO")
			}
		}
	}
}

func (v *View) enabledRoles(w *writer) {
	add := w.columns("role_name")
	add(v.user)
	for _, g := range v.groups {
		add(g)
	}
}

func (v *View) applicableRoles(w *writer) {
	add := w.columns("grantee", "role_name", "is_grantable")
	for _, g := range v.groups {
		add(v.user, g, "NO")
	}
}

func (v *View) characterSets(w *writer) {
	w.columns("character_set_name", "character_repertoire", "form_of_use", "default_collate_catalog", "default_collate_schema", "default_collate_name")(
		"UTF8", "UCS", "UTF8", v.database, SystemSchema, "C")
}

func (v *View) collations(w *writer) {
	add := w.columns("collation_catalog", "collation_schema", "collation_name", "pad_attribute")
	eachLine("pg_collation", func(c []cell) { add(v.database, SystemSchema, c[1].text, "NO PAD") })
}

func (v *View) collationCharacterSets(w *writer) {
	add := w.columns("collation_catalog", "collation_schema", "collation_name", "character_set_name")
	eachLine("pg_collation", func(c []cell) { add(v.database, SystemSchema, c[1].text, "UTF8") })
}

func itoa(n int) string { return strconv.Itoa(n) }
