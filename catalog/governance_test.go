package catalog

import "testing"

func TestVersionRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		bounds, version string
		want            bool
	}{
		{"", "1.0.0", true},
		{">=2 <3", "2.0.0", true},
		{">=2 <3", "2.9.9", true},
		{">=2 <3", "3.0.0", false},
		{">=2 <3", "1.9.9", false},
		{">2", "2.1.0", false},
		{">2", "3.0.0", true},
		{"2", "2.7.1", true},
		{"=2.1", "2.1.5", true},
		{"=2.1", "2.2.0", false},
		{"=2.1.5", "2.1.4", false},
		{"<=1.4", "1.4.9", true},
		{"<=1.4", "1.5.0", false},
		{">=2", "v2.1.0-rc.1+build", true},
	} {
		r, err := ParseVersionRange(c.bounds)
		if err != nil {
			t.Fatal(err)
		}
		v, err := ParseVersion(c.version)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Holds(v); got != c.want {
			t.Errorf("%q holds %s: %v, want %v", c.bounds, c.version, got, c.want)
		}
	}
	for _, bad := range []string{"~2", ">>2", "a", "1.2.3.4", ">=", "-1", "1..2", "99999999999"} {
		if _, err := ParseVersionRange(bad); err == nil {
			t.Errorf("%q is read as a range", bad)
		}
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	v := &TagVocabulary{
		Classifications:   []string{"public", "internal", "restricted"},
		Parents:           map[string]string{"pii": "", "pii.email": "pii", "a": "b", "b": "a"},
		MinClassification: map[string]string{"pii": "internal"},
	}
	for _, c := range []struct {
		tag, ancestor string
		want          bool
	}{
		{"pii.email", "pii", true}, {"pii", "pii", true}, {"pii", "pii.email", false}, {"a", "c", false},
		{"unknown", "unknown", true}, {"unknown", "pii", false}, {"", "pii", false},
	} {
		if got := v.Is(c.tag, c.ancestor); got != c.want {
			t.Errorf("Is(%q, %q) = %v", c.tag, c.ancestor, got)
		}
	}
	m := &Mesh{Tags: v, Settings: Settings{UnknownClassification: "restricted"}}
	for _, c := range []struct {
		class, tag, want string
	}{
		{"public", "", "public"}, {"", "", "restricted"}, {"public", "pii.email", "internal"}, {"restricted", "pii", "restricted"},
		{"misspelt", "", "misspelt"},
	} {
		if got := m.Classification(&Table{}, &Column{Classification: c.class, Tags: []string{c.tag}}); got != c.want {
			t.Errorf("classification of %+v is %q", c, got)
		}
	}
	if v.Rank("misspelt") <= v.Rank("restricted") {
		t.Error("an unknown classification ranks below a known one")
	}
}

func TestMaskStrength(t *testing.T) {
	t.Parallel()
	order := []MaskKind{MaskNull, MaskConstant, MaskHash, MaskPartial}
	for i, a := range order {
		for j, b := range order {
			if got := a.Stronger(b); got != (i < j) {
				t.Errorf("%s stronger than %s: %v", a, b, got)
			}
		}
	}
}
