package meshdir

import (
	"cmp"
	"slices"

	"github.com/sluicemesh/sluice/catalog"
)

// readQuality reads the rules about data of a schema object or a column, for a review.
// Whoever serves passes them over: a rule that is wrong does not keep a domain from
// being served.
func (l *loader) readQuality(o *object, t *catalog.Table, column string) {
	if !l.options.Review {
		o.ignore("quality")
		return
	}
	for _, rule := range o.children("quality", "quality rule") {
		if q, ok := rule.quality(column); ok {
			t.Quality = append(t.Quality, q)
		}
	}
}

func (o *object) quality(column string) (catalog.Quality, bool) {
	metric := cmp.Or(o.text("metric"), o.text("rule"))
	q := catalog.Quality{
		Name: cmp.Or(o.text("id"), o.text("name"), metric), Column: column, Metric: metric, Query: o.text("query"),
		Kind: o.oneOf("type", "library", "sql", "text", "custom"), Percent: o.text("unit") == "percent",
		Severity: cmp.Or(o.text("severity"), "error"), Position: o.position(o.node),
	}
	q.Kind = cmp.Or(q.Kind, "library")
	o.ignore("description", "dimension", "businessImpact", "method", "schedule", "scheduler", "tags", "customProperties", "authoritativeDefinitions", "engine", "implementation")
	o.bounds(&q)
	if a := o.child("arguments", "arguments"); a != nil {
		q.Missing, q.Valid, q.Pattern, q.Properties = a.texts("missingValues"), a.texts("validValues"), a.text("pattern"), a.texts("properties")
		a.end(Warning)
	}
	o.end(Warning)
	switch {
	case q.Kind == "text" || q.Kind == "custom":
		return q, true
	case q.Compare == "":
		o.warnf(o.node, "quality rule %s does not say what its value must be", q.Name)
		return q, false
	case q.Kind == "sql" && q.Query == "":
		o.warnf(o.node, "quality rule %s of type sql has no query", q.Name)
		return q, false
	case q.Kind == "library" && !slices.Contains(catalog.Metrics, q.Metric):
		o.warnf(o.at("metric"), "quality rule %s names no metric of the library: %s", q.Name, cmp.Or(q.Metric, "none"))
		return q, false
	case q.Metric == "invalidValues" && q.Valid == nil && q.Pattern == "":
		o.warnf(o.node, "quality rule %s needs arguments: {validValues: […]} or {pattern: …}", q.Name)
		return q, false
	case q.Kind == "library" && q.Metric != "rowCount" && column == "" && len(q.Properties) == 0:
		o.warnf(o.node, "quality rule %s is about a column and stands at none", q.Name)
		return q, false
	}
	return q, true
}

// bounds reads what the value must be, by the one comparison that is there.
func (o *object) bounds(q *catalog.Quality) {
	for _, name := range catalog.Comparisons {
		if !o.has(name) {
			continue
		}
		if q.Compare != "" {
			o.warnf(o.at(name), "quality rule %s says what its value must be twice: %s and %s", q.Name, q.Compare, name)
		}
		q.Compare = name
		if name == "mustBeBetween" || name == "mustNotBeBetween" {
			if q.Bounds = o.texts(name); len(q.Bounds) != 2 {
				o.warnf(o.at(name), "%s takes two numbers", name)
			}
		} else {
			q.Bounds = []string{o.text(name)}
		}
	}
}
