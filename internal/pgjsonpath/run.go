package pgjsonpath

import (
	"errors"

	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/sqlstate"
)

// run is one evaluation (JsonPathExecContext).
type run struct {
	root, current pgjson.Value
	in            Input
	lax           bool
	ignore        bool // structural errors: lax, and below **
	throws        bool // an error ends all; else only what it is met in
	size          int  // of the innermost array that is subscripted; -1: none
}

// fatal is an error that no silent mode swallows.
type fatal struct{ error }

func (f fatal) Unwrap() error { return f.error }

// Fatal tells an error that no ON ERROR swallows.
func Fatal(err error) bool {
	var f fatal
	return errors.As(err, &f) || sqlstate.From(err).Code == sqlstate.InternalError
}

// begin checks the variables.
func (p *Path) begin(in Input, silent bool) (*run, error) {
	if in.Variables.Kind != pgjson.Object {
		return nil, fatal{sqlstate.New(sqlstate.InvalidParameterValue, "\"vars\" argument is not an object").
			WithDetail("Jsonpath parameters should be encoded as key-value pairs of \"vars\" object.")}
	}
	return &run{root: in.Value, current: in.Value, in: in, lax: !p.strict, ignore: !p.strict, throws: !silent, size: -1}, nil
}

// Query gives the items that a path selects. silent: those before the first error.
func (p *Path) Query(in Input, silent bool) ([]pgjson.Value, error) {
	r, err := p.begin(in, silent)
	var found []pgjson.Value
	if err == nil {
		_, err = r.item(p.root, in.Value, &found, r.lax)
	}
	return found, quiet(err, silent)
}

// quiet drops an error that silent mode swallows.
func quiet(err error, silent bool) error {
	var f fatal
	if errors.As(err, &f) {
		return err
	}
	if silent {
		return nil
	}
	return err
}

// Exists tells whether a path selects anything; known is false after a swallowed error.
func (p *Path) Exists(in Input, silent bool) (exists, known bool, err error) {
	r, err := p.begin(in, silent)
	if err == nil && r.lax {
		exists, err = r.item(p.root, in.Value, nil, true)
	} else if err == nil {
		var found []pgjson.Value // all are looked at, for errors
		_, err = r.item(p.root, in.Value, &found, false)
		exists = len(found) > 0
	}
	return exists, err == nil, quiet(err, silent)
}

// Match gives the one boolean that a path selects; known is false where it is null or unknown.
func (p *Path) Match(in Input, silent bool) (is, known bool, err error) {
	found, err := p.Query(in, silent)
	if err != nil {
		return false, false, err
	}
	if len(found) == 1 {
		switch found[0].Kind {
		case pgjson.Bool:
			return found[0].Raw == "true", true, nil
		case pgjson.Null:
			return false, false, nil
		}
	}
	if silent {
		return false, false, nil
	}
	return false, false, sqlstate.New("22038", "single boolean result is expected")
}

// structural is an error of the shape of a value: in lax mode there is just nothing.
func (r *run) structural(code sqlstate.Code, format string, a ...any) (bool, error) {
	if r.ignore {
		return false, nil
	}
	return false, sqlstate.New(code, format, a...)
}

// next goes on behind n with a value, or adds it to what is found (executeNextItem).
func (r *run) next(n *node, v pgjson.Value, found *[]pgjson.Value) (bool, error) {
	if n.next != nil {
		return r.item(n.next, v, found, r.lax)
	}
	if found != nil {
		*found = append(*found, v)
	}
	return true, nil
}

// each runs n for the items of an array (executeItemUnwrapTargetArray).
func (r *run) each(items []pgjson.Value, n *node, found *[]pgjson.Value, unwrap bool) (bool, error) {
	any := false
	for _, item := range items {
		var ok bool
		var err error
		if n == nil {
			if ok = true; found != nil {
				*found = append(*found, item)
			}
		} else {
			ok, err = r.item(n, item, found, unwrap)
		}
		if err != nil {
			return false, err
		}
		if any = any || ok; any && found == nil {
			return true, nil
		}
	}
	return any, nil
}

