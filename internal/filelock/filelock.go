// Package filelock marks a file as one process's, for as long as that process lives.
//
// In: a file's name. Out: the file, open; closing it, or the end of the process, lets it
// go. It knows nothing of what the file stands for.
package filelock

import "errors"

// ErrHeld: another process has the file.
var ErrHeld = errors.New("another process holds the file")
