package plan

import "github.com/sluicemesh/sluice/catalog/pgtype"

var boolean = pgtype.Of(pgtype.Bool)

func (e *Literal) Type() pgtype.Type      { return e.Of }
func (e *Parameter) Type() pgtype.Type    { return e.Of }
func (e *ColumnRef) Type() pgtype.Type    { return e.Column.Type }
func (e *Call) Type() pgtype.Type         { return e.Of }
func (e *Cast) Type() pgtype.Type         { return e.To }
func (e *And) Type() pgtype.Type          { return boolean }
func (e *Or) Type() pgtype.Type           { return boolean }
func (e *Not) Type() pgtype.Type          { return boolean }
func (e *IsNull) Type() pgtype.Type       { return boolean }
func (e *BooleanTest) Type() pgtype.Type  { return boolean }
func (e *Distinct) Type() pgtype.Type     { return boolean }
func (e *Case) Type() pgtype.Type         { return e.Of }
func (e *Coalesce) Type() pgtype.Type     { return e.Of }
func (e *NullIf) Type() pgtype.Type       { return e.Of }
func (e *Extreme) Type() pgtype.Type      { return e.Of }
func (e *In) Type() pgtype.Type           { return boolean }
func (e *ArrayCompare) Type() pgtype.Type { return boolean }
func (e *Array) Type() pgtype.Type        { return e.Of }
func (e *Subscript) Type() pgtype.Type    { return e.Of }
func (e *RowCompare) Type() pgtype.Type   { return boolean }
func (e *Subquery) Type() pgtype.Type {
	if e.Kind == ScalarSubquery || e.Kind == ArraySubquery {
		return e.Of
	}
	return boolean
}
func (e *Grouping) Type() pgtype.Type      { return pgtype.Of(pgtype.Int4) }
func (e *AggregateCall) Type() pgtype.Type { return e.Of }
func (e *WindowCall) Type() pgtype.Type    { return e.Of }
func (e *SetCall) Type() pgtype.Type       { return e.Of }

// Type is record, with the fields' names and types.
func (e *Row) Type() pgtype.Type {
	fields := make([]pgtype.Field, len(e.Fields))
	for i, f := range e.Fields {
		fields[i] = pgtype.Field{Name: pgtype.FieldName(i), Type: f.Type()}
		if e.Names != nil {
			fields[i].Name = e.Names[i]
		}
	}
	if e.Relation != "" {
		return pgtype.RowOf(e.Schema, e.Relation, fields)
	}
	return pgtype.RecordOf(fields)
}

func (e *Literal) Children() []Expr      { return nil }
func (e *Parameter) Children() []Expr    { return nil }
func (e *ColumnRef) Children() []Expr    { return nil }
func (e *Call) Children() []Expr         { return e.Args }
func (e *Cast) Children() []Expr         { return []Expr{e.Arg} }
func (e *And) Children() []Expr          { return e.Args }
func (e *Or) Children() []Expr           { return e.Args }
func (e *Not) Children() []Expr          { return []Expr{e.Arg} }
func (e *IsNull) Children() []Expr       { return []Expr{e.Arg} }
func (e *BooleanTest) Children() []Expr  { return []Expr{e.Arg} }
func (e *Distinct) Children() []Expr     { return []Expr{e.Left, e.Right} }
func (e *Coalesce) Children() []Expr     { return e.Args }
func (e *NullIf) Children() []Expr       { return []Expr{e.Left, e.Right} }
func (e *Extreme) Children() []Expr      { return e.Args }
func (e *In) Children() []Expr           { return append([]Expr{e.Arg}, e.List...) }
func (e *ArrayCompare) Children() []Expr { return []Expr{e.Left, e.Array} }
func (e *Array) Children() []Expr        { return e.Elements }
func (e *Row) Children() []Expr          { return appendSet(append([]Expr{}, e.Fields...), e.Witness) }
func (e *RowCompare) Children() []Expr {
	return append(append([]Expr{}, e.Left...), e.Right...)
}
func (e *Subquery) Children() []Expr { return e.Left }
func (e *Grouping) Children() []Expr { return nil }
func (e *SetCall) Children() []Expr  { return e.Args }

func (e *Case) Children() []Expr {
	var all []Expr
	for _, w := range e.Whens {
		all = append(all, w.Condition, w.Result)
	}
	return appendSet(all, e.Else)
}

func (e *Subscript) Children() []Expr {
	return appendSet([]Expr{e.Arg}, e.Index, e.Lower, e.Upper)
}

func (e *AggregateCall) Children() []Expr {
	all := appendKeys(append([]Expr{}, e.Args...), e.OrderBy)
	return appendSet(appendKeys(all, e.WithinGroup), e.Filter)
}

func (e *WindowCall) Children() []Expr {
	all := append(append([]Expr{}, e.Args...), e.Partition...)
	return appendSet(appendKeys(all, e.OrderBy), e.Filter, e.Frame.Start.Offset, e.Frame.End.Offset)
}

