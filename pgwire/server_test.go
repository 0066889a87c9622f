package pgwire

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os/exec"
	"strings"
	"testing"
)

// startServer serves backend on a free port until the test ends.
func startServer(t testing.TB, backend Backend, options Options) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- NewServer(backend, options).Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return listener.Addr().String()
}

func TestPsql(t *testing.T) {
	t.Parallel()
	psql, err := exec.LookPath("psql")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(startServer(t, newFakeBackend(), Options{}))
	command := exec.Command(psql, "-X", "-h", host, "-p", port, "-U", "alice", "-d", "mesh", "-At",
		"-c", "SELECT generate_series(1, 3) AS n", "-c", "SELECT 1/0 AS n", "-c", "BEGIN; SELECT generate_series(1, 1) AS n; COMMIT")
	command.Env = append(command.Environ(), "PGPASSWORD="+fakePassword)
	out, _ := command.CombinedOutput()
	want := "1\n2\n3\nERROR:  division by zero\nBEGIN\n1\nCOMMIT\n"
	if string(out) != want {
		t.Errorf("got:\n%s\nwant:\n%s", out, want)
	}

	command = exec.Command(psql, "-X", "-h", host, "-p", port, "-U", "mallory", "-d", "mesh", "-c", "x")
	command.Env = append(command.Environ(), "PGPASSWORD=x")
	out, _ = command.CombinedOutput()
	if !strings.Contains(string(out), `FATAL:  password authentication failed for user "mallory"`) {
		t.Errorf("got:\n%s", out)
	}
}
