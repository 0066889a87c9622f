package bind

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// windowDefinition is an item of WINDOW or what stands behind OVER.
type windowDefinition struct {
	node      *pg_query.WindowDef
	partition []plan.Expr
	order     []plan.SortKey
	frame     plan.Frame
}

// defineWindows notes the windows of a WINDOW clause; they are bound last.
func (s *selection) defineWindows(list []*pg_query.Node) {
	for _, n := range list {
		s.windowDefs = append(s.windowDefs, &windowDefinition{node: n.GetWindowDef()})
	}
}

// windowFor gives the definition that OVER means: OVER name, or one of its own.
func (s *selection) windowFor(n *pg_query.WindowDef) (*windowDefinition, error) {
	if n.Name == "" {
		for _, d := range s.windowDefs {
			if sameDefinition(d.node, n) {
				return d, nil
			}
		}
		d := &windowDefinition{node: n}
		s.windowDefs = append(s.windowDefs, d)
		return d, nil
	}
	for _, d := range s.windowDefs {
		if d.node.Name == n.Name {
			return d, nil
		}
	}
	return nil, noWindow(n.Name, s.b.position(n.Location))
}

// sameDefinition tells whether two definitions are written alike.
func sameDefinition(x, y *pg_query.WindowDef) bool {
	return x.Refname == y.Refname && x.FrameOptions == y.FrameOptions &&
		slices.EqualFunc(x.PartitionClause, y.PartitionClause, sameSyntax) && slices.EqualFunc(x.OrderClause, y.OrderClause, sameSyntax) &&
		sameSyntax(x.StartOffset, y.StartOffset) && sameSyntax(x.EndOffset, y.EndOffset)
}

// sameSyntax compares syntax trees but for where they stand.
func sameSyntax(x, y *pg_query.Node) bool {
	return proto.Equal(withoutPlaces(x), withoutPlaces(y))
}

func withoutPlaces(n *pg_query.Node) proto.Message {
	if n == nil {
		return n
	}
	c := proto.Clone(n)
	var clear func(protoreflect.Message)
	clear = func(m protoreflect.Message) {
		for _, name := range []protoreflect.Name{"location", "rexpr_list_start", "rexpr_list_end", "stmt_location", "stmt_len"} {
			if f := m.Descriptor().Fields().ByName(name); f != nil {
				m.Clear(f)
			}
		}
		eachChild(m, clear)
	}
	clear(c.ProtoReflect())
	return c
}

func noWindow(name string, position int) error {
	return sqlstate.New(sqlstate.UndefinedObject, "window \"%s\" does not exist", name).At(position)
}

// bindWindows binds the definitions.
func (s *selection) bindWindows() error {
	for i, d := range s.windowDefs {
		if err := s.bindWindow(d, s.windowDefs[:i]); err != nil {
			return err
		}
	}
	return nil
}

// completeWindows gives the calls their windows.
func (s *selection) completeWindows() error {
	for _, w := range s.windows {
		call := *w.call
		call.Partition, call.OrderBy, call.Frame = w.definition.partition, w.definition.order, w.definition.frame
		w.call = &call
	}
	return nil
}

func (s *selection) bindWindow(d *windowDefinition, before []*windowDefinition) error {
	n, position := d.node, s.b.position(d.node.Location)
	if n.Name != "" && findWindow(before, n.Name) != nil {
		return sqlstate.New(sqlstate.WindowingError, "window \"%s\" is already defined", n.Name).At(position)
	}
	var base *windowDefinition
	if n.Refname != "" {
		if base = findWindow(before, n.Refname); base == nil {
			return noWindow(n.Refname, position)
		}
	}
	scope := s.in(clauseWindow)
	var err error
	if d.order, err = s.b.expressionKeys(scope, n.OrderClause); err != nil {
		return err
	}
	if d.partition, err = s.partition(scope, n.PartitionClause); err != nil {
		return err
	}
	if base != nil {
		if err := d.inherit(base, position); err != nil {
			return err
		}
	}
	d.frame, err = s.frame(d)
	return err
}

func findWindow(list []*windowDefinition, name string) *windowDefinition {
	for _, d := range list {
		if d.node.Name == name {
			return d
		}
	}
	return nil
}

func (s *selection) partition(scope *scope, list []*pg_query.Node) ([]plan.Expr, error) {
	var partition []plan.Expr
	for _, n := range list {
		e, err := s.b.expr(scope, n)
		if err != nil {
			return nil, err
		}
		position := s.b.position(location(n))
		if e.Type().OID == pgtype.Unknown {
			if e, err = s.b.resolveUnknown(e, position); err != nil {
				return nil, err
			}
		}
		if _, err := s.b.equality(e.Type(), position); err != nil {
			return nil, err
		}
		partition = append(partition, e)
	}
	return partition, nil
}

// inherit takes over what "OVER (base …)" names: its partitions always, its order where
// there is none; its frame never (parse_clause.c, transformWindowDefinitions).
func (d *windowDefinition) inherit(base *windowDefinition, position int) error {
	refused := ""
	switch {
	case len(d.node.PartitionClause) > 0:
		refused = "cannot override PARTITION BY clause of window \"%s\""
	case len(d.node.OrderClause) > 0 && len(base.order) > 0:
		refused = "cannot override ORDER BY clause of window \"%s\""
	}
	if refused != "" {
		return sqlstate.New(sqlstate.WindowingError, refused, d.node.Refname).At(position)
	}
	d.partition = base.partition
	if len(d.order) == 0 {
		d.order = base.order
	}
	if base.node.FrameOptions == frameDefaults {
		return nil
	}
	err := sqlstate.New(sqlstate.WindowingError, "cannot copy window \"%s\" because it has a frame clause", d.node.Refname).At(position)
	if d.node.Name == "" && len(d.node.OrderClause) == 0 && d.node.FrameOptions == frameDefaults {
		err = err.WithHint("Omit the parentheses in this OVER clause.")
	}
	return err
}
