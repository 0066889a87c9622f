package planner

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TableDefinition is what a temporary table is made of.
type TableDefinition struct {
	Columns []ColumnDefinition
	Keys    []catalog.Key // Columns are indexes into those above
	Checks  []Check
}

// ColumnDefinition is a column and where its value comes from when a row gives none: NULL,
// a default, or the next number.
type ColumnDefinition struct {
	plan.Column
	Default  *pg_query.Node
	Numbered bool
	Identity bool // numbered as an identity column, not as a serial one
	Always   bool // and no row may give another
	// Generated is what the column is computed by, from others of its row; nil where it is not.
	Generated *pg_query.Node
}

// Check is a condition that no row may make false.
type Check struct {
	Name      string
	condition *pg_query.Node
}

// definition is a TableDefinition in the making.
type definition struct {
	TableDefinition
	env   bind.Environment
	text  string
	table string
	own   func(Relation) (TableDefinition, bool)
	keyed []likeKey // of LIKE … INCLUDING INDEXES
}

// column adds a column with its constraints.
func (t *definition) column(d *pg_query.ColumnDef) error {
	c := ColumnDefinition{Column: plan.Column{Name: d.Colname, NotNull: notNull(d)}}
	if width, ok := serialTypes[strings.Join(names(d.TypeName.GetNames()), ".")]; ok && len(d.TypeName.ArrayBounds) == 0 {
		c.Type, c.NotNull, c.Numbered = pgtype.Of(width), true, true
	} else {
		of, err := bind.TypeOf(t.env, t.text, d.TypeName)
		if err != nil {
			return err
		}
		c.Type = of
	}
	t.Columns = append(t.Columns, c)
	for _, n := range d.Constraints {
		if err := t.columnConstraint(&t.Columns[len(t.Columns)-1], n.GetConstraint()); err != nil {
			return err
		}
	}
	return nil
}

// serialTypes stand for integers that are numbered.
var serialTypes = map[string]pgtype.OID{
	"smallserial": pgtype.Int2, "serial2": pgtype.Int2, "serial": pgtype.Int4, "serial4": pgtype.Int4, "bigserial": pgtype.Int8, "serial8": pgtype.Int8,
}

func (t *definition) columnConstraint(c *ColumnDefinition, n *pg_query.Constraint) error {
	switch n.Contype {
	case pg_query.ConstrType_CONSTR_DEFAULT:
		if c.Generated != nil {
			return t.twice("default and generation expression", c.Name, n)
		}
		if c.Default != nil || c.Numbered {
			return sqlstate.New(sqlstate.SyntaxError, "multiple default values specified for column %q of table %q", c.Name, t.table).At(position(t.text, n.Location))
		}
		if err := bind.CheckDefault(t.env, t.text, c.Column, n.RawExpr); err != nil {
			return err
		}
		c.Default = unplaced(n.RawExpr)
	case pg_query.ConstrType_CONSTR_GENERATED:
		switch {
		case c.Default != nil:
			return t.twice("default and generation expression", c.Name, n)
		case c.Numbered:
			return t.twice("identity and generation expression", c.Name, n)
		}
		c.Generated = ofItself(n.RawExpr)
	case pg_query.ConstrType_CONSTR_IDENTITY:
		switch {
		case len(n.Options) > 0:
			return sqlstate.Unsupported("options of an identity column")
		case c.Type.OID != pgtype.Int2 && c.Type.OID != pgtype.Int4 && c.Type.OID != pgtype.Int8:
			return sqlstate.New(sqlstate.InvalidParameterValue, "identity column type must be smallint, integer, or bigint")
		}
		c.Numbered, c.Identity, c.NotNull, c.Always = true, true, true, n.GeneratedWhen == "a"
	case pg_query.ConstrType_CONSTR_PRIMARY, pg_query.ConstrType_CONSTR_UNIQUE:
		return t.key(n, []string{c.Name})
	case pg_query.ConstrType_CONSTR_CHECK:
		return t.check(n, c.Name+"_")
	case pg_query.ConstrType_CONSTR_NULL, pg_query.ConstrType_CONSTR_NOTNULL:
	default:
		what := strings.TrimPrefix(n.Contype.String(), "CONSTR_")
		return sqlstate.Unsupported("%s of a column of a temporary table", strings.ReplaceAll(what, "_", " "))
	}
	return nil
}

// constraint adds one of the whole table.
func (t *definition) constraint(n *pg_query.Constraint) error {
	switch n.Contype {
	case pg_query.ConstrType_CONSTR_PRIMARY, pg_query.ConstrType_CONSTR_UNIQUE:
		return t.key(n, names(n.Keys))
	case pg_query.ConstrType_CONSTR_CHECK:
		column := ""
		if all := columnsNamed(n.RawExpr); len(all) == 1 {
			column = all[0] + "_"
		}
		return t.check(n, column)
	}
	return sqlstate.Unsupported("such a constraint of a temporary table")
}

