package testservers

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// startTimeout is generous: a loaded two-core machine may start several servers at once.
const startTimeout = 60 * time.Second

// watchdog runs the server ("$@") as its child and waits for its standard input to
// close, which the kernel does when the test process ends in whatever way. Then it
// stops the server, reaps it and removes the directory. Descriptor 3 belongs to the
// server alone: when it closes, the test process knows that the server has died.
const watchdog = `
signal=$1 directory=$2
shift 2
"$@" >"$directory/log" 2>&1 </dev/null &
server=$!
exec 3>&-
finish() {
	trap - EXIT
	kill -"$signal" "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	cd /
	rm -rf "$directory"
	exit 0
}
trap finish EXIT INT TERM HUP
read -r _
`

// process is a server under its watchdog.
type process struct {
	directory string
	pid       int             // the watchdog's, whose children the server's processes are
	lifeline  io.Closer       // closing it stops the server
	died      <-chan struct{} // closed when the server has ended
}

// launch starts a server on a free port. It is stopped with the signal, and its
// directory removed, when this process ends. On an error the directory is the caller's.
func launch(as *account, directory, signal, binary string, arguments func(directory string, port int) []string) (*process, int, error) {
	port, err := freePort()
	if err != nil {
		return nil, 0, err
	}
	running, err := guard(as, directory, signal, append([]string{binary}, arguments(directory, port)...))
	return running, port, err
}

func guard(as *account, directory, signal string, server []string) (*process, error) {
	lifelineRead, lifeline, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer lifelineRead.Close()
	heartbeat, heartbeatWrite, err := os.Pipe()
	if err != nil {
		lifeline.Close()
		return nil, err
	}
	defer heartbeatWrite.Close()

	command := exec.Command("/bin/sh", append([]string{"-c", watchdog, "sluice-test-watchdog", signal, directory}, server...)...)
	command.Dir = directory
	command.Env = environment(directory)
	command.Stdin = lifelineRead
	command.ExtraFiles = []*os.File{heartbeatWrite}
	command.SysProcAttr = as.process()
	if err := command.Start(); err != nil {
		lifeline.Close()
		heartbeat.Close()
		return nil, err
	}
	died := make(chan struct{})
	go func() {
		defer close(died)
		defer heartbeat.Close()
		io.Copy(io.Discard, heartbeat)
	}()
	go command.Wait()
	return &process{directory: directory, pid: command.Process.Pid, lifeline: lifeline, died: died}, nil
}

// ready asks until the server answers, dies, or the start takes too long.
func (p *process) ready(ask func() error) error {
	deadline := time.After(startTimeout)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.died:
			return p.failure(errors.New("the server ended while starting"))
		case <-deadline:
			return p.failure(fmt.Errorf("no answer in %s: %w", startTimeout, err))
		}
	}
}

// failure adds what the server said, and stops it.
func (p *process) failure(err error) error {
	said, _ := os.ReadFile(filepath.Join(p.directory, "log"))
	p.lifeline.Close()
	return fmt.Errorf("%w; its log says:\n%s", err, said)
}

// environment is the same on every machine, so that no locale or PGHOST leaks in.
func environment(directory string) []string {
	return []string{"PATH=" + os.Getenv("PATH") + ":/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=" + directory, "TMPDIR=" + directory}
}
