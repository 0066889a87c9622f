package auth

import (
	"context"

	"github.com/sluicemesh/sluice/catalog"
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
}

// Query gives the governed query; its Root is nil where the statement was refused.
func (s Secured) Query() plan.Query { return s.query }

// NextID is the first free column ID.
func (s Secured) NextID() plan.ColumnID { return s.next }

// Decision is what the audit records, of a refusal too.
func (s Secured) Decision() Decision { return s.decision }

// Notices are what the user should know: deprecated products.
func (s Secured) Notices() []*sqlstate.Error { return s.notices }

// Secure governs a query for a principal: each Scan, in subqueries and common table
// expressions too, becomes
//
//	Governed(Project[masks](Filter[row filters](Scan)))
//
// with only the columns that the query reads, or the statement is refused. next is the
// first free column ID. On an error the Secured holds the Decision and no query.
func Secure(ctx context.Context, who Principal, q plan.Query, next plan.ColumnID, binder PredicateBinder) (Secured, error) {
	s := &securing{who: who, binder: binder, next: next, decision: who.decision()}
	root, err := s.secure(ctx, q)
	if err != nil {
		s.decision.Allowed = false
		return Secured{decision: s.decision}, err
	}
	s.decision.Allowed = true
	q.Root = root
	return Secured{query: q, next: s.next, decision: s.decision, notices: s.notices}, nil
}

// securing is one call of Secure.
type securing struct {
	who      Principal
	binder   PredicateBinder
	next     plan.ColumnID
	used     referenced
	decision Decision
	notices  []*sqlstate.Error
	noticed  map[*catalog.Product]bool
	weaken   bool // a mask made a column nullable that the query believes is not
	err      error
}

func (s *securing) secure(ctx context.Context, q plan.Query) (plan.Node, error) {
	if q.Root == nil {
		return nil, s.refuse(Undecided, sqlstate.New(sqlstate.InternalError, "auth: no query"))
	}
	s.used, s.noticed = reads(q), map[*catalog.Product]bool{}
	root := plan.Transform(q.Root, func(n plan.Node) plan.Node {
		if s.err == nil {
			s.err = ctx.Err()
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
		case *plan.Governed, *plan.Remote, *plan.Stage:
			// Later stages make the others, and Transform does not visit what scan returns.
			s.err = s.refuse(Undecided, sqlstate.New(sqlstate.InternalError, "auth: %T in a query that is not secured", n))
		}
		return n
	})
	if s.err != nil {
		return nil, s.err
	}
	if s.weaken {
		root = nullable(root)
	}
	return root, nil
}

func (s *securing) refuse(r Reason, err error) error {
	s.decision.Reason = r
	return err
}