// key adds a primary or unique key.
func (t *definition) key(n *pg_query.Constraint, columns []string) error {
	k := catalog.Key{Name: n.Conname, Primary: n.Contype == pg_query.ConstrType_CONSTR_PRIMARY}
	switch {
	case n.Deferrable || n.Initdeferred || n.NullsNotDistinct || len(n.Including) > 0 || len(n.Options) > 0 || n.Indexname != "":
		return sqlstate.Unsupported("such a key of a temporary table")
	case k.Primary && slices.ContainsFunc(t.Keys, func(o catalog.Key) bool { return o.Primary }):
		return sqlstate.New(sqlstate.InvalidTableDefinition, "multiple primary keys for table %q are not allowed", t.table).At(position(t.text, n.Location))
	}
	for _, name := range columns {
		i := slices.IndexFunc(t.Columns, func(c ColumnDefinition) bool { return c.Name == name })
		if i < 0 {
			return sqlstate.New(sqlstate.UndefinedColumn, "column %q named in key does not exist", name).At(position(t.text, n.Location))
		}
		t.Columns[i].NotNull = t.Columns[i].NotNull || k.Primary
		k.Columns = append(k.Columns, i)
	}
	if k.Name == "" {
		k.Name = t.keyName(k, columns)
	}
	if slices.ContainsFunc(t.Keys, func(o catalog.Key) bool { return o.Name == k.Name }) {
		return sqlstate.New(sqlstate.DuplicateTable, "relation %q already exists", k.Name)
	}
	t.Keys = append(t.Keys, k)
	return nil
}

// keyName names a key that was written without a name.
func (t *definition) keyName(k catalog.Key, columns []string) string {
	switch {
	case k.Primary:
		return t.table + "_pkey"
	case k.Index:
		return t.free(t.table + "_" + strings.Join(columns, "_") + "_idx")
	}
	return t.free(t.table + "_" + strings.Join(columns, "_") + "_key")
}

// free gives the first of name, name1, name2, … that no constraint has.
func (t *definition) free(name string) string {
	taken := func(name string) bool {
		return slices.ContainsFunc(t.Keys, func(k catalog.Key) bool { return k.Name == name }) ||
			slices.ContainsFunc(t.Checks, func(c Check) bool { return c.Name == name })
	}
	found := name
	for i := 1; taken(found); i++ {
		found = name + string(rune('0'+i%10))
	}
	return found
}

func (t *definition) check(n *pg_query.Constraint, column string) error {
	c := Check{Name: n.Conname, condition: ofItself(n.RawExpr)}
	if c.Name == "" {
		c.Name = t.free(t.table + "_" + column + "check")
	}
	if slices.ContainsFunc(t.Checks, func(o Check) bool { return o.Name == c.Name }) {
		return sqlstate.New(sqlstate.DuplicateObject, "constraint %q for relation %q already exists", c.Name, t.table)
	}
	t.Checks = append(t.Checks, c)
	return nil
}

// Violations is the query for rows of a table that a check forbids.
func (c Check) Violations(table string) *Select {
	not := &pg_query.Node{Node: &pg_query.Node_BoolExpr{BoolExpr: &pg_query.BoolExpr{
		Boolop: pg_query.BoolExprType_NOT_EXPR, Args: []*pg_query.Node{c.condition}, Location: -1}}}
	s := ofTemporary(&pg_query.RangeVar{Relname: table}, []*pg_query.Node{pg_query.MakeResTargetNodeWithVal(pg_query.MakeAConstIntNode(1, -1), -1)})
	s.tree.WhereClause = not
	s.source = source{text: "CHECK of temporary table " + table}
	return s
}

// ofTemporary is a SELECT of targets from one temporary table.
func ofTemporary(from *pg_query.RangeVar, targets []*pg_query.Node) *Select {
	r := &pg_query.RangeVar{Schemaname: catalog.TemporarySchema, Relname: from.Relname, Alias: from.Alias, Inh: true, Relpersistence: "p", Location: -1}
	return &Select{tree: &pg_query.SelectStmt{
		TargetList: targets, FromClause: []*pg_query.Node{{Node: &pg_query.Node_RangeVar{RangeVar: r}}},
		Op: pg_query.SetOperation_SETOP_NONE, LimitOption: pg_query.LimitOption_LIMIT_OPTION_DEFAULT,
	}}
}

// columnsNamed gives the columns that an expression names, each once.
func columnsNamed(n *pg_query.Node) (all []string) {
	eachColumn(n, func(ref *pg_query.ColumnRef) {
		if list := names(ref.Fields); !slices.Contains(all, list[len(list)-1]) {
			all = append(all, list[len(list)-1])
		}
	})
	return all
}

// twice is the error for a column whose value comes from two places.
func (t *definition) twice(both, column string, n *pg_query.Constraint) error {
	return sqlstate.New(sqlstate.SyntaxError, "both %s specified for column %q of table %q", both, column, t.table).At(position(t.text, n.Location))
}

// ofItself takes the places in a text from an expression, and the name of the table, which
// may be renamed.
func ofItself(n *pg_query.Node) *pg_query.Node {
	n = unplaced(n)
	eachColumn(n, func(ref *pg_query.ColumnRef) { ref.Fields = ref.Fields[len(ref.Fields)-1:] })
	return n
}

// unplaced takes the places in a text from an expression: it is bound into other statements.
func unplaced(n *pg_query.Node) *pg_query.Node {
	bind.EachNode(n.ProtoReflect(), func(m protoreflect.Message) {
		if f := m.Descriptor().Fields().ByName("location"); f != nil && f.Kind() == protoreflect.Int32Kind {
			m.Set(f, protoreflect.ValueOfInt32(-1))
		}
	})
	return n
}
