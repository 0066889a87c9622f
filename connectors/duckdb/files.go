package duckdb

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// mostFiles bounds what one pattern may name.
const mostFiles = 100_000

// resolve gives the files a table's path names, sorted, by their real absolute names.
// One that leaves the source's directory, by its name or by a link, is refused: the
// owner of a contract may read what the source's directory holds and nothing else.
func (s *Source) resolve(t *catalog.Table) ([]string, error) {
	root, err := filepath.EvalSymlinks(s.of.Path)
	if err != nil {
		return nil, s.unreachable()
	}
	pattern := path.Clean(filepath.ToSlash(t.Physical.Path))
	if !filepath.IsLocal(pattern) {
		return nil, s.refused(t, "leaves the source's directory")
	}
	found, err := match(root, pattern)
	switch {
	case err != nil:
		return nil, s.refused(t, "cannot be read as a pattern")
	case len(found) == 0:
		return nil, s.refused(t, "names no file")
	case len(found) > mostFiles:
		return nil, s.refused(t, "names too many files")
	}
	for i, name := range found {
		real, err := filepath.EvalSymlinks(name)
		if err != nil {
			return nil, s.refused(t, "names a file that cannot be read")
		}
		if inside, err := filepath.Rel(root, real); err != nil || !filepath.IsLocal(inside) {
			return nil, s.refused(t, "leads out of the source's directory by a link")
		}
		found[i] = real
	}
	sort.Strings(found)
	return found, nil
}

func (s *Source) refused(t *catalog.Table, why string) *sqlstate.Error {
	return sqlstate.New(sqlstate.SystemError, "domain %s: the path %q of source %s %s", s.of.Domain, t.Physical.Path, s.of.Name, why)
}

// match lists the regular files below root that fit a pattern: *, ? and […] within a
// name, ** for any number of directories.
func match(root, pattern string) ([]string, error) {
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, err
	}
	if !strings.ContainsAny(pattern, `*?[\`) {
		full := filepath.Join(root, filepath.FromSlash(pattern))
		if info, err := os.Stat(full); err != nil || !info.Mode().IsRegular() {
			return nil, nil
		}
		return []string{full}, nil
	}
	parts := strings.Split(pattern, "/")
	fixed := 0
	for fixed < len(parts)-1 && !strings.ContainsAny(parts[fixed], `*?[\`) {
		fixed++
	}
	base := filepath.Join(root, filepath.Join(parts[:fixed]...))
	var found []string
	err := filepath.WalkDir(base, func(name string, e fs.DirEntry, err error) error {
		if err != nil || len(found) > mostFiles {
			return nil // what cannot be listed holds no files for us
		}
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			return nil
		}
		below, _ := filepath.Rel(base, name)
		if !fits(parts[fixed:], strings.Split(filepath.ToSlash(below), "/")) {
			return nil
		}
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			found = append(found, name)
		}
		return nil
	})
	return found, err
}

// fits matches a path against a pattern, part by part.
func fits(pattern, name []string) bool {
	if len(pattern) == 0 {
		return len(name) == 0
	}
	if pattern[0] == "**" {
		for skip := 0; skip <= len(name); skip++ {
			if fits(pattern[1:], name[skip:]) {
				return true
			}
		}
		return false
	}
	if len(name) == 0 {
		return false
	}
	ok, err := path.Match(pattern[0], name[0])
	return err == nil && ok && fits(pattern[1:], name[1:])
}

// formatOf gives the format of a table's files: as the contract says, else by name.
func formatOf(t *catalog.Table) string {
	format := strings.ToLower(t.Physical.Format)
	if format == "" {
		format = strings.TrimPrefix(path.Ext(strings.TrimSuffix(strings.ToLower(t.Physical.Path), ".gz")), ".")
	}
	switch format {
	case "ndjson", "jsonl":
		return "json"
	case "tsv":
		return "csv"
	}
	return format
}
