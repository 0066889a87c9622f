//go:build !unix

package audit

import (
	"os"
	"path/filepath"
)

// lockDirectory only marks the directory where files cannot be locked.
func lockDirectory(dir string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir, "audit.lock"), os.O_CREATE|os.O_RDWR, 0o600)
}
