package meshdir

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 9; i++ {
		r := fmt.Sprintf("*a%d, ", i-1)
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(r, 10), ", "))
	}
	for _, c := range []struct{ name, text, want string }{
		{"bomb", bomb, "mesh.yaml:1:19: the file has more than 100000 nodes once its aliases are written out"},
		{"cycle", "a: &a [*a]\n", "mesh.yaml:1:8: alias *a contains itself"},
		{"cycle of two", "a: &a {b: &b {c: *a}}\nd: *b\n", "mesh.yaml:1:18: alias *a contains itself"},
		{"deep", "a: " + strings.Repeat("[", 70) + strings.Repeat("]", 70), "mesh.yaml:1:68: the file nests deeper than 64 levels"},
		{"very deep", strings.Repeat("[", 20_000), ""},
		{"large", "a: " + strings.Repeat("x", 1<<20), "mesh.yaml:1:1: the file is larger than 1048576 bytes"},
		{"anchor missing", "a: *b\n", "mesh.yaml:1:1: unknown anchor 'b' referenced"},
		{"list as key", "[a, b]: c\n", "mesh.yaml:1:1: a field's name is a list or mapping"},
		{"tag", "a: !ruby/object:Foo {}\n", "mesh.yaml:1:4: tag !ruby/object:Foo is not read"},
		{"no text", "\xff\xfe\x00", ""},
		{"scalar", "hello", "mesh.yaml:1:1: mesh must be a mapping, not a single value"},
		{"list", "- a", "mesh.yaml:1:1: mesh must be a mapping, not a list"},
	} {
		m, ds := loadFiles(fstest.MapFS{"mesh.yaml": &fstest.MapFile{Data: []byte(c.text)}})
		if m != nil || len(ds) != 1 || c.want != "" && ds.String() != c.want {
			t.Errorf("%s: got %q, want %q", c.name, ds, c.want)
		}
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, candidates, want string
	}{
		{"hots", "host port", "host"},
		{"prot", "host port", "port"},
		{"pi", "pii", "pii"},
		{"x", "y z", ""},
		{"", "a", ""},
		{"Orders", "orders", "orders"},
		{"customers", "suppliers products", ""},
		{strings.Repeat("a", 100), strings.Repeat("a", 99), ""},
	} {
		if got := near(c.name, strings.Fields(c.candidates)); got != c.want {
			t.Errorf("near(%q, %q) = %q, want %q", c.name, c.candidates, got, c.want)
		}
	}
}
