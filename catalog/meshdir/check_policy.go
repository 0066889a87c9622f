package meshdir

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

// checkPolicies checks what a policy says of products and columns, once all are known.
func (l *loader) checkPolicies() {
	for _, f := range l.policyFiles {
		if f.match != nil {
			l.checkMatched(f)
		}
	}
	for _, d := range l.mesh.Domains {
		for _, t := range d.Tables() {
			l.checkMasks(t)
			l.checkAggregateOnly(t)
			for _, p := range l.mesh.Policies {
				if p.Domain == d.Name {
					l.checkComposition(p, t)
				}
			}
		}
	}
}

// checkMatched checks the products and columns of a match. A domain's policy reaches
// its own products only; a global one may name a product that is not there today.
func (l *loader) checkMatched(f *policyFile) {
	p, columns := f.policy, map[string]bool{}
	for i, name := range p.Match.Products {
		domain, product, qualified := strings.Cut(name, ".")
		if !qualified {
			domain, product = p.Domain, name
		}
		if p.Domain != "" && domain != p.Domain {
			_ = f.match.errorf(f.match.element("products", i), "a policy of domain %s cannot match product %q of another domain", p.Domain, name)
			continue
		}
		l.checkProduct(f, i, domain, product)
	}
	for _, d := range l.mesh.Domains {
		for _, t := range d.Tables() {
			for _, c := range t.Columns {
				if p.Domain == "" || p.Domain == d.Name {
					columns[c.Name] = true
				}
			}
		}
	}
	for i, name := range p.Match.Columns {
		if !columns[name] {
			_ = f.match.report(l.severity(p), f.match.element("columns", i), near(name, sortedKeys(columns)), "policy %s matches column %q, which no product has", p.ID, name)
		}
	}
}

// severity of a match that finds nothing: a domain's own mistake is an error.
func (l *loader) severity(p *catalog.Policy) Severity {
	if p.Domain != "" {
		return Error
	}
	return Warning
}

func (l *loader) checkProduct(f *policyFile, i int, domain, product string) {
	var names []string
	for _, d := range l.mesh.Domains {
		for _, p := range d.Products {
			if d.Name == domain && p.Name == product {
				return
			}
			if f.policy.Domain == "" {
				names = append(names, p.FullName())
			} else if d.Name == domain {
				names = append(names, p.Name)
			}
		}
	}
	written := f.policy.Match.Products[i]
	_ = f.match.report(l.severity(f.policy), f.match.element("products", i), near(written, names), "policy %s matches product %q, which is not there", f.policy.ID, written)
}

// checkMasks refuses columns on which two policies of equal strength would put
// different masks: which of them a reader meets may not depend on an order of files.
func (l *loader) checkMasks(t *catalog.Table) {
	for _, c := range t.Columns {
		masks := l.mesh.MasksOf(t, c)
		for i, a := range masks {
			for _, b := range masks[:i] {
				if a.Rule.Mask == b.Rule.Mask && !a.Rule.SameMask(b.Rule) {
					l.reportAt(Error, c.Position, "policies %s and %s put two different masks of equal strength (%s) on column %s",
						b.Policy.ID, a.Policy.ID, a.Rule.Mask, c.Name)
				}
			}
			l.checkMaskType(t, c, a)
		}
	}
}

// checkMaskType warns of masks that the column's type cannot take.
func (l *loader) checkMaskType(t *catalog.Table, c *catalog.Column, m catalog.AppliedMask) {
	switch m.Rule.Mask {
	case catalog.MaskConstant:
		if _, ok := m.Rule.Constant(c.Type); !ok {
			l.reportAt(Error, c.Position, "the constant of policy %s is no value of column %s", m.Policy.ID, c.Name)
		}
	case catalog.MaskPartial:
		if !catalog.PartialFits(c.Type) {
			l.reportAt(Warning, c.Position, "mask partial of policy %s hides column %s whole: it is no text", m.Policy.ID, c.Name)
		}
	case catalog.MaskGeneralise:
		if !m.Rule.GeneraliseFits(c.Type) {
			l.reportAt(Warning, c.Position, "mask generalise of policy %s hides column %s whole: it cannot generalise values of its type so", m.Policy.ID, c.Name)
		}
	case catalog.MaskHash:
		if !catalog.HashFits(c.Type) {
			l.reportAt(Warning, c.Position, "mask hash of policy %s hides column %s whole: its type cannot be hashed", m.Policy.ID, c.Name)
		} else if l.mesh.Settings.HashKey == (catalog.SecretRef{}) && !slices.Contains(l.warned, "hash") {
			l.warned = append(l.warned, "hash")
			l.report(Warning, "mesh.yaml", "mask hash hides columns whole: mesh.yaml names no hashKeyRef")
		}
	}
}

// reportAt reports at a file:line:column.
func (l *loader) reportAt(s Severity, position, format string, args ...any) {
	d := Diagnostic{Severity: s, Message: fmt.Sprintf(format, args...)}
	rest, column, _ := cutLast(position)
	file, line, _ := cutLast(rest)
	d.File = file
	d.Line, _ = strconv.Atoi(line)
	d.Column, _ = strconv.Atoi(column)
	l.add(d)
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
