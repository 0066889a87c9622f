package pgjson

import (
	"sort"

	"github.com/sluicemesh/sluice/sqlstate"
)

func wrong(message string) error { return sqlstate.New(sqlstate.InvalidParameterValue, "%s", message) }

// Concat is || of jsonb.
func Concat(a, b Value) Value {
	if a.Kind == Object && b.Kind == Object {
		out := Value{Kind: Object, Keys: append(append([]string{}, a.Keys...), b.Keys...), Items: append(append([]Value{}, a.Items...), b.Items...)}
		out.sortKeys()
		return out
	}
	return Value{Kind: Array, Items: append(append([]Value{}, asArray(a)...), asArray(b)...)}
}

func asArray(v Value) []Value {
	if v.Kind == Array {
		return v.Items
	}
	return []Value{v}
}

// without gives a copy without item i.
func (v Value) without(i int) Value {
	out := Value{Kind: v.Kind}
	for j, item := range v.Items {
		if j == i {
			continue
		}
		out.Items = append(out.Items, item)
		if v.Kind == Object {
			out.Keys = append(out.Keys, v.Keys[j])
		}
	}
	return out
}

// DeleteKeys takes keys out of an object, or strings out of an array.
func DeleteKeys(v Value, keys []string) (Value, error) {
	if v.Kind < Array {
		return v, wrong("cannot delete from scalar")
	}
	drop := map[string]bool{}
	for _, k := range keys {
		drop[k] = true
	}
	for i := len(v.Items) - 1; i >= 0; i-- {
		if v.Kind == Object && drop[v.Keys[i]] || v.Kind == Array && v.Items[i].Kind == String && drop[v.Items[i].Text] {
			v = v.without(i)
		}
	}
	return v, nil
}

// DeleteElement takes an element out of an array.
func DeleteElement(v Value, i int) (Value, error) {
	switch {
	case v.Kind == Object:
		return v, wrong("cannot delete from object using integer index")
	case v.Kind != Array:
		return v, wrong("cannot delete from scalar")
	}
	if i < 0 {
		i += len(v.Items)
	}
	if i < 0 || i >= len(v.Items) {
		return v, nil
	}
	return v.without(i), nil
}

// Change is what happens at the end of a path.
type Change uint8

// The changes.
const (
	Replace Change = iota // nothing where nothing is
	Create                // also where nothing is
	InsertBefore
	InsertAfter
	Delete
)

// At changes a value at a path.
func At(v Value, path []*string, to Value, how Change) (Value, error) {
	if v.Kind < Array {
		if how == Delete {
			return v, wrong("cannot delete path in scalar")
		}
		return v, wrong("cannot set path in scalar")
	}
	if len(path) == 0 || len(v.Items) == 0 && (how == Replace || how == Delete) {
		return v, nil
	}
	return at(v, path, 1, to, how)
}

func at(v Value, path []*string, position int, to Value, how Change) (Value, error) {
	if path[0] == nil {
		return v, sqlstate.New(sqlstate.NullValueNotAllowed, "path element at position %d is null", position)
	}
	switch v.Kind {
	case Object:
		return inObject(v, path, position, to, how)
	case Array:
		return inArray(v, path, position, to, how)
	}
	return v, nil
}

func (v Value) with(i int, item Value) Value {
	out := Value{Kind: v.Kind, Keys: v.Keys, Items: append([]Value{}, v.Items...)}
	out.Items[i] = item
	return out
}

func inObject(v Value, path []*string, position int, to Value, how Change) (Value, error) {
	key := *path[0]
	i := sort.Search(len(v.Keys), func(i int) bool { return !keyLess(v.Keys[i], key) })
	found := i < len(v.Keys) && v.Keys[i] == key
	switch {
	case found && len(path) > 1:
		item, err := at(v.Items[i], path[1:], position+1, to, how)
		return v.with(i, item), err
	case found && how == Delete:
		return v.without(i), nil
	case found && (how == InsertBefore || how == InsertAfter):
		return v, wrong("cannot replace existing key")
	case found:
		return v.with(i, to), nil
	case len(path) > 1 || how == Replace || how == Delete:
		return v, nil
	}
	out := Value{Kind: Object, Keys: append(append([]string{}, v.Keys...), key), Items: append(append([]Value{}, v.Items...), to)}
	out.sortKeys()
	return out, nil
}

func inArray(v Value, path []*string, position int, to Value, how Change) (Value, error) {
	i, ok := Subscript(*path[0])
	if !ok {
		return v, sqlstate.New(sqlstate.InvalidTextRepresentation, "path element at position %d is not an integer: \"%s\"", position, *path[0])
	}
	n := len(v.Items)
	before := false
	if i < 0 {
		if i += n; i < 0 {
			before, i = true, 0
		}
	}
	inside := !before && i < n
	insert := func(at int) Value {
		items := append([]Value{}, v.Items[:at]...)
		return Value{Kind: Array, Items: append(append(items, to), v.Items[at:]...)}
	}
	switch {
	case inside && len(path) > 1:
		item, err := at(v.Items[i], path[1:], position+1, to, how)
		return v.with(i, item), err
	case inside && how == Delete:
		return v.without(i), nil
	case inside && how == InsertBefore:
		return insert(i), nil
	case inside && how == InsertAfter:
		return insert(i + 1), nil
	case inside:
		return v.with(i, to), nil
	case len(path) > 1 || how == Replace || how == Delete:
		return v, nil
	case before:
		return insert(0), nil
	}
	return insert(n), nil
}
