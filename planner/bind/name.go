package bind

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// columnRef binds a name: a column, or a whole row, which is a *plan.Row.
func (b *binder) columnRef(s *scope, n *pg_query.ColumnRef) (plan.Expr, error) {
	if b.principal != nil && n.Fields[0].GetString_().GetSval() == "principal" {
		return b.principalAttribute(n)
	}
	c, r, err := b.lookUp(s, n)
	if err != nil {
		return nil, err
	}
	position := b.position(n.Location)
	if r != nil {
		return b.wholeRow(r, position), nil
	}
	return b.reference(*c, position), nil
}

// wholeRow is a relation's row; of a function that gives scalars, its value.
func (b *binder) wholeRow(r *relation, position int) plan.Expr {
	if r.scalar {
		return b.reference(r.columns[0], position)
	}
	row := &plan.Row{Padded: r.padded}
	if r.table != nil && len(r.table.Addresses) > 0 {
		a := r.table.Address()
		row.Schema, row.Relation = a.Schema, a.Name
	}
	if r.witness != nil {
		row.Witness = b.reference(*r.witness, position)
	}
	for _, c := range r.columns {
		row.Names = append(row.Names, c.name)
		row.Fields = append(row.Fields, b.reference(c, position))
	}
	return row
}

// lookUp finds what a name means: a column, or else the relation whose row it is
// (transformColumnRef).
func (b *binder) lookUp(s *scope, n *pg_query.ColumnRef) (*scopeColumn, *relation, error) {
	position := b.position(n.Location)
	q, err := b.qualifier(n)
	if err != nil {
		return nil, nil, err
	}
	if q.relation == "" && !q.star {
		return b.lookUpPlain(s, q.column, position)
	}
	r, err := b.relationNamed(s, q.schema, q.relation, position)
	switch {
	case err != nil:
		return nil, nil, err
	case r == nil:
		return nil, nil, b.missingRelation(s, q, position)
	case q.star:
		return nil, r, nil
	}
	c, err := r.column(q.column, position)
	if err == nil && c == nil {
		err = b.missingColumn(s, q.relation, q.column, position)
	}
	return c, nil, err
}

func (b *binder) lookUpPlain(s *scope, name string, position int) (*scopeColumn, *relation, error) {
	c, _, err := findColumn(s, name, position)
	if c != nil || err != nil {
		return c, nil, err
	}
	r, err := b.relationNamed(s, "", name, position)
	if r != nil || err != nil {
		return nil, r, err
	}
	return nil, nil, b.missingColumn(s, "", name, position)
}

// qualifiedName is a ColumnRef taken apart.
type qualifiedName struct {
	schema, relation, column string
	star                     bool
}

func (b *binder) qualifier(n *pg_query.ColumnRef) (q qualifiedName, err error) {
	fields := n.Fields
	if last := fields[len(fields)-1]; last.GetAStar() != nil {
		q.star, fields = true, fields[:len(fields)-1]
	}
	parts := nameParts(fields)
	if !q.star {
		q.column, parts = parts[len(parts)-1], parts[:len(parts)-1]
	}
	switch len(parts) {
	case 0:
	case 1:
		q.relation = parts[0]
	case 2:
		q.schema, q.relation = parts[0], parts[1]
	case 3:
		if parts[0] != b.env.Database {
			return q, sqlstate.New(sqlstate.FeatureNotSupported, "cross-database references are not implemented: %s", dotted(n)).At(b.position(n.Location))
		}
		q.schema, q.relation = parts[1], parts[2]
	default:
		return q, sqlstate.New(sqlstate.SyntaxError, "improper qualified name (too many dotted names): %s", dotted(n)).At(b.position(n.Location))
	}
	return q, nil
}

func dotted(n *pg_query.ColumnRef) string {
	words := make([]string, len(n.Fields))
	for i, f := range n.Fields {
		words[i] = f.GetString_().GetSval()
		if f.GetAStar() != nil {
			words[i] = "*"
		}
	}
	return strings.Join(words, ".")
}

// findColumn finds an unqualified column in the innermost scope that has one, and says
// how many queries out that is; nil where there is none (colNameToVar).
func findColumn(s *scope, name string, position int) (*scopeColumn, int, error) {
	for level := 0; s != nil; level, s = level+1, s.parent {
		var found *scopeColumn
		var of *relation
		for _, r := range s.relations {
			for i := range r.columns {
				if c := &r.columns[i]; c.unqualified && c.name == name {
					if found != nil {
						return nil, level, ambiguous(name, position)
					}
					found, of = c, r
				}
			}
		}
		for _, r := range s.relations {
			if c := r.systemColumn(name); found == nil && c != nil {
				found, of = c, r
			}
		}
		if found != nil {
			return found, level, of.reachable(position)
		}
	}
	return nil, 0, nil
}

// relationNamed finds a relation by alias, or by schema and name where it has no alias;
// nil where there is none (refnameNamespaceItem).
func (b *binder) relationNamed(s *scope, schema, name string, position int) (*relation, error) {
	for ; s != nil; s = s.parent {
		var found *relation
		for _, r := range s.relations {
			if r.hidden || r.alias != name || schema != "" && r.schema != schema {
				continue
			}
			if found != nil {
				return nil, sqlstate.New("42P09", "table reference \"%s\" is ambiguous", name).At(position)
			}
			found = r
		}
		if found != nil {
			return found, found.reachable(position)
		}
	}
	return nil, nil
}

// reachable fails for a relation that LATERAL may not reach.
func (r *relation) reachable(position int) error {
	if !r.barred {
		return nil
	}
	return sqlstate.New(sqlstate.InvalidColumnReference, "invalid reference to FROM-clause entry for table \"%s\"", r.alias).
		WithDetail("The combining JOIN type must be INNER or LEFT for a LATERAL reference.").At(position)
}

// systemColumn finds a column such as tableoid.
func (r *relation) systemColumn(name string) *scopeColumn {
	for i := range r.system {
		if r.system[i].name == name {
			return &r.system[i]
		}
	}
	return nil
}

// column finds a column of one relation; nil where it has none of that name.
func (r *relation) column(name string, position int) (*scopeColumn, error) {
	var found *scopeColumn
	for i := range r.columns {
		if r.columns[i].name != name {
			continue
		}
		if found != nil {
			return nil, ambiguous(name, position)
		}
		found = &r.columns[i]
	}
	if found == nil {
		found = r.systemColumn(name)
	}
	return found, nil
}

// schemaExists fails with 3F000 for a schema that is none of PostgreSQL's own and not on
// the search path. Which others exist is not told: it may depend on the principal.
func (b *binder) schemaExists(schema string) error {
	switch schema {
	case "", "pg_catalog", "information_schema", "pg_toast":
		return nil
	}
	if slices.Contains(b.env.SearchPath, schema) {
		return nil
	}
	return sqlstate.New(sqlstate.InvalidSchemaName, "schema \"%s\" does not exist", schema)
}

func ambiguous(name string, position int) error {
	return sqlstate.New(sqlstate.AmbiguousColumn, "column reference \"%s\" is ambiguous", name).At(position)
}
