package meshdir

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// descend follows names into a document: fields of mappings, and elements of lists by
// their name, property, role, channel or id.
func descend(n *yaml.Node, names []string) *yaml.Node {
	for _, name := range names {
		if name == "sla" {
			name = "slaProperties"
		}
		n = part(n, name)
		if n == nil {
			return nil
		}
	}
	return n
}

func part(n *yaml.Node, name string) *yaml.Node {
	if found := field(n, name); found != nil {
		return found
	}
	if members := field(n, "members"); members != nil {
		return part(members, name)
	}
	for _, element := range children(n) {
		for _, key := range []string{"name", "property", "role", "channel", "id"} {
			if v := field(element, key); v != nil && strings.EqualFold(v.Value, name) {
				return element
			}
		}
	}
	return nil
}

// field gives a field of a mapping; nil where there is none.
func field(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

func children(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

func filled(n *yaml.Node) bool {
	if n == nil {
		return false
	}
	if n.Kind == yaml.ScalarNode {
		return n.ShortTag() != "!!null" && strings.TrimSpace(n.Value) != ""
	}
	return len(n.Content) > 0
}
