package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// description is what EXPLAIN tells of a statement. Constants of policies are not in it.
type description struct {
	Plan      string     `json:"Plan"`
	Fragments []fragment `json:"Fragments"`
	Policies  []policies `json:"Policies,omitempty"`
	Careful   bool       `json:"Careful,omitempty"`
	Rules     []string   `json:"Rules,omitempty"`
	Rows      *int64     `json:"Actual Rows,omitempty"`
	Millis    *float64   `json:"Execution Time,omitempty"`
	Planning  *float64   `json:"Planning Time,omitempty"`
	Waited    *float64   `json:"Waiting Time,omitempty"` // for memory; nil: not at all
	// Merge tells of merges of few rows.
	Merge executor.Merged `json:"Merge,omitempty"`
	trace bool
	fired []optimization.Fired // before it ran
	whole []optimization.Name  // on the statement as a whole, when it ran
}

// fragment is what one source runs.
type fragment struct {
	Source string `json:"Source"`
	Kind   string `json:"Kind"`
	SQL    string `json:"SQL"`
	// Estimated is how many rows were expected; nil where unknown or not to be told.
	Estimated *int64   `json:"Plan Rows,omitempty"`
	Rows      *int64   `json:"Actual Rows,omitempty"`
	Bytes     *int64   `json:"Bytes,omitempty"`
	Millis    *float64 `json:"Time,omitempty"`
	// Reducible are columns of which only keys of other sources may be asked for.
	Reducible []string `json:"Reducible,omitempty"`
	// First are columns in whose order a few first rows may be asked for.
	First []string `json:"First Rows By,omitempty"`
	// Reduced tells which columns were asked for keys of other sources only.
	Reduced string `json:"Reduced,omitempty"`
	// Parts is how many statements the source was asked in, where it was more than one.
	Parts int `json:"Parts,omitempty"`
	// Note is what its connector has to say of how it was read.
	Note string `json:"Note,omitempty"`

	exposed exposure
	by      []optimization.Name // when it ran
}

// policies are those that treat one table.
type policies struct {
	Table    string   `json:"Table"`
	Grants   []string `json:"Grants"`
	Policies []string `json:"Policies,omitempty"`
	Masked   []string `json:"Masked,omitempty"`
	Filtered bool     `json:"Rows Filtered"`
}

func (e *explainPortal) describe(ctx context.Context, ready planner.Optimized, o executor.Options) (*description, audit.Outcome) {
	g := e.session.gateway
	shown := withoutSecrets(ready.Query)
	d := &description{Plan: plan.Format(seal(shown.Root)), trace: e.statement.explain.Trace, Policies: governed(ready.Query.Root), Careful: ready.Query.Careful}
	for _, f := range g.executor.Fragments(shown, o) {
		d.Fragments = append(d.Fragments, fragment{Source: f.Remote.Source.ID(), Kind: string(f.Remote.Source.Kind), SQL: f.SQL, Reducible: f.Reducible, First: f.First})
	}
	if e.statement.explain.Costs {
		d.estimate(g.executor.Estimates(ctx, ready.Query, o))
	}
	d.fired = append(ready.Fired, e.keeps(ready)...)
	defer func() {
		d.limitTo(exposures(ready.Query.Root))
		d.Rules = d.rules()
	}()
	if !e.statement.explain.Analyze {
		return d, audit.Outcome{}
	}
	return d, d.analyze(ctx, g.executor, ready, o)
}

// analyze runs the statement, throws its rows away and fills in what it took.
func (d *description) analyze(ctx context.Context, x *executor.Executor, ready planner.Optimized, o executor.Options) audit.Outcome {
	start := time.Now()
	o.Again = ready.Again
	result, err := x.Run(ctx, ready.Query, o)
	if err != nil {
		return audit.Outcome{Err: err}
	}
	defer result.Close()
	rows := int64(0)
	for result.Next() {
		rows += result.RecordBatch().NumRows()
	}
	if err := result.Err(); err != nil {
		return audit.Outcome{Rows: rows, Err: err}
	}
	d.Merge, d.whole = result.Merged, result.Whole
	d.Rows, d.Millis = &rows, milliseconds64(time.Since(start)-result.Waited)
	if result.Waited > 0 {
		d.Waited = milliseconds64(result.Waited)
	}
	ran := result.Fragments()
	d.fill(ran)
	return audit.Outcome{Rows: rows, Queued: result.Waited, Fragments: auditFragments(ran)}
}

// estimate notes what is expected of each fragment.
func (d *description) estimate(rows []float64) {
	for i := range d.Fragments {
		if i < len(rows) && rows[i] > 0 {
			n := int64(rows[i])
			d.Fragments[i].Estimated = &n
		}
	}
}

// fill matches what ran to what was described. Several reads of one fragment, of which the
// first did not give enough, are one with all their rows.
func (d *description) fill(ran []executor.Fragment) {
	for _, f := range ran {
		if f.Order >= len(d.Fragments) {
			continue
		}
		to := &d.Fragments[f.Order]
		if to.Rows != nil {
			f.Rows, f.Bytes = f.Rows+*to.Rows, f.Bytes+*to.Bytes
			f.Reduced = to.Reduced + "; " + cmp.Or(f.Reduced, "all")
		}
		to.Rows, to.Bytes, to.Millis = &f.Rows, &f.Bytes, milliseconds64(f.Time)
		to.Reduced, to.Parts, to.Note = f.Reduced, f.Parts, f.Note
		for _, name := range f.By {
			if !slices.Contains(to.by, name) {
				to.by = append(to.by, name)
			}
		}
	}
}

