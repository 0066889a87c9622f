//go:build linux

package audit

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TestDiskFull runs a log against its limit in processes of their own: one that may
// write no file beyond 16 KiB, and one whose directory is a file system of 64 KiB.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"limit", "tmpfs"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(os.Args[0], "-test.run=^TestDiskFullChild$", "-test.v")
			child.Env = append(os.Environ(), "SLUICE_DISK_FULL="+how, "SLUICE_DISK_FULL_DIR="+t.TempDir())
			if how == "tmpfs" {
				child.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
			}
			out, err := child.CombinedOutput()
			switch {
			case strings.Contains(string(out), "--- SKIP"), errors.Is(err, syscall.EPERM):
				t.Skipf("no file system can be mounted here: %v", err)
			case err != nil:
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}

// TestDiskFullChild is the other process.
func TestDiskFullChild(t *testing.T) {
	how, dir := os.Getenv("SLUICE_DISK_FULL"), os.Getenv("SLUICE_DISK_FULL_DIR")
	var free func()
	switch how {
	case "limit":
		free = limitFiles(t, 16<<10)
	case "tmpfs":
		free = smallFileSystem(t, dir)
	default:
		t.Skip("run by TestDiskFull")
	}
	l := open(t, dir, Options{Key: testKey})
	written, refused := 0, 0
	for i := 0; refused < 10; i++ {
		if i > 10_000 {
			t.Fatal("the disk is never full")
		}
		e, err := l.Decision(NewSender(dana), Statement{Text: fmt.Sprintf("SELECT a, b, c FROM d.e WHERE f = %d", i), Decision: auth.Decision{Allowed: true}})
		if err == nil {
			written++
			_ = e.Complete(Outcome{Rows: 1}) // that it cannot be written is the log of the program's to say
			continue
		}
		refused++
		var s *sqlstate.Error
		if !errors.As(err, &s) || s.Code != sqlstate.IOError || strings.Contains(s.Message+s.Detail+s.Hint, dir) {
			t.Fatalf("a full disk is %v", err)
		}
	}
	if written < 10 {
		t.Errorf("only %d decisions fit", written)
	}
	free()
	must(t, l.Login(dana, Login{Method: "scram"}))
	must(t, l.Close())
	report, err := Verify(dir, nil, nil)
	must(t, err)
	decisions := 0
	for row, err := range l.Rows(everything) {
		must(t, err)
		if row.Kind == "decision" {
			decisions++
		}
	}
	if decisions != written || report.Checkpoints == 0 {
		t.Errorf("%d decisions were answered for, %d are in the log; %+v", written, decisions, report)
	}
}

func limitFiles(t *testing.T, size uint64) (free func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was))
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: was.Max}))
	return func() { must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was)) }
}

func smallFileSystem(t *testing.T, dir string) (free func()) {
	t.Helper()
	_ = syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "")
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip(err)
	}
	ballast := filepath.Join(dir, "ballast")
	must(t, os.WriteFile(ballast, make([]byte, 16<<10), 0o600))
	return func() { must(t, os.Remove(ballast)) }
}
