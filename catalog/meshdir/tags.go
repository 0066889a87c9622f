package meshdir

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/sluicemesh/sluice/catalog"
)

// primaryTag marks the object behind the bare product address; every mesh has it.
const primaryTag = "primary"

func (l *loader) readTags(d *document) {
	o, ok := d.header("TagVocabulary", "tag vocabulary")
	if !ok {
		return
	}
	v := &catalog.TagVocabulary{
		Classifications: o.texts("classifications"),
		Parents:         map[string]string{}, MinClassification: map[string]string{}, Detect: map[string]catalog.Detector{},
	}
	l.mesh.Tags, l.vocabulary = v, true
	tags := o.child("tags", "tags")
	if tags != nil {
		readTagForest(tags, v)
	}
	o.end(Error)
}

func readTagForest(tags *object, v *catalog.TagVocabulary) {
	parents := map[string]*yaml.Node{}
	for _, name := range tags.order {
		t := tags.object(tags.values[name], "tag "+name)
		v.Parents[name] = t.text("parent")
		parents[name] = t.at("parent")
		if c := t.text("minClassification"); c != "" {
			if !slices.Contains(v.Classifications, c) {
				t.unknown(t.at("minClassification"), c, v.Classifications, "unknown classification %q", c)
			}
			v.MinClassification[name] = c
		}
		if d := t.child("detect", "detect"); d != nil {
			v.Detect[name] = readDetector(d)
		}
		t.ignore("description", "owner")
		t.end(Error)
	}
	for _, name := range tags.order {
		parent := v.Parents[name]
		if _, ok := v.Parents[parent]; parent != "" && !ok {
			tags.unknown(parents[name], parent, tags.order, "unknown parent %q of tag %s", parent, name)
		}
	}
	for _, cycle := range cycles(tags.order, func(t string) []string { return []string{v.Parents[t]} }) {
		_ = tags.errorf(parents[cycle[0]], "tag %s is its own ancestor: %s", cycle[0], arrows(cycle))
	}
}

func readDetector(o *object) catalog.Detector {
	d := catalog.Detector{Name: o.text("name"), Sample: o.text("sample")}
	for _, key := range []string{"name", "sample"} {
		if _, err := regexp.Compile(o.text(key)); err != nil {
			_ = o.errorf(o.at(key), "%s of detect is no regular expression", key)
		}
	}
	o.end(Error)
	return d
}

// checkTags reports tags that the vocabulary does not know: a misspelt tag is a mask that does not apply.
func (o *object) checkTags(key string, tags []string) {
	l := o.load
	if !l.vocabulary {
		return
	}
	for i, tag := range tags {
		if tag != primaryTag && !l.mesh.Tags.Known(tag) {
			o.unknown(o.element(key, i), tag, l.tagNames(), "unknown tag %q of %s", tag, o.what)
		}
	}
}

// element gives a list's i-th node, for reports.
func (o *object) element(key string, i int) *yaml.Node {
	if v := o.values[key]; v != nil && i < len(v.Content) {
		return v.Content[i]
	}
	return o.at(key)
}

func (l *loader) tagNames() []string {
	names := []string{primaryTag}
	for name := range l.mesh.Tags.Parents {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (o *object) classification(key string) string {
	c := o.text(key)
	known := o.load.mesh.Tags.Classifications
	if c != "" && o.load.vocabulary && !slices.Contains(known, c) {
		o.unknown(o.at(key), c, known, "unknown classification %q of %s", c, o.what)
	}
	return c
}

func (l *loader) checkDefaultClassification() {
	c := l.mesh.Settings.UnknownClassification
	if known := l.mesh.Tags.Classifications; len(known) > 0 && !slices.Contains(known, c) {
		l.report(Error, "mesh.yaml", "unknownClassification %q is no classification of governance/tags.yaml", c)
	}
}
