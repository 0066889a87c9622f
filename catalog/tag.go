package catalog

import "slices"

// Known tells whether the vocabulary holds a tag.
func (v *TagVocabulary) Known(tag string) bool {
	if v == nil {
		return false
	}
	_, ok := v.Parents[tag]
	return ok
}

// Is tells whether tag is ancestor or a child of it.
func (v *TagVocabulary) Is(tag, ancestor string) bool {
	for range 100 { // the loader refuses cycles; a bound costs nothing
		if tag == ancestor {
			return true
		}
		if v == nil || tag == "" {
			return false
		}
		tag = v.Parents[tag]
	}
	return false
}

// Rank orders classifications, low to high. One the vocabulary does not know ranks
// above all others: what nobody has classified is the most sensitive.
func (v *TagVocabulary) Rank(classification string) int {
	if v == nil {
		return 0
	}
	if i := slices.Index(v.Classifications, classification); i >= 0 {
		return i
	}
	return len(v.Classifications)
}

// Classification gives what a column counts as: what its contract says, else the
// mesh's default, but never less than one of its tags asks for.
func (m *Mesh) Classification(t *Table, c *Column) string {
	class := c.Classification
	if class == "" {
		class = m.Settings.UnknownClassification
	}
	for _, tag := range slices.Concat(c.Tags, t.Tags) {
		for range 100 {
			if least := m.leastOf(tag); least != "" && m.Tags.Rank(least) > m.Tags.Rank(class) {
				class = least
			}
			if m.Tags == nil || tag == "" {
				break
			}
			tag = m.Tags.Parents[tag]
		}
	}
	return class
}

func (m *Mesh) leastOf(tag string) string {
	if m.Tags == nil {
		return ""
	}
	return m.Tags.MinClassification[tag]
}
