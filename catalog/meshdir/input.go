package meshdir

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
)

// inputs are the contracts a product says it is derived from.
type inputs struct {
	product *catalog.Product
	object  *object
	ports   []*object
	ids     []string
}

func (l *loader) rememberInputs(o *object, p *catalog.Product) {
	in := inputs{product: p, object: o}
	for _, q := range o.children("inputPorts", "input port") {
		in.ports, in.ids = append(in.ports, q), append(in.ids, q.text("contractId"))
		q.required("name")
		q.required("version")
		q.ignore("tags", "customProperties", "authoritativeDefinitions")
		q.end(Warning)
	}
	l.inputs = append(l.inputs, in)
}

// checkInputs refuses products that are derived from themselves, over other products too.
func (l *loader) checkInputs() {
	productOf, byName := map[string]string{}, map[string]inputs{}
	for _, c := range l.contracts {
		productOf[c.id] = c.product.FullName()
	}
	var names []string
	for _, in := range l.inputs {
		names = append(names, in.product.FullName())
		byName[in.product.FullName()] = in
	}
	slices.Sort(names)
	next := func(name string) []string {
		var all []string
		for _, id := range byName[name].ids {
			all = append(all, productOf[id])
		}
		return all
	}
	for _, cycle := range cycles(names, next) {
		for i, name := range cycle[:len(cycle)-1] {
			in := byName[name]
			for j, id := range in.ids {
				if productOf[id] == cycle[i+1] {
					_ = in.object.errorf(in.ports[j].node, "product %s is derived from itself: %s", name, arrows(cycle))
				}
			}
		}
	}
}
