//go:build !unix

package main

import "os"

// lockFile only makes the file where files cannot be locked: then what others have left
// stays, since nobody can tell whether they are gone.
func lockFile(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
}