// item runs one step over a value (executeItemOptUnwrapTarget). unwrap: a step that is not
// for arrays is done for each of its items.
func (r *run) item(n *node, v pgjson.Value, found *[]pgjson.Value, unwrap bool) (bool, error) {
	if n.op.predicate() {
		t, err := r.truth(n, v)
		if err != nil || found == nil && n.next == nil {
			return true, err
		}
		return r.next(n, t.value(), found)
	}
	array := v.Kind == pgjson.Array
	switch n.op {
	case opRoot:
		return r.next(n, r.root, found)
	case opCurrent:
		return r.next(n, r.current, found)
	case opKey:
		return r.key(n, v, found, unwrap)
	case opAnyKey:
		switch {
		case v.Kind == pgjson.Object:
			return r.each(v.Items, n.next, found, r.lax)
		case unwrap && array:
			return r.each(v.Items, n, found, false)
		}
		return r.structural("2203C", "jsonpath wildcard member accessor can only be applied to an object")
	case opAnyElement:
		switch {
		case array:
			return r.each(v.Items, n.next, found, r.lax)
		case r.lax:
			return r.next(n, v, found)
		}
		return r.structural("22039", "jsonpath wildcard array accessor can only be applied to an array")
	case opElements:
		return r.subscripts(n, v, found)
	case opAnyDepth:
		return r.depths(n, v, found)
	case opFilter:
		if unwrap && array {
			return r.each(v.Items, n, found, false)
		}
		t, err := r.within(n.left, v)
		if err != nil || t != isTrue {
			return false, err
		}
		return r.next(n, v, found)
	case opMethod:
		return r.method(n, v, found, unwrap)
	case opArithmetic:
		return r.arithmetic(n, v, found)
	case opSign:
		return r.sign(n, v, found)
	}
	value, err := r.constant(n)
	if err != nil {
		return false, err
	}
	return r.next(n, value, found)
}

func (r *run) key(n *node, v pgjson.Value, found *[]pgjson.Value, unwrap bool) (bool, error) {
	switch {
	case v.Kind == pgjson.Object:
		if field, ok := v.Field(n.text); ok {
			return r.next(n, field, found)
		}
		return r.structural("2203A", "JSON object does not contain key \"%s\"", n.text)
	case unwrap && v.Kind == pgjson.Array:
		return r.each(v.Items, n, found, false)
	}
	return r.structural("2203A", "jsonpath member accessor can only be applied to an object")
}

func (r *run) constant(n *node) (pgjson.Value, error) {
	switch n.op {
	case opNull:
		return pgjson.Value{Kind: pgjson.Null, Raw: "null"}, nil
	case opTrue, opFalse:
		return truth(n.op == opTrue).value(), nil
	case opString:
		return textValue(n.text), nil
	case opNumber:
		return numberValue(n.number), nil
	case opLast:
		return numberValue(numeric.FromInt(int64(r.size - 1))), nil
	}
	if v, ok := r.in.Variables.Field(n.text); ok {
		if kind, other := r.in.Kinds[n.text]; other && v.Kind == pgjson.String {
			return ofKind(kind, v)
		}
		return v, nil
	}
	return pgjson.Value{}, fatal{sqlstate.New(sqlstate.UndefinedObject, "could not find jsonpath variable \"%s\"", n.text)}
}

func textValue(s string) pgjson.Value {
	return pgjson.Value{Kind: pgjson.String, Text: s, Raw: pgjson.Quote(s)}
}

func numberValue(n numeric.Number) pgjson.Value {
	return pgjson.Value{Kind: pgjson.Number, Raw: n.String()}
}

