//go:build unix

package filelock

import (
	"os"
	"syscall"
)

// Tells says whether Hold can tell that another process has a file.
const Tells = true

// Hold opens a file, made if need be, that no other process holds.
func Hold(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, ErrHeld
	}
	return f, nil
}
