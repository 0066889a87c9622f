package duckdb

import (
	"context"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// reading is what one read finds of its tables. A table that it names twice is looked for
// once, and read in one place.
type reading struct {
	source    *Source
	ctx       context.Context
	engine    *duckdb.Engine
	shown     bool // for people: nothing is read
	relations map[*catalog.Table]*relation
	copies    map[*relation]*copied
	later     []func() // to be called once it has ended
}

func (s *Source) newReading(ctx context.Context, e *duckdb.Engine) *reading {
	return &reading{source: s, ctx: ctx, engine: e, relations: map[*catalog.Table]*relation{}, copies: map[*relation]*copied{}}
}

// write gives the statement of a plan.
func (r *reading) write(of *plan.Remote) (string, error) {
	if r.source.memory != nil && !r.shown && !of.Off[optimization.ReadFilesFromMemory] {
		r.takeCopies(of.Root)
	}
	return sqlwriter.DuckDB(of.Root, sqlwriter.Options{Locale: of.Locale, Scan: r.scan})
}

// takeCopies finds for every table the copy that has all columns the plan reads of it. What
// fails here fails again when the statement is written.
func (r *reading) takeCopies(root plan.Node) {
	var tables []*catalog.Table
	used := map[*catalog.Table][]columnUse{}
	plan.Walk(root, func(n plan.Node) bool {
		scan, ok := n.(*plan.Scan)
		if !ok {
			return true
		}
		if used[scan.Table] == nil {
			tables = append(tables, scan.Table)
		}
		used[scan.Table] = append(used[scan.Table], r.uses(scan)...)
		return true
	})
	for _, t := range tables {
		relation, err := r.relation(t)
		if err != nil || !relation.file {
			continue
		}
		c, later := r.source.copyFor(r.engine, t, relation, used[t])
		if later != nil && r.source.memory.Eager {
			later()
			r.source.loads.wait()
			c, later = r.source.copyFor(r.engine, t, relation, used[t])
		}
		if c != nil {
			r.copies[relation] = c
		}
		if later != nil {
			r.later = append(r.later, later)
		}
	}
}

// uses are the columns that a scan takes of its files.
func (r *reading) uses(n *plan.Scan) []columnUse {
	relation, err := r.relation(n.Table)
	if err != nil {
		return nil
	}
	var all []columnUse
	for _, ordinal := range n.Ordinals {
		if one, err := r.source.use(relation, n.Table, ordinal); err == nil {
			all = append(all, one)
		}
	}
	return all
}

func (r *reading) relation(t *catalog.Table) (*relation, error) {
	if known, ok := r.relations[t]; ok {
		return known, nil
	}
	found, err := r.source.relation(r.ctx, r.engine, t)
	if err == nil {
		r.relations[t] = found
	}
	return found, err
}

// scan names a table for the writer, with each column as its contract says.
func (r *reading) scan(n *plan.Scan, alias string) (string, []string, error) {
	relation, err := r.relation(n.Table)
	if err != nil {
		return "", nil, err
	}
	columns := make([]string, len(n.Cols))
	for i, ordinal := range n.Ordinals {
		if columns[i], err = r.column(relation, alias, n.Table, ordinal); err != nil {
			return "", nil, err
		}
	}
	switch c := r.copies[relation]; {
	case r.shown:
		return relation.shown, columns, nil
	case c != nil:
		return c.table, columns, nil
	default:
		return relation.from, columns, nil
	}
}

func (r *reading) column(of *relation, alias string, t *catalog.Table, ordinal int) (string, error) {
	c := r.copies[of]
	if c == nil {
		return r.source.column(of, alias, t.Columns[ordinal])
	}
	used, err := r.source.use(of, t, ordinal)
	return c.column(alias, used.computed), err
}

// end lets go of copies and begins to make those that are missing.
func (r *reading) end() {
	for _, c := range r.copies {
		c.drop()
	}
	for _, load := range r.later {
		load()
	}
	r.copies, r.later = nil, nil
}

// note says what is read from memory.
func (r *reading) note() note {
	switch {
	case len(r.copies) == 0:
		return note{}
	case len(r.copies) < len(r.relations):
		return note{[]optimization.Name{optimization.ReadFilesFromMemory}, "partly from memory"}
	default:
		return note{[]optimization.Name{optimization.ReadFilesFromMemory}, "from memory"}
	}
}

// note is how something is read.
type note struct {
	by   []optimization.Name
	said string
}
