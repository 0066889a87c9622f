package testservers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// template is a freshly initialised data directory that starts are copied from.
type template struct {
	name    string   // "postgres", "mariadb"
	version []string // a command that prints the server's version
	as      *account
	command func(data string) []string // initialises the directory
}

// newDirectory makes a throw-away directory holding "data", a copy of the template.
// Its path is short: a Unix socket's path may have about 100 bytes only.
func (t template) newDirectory() (string, error) {
	source, err := t.cached()
	if err != nil {
		return "", err
	}
	directory, err := os.MkdirTemp("/tmp", "sluice-"+t.name+"-")
	if err != nil {
		return "", err
	}
	if err := t.fill(source, directory); err != nil {
		os.RemoveAll(directory)
		return "", err
	}
	return directory, nil
}

func (t template) fill(source, directory string) error {
	if err := copyTree(source, filepath.Join(directory, "data")); err != nil {
		return err
	}
	return t.as.own(directory)
}

// cached returns the template's directory, creating it if this is the first use on
// this machine. A file lock keeps test processes that start together from each
// doing the work.
func (t template) cached() (string, error) {
	home, err := cacheDirectory()
	if err != nil {
		return "", err
	}
	key, err := t.key()
	if err != nil {
		return "", err
	}
	path := filepath.Join(home, t.name+"-"+key)
	unlock, err := lock(path + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	return path, t.create(path)
}

// create initialises in /tmp, where the unprivileged account may enter, and moves
// the finished directory into its place in one step.
func (t template) create(path string) error {
	work, err := os.MkdirTemp("/tmp", "sluice-"+t.name+"-new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := t.as.own(work); err != nil {
		return err
	}
	arguments := t.command(filepath.Join(work, "data"))
	command := exec.Command(arguments[0], arguments[1:]...)
	command.Dir, command.Env, command.SysProcAttr = work, environment(work), t.as.process()
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w:\n%s", strings.Join(arguments, " "), err, output)
	}
	half := fmt.Sprintf("%s.%d", path, os.Getpid())
	defer os.RemoveAll(half)
	if err := copyTree(filepath.Join(work, "data"), half); err != nil {
		return err
	}
	return os.Rename(half, path)
}

// key changes with the server's version and with the way it is initialised.
func (t template) key() (string, error) {
	printed, err := exec.Command(t.version[0], t.version[1:]...).Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(t.version, " "), err)
	}
	sum := sha256.Sum256(fmt.Appendf(printed, "%q", t.command("data")))
	return hex.EncodeToString(sum[:8]), nil
}

func cacheDirectory() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = filepath.Join(os.TempDir(), fmt.Sprintf("sluice-cache-%d", os.Geteuid()))
	}
	path := filepath.Join(cache, "sluice-test")
	return path, os.MkdirAll(path, 0o700)
}

func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		file.Close()
		return nil, err
	}
	return func() { file.Close() }, nil
}

// copyTree copies directories and regular files; a data directory holds nothing else.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		switch {
		case entry.IsDir():
			return os.MkdirAll(target, 0o700)
		case entry.Type().IsRegular():
			return copyFile(path, target)
		}
		return nil
	})
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(target, source); err != nil {
		target.Close()
		return err
	}
	return target.Close()
}
