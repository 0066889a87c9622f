// Package meshdir loads a mesh directory: the YAML files in which governance and
// domain teams describe sources, products, principals, grants and policies.
//
// In: a directory. Out: one catalog.Mesh, and diagnostics with file, line and column.
// It reads no data and no secret, dials no source, parses no SQL of policies and
// takes no decision about access.
//
// An error in mesh.yaml or governance fails the load: without its rules nothing may be
// served. An error in a domain leaves that domain out, whole, while others serve.
package meshdir

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/catalog"
)

// Options of a load.
type Options struct {
	Epoch uint64    // of the snapshot
	Now   time.Time // for the warning about expired grants; zero: time.Now
	// Review also reports what people decide before something is published, though it
	// stops no domain from being served: data published twice, the checks of governance,
	// columns that look like a tag they do not carry.
	Review bool
	// Before is the mesh as it was, for checks that compare; nil: unknown.
	Before *catalog.Mesh
	// Measured tells how the rules of each table about its data were found, by address,
	// for checks of governance; nil, or an address that is missing: unknown.
	Measured map[catalog.Address]Measured
}

// Measured counts the quality rules of a table, by severity.
type Measured struct{ Asked, Failed map[string]int }

// Load reads a mesh directory. The mesh is nil where nothing may be served; else it
// holds every domain that has no error.
func Load(dir string, options Options) (*catalog.Mesh, Diagnostics) {
	if options.Now.IsZero() {
		options.Now = time.Now()
	}
	real, err := realDirectory(dir)
	if err != nil {
		return nil, Diagnostics{{File: ".", Line: 1, Column: 1, Message: "mesh directory: " + fileProblem(err)}}
	}
	root, err := os.OpenRoot(real)
	if err != nil {
		return nil, Diagnostics{{File: ".", Line: 1, Column: 1, Message: "mesh directory: " + fileProblem(err)}}
	}
	defer root.Close()
	return newLoader(real, root.FS(), options).load()
}

func realDirectory(dir string) (string, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(absolute)
}

// loader is one load under way.
type loader struct {
	dir     string // real, absolute; "" where files have no directory (fuzzing)
	files   fs.FS  // confined to dir: links that leave it cannot be opened
	options Options
	opened  int
	hash    hash.Hash

	mesh        *catalog.Mesh
	addressing  addressing
	allowPaths  []string
	ownSecrets  map[catalog.SecretRef]bool // of mesh.yaml and governance
	vocabulary  bool                       // governance/tags.yaml is there, so tags are checked
	contracts   []*contract
	inputs      []inputs
	policyFiles []*policyFile
	diagnostics Diagnostics
	warned      []string            // what was warned of once for all
	fields      map[string][]string // where it is set: every field that objects were asked for, by what they are
}

// addressing is how products are named in SQL.
type addressing struct {
	pattern         *regexp.Regexp
	objectSeparator string
	versionSuffix   string // with {major}
}

func newLoader(dir string, files fs.FS, options Options) *loader {
	return &loader{
		dir: dir, files: files, options: options, hash: sha256.New(), ownSecrets: map[catalog.SecretRef]bool{},
		mesh: &catalog.Mesh{
			Epoch:    options.Epoch,
			Tags:     &catalog.TagVocabulary{},
			Settings: catalog.Settings{UnknownClassification: "restricted"},
		},
		addressing: addressing{
			pattern:         regexp.MustCompile(`^[a-z][a-z0-9_]{1,40}$`),
			objectSeparator: "__", versionSuffix: "_v{major}",
		},
	}
}

func (l *loader) add(d Diagnostic) {
	if len(l.diagnostics) < maxDiagnostics || d.Severity == Error && !l.diagnostics.failedIn(domainOf(d.File)) {
		l.diagnostics = append(l.diagnostics, d)
	}
}

func (l *loader) load() (*catalog.Mesh, Diagnostics) {
	l.readMesh()
	l.readGovernance()
	if l.diagnostics.failedIn("") {
		// What domains say of groups and tags cannot be judged without them.
		l.diagnostics.sort()
		return nil, l.diagnostics
	}
	for _, name := range l.directories("domains") {
		l.readDomain(name)
	}
	l.dropFailedDomains()
	l.resolveReferences()
	l.checkInputs()
	l.checkDomains()
	l.checkReleases()
	l.checkLaundering()
	l.checkPolicies()
	if l.options.Review {
		l.checkDetected()
		l.checkPublished()
	}
	l.dropFailedDomains()
	l.diagnostics.sort()
	if l.diagnostics.failedIn("") {
		return nil, l.diagnostics
	}
	l.mesh.Hash = hex.EncodeToString(l.hash.Sum(nil))
	assignOIDs(l.mesh.Domains)
	return l.mesh.Index(), l.diagnostics
}

// dropFailedDomains leaves out every domain with an error, with all it governs.
func (l *loader) dropFailedDomains() {
	m := l.mesh
	failed := func(domain string) bool { return domain != "" && l.diagnostics.failedIn(domain) }
	m.Domains = without(m.Domains, func(d *catalog.Domain) bool { return failed(d.Name) })
	m.Grants = without(m.Grants, func(g *catalog.Grant) bool { return failed(g.Domain) })
	m.Policies = without(m.Policies, func(p *catalog.Policy) bool { return failed(p.Domain) })
	l.contracts = without(l.contracts, func(c *contract) bool { return failed(c.domain.Name) })
	l.policyFiles = without(l.policyFiles, func(p *policyFile) bool { return failed(p.policy.Domain) })
}

func without[T any](all []T, drop func(T) bool) []T {
	var kept []T
	for _, v := range all {
		if !drop(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// report adds a diagnostic about a file or folder as a whole.
func (l *loader) report(s Severity, name, format string, args ...any) {
	l.add(Diagnostic{File: name, Line: 1, Column: 1, Severity: s, Message: fmt.Sprintf(format, args...)})
}

// entries lists a folder in order; nil where there is none.
func (l *loader) entries(folder string) []fs.DirEntry {
	all, err := fs.ReadDir(l.files, folder)
	if err != nil && l.exists(folder) {
		l.report(Error, folder, "%s", fileProblem(err))
	}
	return without(all, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
}

func (l *loader) exists(name string) bool {
	_, err := fs.Lstat(l.files, name) // a link that leaves is there, and refused when it is read
	return err == nil
}

// directories names the folders inside a folder.
func (l *loader) directories(folder string) []string {
	var names []string
	for _, e := range l.entries(folder) {
		info, err := fs.Stat(l.files, path.Join(folder, e.Name()))
		switch {
		case err != nil:
			l.report(Error, path.Join(folder, e.Name()), "%s", fileProblem(err))
		case info.IsDir():
			names = append(names, e.Name())
		}
	}
	return names
}

// each reads every file of a folder that ends in suffix, and warns of YAML files that
// do not: they would be overlooked silently.
func (l *loader) each(folder, suffix string, read func(*document)) {
	for _, e := range l.entries(folder) {
		name := path.Join(folder, e.Name())
		switch {
		case strings.HasSuffix(e.Name(), suffix):
			if d := l.read(name); d != nil {
				read(d)
			}
		case !e.IsDir() && (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")):
			l.report(Warning, name, "this file is not read: names in %s end in %s", folder, suffix)
		}
	}
}

// optional reads one file where it is there.
func (l *loader) optional(name string, read func(*document)) {
	if !l.exists(name) {
		return
	}
	if d := l.read(name); d != nil {
		read(d)
	}
}
