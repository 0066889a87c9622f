package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Bits of WindowDef.frameOptions (nodes/parsenodes.h).
const (
	frameIsRange        = 0x2
	frameIsRows         = 0x4
	frameIsGroups       = 0x8
	frameStartUnbounded = 0x20
	frameEndUnbounded   = 0x100
	frameStartCurrent   = 0x200
	frameEndCurrent     = 0x400
	frameStartPreceding = 0x800
	frameEndPreceding   = 0x1000
	frameStartFollowing = 0x2000
	frameEndFollowing   = 0x4000
	frameExcludeCurrent = 0x8000
	frameExcludeGroup   = 0x10000
	frameExcludeTies    = 0x20000
	frameDefaults       = frameIsRange | frameStartUnbounded | frameEndCurrent
)

// frame reads a frame clause and binds its offsets.
func (s *selection) frame(d *windowDefinition) (f plan.Frame, err error) {
	options := d.node.FrameOptions
	f.Start = frameBound(options, frameStartUnbounded, 0, frameStartCurrent, frameStartPreceding, frameStartFollowing)
	f.End = frameBound(options, 0, frameEndUnbounded, frameEndCurrent, frameEndPreceding, frameEndFollowing)
	switch {
	case options&frameExcludeCurrent != 0:
		f.Exclude = "CURRENT ROW"
	case options&frameExcludeGroup != 0:
		f.Exclude = "GROUP"
	case options&frameExcludeTies != 0:
		f.Exclude = "TIES"
	}
	position := s.b.position(d.node.Location)
	switch {
	case options&frameIsRows != 0:
		f.Mode = plan.FrameRows
	case options&frameIsGroups != 0:
		f.Mode = plan.FrameGroups
		if len(d.order) == 0 {
			return f, sqlstate.New(sqlstate.WindowingError, "GROUPS mode requires an ORDER BY clause").At(position)
		}
	case (hasOffset(f.Start) || hasOffset(f.End)) && len(d.order) != 1:
		return f, sqlstate.New(sqlstate.WindowingError,
			"RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column").At(position)
	}
	if f.Start.Offset, err = s.frameOffset(d, f.Mode, f.Start, d.node.StartOffset); err != nil {
		return f, err
	}
	f.End.Offset, err = s.frameOffset(d, f.Mode, f.End, d.node.EndOffset)
	return f, err
}

func frameBound(options, unboundedPreceding, unboundedFollowing, current, preceding, following int32) plan.Bound {
	switch {
	case options&unboundedPreceding != 0:
		return plan.Bound{Kind: plan.UnboundedPreceding}
	case options&unboundedFollowing != 0:
		return plan.Bound{Kind: plan.UnboundedFollowing}
	case options&preceding != 0:
		return plan.Bound{Kind: plan.Preceding}
	case options&following != 0:
		return plan.Bound{Kind: plan.Following}
	}
	return plan.Bound{Kind: plan.CurrentRow}
}

func hasOffset(b plan.Bound) bool { return b.Kind == plan.Preceding || b.Kind == plan.Following }

// frameOffset binds "n PRECEDING": bigint for rows and groups, for a range what can be
// added to the sort column.
func (s *selection) frameOffset(d *windowDefinition, mode plan.FrameMode, bound plan.Bound, n *pg_query.Node) (e plan.Expr, err error) {
	if !hasOffset(bound) {
		return nil, nil
	}
	construct := "RANGE"
	switch mode {
	case plan.FrameRows:
		construct = "ROWS"
		e, err = s.b.exprAs(s.in(clauseRows), n, pgtype.Of(pgtype.Int8), "argument of ROWS")
	case plan.FrameGroups:
		construct = "GROUPS"
		e, err = s.b.exprAs(s.in(clauseGroups), n, pgtype.Of(pgtype.Int8), "argument of GROUPS")
	default:
		e, err = s.rangeOffset(orderedAs(d.order[0].Expr.Type()), n)
	}
	if err != nil {
		return nil, err
	}
	return e, s.b.checkNoColumns(s.scope, e, construct)
}

// orderedAs gives the type whose order a type has: varchar is ordered as text.
func orderedAs(t pgtype.Type) pgtype.OID {
	if t = pgtype.BaseType(t); t.OID == pgtype.Varchar {
		return pgtype.Text
	}
	return t.OID
}

func (s *selection) rangeOffset(sorted pgtype.OID, n *pg_query.Node) (plan.Expr, error) {
	e, err := s.b.expr(s.in(clauseRange), n)
	if err != nil {
		return nil, err
	}
	position := s.b.position(location(n))
	choices := rangeOffsets[sorted]
	if len(choices) == 0 {
		return nil, sqlstate.New(sqlstate.FeatureNotSupported,
			"RANGE with offset PRECEDING/FOLLOWING is not supported for column type %s",
			pgtype.FormatType(pgtype.Of(sorted))).At(position)
	}
	given := e.Type().OID
	preferred := given
	if given == pgtype.Unknown {
		preferred = sorted
	}
	chosen, matches := pgtype.OID(0), 0
	for _, c := range choices {
		if !pgtype.CanCoerce([]pgtype.OID{given}, []pgtype.OID{c}, pgtype.Implicit) {
			continue
		}
		matches++
		if chosen != preferred {
			chosen = c
		}
	}
	if matches == 0 || matches > 1 && chosen != preferred {
		return nil, badRangeOffset(matches, sorted, given, position)
	}
	return s.b.coerce(e, pgtype.Of(chosen), plan.CastImplicit, position)
}

func badRangeOffset(matches int, sorted, given pgtype.OID, position int) error {
	text, hint := "is not supported", "Cast the offset value to an appropriate type."
	if matches > 1 {
		text, hint = "has multiple interpretations", "Cast the offset value to the exact intended type."
	}
	return sqlstate.New(sqlstate.FeatureNotSupported,
		"RANGE with offset PRECEDING/FOLLOWING %s for column type %s and offset type %s",
		text, pgtype.FormatType(pgtype.Of(sorted)), pgtype.FormatType(pgtype.Of(given))).WithHint("%s", hint).At(position)
}

// rangeOffsets are the types that can be an offset over a sort column
// (pg_amproc, btree support function 3, in_range).
var rangeOffsets = map[pgtype.OID][]pgtype.OID{
	pgtype.Int2:        {pgtype.Int2, pgtype.Int4, pgtype.Int8},
	pgtype.Int4:        {pgtype.Int2, pgtype.Int4, pgtype.Int8},
	pgtype.Int8:        {pgtype.Int8},
	pgtype.Float4:      {pgtype.Float8},
	pgtype.Float8:      {pgtype.Float8},
	pgtype.Numeric:     {pgtype.Numeric},
	pgtype.Date:        {pgtype.Interval},
	pgtype.Timestamp:   {pgtype.Interval},
	pgtype.Timestamptz: {pgtype.Interval},
	pgtype.Time:        {pgtype.Interval},
	pgtype.Timetz:      {pgtype.Interval},
	pgtype.Interval:    {pgtype.Interval},
}
