package meshdir

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluicemesh/sluice/catalog"
)

// checkPublished asks every check of governance/checks of every contract that is served.
// What can only be told from data, or from the mesh as it was, is reported once as not
// evaluated.
func (l *loader) checkPublished() {
	for _, c := range l.mesh.Checks {
		a, err := parseAssertion(c.Assert)
		if err != nil {
			l.reportAt(Error, c.Position, "check %s cannot be read: %v", c.ID, err)
			continue
		}
		severity := Error
		if c.Level == "warn" {
			severity = Warning
		}
		reported := false
		for _, contract := range l.contracts {
			v := a.eval(&publication{load: l, contract: contract})
			switch {
			case v.fails():
				text := fmt.Sprintf("check %s fails for %s: %s", c.ID, contract.product.FullName(), c.Assert)
				if why := strings.Join(v.why, ", "); why != "" {
					text += " (" + why + ")"
				}
				_ = contract.object.report(severity, contract.object.node, "", "%s", text)
			case !v.holds() && !reported:
				reported = true
				l.reportAt(Warning, c.Position, "check %s is not evaluated: %s", c.ID, strings.Join(v.why, ", "))
			}
		}
	}
}

// publication is a contract with its product's descriptor, as assertions see them.
type publication struct {
	load     *loader
	contract *contract
}

func (p *publication) documents() []*yaml.Node {
	nodes := []*yaml.Node{p.contract.object.node}
	for _, in := range p.load.inputs {
		if in.product == p.contract.product {
			nodes = append(nodes, in.object.node)
		}
	}
	return nodes
}

// property reads a field of the contract, else of the product.
func (p *publication) property(names []string) verdict {
	switch strings.Join(names, ".") {
	case "diff.breaking", "version.major_bumped":
		return p.compare(names[1])
	case "columns.count":
		return verdict{known: true, value: float64(len(p.columns()))}
	}
	if names[0] == "quality" && len(names) > 1 || names[0] == "diff" {
		return p.measured(names)
	}
	for _, n := range p.documents() {
		if found := descend(n, names); found != nil && found.Kind == yaml.ScalarNode {
			return verdict{known: true, value: found.Value}
		}
	}
	return verdict{known: true, value: ""}
}

// measured reads quality.failed and quality.asked, or those of one severity:
// quality.error.failed.
func (p *publication) measured(names []string) verdict {
	severity, what := "", names[len(names)-1]
	if len(names) == 3 {
		severity = names[1]
	}
	if names[0] != "quality" || len(names) > 3 || what != "failed" && what != "asked" {
		return unknown("there is no %s", strings.Join(names, "."))
	}
	total := 0
	for _, t := range p.contract.tables {
		if len(t.Addresses) == 0 {
			continue
		}
		m, ok := p.load.options.Measured[t.Address()]
		if !ok {
			return unknown("%s is not known without the data", strings.Join(names, "."))
		}
		counts := m.Failed
		if what == "asked" {
			counts = m.Asked
		}
		for of, n := range counts {
			if severity == "" || of == severity {
				total += n
			}
		}
	}
	return verdict{known: true, value: float64(total)}
}

func (p *publication) call(names []string, args []assertion) verdict {
	name := strings.Join(names, ".")
	switch {
	case name == "has" && len(args) == 1:
		return p.has(args[0])
	case len(args) == 1 && (name == "columns.all" || name == "columns.any" || name == "columns.none"):
		return p.eachColumn(names[1], args[0])
	case name == "detected_tags.subset_of" && len(args) == 1:
		return p.detected()
	case name == "similar_products.empty" && len(args) == 1:
		return p.similar(args[0])
	}
	return unknown("there is no %s", name)
}

func (p *publication) has(what assertion) verdict {
	field, ok := what.(reading)
	if !ok {
		return unknown("has takes the name of a field")
	}
	for _, n := range p.documents() {
		if filled(descend(n, field.names)) {
			return truth(true)
		}
	}
	return truth(false, "no "+strings.Join(field.names, "."))
}

// columns are the nodes of the contract's columns, with their names.
func (p *publication) columns() []*yaml.Node {
	var all []*yaml.Node
	for _, object := range children(field(p.contract.object.node, "schema")) {
		all = append(all, children(field(object, "properties"))...)
	}
	return all
}

func (p *publication) eachColumn(which string, what assertion) verdict {
	named, ok := what.(reading)
	if !ok {
		return unknown("columns.%s takes the name of a field", which)
	}
	var with, without []string
	for _, c := range p.columns() {
		name := ""
		if n := field(c, "name"); n != nil {
			name = n.Value
		}
		if filled(descend(c, named.names)) {
			with = append(with, name)
		} else {
			without = append(without, name)
		}
	}
	switch which {
	case "all":
		return truth(len(without) == 0, without...)
	case "any":
		return truth(len(with) > 0)
	}
	return truth(len(with) == 0, with...)
}

// detected asks the detectors of the vocabulary whether columns lack a tag.
func (p *publication) detected() verdict {
	var why []string
	for _, t := range p.contract.tables {
		for _, f := range p.load.mesh.Detected(t) {
			why = append(why, f.Column.Name+" looks like "+f.Tag)
		}
	}
	return truth(len(why) == 0, why...)
}

// similar finds other products with much the same column names (their shared part of all).
func (p *publication) similar(least assertion) verdict {
	limit, ok := number(least.eval(p).value)
	if !ok {
		return unknown("similar_products takes a number")
	}
	var why []string
	for _, t := range p.contract.tables {
		for _, d := range p.load.mesh.Domains {
			for _, other := range d.Tables() {
				if other.Product != p.contract.product && likeness(t, other) >= limit {
					why = append(why, "like "+name(other))
				}
			}
		}
	}
	return truth(len(why) == 0, why...)
}

func likeness(a, b *catalog.Table) float64 {
	shared := 0
	for _, c := range a.Columns {
		if columnIndex(b, c.Name) >= 0 {
			shared++
		}
	}
	return float64(shared) / float64(len(a.Columns)+len(b.Columns)-shared)
}

// compare holds the contract to the mesh as it was: breaking, or major_bumped.
func (p *publication) compare(what string) verdict {
	before := p.load.options.Before
	if before == nil {
		return unknown("%s needs the mesh as it was (--against)", what)
	}
	var why []string
	bumped := true
	for _, t := range p.contract.tables {
		old, ok := before.Table(t.Address())
		if !ok {
			continue
		}
		bumped = bumped && t.Major > old.Major
		why = append(why, breaks(old, t)...)
	}
	if what == "breaking" {
		return truth(len(why) > 0, why...)
	}
	return truth(bumped)
}

// breaks says what a consumer of the old table would miss.
func breaks(old, next *catalog.Table) []string {
	var why []string
	for _, c := range old.Columns {
		i := columnIndex(next, c.Name)
		switch {
		case i < 0:
			why = append(why, "column "+c.Name+" is gone")
		case next.Columns[i].Type != c.Type:
			why = append(why, "column "+c.Name+" has another type")
		case c.NotNull && !next.Columns[i].NotNull:
			why = append(why, "column "+c.Name+" may be NULL")
		}
	}
	return why
}

// checkDetected warns of columns that look like a tag they do not carry.
func (l *loader) checkDetected() {
	for _, d := range l.mesh.Domains {
		for _, t := range d.Tables() {
			for _, f := range l.mesh.Detected(t) {
				l.reportAt(Warning, f.Column.Position, "column %s looks like %s by its name and does not carry the tag", f.Column.Name, f.Tag)
			}
		}
	}
}
