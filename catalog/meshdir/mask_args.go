package meshdir

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/sluicemesh/sluice/catalog"
)

// maskArgs are the arguments that each mask takes.
var maskArgs = map[catalog.MaskKind][]string{
	catalog.MaskConstant: {"value"}, catalog.MaskHash: {"key"}, catalog.MaskPartial: {"keep", "first", "last"},
	catalog.MaskGeneralise: {"to", "bucket", "map", "else"}, catalog.MaskSQL: {"expression", "mayFail"},
}

func (o *object) readMaskArgs(r *catalog.Rule) {
	for _, name := range o.order {
		if name != "map" || r.Mask != catalog.MaskGeneralise {
			r.Args[name] = o.text(name)
			continue
		}
		m := o.child("map", "map")
		if m == nil {
			continue
		}
		r.Mapping = map[string]string{}
		for _, from := range m.order {
			r.Mapping[from] = m.text(from)
		}
		m.end(Error)
		if len(r.Mapping) == 0 && m.node.Kind == yaml.MappingNode {
			_ = m.errorf(m.node, "map of mask generalise is empty")
		}
	}
}

// checkMaskArgs checks the arguments of a mask; o is args, or the rule that has none.
func (o *object) checkMaskArgs(r catalog.Rule) {
	allowed := maskArgs[r.Mask]
	if o.what == "args" {
		for _, name := range o.order {
			if r.Mask != "" && !slices.Contains(allowed, name) {
				o.unknown(o.keys[name], name, allowed, "mask %s takes no %q", r.Mask, name)
			}
		}
	}
	switch r.Mask {
	case catalog.MaskConstant:
		if _, ok := r.Args["value"]; !ok {
			_ = o.errorf(o.node, "mask constant needs args: {value: …}")
		}
	case catalog.MaskHash:
		if key, ok := r.Args["key"]; ok && !slices.Contains([]string{"mesh", "domain", "grant"}, key) {
			o.unknown(o.at("key"), key, []string{"mesh", "domain", "grant"}, "unknown key %q of mask hash", key)
		}
	case catalog.MaskPartial:
		o.checkPartial(r.Args)
	case catalog.MaskGeneralise:
		o.checkGeneralise(r)
	case catalog.MaskSQL:
		o.checkMaskSQL(r.Args)
	}
}

func (o *object) checkPartial(args map[string]string) {
	if len(args) != 1 {
		_ = o.errorf(o.node, "mask partial needs one of args: {keep: domain}, {first: n} and {last: n}")
		return
	}
	if keep, ok := args["keep"]; ok && keep != "domain" {
		o.unknown(o.at("keep"), keep, []string{"domain"}, "unknown keep %q of mask partial", keep)
	}
	for _, end := range []string{"first", "last"} {
		if _, ok := args[end]; ok {
			_ = o.integer(end, 0, 1, 1000)
		}
	}
}

func (o *object) checkGeneralise(r catalog.Rule) {
	ways := 0
	for _, way := range []string{"to", "bucket", "map"} {
		if o.what == "args" && o.has(way) {
			ways++
		}
	}
	_, otherwise := r.Args["else"]
	switch {
	case ways != 1 || otherwise && r.Mapping == nil:
		_ = o.errorf(o.node, "mask generalise needs one of args: {to: month}, {bucket: n} and {map: {…}, else: …}")
	case r.Args["to"] != "":
		_ = o.oneOf("to", catalog.TimestampUnits...)
	case r.Args["bucket"] != "":
		_ = o.integer("bucket", 0, 1, 1_000_000_000_000)
	}
}

func (o *object) checkMaskSQL(args map[string]string) {
	if args["expression"] == "" {
		_ = o.errorf(o.node, "mask sql needs args: {expression: …}")
	}
	if _, ok := args["mayFail"]; ok {
		_ = o.boolean("mayFail")
	}
}
