package main

import (
	"os"
	"path/filepath"

	"github.com/sluicemesh/sluice/internal/filelock"
)

// spillDirectory is a directory of this process alone, for rows that do not fit into
// memory. It goes when the process ends; what a process that was killed has left, the next
// one takes away.
type spillDirectory struct {
	path string
	lock *os.File // held as long as the process lives
}

const (
	spillPattern = "sluice-spill-*"
	spillLock    = "lock"
)

// openSpillDirectory makes one below parent; "" is the system's directory for such files.
func openSpillDirectory(parent string) (*spillDirectory, error) {
	if parent == "" {
		parent = os.TempDir()
	}
	left, _ := filepath.Glob(filepath.Join(parent, spillPattern))
	for _, path := range left {
		removeAbandoned(path)
	}
	path, err := os.MkdirTemp(parent, spillPattern)
	if err != nil {
		return nil, err
	}
	lock, err := filelock.Hold(filepath.Join(path, spillLock))
	if err != nil {
		return nil, err
	}
	return &spillDirectory{path: path, lock: lock}, nil
}

// removeAbandoned removes a directory whose process is gone. One that has no lock yet may
// be in the making.
func removeAbandoned(path string) {
	name := filepath.Join(path, spillLock)
	if _, err := os.Stat(name); err != nil || !filelock.Tells {
		return
	}
	lock, err := filelock.Hold(name)
	if err != nil {
		return
	}
	_ = os.RemoveAll(path)
	_ = lock.Close()
}

func (d *spillDirectory) close() error {
	if d == nil {
		return nil
	}
	err := os.RemoveAll(d.path)
	_ = d.lock.Close()
	return err
}
