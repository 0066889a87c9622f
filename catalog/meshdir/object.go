package meshdir

import (
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// object reads a mapping field by field. Each field asked for is known from then on;
// end reports the others. Its methods report what does not fit and give a zero value,
// so that one run finds every mistake of a file.
type object struct {
	*document
	node   *yaml.Node
	what   string // in messages: "source", "column"
	keys   map[string]*yaml.Node
	values map[string]*yaml.Node
	order  []string
	asked  []string
}

// object begins to read a node; one that is no mapping is reported and has no fields.
func (d *document) object(n *yaml.Node, what string) *object {
	o := &object{document: d, node: n, what: what, keys: map[string]*yaml.Node{}, values: map[string]*yaml.Node{}}
	if n.Kind != yaml.MappingNode {
		_ = d.errorf(n, "%s must be a mapping, not %s", what, kindName(n))
		return o
	}
	for i := 0; i < len(n.Content); i += 2 {
		k := n.Content[i]
		o.keys[k.Value], o.values[k.Value] = k, n.Content[i+1]
		o.order = append(o.order, k.Value)
	}
	return o
}

// header reads apiVersion and kind of one of our own files and gives false where they are others.
func (d *document) header(kind, what string) (*object, bool) {
	o := d.object(d.root, what)
	if d.root.Kind != yaml.MappingNode {
		return o, false
	}
	ok := o.required("apiVersion") != "" && o.oneOf("apiVersion", "mesh/v1") != ""
	return o, o.required("kind") != "" && o.oneOf("kind", kind) != "" && ok
}

func kindName(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.ShortTag() == "!!null":
		return "empty"
	}
	return "a single value"
}

// value gives a field that is there and not null.
func (o *object) value(key string) *yaml.Node {
	o.asked = append(o.asked, key)
	v := o.values[key]
	if v != nil && v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null" {
		return nil
	}
	return v
}

// at gives where to report on a field: its value, else the object.
func (o *object) at(key string) *yaml.Node {
	if v := o.values[key]; v != nil {
		return v
	}
	return o.node
}

func (o *object) has(key string) bool { return o.values[key] != nil }

// ignore marks fields that are allowed and not read.
func (o *object) ignore(keys ...string) { o.asked = append(o.asked, keys...) }

// text reads a single value as it is written.
func (o *object) text(key string) string {
	v := o.value(key)
	if v == nil {
		return ""
	}
	if v.Kind != yaml.ScalarNode {
		_ = o.errorf(v, "%s of %s must be a single value, not %s", key, o.what, kindName(v))
		return ""
	}
	return v.Value
}

// required is text that must be there.
func (o *object) required(key string) string {
	s := o.text(key)
	if s == "" && o.node.Kind == yaml.MappingNode && (o.values[key] == nil || o.values[key].Kind == yaml.ScalarNode) {
		_ = o.errorf(o.at(key), "%s has no %s", o.what, key)
	}
	return s
}

// oneOf reads a value out of a list; another is reported and "".
func (o *object) oneOf(key string, allowed ...string) string {
	s := o.text(key)
	if s == "" || slices.Contains(allowed, s) {
		return s
	}
	o.unknown(o.at(key), s, allowed, "unknown %s %q of %s", key, s, o.what)
	return ""
}

func (o *object) boolean(key string) bool {
	v := o.value(key)
	if v == nil {
		return false
	}
	if v.Kind != yaml.ScalarNode || v.ShortTag() != "!!bool" {
		_ = o.errorf(v, "%s of %s must be true or false", key, o.what)
		return false
	}
	return v.Value[0] == 't' || v.Value[0] == 'T'
}

// integer reads a whole number between bounds; missing is missing's value.
func (o *object) integer(key string, missing, least, most int64) int64 {
	v := o.value(key)
	if v == nil {
		return missing
	}
	n, err := strconv.ParseInt(v.Value, 10, 64)
	if v.Kind != yaml.ScalarNode || err != nil || n < least || n > most {
		_ = o.errorf(v, "%s of %s must be a whole number from %d to %d", key, o.what, least, most)
		return missing
	}
	return n
}

func (o *object) duration(key string) time.Duration {
	s := o.text(key)
	if s == "" {
		return 0
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		_ = o.errorf(o.at(key), "%s of %s must be a duration such as 30s or 5m", key, o.what)
		return 0
	}
	return d
}

// list gives the elements of a list; nil where the field is missing.
func (o *object) list(key string) []*yaml.Node {
	v := o.value(key)
	if v == nil {
		return nil
	}
	if v.Kind != yaml.SequenceNode {
		_ = o.errorf(v, "%s of %s must be a list, not %s", key, o.what, kindName(v))
		return nil
	}
	return v.Content
}

// texts reads a list of single values.
func (o *object) texts(key string) []string {
	var all []string
	for _, v := range o.list(key) {
		if v.Kind != yaml.ScalarNode || v.ShortTag() == "!!null" {
			_ = o.errorf(v, "%s of %s must list single values, not %s", key, o.what, kindName(v))
			continue
		}
		all = append(all, v.Value)
	}
	return all
}

// child reads a field that is a mapping; nil where it is missing.
func (o *object) child(key, what string) *object {
	v := o.value(key)
	if v == nil {
		return nil
	}
	return o.object(v, what)
}

// children reads a field that is a list of mappings.
func (o *object) children(key, what string) []*object {
	var all []*object
	for _, v := range o.list(key) {
		all = append(all, o.object(v, what))
	}
	return all
}

// end reports the fields nobody asked for.
func (o *object) end(s Severity) {
	if o.load.fields != nil {
		o.load.fields[o.what] = append(o.load.fields[o.what], o.asked...)
	}
	for _, key := range o.order {
		if !slices.Contains(o.asked, key) {
			_ = o.report(s, o.keys[key], near(key, o.asked), "unknown field %q in %s", key, o.what)
		}
	}
}
