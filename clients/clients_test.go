package clients

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// patience is how long one client may take with one server.
const patience = 10 * time.Minute

// TestClients runs every client, or those that CLIENTS names, if SLUICE_CLIENTS says in
// which directory they are installed. `make clients` does both.
func TestClients(t *testing.T) {
	installed := os.Getenv("SLUICE_CLIENTS")
	if installed == "" {
		t.Skip("make clients installs clients and runs this")
	}
	ours := serveDemo(t)
	theirs := sameTables(t, ours, testservers.Postgres(t))
	var report strings.Builder
	fmt.Fprintf(&report, "%-12s %-34s %6s %6s\n", "client", "version", "checks", "passed")
	for _, folder := range folders(t, os.Getenv("CLIENTS")) {
		t.Run(folder, func(t *testing.T) {
			c := client{folder: folder, installed: installed}
			r := judge(c.run(t, ours), c.run(t, theirs))
			theirs.tidy()
			for _, failure := range r.failures {
				t.Error(failure)
			}
			fmt.Fprintf(&report, "%-12s %-34.34s %6d %6d\n", folder, r.version, r.checks, r.checks-len(r.failures))
		})
	}
	fmt.Printf("\n%s\n", &report)
}

// folders are those of the clients, in the order that wanted names them, or all.
func folders(t *testing.T, wanted string) []string {
	t.Helper()
	all, err := filepath.Glob("*/check.sh")
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range all {
		all[i] = filepath.Dir(path)
	}
	if wanted == "" {
		return all
	}
	chosen := strings.Fields(wanted)
	for _, folder := range chosen {
		if !slices.Contains(all, folder) {
			t.Fatalf("no client %q; there are %v", folder, all)
		}
	}
	return chosen
}

// client is one folder, and where its program is installed.
type client struct{ folder, installed string }

// run gives what a client's script prints when it is pointed at a server.
func (c client) run(t *testing.T, s server) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(ctx, filepath.Join(here, c.folder, "check.sh"))
	command.WaitDelay = 5 * time.Second
	command.Dir = t.TempDir() // what a client leaves behind, such as a history, lands here
	command.Env = append(os.Environ(), "PGHOST="+s.host, fmt.Sprintf("PGPORT=%d", s.port), "PGUSER="+s.user, "PGPASSWORD="+s.password,
		"PGDATABASE=mesh", "PGSSLMODE=disable", "SERVER="+s.name, "HOME="+command.Dir, "TERM=xterm", "LC_ALL=C.UTF-8", "TZ=UTC",
		"HERE="+filepath.Join(here, c.folder), "CHECKS="+here, "INSTALLED="+c.installed, "MESH="+filepath.Join(here, "../testdata/demo"))
	out, err := command.CombinedOutput()
	if keep := os.Getenv("SLUICE_CLIENTS_OUT"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, c.folder+"."+s.name), out, 0o644); err != nil {
			t.Error(err)
		}
	}
	text := string(out)
	if err != nil {
		text += fmt.Sprintf("\nnot ok script: %v on %s\n", err, s.name)
	}
	return text
}