func milliseconds64(t time.Duration) *float64 {
	ms := float64(t.Microseconds()) / 1000
	return &ms
}

// rules tells which optimizations were at work, if that is asked for.
func (d *description) rules() []string {
	if !d.trace {
		return nil
	}
	all := d.fired
	for _, name := range d.whole {
		all = append(all, optimization.Fired{Phase: "run", Rule: name})
	}
	for i, f := range d.Fragments {
		for _, name := range f.by {
			all = append(all, optimization.Fired{Phase: "run", Rule: name, Node: fmt.Sprintf("Fragment %d", i+1)})
		}
	}
	var out []string
	for _, f := range all {
		out = append(out, strings.TrimSpace(f.Phase+": "+string(f.Rule)+" "+strings.TrimPrefix(f.Node, "*plan.")))
	}
	return out
}

// governed lists the tables of a plan with what governs them, by name.
func governed(root plan.Node) []policies {
	var all []policies
	plan.Walk(root, func(n plan.Node) bool {
		g, ok := n.(*plan.Governed)
		if !ok {
			return true
		}
		a := g.Table.Address()
		p := policies{Table: a.Schema + "." + a.Name, Grants: g.Grants, Policies: g.Policies, Filtered: g.Filtered}
		for _, c := range g.Columns() {
			if slices.Contains(g.Masked, c.ID) {
				p.Masked = append(p.Masked, c.Name)
			}
		}
		all = append(all, p)
		return false // what it reads besides is nobody's to know
	})
	return all
}

// withoutSecrets replaces the constants of policies, in the plan and so in the SQL made from it.
func withoutSecrets(q plan.Query) plan.Query {
	q.Root = plan.Transform(q.Root, func(n plan.Node) plan.Node {
		return plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
			if l, ok := e.(*plan.Literal); ok && l.Secret && !l.Null {
				return plan.Redacted(l)
			}
			return e
		})
	})
	return q
}

func (d *description) json() (string, error) {
	text, err := json.MarshalIndent([]*description{d}, "", "  ")
	return string(text), err
}

// lines is the text form, one row a line.
func (d *description) lines() [][]string {
	var out []string
	out = append(out, strings.Split(strings.TrimRight(d.Plan, "\n"), "\n")...)
	for i, f := range d.Fragments {
		out = append(out, fmt.Sprintf("Fragment %d: %s (%s)%s%s", i+1, f.Source, f.Kind, f.expected(), f.actual()), "  SQL: "+f.SQL)
		if len(f.Reducible) > 0 {
			out = append(out, "  Reducible by keys of other fragments: "+strings.Join(f.Reducible, ", "))
		}
		if len(f.First) > 0 {
			out = append(out, "  First rows may do, by: "+strings.Join(f.First, ", "))
		}
	}
	for _, p := range d.Policies {
		out = append(out, p.line())
	}
	if d.Careful {
		out = append(out, "Careful: what can fail is asked in the merge, since sources could let show what is hidden by it")
	}
	for _, r := range d.Rules {
		out = append(out, "Rule: "+r)
	}
	if d.Merge != "" {
		out = append(out, "Merge: "+string(d.Merge))
	}
	if d.Waited != nil {
		out = append(out, fmt.Sprintf("Waiting Time: %.3f ms for memory", *d.Waited))
	}
	if d.Rows != nil {
		out = append(out, fmt.Sprintf("Execution Time: %.3f ms, %d rows", *d.Millis, *d.Rows))
	}
	rows := make([][]string, len(out))
	for i, l := range out {
		rows[i] = []string{l}
	}
	return rows
}

func (f fragment) expected() string {
	if f.Estimated == nil {
		return ""
	}
	return fmt.Sprintf(" (estimated rows=%d)", *f.Estimated)
}

func (f fragment) actual() string {
	if f.Rows == nil {
		return "" // not run, or not to be counted
	}
	reduced := ""
	if f.Reduced != "" {
		reduced = " (reduced: " + f.Reduced + ")"
	}
	weight := ""
	if f.Bytes != nil {
		weight = fmt.Sprintf(" bytes=%d", *f.Bytes)
	}
	if f.Parts > 1 {
		weight += fmt.Sprintf(" parts=%d", f.Parts)
	}
	note := ""
	if f.Note != "" {
		note = " (" + f.Note + ")"
	}
	return fmt.Sprintf(" (rows=%d%s time=%.3f ms)%s%s", *f.Rows, weight, *f.Millis, note, reduced)
}

func (p policies) line() string {
	line := "Governed: " + p.Table + " by grants " + strings.Join(p.Grants, ", ")
	if len(p.Policies) > 0 {
		line += "; policies " + strings.Join(p.Policies, ", ")
	}
	if p.Filtered {
		line += "; rows filtered"
	}
	if len(p.Masked) > 0 {
		line += "; masked " + strings.Join(p.Masked, ", ")
	}
	return line
}