// sequence collects what an expression gives, arrays unwrapped in lax mode where wanted
// (executeItemOptUnwrapResult).
func (r *run) sequence(n *node, v pgjson.Value, unwrap bool) ([]pgjson.Value, error) {
	var all, out []pgjson.Value
	if _, err := r.item(n, v, &all, r.lax); err != nil {
		return nil, err
	}
	if !unwrap || !r.lax {
		return all, nil
	}
	for _, item := range all {
		if item.Kind == pgjson.Array {
			out = append(out, item.Items...)
		} else {
			out = append(out, item)
		}
	}
	return out, nil
}

// depths is .**: the value itself and all below it, by levels.
func (r *run) depths(n *node, v pgjson.Value, found *[]pgjson.Value) (bool, error) {
	any := false
	if n.first == 0 {
		before := r.ignore
		r.ignore = true
		ok, err := r.next(n, v, found)
		r.ignore = before
		container := v.Kind == pgjson.Array || v.Kind == pgjson.Object
		if any = ok; err != nil && (r.throws || !container || Fatal(err)) || ok && found == nil {
			return ok, err
		}
	}
	if v.Kind != pgjson.Array && v.Kind != pgjson.Object {
		return any, nil
	}
	ok, err := r.below(n, v, found, 1)
	return any || ok, err
}

// below is executeAnyItem. A level of last is that of values without any below.
func (r *run) below(n *node, v pgjson.Value, found *[]pgjson.Value, level int) (bool, error) {
	any := false
	if level > n.last {
		return false, nil
	}
	for _, item := range v.Items {
		container := item.Kind == pgjson.Array || item.Kind == pgjson.Object
		if level >= n.first || n.first == deepest && n.last == deepest && !container {
			before := r.ignore
			r.ignore = true
			ok, err := r.each([]pgjson.Value{item}, n.next, found, r.lax)
			r.ignore = before
			if any = any || ok; err != nil || any && found == nil {
				return any, err
			}
		}
		if level < n.last && container {
			ok, err := r.below(n, item, found, level+1)
			if any = any || ok; err != nil || any && found == nil {
				return any, err
			}
		}
	}
	return any, nil
}

func (r *run) subscripts(n *node, v pgjson.Value, found *[]pgjson.Value) (bool, error) {
	items := v.Items
	if v.Kind != pgjson.Array {
		if !r.lax {
			return r.structural("22039", "jsonpath array accessor can only be applied to an array")
		}
		items = []pgjson.Value{v}
	}
	outer := r.size
	defer func() { r.size = outer }()
	any := false
	for _, s := range n.elements {
		r.size = len(items)
		from, err := r.index(s.from, v)
		to := from
		if err == nil && s.to != nil {
			to, err = r.index(s.to, v)
		}
		if err != nil {
			return false, err
		}
		if !r.ignore && (from < 0 || from > to || to >= len(items)) {
			return false, sqlstate.New("22033", "jsonpath array subscript is out of bounds")
		}
		for i := max(from, 0); i <= min(to, len(items)-1); i++ {
			ok, err := r.next(n, items[i], found)
			if err != nil {
				return false, err
			}
			if any = any || ok; any && found == nil {
				return true, nil
			}
		}
	}
	return any, nil
}

// index evaluates a subscript: one number, cut towards zero.
func (r *run) index(n *node, v pgjson.Value) (int, error) {
	var found []pgjson.Value
	if _, err := r.item(n, v, &found, r.lax); err != nil {
		return 0, err
	}
	if len(found) != 1 || found[0].Kind != pgjson.Number {
		return 0, sqlstate.New("22033", "jsonpath array subscript is not a single numeric value")
	}
	number, err := numeric.Parse(found[0].Raw)
	if err == nil {
		number, err = numeric.Trunc(number, 0)
	}
	if err != nil {
		return 0, err
	}
	i, err := numeric.ToInt(number, 32, "integer")
	if err != nil {
		return 0, sqlstate.New("22033", "jsonpath array subscript is out of integer range")
	}
	return int(i), nil
}
