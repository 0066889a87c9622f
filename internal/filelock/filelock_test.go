package filelock

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestHold(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "lock")
	first, err := Hold(name)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := Hold(name); Tells && !errors.Is(err, ErrHeld) {
		t.Errorf("held twice: %v, %v", second, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Hold(name)
	if err != nil {
		t.Fatalf("what was let go is held: %v", err)
	}
	_ = again.Close()
}
