package audit

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/sluicemesh/sluice/internal/filelock"
)

// lockDirectory keeps a second gateway out, whose records would take the same numbers.
func lockDirectory(dir string) (*os.File, error) {
	f, err := filelock.Hold(filepath.Join(dir, "audit.lock"))
	if errors.Is(err, filelock.ErrHeld) {
		return nil, errors.New("another process writes this audit log")
	}
	return f, err
}
