package catalog

import (
	"maps"
	"regexp"
	"slices"
)

// Detection is a column that looks like a tag it does not carry.
type Detection struct {
	Column *Column
	Tag    string
}

// Detected asks the detectors of the vocabulary for columns of a table that by their
// names should carry a tag, and carry neither it nor a child of it.
func (m *Mesh) Detected(t *Table) []Detection {
	return m.detect(t, func(c *Column, d Detector) bool { return d.Name != "" && matches(d.Name, c.Name) })
}

// DetectedBySample is Detected by values: of those of a column that are not empty at
// least half must look like it.
func (m *Mesh) DetectedBySample(t *Table, values func(*Column) []string) []Detection {
	return m.detect(t, func(c *Column, d Detector) bool {
		if d.Sample == "" {
			return false
		}
		pattern, err := regexp.Compile(d.Sample)
		if err != nil {
			return false
		}
		found, all := 0, 0
		for _, v := range values(c) {
			if v == "" {
				continue
			}
			all++
			if pattern.MatchString(v) {
				found++
			}
		}
		return all > 0 && found*2 >= all
	})
}

func (m *Mesh) detect(t *Table, looks func(*Column, Detector) bool) []Detection {
	if m.Tags == nil {
		return nil
	}
	var all []Detection
	for _, c := range t.Columns {
		for _, tag := range slices.Sorted(maps.Keys(m.Tags.Detect)) {
			if looks(c, m.Tags.Detect[tag]) && !m.tagged(t, c, []string{tag}) {
				all = append(all, Detection{Column: c, Tag: tag})
			}
		}
	}
	return all
}

// matches tells whether a pattern is in a text; the loader has checked the pattern.
func matches(pattern, text string) bool {
	ok, err := regexp.MatchString(pattern, text)
	return err == nil && ok
}
