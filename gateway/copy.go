package gateway

import (
	"context"
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// copyStatement is COPY … TO STDOUT: a query, decided on and recorded as such, whose
// rows leave as COPY data.
type copyStatement struct {
	query *query
	copy  *planner.Copy
}

var (
	_ pgwire.Statement = (*copyStatement)(nil)
	_ pgwire.CopyOut   = (*copyPortal)(nil)
)

func (s *session) copyStatement(st *planner.Copy) pgwire.Statement {
	return &copyStatement{copy: st, query: newBoundQuery(s, st.Source(), nil, func(now *moment, _ []pgtype.OID) (bind.Bound, error) {
		env := now.env
		env.NoParameters = true
		return s.bindCopy(now, env, st)
	})}
}

// bindCopy binds the query, or makes one of the table and the columns named.
func (s *session) bindCopy(now *moment, env bind.Environment, st *planner.Copy) (bind.Bound, error) {
	if st.Query != nil {
		return st.Query.Bind(env, nil)
	}
	table, err := s.existing(now, st.Table)
	if err != nil {
		return bind.Bound{}, err
	}
	for _, name := range st.Options.ForceQuote {
		if hasColumn(table, name) && st.Columns != nil && !slices.Contains(st.Columns, name) {
			return bind.Bound{}, sqlstate.New(sqlstate.InvalidColumnReference, "FORCE_QUOTE column %q not referenced by COPY", name)
		}
	}
	columns, err := copied(table, st.Columns)
	if err != nil {
		return bind.Bound{}, err
	}
	return st.Select(columns).Bind(env, nil)
}

// copied checks the columns named; none named are all.
func copied(table *catalog.Table, named []string) ([]string, error) {
	if named == nil {
		for _, c := range table.Columns {
			if !c.System {
				named = append(named, c.Name)
			}
		}
		return named, nil
	}
	for i, name := range named {
		switch {
		case !hasColumn(table, name):
			return nil, sqlstate.New(sqlstate.UndefinedColumn, "column %q of relation %q does not exist", name, table.Address().Name)
		case slices.Contains(named[:i], name):
			return nil, sqlstate.New(sqlstate.DuplicateColumn, "column %q specified more than once", name)
		}
	}
	return named, nil
}

func hasColumn(table *catalog.Table, name string) bool {
	return slices.ContainsFunc(table.Columns, func(c *catalog.Column) bool { return c.Name == name && !c.System })
}

// Describe gives nothing: COPY has neither parameters nor a RowDescription.
func (c *copyStatement) Describe(ctx context.Context) ([]uint32, []pgwire.Column, error) {
	return nil, nil, c.query.session.ready()
}

// Bind binds the query.
func (c *copyStatement) Bind(ctx context.Context, parameters []pgwire.Parameter) (pgwire.Portal, error) {
	p, err := c.query.bind(ctx, parameters)
	if err != nil {
		return nil, err
	}
	format, err := copyFormat(c.copy.Options, p.Columns())
	if err != nil {
		return nil, err
	}
	return &copyPortal{portal: p, format: format}, nil
}

type copyPortal struct {
	*portal
	format *pgwire.CopyFormat
}

// Columns are none.
func (c *copyPortal) Columns() []pgwire.Column { return nil }

// Copy says how rows are written.
func (c *copyPortal) Copy() *pgwire.CopyFormat { return c.format }

// Run runs the query.
func (c *copyPortal) Run(ctx context.Context) (pgwire.Rows, error) {
	r, err := c.portal.Run(ctx)
	if err != nil {
		return nil, err
	}
	return copyRows{r}, nil
}

// copyRows are rows with the command tag of COPY.
type copyRows struct{ pgwire.Rows }

// Tag counts the rows.
func (c copyRows) Tag(n int64) string { return "COPY " + itoa(n) }

// copyFormat applies the options to the columns there are.
func copyFormat(o planner.CopyOptions, columns []pgwire.Column) (*pgwire.CopyFormat, error) {
	f := &pgwire.CopyFormat{
		Columns: columns, Format: o.Format, Delimiter: o.Delimiter, Quote: o.Quote, Escape: o.Escape, Null: o.Null, Header: o.Header,
	}
	if !o.ForceQuoteAll && o.ForceQuote == nil {
		return f, nil
	}
	f.ForceQuote = make([]bool, len(columns))
	for i := range columns {
		f.ForceQuote[i] = o.ForceQuoteAll
	}
	for _, name := range o.ForceQuote {
		i := slices.IndexFunc(columns, func(c pgwire.Column) bool { return c.Name == name })
		if i < 0 {
			return nil, sqlstate.New(sqlstate.UndefinedColumn, "column %q does not exist", name)
		}
		f.ForceQuote[i] = true
	}
	return f, nil
}
