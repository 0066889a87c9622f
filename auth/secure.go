package auth

import (
	"context"
	"slices"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Secured is a query in which every table is governed. Only Secure makes one that
// holds a query.
type Secured struct {
	query    plan.Query
	next     plan.ColumnID
	decision Decision
	notices  []*sqlstate.Error
	until    time.Time
}

// Query gives the governed query; its Root is nil where the statement was refused.
func (s Secured) Query() plan.Query { return s.query }

// NextID is the first free column ID.
func (s Secured) NextID() plan.ColumnID { return s.next }

// Decision is what the audit records, of a refusal too.
func (s Secured) Decision() Decision { return s.decision }

// Notices are what the user should know: deprecated products.
func (s Secured) Notices() []*sqlstate.Error { return s.notices }

// Until is when the same decision may come out differently although nobody has changed
// the mesh: a grant begins or ends then. Zero: never.
func (s Secured) Until() time.Time { return s.until }

// Secure governs a query for a principal: each Scan, in subqueries and common table
// expressions too, becomes
//
//	Governed(Project[masks](Filter[row filters](Scan)))
//
// with only the columns that the query reads, or the statement is refused. next is the
// first free column ID. On an error the Secured holds the Decision and no query.
func Secure(ctx context.Context, who Principal, q plan.Query, next plan.ColumnID, binder PredicateBinder) (Secured, error) {
	now := who.Now()
	who = who.At(now) // one moment for the whole decision
	s := &securing{ctx: ctx, who: who, binder: binder, next: next, decision: who.decision()}
	root, err := s.secure(q)
	if err != nil {
		s.decision.Allowed = false
		return Secured{decision: s.decision}, err
	}
	s.decision.Allowed = true
	q.Root = root
	return Secured{query: q, next: s.next, decision: s.decision, notices: s.notices, until: Until(who, now)}, nil
}

// securing is one call of Secure, or the part of it about what a policy looks up or a
// derived product is made of.
type securing struct {
	ctx      context.Context // of the call
	who      Principal
	readers  []Principal      // for whom who reads: their policies carry over
	view     *catalog.Table   // the derived product that is read through; nil: none
	trail    []*catalog.Table // whose policies or views are being applied
	via      string
	authors  map[string]Principal // by domain, as they were asked for
	binder   PredicateBinder
	next     plan.ColumnID
	nextCTE  int
	used     referenced
	uses     map[plan.ColumnID]*restriction
	limits   map[plan.ColumnID]*limited // by the columns of scans that may only be aggregated
	decision Decision
	notices  []*sqlstate.Error
	noticed  map[*catalog.Product]bool
	fails    bool // something the statement asks can fail
	weaken   bool // a mask made a column nullable that the query believes is not
	err      error
}

func (s *securing) secure(q plan.Query) (plan.Node, error) {
	if q.Root == nil {
		return nil, s.refuse(Undecided, sqlstate.New(sqlstate.InternalError, "auth: no query"))
	}
	s.renumber(&q)
	s.fails = s.fails || functions.FailsInside(q.Root)
	s.used, s.noticed = reads(q), map[*catalog.Product]bool{}
	s.uses, s.limits = map[plan.ColumnID]*restriction{}, map[plan.ColumnID]*limited{}
	root := plan.Transform(q.Root, s.node)
	if s.err != nil {
		return nil, s.err
	}
	if err := s.checkLimits(); err != nil {
		return nil, s.refuse(UseDenied, err)
	}
	if err := s.checkUses(q); err != nil {
		return nil, s.refuse(UseDenied, err)
	}
	if s.weaken {
		root = nullable(root)
	}
	return root, nil
}

// node secures one node whose inputs have been secured.
func (s *securing) node(n plan.Node) plan.Node {
	if s.err == nil {
		s.err = s.ctx.Err()
	}
	if s.err != nil {
		return n
	}
	switch n := n.(type) {
	case *plan.Scan:
		governed, err := s.scan(n)
		if err != nil {
			s.err = err
			return n
		}
		return governed
	case *plan.Aggregate:
		return s.suppress(n)
	case *plan.Governed, *plan.Remote, *plan.Stage:
		// Secure makes the one, later stages the others, and Transform does not visit what scan returns.
		s.err = s.refuse(Undecided, sqlstate.New(sqlstate.InternalError, "auth: %T in a query that is not secured", n))
	}
	return n
}

func (s *securing) refuse(r Reason, err error) error {
	s.decision.Reason = r
	return err
}

// renumber gives the common table expressions of a plan numbers that no other plan
// around it has; those of the statement itself keep theirs.
func (s *securing) renumber(q *plan.Query) {
	highest, shift := 0, s.nextCTE
	renumbered := plan.Transform(q.Root, func(n plan.Node) plan.Node {
		switch n := n.(type) {
		case *plan.With:
			c := *n
			c.CTEs = slices.Clone(n.CTEs)
			for i := range c.CTEs {
				c.CTEs[i].ID += shift
				highest = max(highest, c.CTEs[i].ID)
			}
			return &c
		case *plan.CTERef:
			c := *n
			c.CTE += shift
			return &c
		case *plan.RecursiveUnion:
			c := *n
			c.CTE += shift
			return &c
		}
		return n
	})
	if shift > 0 {
		q.Root = renumbered
	}
	s.nextCTE = max(s.nextCTE, highest)
}
