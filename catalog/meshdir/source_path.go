package meshdir

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluicemesh/sluice/catalog"
)

// confine gives the absolute path of a source's data, or reports why a domain may not
// read there: a domain's files could otherwise publish any file of the gateway's machine.
func (l *loader) confine(o *object, key, written string) string {
	at := o.at(key)
	full := filepath.Clean(written)
	if !filepath.IsAbs(written) {
		if strings.HasPrefix(full, "..") && !filepath.IsLocal(full) {
			_ = o.errorf(at, "%s %q leaves the mesh directory", key, written)
			return ""
		}
		full = filepath.Join(l.dir, full)
	} else if !l.allowed(full) {
		_ = o.errorf(at, "%s %q is absolute and not below one of allowPaths in mesh.yaml", key, written)
		return ""
	}
	if l.dir == "" { // no directory, no links
		return full
	}
	real, err := evalExisting(full)
	switch {
	case err != nil:
		_ = o.errorf(at, "%s %q: %s", key, written, fileProblem(err))
		return ""
	case !l.allowed(real):
		_ = o.errorf(at, "%s %q is a link that leaves the mesh directory", key, written)
		return ""
	}
	if _, err := os.Stat(real); err != nil {
		o.warnf(at, "%s %q: %s", key, written, fileProblem(err))
		return real
	}
	l.checkLinks(o, at, key, written, real)
	return real
}

// allowed tells whether an absolute path lies in the mesh directory or below allowPaths.
func (l *loader) allowed(full string) bool {
	for _, dir := range append([]string{l.dir}, l.allowPaths...) {
		if inside(dir, full) {
			return true
		}
		if real, err := filepath.EvalSymlinks(dir); err == nil && inside(real, full) {
			return true
		}
	}
	return false
}

func inside(dir, name string) bool {
	rel, err := filepath.Rel(dir, name)
	return dir != "" && err == nil && filepath.IsLocal(rel)
}

// evalExisting resolves the links of the part of a path that exists.
func evalExisting(full string) (string, error) {
	real, err := filepath.EvalSymlinks(full)
	if err == nil || !os.IsNotExist(err) {
		return real, err
	}
	parent := filepath.Dir(full)
	if _, err := os.Lstat(full); err == nil || parent == full {
		return "", fs.ErrNotExist // a dangling link may come to point anywhere
	}
	if real, err = evalExisting(parent); err != nil {
		return "", err
	}
	return filepath.Join(real, filepath.Base(full)), nil
}

// maxLinksChecked bounds the walk over a directory of data files.
const maxLinksChecked = 10_000

// checkLinks looks for links below a directory of data that lead out of what is allowed.
func (l *loader) checkLinks(o *object, at *yaml.Node, key, written, root string) {
	left := maxLinksChecked
	_ = filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if left--; left < 0 {
			return filepath.SkipAll
		}
		if err != nil || e.Type()&fs.ModeSymlink == 0 {
			return nil
		}
		if real, err := filepath.EvalSymlinks(name); err == nil && !l.allowed(real) {
			rel, _ := filepath.Rel(root, name)
			_ = o.errorf(at, "%s %q holds a link that leaves the mesh directory: %s", key, written, filepath.ToSlash(rel))
			return filepath.SkipAll
		}
		return nil
	})
}

// locate makes the file of a reference absolute: relative ones lie in the mesh directory.
func (l *loader) locate(ref catalog.SecretRef) catalog.SecretRef {
	if ref.File != "" && !filepath.IsAbs(ref.File) {
		ref.File = filepath.Join(l.dir, ref.File)
	}
	return ref
}

// own is locate for a secret of the mesh itself, which no domain may use.
func (l *loader) own(ref catalog.SecretRef) catalog.SecretRef {
	ref = l.locate(ref)
	if ref != (catalog.SecretRef{}) {
		l.ownSecrets[cleaned(ref)] = true
	}
	return ref
}

// domainSecret reads the secret of a source. A domain that could name the mesh's own
// secrets could have the gateway send them to a host of its choice.
func (o *object) domainSecret(key string) catalog.SecretRef {
	ref := o.load.locate(o.secretRef(key))
	if o.load.ownSecrets[cleaned(ref)] {
		_ = o.errorf(o.at(key), "%s points at a secret of the mesh itself", key)
	}
	return ref
}

func cleaned(ref catalog.SecretRef) catalog.SecretRef {
	if ref.File != "" {
		ref.File = filepath.Clean(ref.File)
	}
	return ref
}
