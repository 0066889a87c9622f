package meshdir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPathsThatLeave(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	const at = "domains/sales/sources/shop.source.yaml:5:7: "
	for _, c := range []struct {
		name    string
		prepare func(dir string) error
		path    string
		want    string // "" for none
	}{
		{"link to a file", func(dir string) error {
			return os.Symlink(filepath.Join(outside, "x"), filepath.Join(dir, "data", "x"))
		}, "data/x", at + `path "data/x": file does not exist`},
		{"link to a directory", func(dir string) error {
			return os.Symlink(outside, filepath.Join(dir, "data", "out"))
		}, "data/out/shop.duckdb", at + `path "data/out/shop.duckdb" is a link that leaves the mesh directory`},
		{"link inside", func(dir string) error {
			return os.Symlink("shop.duckdb", filepath.Join(dir, "data", "link"))
		}, "data/link", ""},
		{"allowed", func(dir string) error {
			return appendTo(filepath.Join(dir, "mesh.yaml"), "allowPaths: ["+outside+"]\n")
		}, outside + "/shop.duckdb", at + `warning: path "` + outside + `/shop.duckdb": no such file or directory`},
		{"beside what is allowed", func(dir string) error {
			return appendTo(filepath.Join(dir, "mesh.yaml"), "allowPaths: ["+outside+"]\n")
		}, outside + "er/shop.duckdb", at + `path "` + outside + `er/shop.duckdb" is absolute and not below one of allowPaths in mesh.yaml`},
	} {
		dir := copyRetail(t)
		for _, name := range []string{"data/crm/customers-1.csv.gz", "data/shop.duckdb"} {
			full := filepath.Join(dir, name)
			must(t, os.MkdirAll(filepath.Dir(full), 0o755))
			must(t, os.WriteFile(full, nil, 0o644))
		}
		must(t, c.prepare(dir))
		source := filepath.Join(dir, shopFile)
		text, err := os.ReadFile(source)
		must(t, err)
		must(t, os.WriteFile(source, []byte(strings.Replace(string(text), "data/shop.duckdb", c.path, 1)), 0o644))
		m, ds := Load(dir, Options{Now: moment})
		if ds.String() != c.want {
			t.Errorf("%s: got %q, want %q", c.name, ds, c.want)
		}
		if served := strings.Contains(domainNames(m), "sales"); served != !ds.Failed() {
			t.Errorf("%s: serves %s", c.name, domainNames(m))
		}
	}
}

func TestLinksBelowFiles(t *testing.T) {
	t.Parallel()
	dir := copyRetail(t)
	must(t, os.MkdirAll(filepath.Join(dir, "data/crm/deep"), 0o755))
	must(t, os.Symlink("/etc/hostname", filepath.Join(dir, "data/crm/deep/customers-2.csv.gz")))
	m, ds := Load(dir, Options{Now: moment})
	want := `domains/crm/sources/files.source.yaml:5:7: root "data/crm" holds a link that leaves the mesh directory: deep/customers-2.csv.gz`
	if !strings.Contains(ds.String(), want) || domainNames(m) != "ops sales" {
		t.Errorf("serves %s\n%s", domainNames(m), ds)
	}
}

func TestDescriptorThatIsALink(t *testing.T) {
	t.Parallel()
	dir := copyRetail(t)
	file := filepath.Join(dir, "domains/ops/domain.yaml")
	must(t, os.Remove(file))
	must(t, os.Symlink("/etc/hostname", file))
	m, ds := Load(dir, Options{Now: moment})
	if domainNames(m) != "crm sales" || !strings.Contains(ds.String(), "domains/ops/domain.yaml:1:1: the file is a link that leaves the mesh directory") {
		t.Errorf("serves %s\n%s", domainNames(m), ds)
	}
}

func appendTo(name, text string) error {
	before, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(before, text...), 0o644)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func appendNew(name, text string) error { return os.WriteFile(name, []byte(text), 0o600) }