func (e *Literal) WithChildren([]Expr) Expr   { return e }
func (e *Parameter) WithChildren([]Expr) Expr { return e }
func (e *ColumnRef) WithChildren([]Expr) Expr { return e }
func (e *Grouping) WithChildren([]Expr) Expr  { return e }

func (e *Call) WithChildren(c []Expr) Expr        { n := *e; n.Args = c; return &n }
func (e *Cast) WithChildren(c []Expr) Expr        { n := *e; n.Arg = c[0]; return &n }
func (e *And) WithChildren(c []Expr) Expr         { return &And{Args: c} }
func (e *Or) WithChildren(c []Expr) Expr          { return &Or{Args: c} }
func (e *Not) WithChildren(c []Expr) Expr         { return &Not{Arg: c[0]} }
func (e *IsNull) WithChildren(c []Expr) Expr      { n := *e; n.Arg = c[0]; return &n }
func (e *BooleanTest) WithChildren(c []Expr) Expr { n := *e; n.Arg = c[0]; return &n }
func (e *Distinct) WithChildren(c []Expr) Expr    { n := *e; n.Left, n.Right = c[0], c[1]; return &n }
func (e *Coalesce) WithChildren(c []Expr) Expr    { n := *e; n.Args = c; return &n }
func (e *NullIf) WithChildren(c []Expr) Expr      { n := *e; n.Left, n.Right = c[0], c[1]; return &n }
func (e *Extreme) WithChildren(c []Expr) Expr     { n := *e; n.Args = c; return &n }
func (e *In) WithChildren(c []Expr) Expr          { n := *e; n.Arg, n.List = c[0], c[1:]; return &n }
func (e *ArrayCompare) WithChildren(c []Expr) Expr {
	n := *e
	n.Left, n.Array = c[0], c[1]
	return &n
}
func (e *Array) WithChildren(c []Expr) Expr { n := *e; n.Elements = c; return &n }
func (e *Row) WithChildren(c []Expr) Expr {
	n := *e
	n.Fields = c[:len(e.Fields)]
	takeSet(c[len(e.Fields):], &n.Witness)
	return &n
}
func (e *RowCompare) WithChildren(c []Expr) Expr {
	n := *e
	n.Left, n.Right = c[:len(e.Left)], c[len(e.Left):]
	return &n
}
func (e *Subquery) WithChildren(c []Expr) Expr { n := *e; n.Left = c; return &n }
func (e *SetCall) WithChildren(c []Expr) Expr  { n := *e; n.Args = c; return &n }

func (e *Case) WithChildren(c []Expr) Expr {
	n := *e
	n.Whens = make([]When, len(e.Whens))
	for i := range n.Whens {
		n.Whens[i] = When{Condition: c[2*i], Result: c[2*i+1]}
	}
	takeSet(c[2*len(e.Whens):], &n.Else)
	return &n
}

func (e *Subscript) WithChildren(c []Expr) Expr {
	n := *e
	n.Arg = c[0]
	takeSet(c[1:], &n.Index, &n.Lower, &n.Upper)
	return &n
}

func (e *AggregateCall) WithChildren(c []Expr) Expr {
	n := *e
	n.Args, c = c[:len(e.Args)], c[len(e.Args):]
	n.OrderBy, c = takeKeys(e.OrderBy, c)
	n.WithinGroup, c = takeKeys(e.WithinGroup, c)
	takeSet(c, &n.Filter)
	return &n
}

func (e *WindowCall) WithChildren(c []Expr) Expr {
	n := *e
	n.Args, c = c[:len(e.Args)], c[len(e.Args):]
	n.Partition, c = c[:len(e.Partition)], c[len(e.Partition):]
	n.OrderBy, c = takeKeys(e.OrderBy, c)
	takeSet(c, &n.Filter, &n.Frame.Start.Offset, &n.Frame.End.Offset)
	return &n
}

// appendSet appends those of more that are not nil.
func appendSet(all []Expr, more ...Expr) []Expr {
	for _, e := range more {
		if e != nil {
			all = append(all, e)
		}
	}
	return all
}

// takeSet puts expressions back into the fields appendSet took them from.
func takeSet(c []Expr, fields ...*Expr) {
	for _, f := range fields {
		if *f != nil {
			*f, c = c[0], c[1:]
		}
	}
}

func appendKeys(all []Expr, keys []SortKey) []Expr {
	for _, k := range keys {
		all = append(all, k.Expr)
	}
	return all
}

func takeKeys(keys []SortKey, c []Expr) ([]SortKey, []Expr) {
	if len(keys) == 0 {
		return nil, c
	}
	out := make([]SortKey, len(keys))
	for i, k := range keys {
		k.Expr = c[i]
		out[i] = k
	}
	return out, c[len(keys):]
}

// Redacted gives what stands for a secret literal where a plan is shown to people.
func Redacted(l *Literal) *Literal { return &Literal{Of: l.Of, Text: "***", Secret: true} }
