package pgjsonpath

import (
	"errors"
	"strings"

	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/internal/pgjson"
)

// logic has three values.
type logic uint8

const (
	isFalse logic = iota
	isTrue
	isUnknown
)

func truth(is bool) logic {
	if is {
		return isTrue
	}
	return isFalse
}

func (l logic) value() pgjson.Value {
	switch l {
	case isTrue:
		return pgjson.Value{Kind: pgjson.Bool, Raw: "true"}
	case isFalse:
		return pgjson.Value{Kind: pgjson.Bool, Raw: "false"}
	}
	return pgjson.Value{Kind: pgjson.Null, Raw: "null"}
}

// within evaluates a filter with @ as a value.
func (r *run) within(n *node, v pgjson.Value) (logic, error) {
	outer := r.current
	r.current = v
	t, err := r.truth(n, v)
	r.current = outer
	return t, err
}

// swallowed makes unknown of an error, unless it is one that nothing swallows.
func swallowed(err error) (logic, error) {
	var f fatal
	if errors.As(err, &f) {
		return isUnknown, err
	}
	return isUnknown, nil
}

// truth evaluates a predicate (executeBoolItem).
func (r *run) truth(n *node, v pgjson.Value) (logic, error) {
	throws := r.throws
	r.throws = false
	defer func() { r.throws = throws }()
	switch n.op {
	case opAnd, opOr:
		return r.connective(n, v)
	case opNot:
		t, err := r.truth(n.left, v)
		if t != isUnknown {
			t = truth(t == isFalse)
		}
		return t, err
	case opIsUnknown:
		t, err := r.truth(n.left, v)
		return truth(t == isUnknown), err
	case opExists:
		if !r.lax {
			all, err := r.sequence(n.left, v, false)
			if err != nil {
				return swallowed(err)
			}
			return truth(len(all) > 0), nil
		}
		ok, err := r.item(n.left, v, nil, true)
		if err != nil {
			return swallowed(err)
		}
		return truth(ok), nil
	case opCompare:
		return r.pairs(n, v, true, func(a, b pgjson.Value) (logic, error) { return r.compare(n.text, a, b) })
	case opStartsWith:
		return r.pairs(n, v, false, func(a, b pgjson.Value) (logic, error) {
			if a.Kind != pgjson.String || b.Kind != pgjson.String {
				return isUnknown, nil
			}
			return truth(strings.HasPrefix(a.Text, b.Text)), nil
		})
	}
	return r.pairs(n, v, false, func(a, _ pgjson.Value) (logic, error) {
		if a.Kind != pgjson.String {
			return isUnknown, nil
		}
		return truth(n.pattern.Match(a.Text)), nil
	})
}

func (r *run) connective(n *node, v pgjson.Value) (logic, error) {
	decided := truth(n.op == opOr)
	left, err := r.truth(n.left, v)
	if err != nil || left == decided {
		return left, err
	}
	right, err := r.truth(n.right, v)
	if err != nil || right != truth(n.op == opAnd) {
		return right, err
	}
	return left, nil
}

// pairs asks a predicate of every pair of items (executePredicate).
func (r *run) pairs(n *node, v pgjson.Value, unwrapRight bool, ask func(a, b pgjson.Value) (logic, error)) (logic, error) {
	left, err := r.sequence(n.left, v, true)
	if err != nil {
		return swallowed(err)
	}
	right := []pgjson.Value{{}}
	if n.right != nil {
		if right, err = r.sequence(n.right, v, unwrapRight); err != nil {
			return swallowed(err)
		}
	}
	unknown, found := false, false
	for _, a := range left {
		for _, b := range right {
			t, err := ask(a, b)
			switch {
			case err != nil:
				return isUnknown, err
			case t == isUnknown && !r.lax:
				return isUnknown, nil
			case t == isTrue && r.lax:
				return isTrue, nil
			}
			unknown, found = unknown || t == isUnknown, found || t == isTrue
		}
	}
	switch {
	case found:
		return isTrue, nil
	case unknown:
		return isUnknown, nil
	}
	return isFalse, nil
}

// compare compares items of one kind; null differs from all else (compareItems).
func (r *run) compare(operator string, a, b pgjson.Value) (logic, error) {
	if a.Kind != b.Kind {
		if a.Kind == pgjson.Null || b.Kind == pgjson.Null {
			return truth(operator == "!="), nil
		}
		return isUnknown, nil
	}
	order := 0
	switch a.Kind {
	case pgjson.Array, pgjson.Object:
		return isUnknown, nil
	case pgjson.OfMoment:
		var known bool
		var err error
		if order, known, err = r.compareMoments(*a.Moment, *b.Moment); err != nil || !known {
			return isUnknown, err
		}
	case pgjson.Bool:
		order = strings.Compare(a.Raw, b.Raw) // "false" before "true"
	case pgjson.String:
		order = strings.Compare(a.Text, b.Text)
	case pgjson.Number:
		x, err := numeric.Parse(a.Raw)
		if err != nil {
			return isUnknown, err
		}
		y, err := numeric.Parse(b.Raw)
		if err != nil {
			return isUnknown, err
		}
		order = numeric.Compare(x, y)
	}
	switch operator {
	case "==":
		return truth(order == 0), nil
	case "!=":
		return truth(order != 0), nil
	case "<":
		return truth(order < 0), nil
	case ">":
		return truth(order > 0), nil
	case "<=":
		return truth(order <= 0), nil
	}
	return truth(order >= 0), nil
}
