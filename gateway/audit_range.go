package gateway

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/planner/plan"
)

// auditRange gives the records that conditions leave to be read, or more: what it cannot
// make out leaves all.
func auditRange(conjuncts []plan.Expr) audit.Range {
	r := audit.Range{To: math.MaxUint64}
	for _, e := range conjuncts {
		bound(&r, e)
	}
	return r
}

// mirrored is what a comparison is with its sides swapped.
var mirrored = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// bound narrows a range by one comparison of a column with a constant.
func bound(r *audit.Range, e plan.Expr) {
	call, ok := e.(*plan.Call)
	if !ok || len(call.Args) != 2 {
		return
	}
	operator, value := call.Operator, call.Args[1]
	column, ok := call.Args[0].(*plan.ColumnRef)
	if !ok {
		operator, value = mirrored[operator], call.Args[0]
		column, ok = call.Args[1].(*plan.ColumnRef)
	}
	if !ok {
		return
	}
	from, to := operator == "=" || strings.HasPrefix(operator, ">"), operator == "=" || strings.HasPrefix(operator, "<")
	switch column.Name {
	case "seq":
		seq, ok := wholeNumber(value)
		if from && ok {
			r.From = max(r.From, seq)
		}
		if to && ok {
			r.To = min(r.To, seq)
		}
	case "time":
		at, margin, ok := instantOf(value)
		if since := at.Add(-margin); from && ok && since.After(r.Since) {
			r.Since = since
		}
		if until := at.Add(margin + time.Microsecond); to && ok && (r.Until.IsZero() || until.Before(r.Until)) {
			r.Until = until // records are timed to the nanosecond, and shown to the microsecond
		}
	}
}

// wholeNumber reads a literal integer; below 0 is 0.
func wholeNumber(e plan.Expr) (uint64, bool) {
	l, ok := e.(*plan.Literal)
	if !ok || l.Null || !slices.Contains([]pgtype.OID{pgtype.Int2, pgtype.Int4, pgtype.Int8}, l.Of.OID) {
		return 0, false
	}
	n, err := strconv.ParseInt(l.Text, 10, 64)
	return uint64(max(n, 0)), err == nil
}

// zoneMargin is more than what days and months come to differently in different time
// zones: an hour where clocks change, a day at the end of a month.
const zoneMargin = 72 * time.Hour

// instantOf reads a literal moment, or one with an interval added or taken off, which may be
// out by the margin.
func instantOf(e plan.Expr) (at time.Time, margin time.Duration, ok bool) {
	call, moved := e.(*plan.Call)
	if !moved {
		micros, ok := literalMoment(e)
		return time.UnixMicro(micros).UTC(), 0, ok
	}
	if len(call.Args) != 2 || call.Operator != "+" && call.Operator != "-" {
		return at, 0, false
	}
	micros, ok1 := literalMoment(call.Args[0])
	l, ok2 := call.Args[1].(*plan.Literal)
	if !ok1 || !ok2 || l.Null || l.Of.OID != pgtype.Interval {
		return at, 0, false
	}
	by, err := datetime.ParseInterval(l.Text, datetime.AllFields, false)
	if err != nil || by.Months == math.MinInt32 || by.Days == math.MinInt32 || by.Micros == math.MinInt64 {
		return at, 0, false
	}
	if by.Months != 0 || by.Days != 0 {
		margin = zoneMargin
	}
	if call.Operator == "-" {
		by.Months, by.Days, by.Micros = -by.Months, -by.Days, -by.Micros
	}
	micros, err = datetime.Add(micros, by)
	return time.UnixMicro(micros).UTC(), margin, err == nil
}

// literalMoment reads a literal timestamptz, in microseconds.
func literalMoment(e plan.Expr) (int64, bool) {
	l, ok := e.(*plan.Literal)
	if !ok || l.Null || l.Of.OID != pgtype.Timestamptz {
		return 0, false
	}
	micros, err := datetime.ParseTimestamptz(l.Text, datetime.Input{})
	return micros, err == nil && !datetime.Infinite(micros)
}

// rangeText says for EXPLAIN what is read.
func rangeText(r audit.Range) (parts []string) {
	if r.From > 0 {
		parts = append(parts, fmt.Sprintf("seq >= %d", r.From))
	}
	if r.To < math.MaxUint64 {
		parts = append(parts, fmt.Sprintf("seq <= %d", r.To))
	}
	if !r.Since.IsZero() {
		parts = append(parts, "time >= "+r.Since.Format(time.RFC3339Nano))
	}
	if !r.Until.IsZero() {
		parts = append(parts, "time <= "+r.Until.Format(time.RFC3339Nano))
	}
	return parts
}
