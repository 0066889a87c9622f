package pgjson

import (
	"strconv"
	"strings"
)

// Field gives a field of an object; of equal keys the last.
func (v Value) Field(key string) (Value, bool) {
	if v.Kind != Object {
		return Value{}, false
	}
	for i := len(v.Keys) - 1; i >= 0; i-- {
		if v.Keys[i] == key {
			return v.Items[i], true
		}
	}
	return Value{}, false
}

// Element gives an element of an array, counted from 0, negative ones from the end.
func (v Value) Element(i int) (Value, bool) {
	if v.Kind != Array {
		return Value{}, false
	}
	if i < 0 {
		i += len(v.Items)
	}
	if i < 0 || i >= len(v.Items) {
		return Value{}, false
	}
	return v.Items[i], true
}

// Path follows keys and subscripts; a nil step leads nowhere.
func (v Value) Path(steps []*string) (Value, bool) {
	for _, s := range steps {
		if s == nil {
			return Value{}, false
		}
		var ok bool
		switch v.Kind {
		case Object:
			v, ok = v.Field(*s)
		case Array:
			i, isNumber := Subscript(*s)
			if !isNumber {
				return Value{}, false
			}
			v, ok = v.Element(i)
		}
		if !ok {
			return Value{}, false
		}
	}
	return v, true
}

// Subscript reads a step as an integer, as C's strtol does.
func Subscript(s string) (int, bool) {
	s = strings.TrimLeft(s, " \t\n\v\f\r")
	i, err := strconv.ParseInt(strings.TrimPrefix(s, "+"), 10, 32)
	if err != nil || strings.HasPrefix(s, "+-") {
		return 0, false
	}
	return int(i), true
}

// AsText is a value as ->> gives it; ok is false for null.
func (v Value) AsText() (text string, ok bool) {
	switch v.Kind {
	case Null:
		return "", false
	case String:
		return v.Text, true
	}
	return v.Raw, true
}

// Exists tells whether a string is a key or an element at the top.
func (v Value) Exists(key string) bool {
	switch v.Kind {
	case Object:
		_, ok := v.Field(key)
		return ok
	case Array:
		for _, item := range v.Items {
			if item.Kind == String && item.Text == key {
				return true
			}
		}
		return false
	}
	return v.Kind == String && v.Text == key
}

func equal(a, b Value) bool {
	x, err1 := appendKey(nil, a)
	y, err2 := appendKey(nil, b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// Contains is @> of jsonb: an array contains a scalar, too, that is one of its elements.
func Contains(v, part Value) bool {
	switch {
	case v.Kind == Array && part.Kind < Array:
		return contains(v, Value{Kind: Array, Items: []Value{part}})
	case v.Kind < Array || part.Kind < Array:
		return v.Kind < Array && part.Kind < Array && equal(v, part)
	}
	return contains(v, part)
}

func contains(v, part Value) bool {
	if v.Kind != part.Kind {
		return false
	}
	switch v.Kind {
	case Object:
		for i, key := range part.Keys {
			item, ok := v.Field(key)
			if !ok || !contains(item, part.Items[i]) {
				return false
			}
		}
		return true
	case Array:
		for _, wanted := range part.Items {
			found := false
			for _, item := range v.Items {
				if contains(item, wanted) {
					found = true
					break
				}
			}
			if !found {
				return false
			}
		}
		return true
	}
	return equal(v, part)
}

// Repeats tells whether an object in a value has a key twice.
func (v Value) Repeats() bool {
	seen := map[string]bool{}
	for _, k := range v.Keys {
		if seen[k] {
			return true
		}
		seen[k] = true
	}
	for _, item := range v.Items {
		if item.Repeats() {
			return true
		}
	}
	return false
}
