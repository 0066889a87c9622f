package gateway

import (
	"context"
	"fmt"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/pgcatalog"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// query is a SELECT as the wire sees it. What it describes is what the session saw
// when it was first asked; each Bind analyses anew, since settings, time and the mesh
// move on, and refuses where the shape the client was told no longer holds (as
// PostgreSQL's "cached plan must not change result type").
type query struct {
	session   *session
	text      string
	binder    binder
	types     []pgtype.OID // as the client gave them
	key       planKey      // without terms; without a text plans are not kept
	values    [][]byte     // taken out of the text, where key is a shape
	basis     *basis       // kept was found by
	kept      *kept
	simple    bool // of the simple protocol: there are no parameters
	described *bind.Bound
}

// binder gives the plan of a query as it is meant at a moment.
type binder func(now *moment, types []pgtype.OID) (bind.Bound, error)

var _ pgwire.Statement = (*query)(nil)

func newQuery(s *session, p *planner.Select, parameterTypes []uint32) *query {
	q := newBoundQuery(s, p.Source(), parameterTypes, func(now *moment, types []pgtype.OID) (bind.Bound, error) {
		return p.Bind(now.env, types)
	})
	q.key = planKey{text: q.text, types: typesText(parameterTypes), simple: q.simple}
	return q
}

func typesText(types []uint32) string {
	if len(types) == 0 {
		return ""
	}
	return fmt.Sprint(types)
}

// newBoundQuery makes a query of what binder gives.
func newBoundQuery(s *session, text string, parameterTypes []uint32, b binder) *query {
	q := &query{session: s, text: text, binder: b, simple: parameterTypes == nil}
	for _, t := range parameterTypes {
		q.types = append(q.types, pgtype.OID(t))
	}
	return q
}

// Describe analyses the query once.
func (q *query) Describe(ctx context.Context) ([]uint32, []pgwire.Column, error) {
	if q.described == nil {
		bound, _, err := q.analyse(ctx)
		if err != nil {
			return nil, nil, err
		}
		q.described = bound
	}
	oids := make([]uint32, len(q.described.Parameters))
	for i, t := range q.described.Parameters {
		oids[i] = uint32(t.OID)
	}
	return oids, wireColumns(q.described.Query.Output), nil
}

// analyse binds the query under the mesh and the principal of this moment.
func (q *query) analyse(context.Context) (*bind.Bound, *moment, error) {
	if err := q.session.ready(); err != nil {
		return nil, nil, err
	}
	now, err := q.session.moment()
	if err != nil {
		return nil, nil, err
	}
	q.session.begun().queried = true
	now.env.NoParameters = q.simple
	bound, err := q.binder(now, q.types)
	if err != nil {
		return nil, nil, q.session.refused(q.text, now.who, err)
	}
	return &bound, now, nil
}

// Bind gives a portal: of a plan that was kept, else analyses the query and puts the
// parameters in.
func (q *query) Bind(ctx context.Context, parameters []pgwire.Parameter) (pgwire.Portal, error) {
	if p := q.keptPortal(ctx, parameters); p != nil {
		return p, nil
	}
	p, err := q.bind(ctx, parameters)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (q *query) bind(ctx context.Context, parameters []pgwire.Parameter) (*portal, error) {
	bound, now, err := q.analyse(ctx)
	if err != nil {
		return nil, err
	}
	if err := q.unchanged(bound); err != nil {
		return nil, err
	}
	values, err := q.session.literals(bound.Parameters, parameters)
	if err != nil {
		return nil, err
	}
	bound.Query.Root = plan.BindParameters(bound.Query.Root, values)
	again := func(ctx context.Context) (*portal, error) {
		return q.bind(ctx, parametersOf(values)) // those given are valid during this call only
	}
	return &portal{session: q.session, text: q.text, bound: bound, values: values, moment: now, again: again}, nil
}

// unchanged refuses a query whose result no longer is what the client was told.
func (q *query) unchanged(now *bind.Bound) error {
	if q.described == nil {
		q.described = now
		return nil
	}
	was, is := q.described.Query.Output, now.Query.Output
	same := len(was) == len(is)
	for i := 0; same && i < len(is); i++ {
		same = was[i].Type == is[i].Type && was[i].Name == is[i].Name
	}
	if !same {
		return sqlstate.New(sqlstate.FeatureNotSupported, "cached plan must not change result type")
	}
	return nil
}

// wireColumns describes output columns for the protocol.
func wireColumns(output []plan.OutputColumn) []pgwire.Column {
	columns := make([]pgwire.Column, len(output))
	for i, o := range output {
		columns[i] = pgwire.Column{
			Name: o.Name, Type: o.Type, TypeOID: uint32(o.Type.OID), TypeMod: o.Type.Mod, TypeSize: -1,
			TableOID: o.Table, Attribute: o.Attribute,
		}
		if schema, name, ok := o.Type.Relation(); ok {
			columns[i].TypeOID = pgcatalog.RowType(schema, name, o.Type.OID == pgtype.RecordArray)
		}
		if info, ok := pgtype.TypeByOID(o.Type.OID); ok {
			columns[i].TypeSize = info.Len
		}
	}
	return columns
}

// literals turns the values of a Bind message into literals of the parameters' types.
func (s *session) literals(types []pgtype.Type, parameters []pgwire.Parameter) ([]*plan.Literal, error) {
	if len(parameters) != len(types) {
		return nil, sqlstate.New(sqlstate.ProtocolViolation, "bind message supplies %d parameters, but prepared statement requires %d", len(parameters), len(types))
	}
	input := s.inputSettings()
	values := make([]*plan.Literal, len(types))
	for i, p := range parameters {
		if p.Value == nil {
			values[i] = &plan.Literal{Of: types[i], Null: true}
			continue
		}
		text, err := pgwire.DecodeParameter(uint32(types[i].OID), p)
		if err != nil {
			return nil, err
		}
		if text, err = s.canonical(types[i], text, input); err != nil {
			return nil, err
		}
		values[i] = &plan.Literal{Of: types[i], Text: text}
	}
	return values, nil
}
