package meshdir

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluicemesh/sluice/catalog"
)

// ruleKinds are what a rule can do; each does one of them.
var ruleKinds = []string{"rowFilter", "mask", "hideColumn", "noProject", "aggregateOnly"}

func (l *loader) readRule(o *object) catalog.Rule {
	r := catalog.Rule{
		RowFilter: strings.TrimSpace(o.text("rowFilter")), HideColumn: o.boolean("hideColumn"), NoProject: o.boolean("noProject"),
		Args: map[string]string{}, Position: o.position(o.node),
	}
	if v := o.values["mask"]; v != nil && v.ShortTag() == "!!null" {
		_ = o.errorf(v, `mask is empty; the mask that hides a value whole is written "null", in quotes`)
	}
	var masks []string
	for _, k := range catalog.MaskKinds {
		masks = append(masks, string(k))
	}
	r.Mask = catalog.MaskKind(o.oneOf("mask", masks...))
	if a := o.child("aggregateOnly", "aggregateOnly"); a != nil {
		r.AggregateOnly = readAggregateOnly(a)
	}
	o.checkRuleKind(r)
	r.RefusePredicate = o.oneOf("onPredicate", "masked", "refuse") == "refuse"
	if o.has("onPredicate") && !o.has("mask") {
		_ = o.errorf(o.keys["onPredicate"], "onPredicate belongs to a rule with a mask")
	}
	if w := o.child("when", "when"); w != nil {
		r.When = w.texts("tags")
		w.checkTags("tags", r.When)
		if len(r.When) == 0 {
			_ = w.errorf(w.node, "when has no tags")
		}
		w.end(Error)
	}
	if a := o.child("args", "args"); a != nil {
		a.readMaskArgs(&r)
		a.checkMaskArgs(r)
	} else {
		o.checkMaskArgs(r)
	}
	o.end(Error)
	return r
}

// checkRuleKind refuses rules that do nothing, or two things at once.
func (o *object) checkRuleKind(r catalog.Rule) {
	kinds := 0
	for _, k := range ruleKinds {
		if o.has(k) {
			kinds++
		}
	}
	if kinds != 1 && o.node.Kind == yaml.MappingNode {
		_ = o.errorf(o.node, "a rule has one of rowFilter, mask, hideColumn, noProject and aggregateOnly")
	}
	if o.has("rowFilter") && r.RowFilter == "" {
		_ = o.errorf(o.at("rowFilter"), "rowFilter is empty")
	}
	for key, set := range map[string]bool{"hideColumn": r.HideColumn, "noProject": r.NoProject} {
		if o.has(key) && !set {
			_ = o.errorf(o.at(key), "%s can only be true; leave the rule out instead", key)
		}
	}
}

func readAggregateOnly(o *object) *catalog.AggregateOnly {
	a := &catalog.AggregateOnly{
		MinGroup: int(o.integer("minGroup", 0, 2, 1_000_000)), Of: o.text("of"), Dimensions: o.texts("dimensions"),
	}
	if !o.has("minGroup") {
		_ = o.errorf(o.node, "aggregateOnly has no minGroup")
	}
	o.end(Error)
	return a
}
