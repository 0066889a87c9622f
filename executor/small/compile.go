package small

import (
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Compile makes a program of a plan; nil where an engine is needed. The columns of the
// answer are those of output, in its order.
func Compile(root plan.Node, output []plan.OutputColumn) *Program {
	c := &compiler{columns: map[plan.ColumnID]known{}}
	p := &Program{root: c.node(root)}
	if c.failed || len(output) == 0 {
		return nil
	}
	p.leaves = c.leaves
	fields := make([]arrow.Field, len(output))
	for i, o := range output {
		k, ok := c.columns[o.ID]
		if !ok || k.of != o.Type || !takes(k.of) {
			return nil
		}
		p.output = append(p.output, k.column)
		fields[i] = arrow.Field{Name: "c" + strconv.Itoa(int(o.ID)), Type: pgtype.Arrow(k.of), Nullable: true}
	}
	p.schema = arrow.NewSchema(fields, nil)
	return p
}

// compiler turns nodes into operators; once it has failed what it gives is of no use.
type compiler struct {
	leaves  []plan.Node
	columns map[plan.ColumnID]known // IDs are unique in a plan
	failed  bool
}

type known struct {
	column
	of pgtype.Type
}

func (c *compiler) refuse() operator {
	c.failed = true
	return nil
}

func (c *compiler) node(n plan.Node) operator {
	switch n := n.(type) {
	case *plan.Remote, *plan.Stage:
		return c.leaf(n)
	case *plan.Project:
		return c.project(n)
	case *plan.Join:
		return c.join(n)
	case *plan.Sort:
		return c.sort(n)
	case *plan.Limit:
		return c.limit(n)
	}
	return c.refuse()
}

// leaf is rows that have been read.
type leaf struct{ at int }

func (c *compiler) leaf(n plan.Node) operator {
	at := len(c.leaves)
	c.leaves = append(c.leaves, n)
	for i, column := range n.Columns() {
		c.columns[column.ID] = known{of: column.Type, column: columnOf(at, i)}
	}
	if len(n.Columns()) == 0 {
		return c.refuse() // its rows would be counted by nothing
	}
	return leaf{at}
}

func columnOf(leaf, at int) column { return column{leaf, at} }

func (l leaf) rows(in tables) (selection, bool) {
	s := selection{of: make([][]int32, len(in))}
	if first := in[l.at][0]; first != nil {
		s.count = first.Len()
	}
	all := make([]int32, s.count)
	for i := range all {
		all[i] = int32(i)
	}
	s.of[l.at] = all
	return s, true
}

// project passes columns on, under other IDs too.
func (c *compiler) project(n *plan.Project) operator {
	in := c.node(n.Input)
	for _, item := range n.Items {
		r, ok := item.Expr.(*plan.ColumnRef)
		if !ok {
			return c.refuse()
		}
		k, ok := c.columns[r.ID]
		if !ok || k.of != item.Column.Type {
			return c.refuse()
		}
		c.columns[item.Column.ID] = k
	}
	return in
}

// key gives the column that an expression is, if its values can be compared here.
func (c *compiler) key(e plan.Expr) (known, bool) {
	r, ok := e.(*plan.ColumnRef)
	if !ok {
		return known{}, false
	}
	k, ok := c.columns[r.ID]
	return k, ok && kindOf(k.of) != none
}

// limited gives the operator of a LIMIT.
func (c *compiler) limit(n *plan.Limit) operator {
	in := c.node(n.Input)
	count, ok := rowCount(n.Count, -1)
	offset, ok2 := rowCount(n.Offset, 0)
	if !ok || !ok2 || n.WithTies {
		return c.refuse()
	}
	return limit{in, count, offset}
}

// rowCount reads a constant of LIMIT or OFFSET; without is what NULL, or none, means.
func rowCount(e plan.Expr, without int64) (int64, bool) {
	if e == nil {
		return without, true
	}
	l, ok := e.(*plan.Literal)
	if !ok {
		return 0, false
	}
	if l.Null {
		return without, true
	}
	n, err := strconv.ParseInt(l.Text, 10, 64)
	return n, err == nil && n >= 0
}

// limit gives rows from offset, no more than count of them (-1: all).
type limit struct {
	in            operator
	count, offset int64
}

func (l limit) rows(in tables) (selection, bool) {
	s, ok := l.in.rows(in)
	if !ok {
		return s, false
	}
	from := min(l.offset, int64(s.count))
	to := int64(s.count)
	if l.count >= 0 && l.count < to-from {
		to = from + l.count
	}
	for i, rows := range s.of {
		if rows != nil {
			s.of[i] = rows[from:to]
		}
	}
	s.count = int(to - from)
	return s, true
}
