package planner

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// What LIKE … INCLUDING asks for (parsenodes.h, TableLikeOption).
const (
	likeConstraints uint32 = 1 << 2
	likeDefaults    uint32 = 1 << 3
	likeGenerated   uint32 = 1 << 4
	likeIdentity    uint32 = 1 << 5
	likeIndexes     uint32 = 1 << 6
)

// likeKey is a key that LIKE takes over, its columns by their names.
type likeKey struct {
	catalog.Key
	columns []string
}

// like adds the columns of a relation (LIKE), NOT NULL as they are, and what else is asked for.
func (t *definition) like(n *pg_query.TableLikeClause) error {
	table, err := t.env.Resolve(n.Relation.Schemaname, n.Relation.Relname)
	if err != nil {
		return sqlstate.From(err).At(position(t.text, n.Relation.Location))
	}
	of, own := t.own(relation(n.Relation))
	if !own {
		of = t.visible(table)
	}
	for _, c := range of.Columns {
		made := ColumnDefinition{Column: c.Column}
		switch {
		case c.Identity && n.Options&likeIdentity != 0:
			made = c
		case c.Numbered && !c.Identity && n.Options&likeDefaults != 0:
			return sqlstate.Unsupported("LIKE … INCLUDING DEFAULTS of a serial column")
		case n.Options&likeDefaults != 0:
			made.Default = c.Default
		}
		if n.Options&likeGenerated != 0 {
			made.Generated = c.Generated
		}
		t.Columns = append(t.Columns, made)
	}
	if n.Options&likeConstraints != 0 {
		t.Checks = append(t.Checks, of.Checks...)
	}
	if n.Options&likeIndexes != 0 {
		for _, k := range of.Keys {
			key := likeKey{Key: k}
			for _, i := range k.Columns {
				key.columns = append(key.columns, of.Columns[i].Name)
			}
			t.keyed = append(t.keyed, key)
		}
	}
	return nil
}

// visible is a table of the mesh as the session sees it: keys of columns that it sees.
func (t *definition) visible(table *catalog.Table) TableDefinition {
	var of TableDefinition
	place := map[int]int{}
	for i, c := range table.Columns {
		if !c.System && (t.env.Hidden == nil || !t.env.Hidden(table, c)) {
			place[i] = len(of.Columns)
			of.Columns = append(of.Columns, ColumnDefinition{Column: plan.Column{Name: c.Name, Type: c.Type, NotNull: c.NotNull}})
		}
	}
	for _, k := range table.Keys {
		seen := catalog.Key{Primary: k.Primary, Index: k.Index}
		for _, i := range k.Columns {
			if at, ok := place[i]; ok {
				seen.Columns = append(seen.Columns, at)
			}
		}
		if len(seen.Columns) == len(k.Columns) {
			of.Keys = append(of.Keys, seen)
		}
	}
	return of
}

// likeKeys adds the keys that LIKE takes over, under names of their own.
func (t *definition) likeKeys() {
	for _, k := range t.keyed {
		made := catalog.Key{Primary: k.Primary, Index: k.Index}
		for _, name := range k.columns {
			i := slices.IndexFunc(t.Columns, func(c ColumnDefinition) bool { return c.Name == name })
			t.Columns[i].NotNull = t.Columns[i].NotNull || k.Primary
			made.Columns = append(made.Columns, i)
		}
		made.Name = t.keyName(made, k.columns)
		t.Keys = append(t.Keys, made)
	}
}
