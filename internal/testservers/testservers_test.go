package testservers

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestPostgresAnswersInLocaleC(t *testing.T) {
	t.Parallel()
	database := Postgres(t).NewDatabase(t)
	database.Exec(t, "CREATE TABLE word (w text); INSERT INTO word VALUES ('a'), ('B'), ('é')")
	connection, err := pgx.Connect(context.Background(), database.ReaderDSN)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(context.Background())
	var words string
	if err := connection.QueryRow(context.Background(), "SELECT string_agg(w, ' ' ORDER BY w) FROM word").Scan(&words); err != nil {
		t.Fatal(err)
	}
	if want := "B a é"; words != want {
		t.Errorf("words = %q, want %q", words, want)
	}
	if _, err := connection.Exec(context.Background(), "INSERT INTO word VALUES ('c')"); err == nil {
		t.Error("the reader may write")
	}
}

func TestMariaDBAnswersWithItsDefaultCollation(t *testing.T) {
	t.Parallel()
	database := MariaDB(t).NewDatabase(t)
	database.Exec(t, "CREATE TABLE word (w varchar(9))", "INSERT INTO word VALUES ('a'), ('A'), ('b')")
	reader, err := sql.Open("mysql", database.ReaderDSN)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var count int
	if err := reader.QueryRow("SELECT count(*) FROM word WHERE w = 'a '").Scan(&count); err != nil {
		t.Fatal(err)
	}
	if count != 2 {
		t.Errorf("count = %d, want 2", count)
	}
	if _, err := reader.Exec("INSERT INTO word VALUES ('c')"); err == nil {
		t.Error("the reader may write")
	}
}

func TestMySQLAnswersWithItsDefaultCollation(t *testing.T) {
	t.Parallel()
	database := MySQL(t).NewDatabase(t)
	database.Exec(t, "CREATE TABLE word (w varchar(9))", "INSERT INTO word VALUES ('a'), ('A'), ('b')")
	reader, err := sql.Open("mysql", database.ReaderDSN)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var count int
	var version string
	if err := reader.QueryRow("SELECT count(*), version() FROM word WHERE w = 'á'").Scan(&count, &version); err != nil {
		t.Fatal(err)
	}
	if count != 2 || strings.Contains(version, "MariaDB") {
		t.Errorf("count = %d, want 2; version = %s", count, version)
	}
	if _, err := reader.Exec("INSERT INTO word VALUES ('c')"); err == nil {
		t.Error("the reader may write")
	}
}

func TestMySQLIsNotMariaDB(t *testing.T) {
	t.Parallel()
	for printed, want := range map[string]bool{
		"/usr/sbin/mysqld  Ver 8.0.36 for Linux on x86_64 (Source distribution)":                   true,
		"mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))":                                       true,
		"mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server)":                          false,
		"/usr/sbin/mysqld  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian)": false,
		"": false,
	} {
		if got := isMySQL(printed); got != want {
			t.Errorf("isMySQL(%q) = %v", printed, got)
		}
	}
}

// TestKilledProcessLeavesNothing runs this test binary again, lets it start both
// servers, kills it the hard way and waits until their directories are gone.
func TestKilledProcessLeavesNothing(t *testing.T) {
	t.Parallel()
	if os.Getenv("TESTSERVERS_VICTIM") != "" {
		os.Stdout.WriteString(Postgres(t).Directory + "\n" + MariaDB(t).Directory + "\n")
		select {}
	}
	victim := exec.Command(os.Args[0], "-test.run=^TestKilledProcessLeavesNothing$")
	victim.Env = append(os.Environ(), "TESTSERVERS_VICTIM=1")
	output, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	buffer := make([]byte, 4096)
	for strings.Count(printed.String(), "\n") < 2 {
		n, err := output.Read(buffer)
		printed.Write(buffer[:n])
		if err != nil {
			t.Fatalf("%v after %q", err, printed.String())
		}
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	victim.Wait()
	for _, directory := range strings.Fields(printed.String()) {
		if !strings.HasPrefix(directory, "/tmp/sluice-") {
			t.Fatalf("not a directory of ours: %q", printed.String())
		}
		waitUntilGone(t, directory)
	}
}

func waitUntilGone(t *testing.T, directory string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(directory); os.IsNotExist(err) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s is still there", directory)
		}
	}
}

func TestMissingBinaryNamesTheRemedy(t *testing.T) {
	t.Parallel()
	_, err := findBinary("PostgreSQL", []string{t.TempDir()}, "no-such-server")
	if err == nil || !strings.Contains(err.Error(), "make test") {
		t.Errorf("err = %v, want one naming `make test`", err)
	}
}

func TestNewestFirst(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for _, version := range []string{"9", "15", "17"} {
		if err := os.MkdirAll(filepath.Join(root, "pg-"+version), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	got := newestFirst([]string{filepath.Join(root, "pg-*")})
	if len(got) != 3 || filepath.Base(got[0]) != "pg-17" || filepath.Base(got[2]) != "pg-9" {
		t.Errorf("order = %v", got)
	}
}

// TestServersOutliveGarbageCollection: the lifeline is a file, and files close when collected.
func TestServersOutliveGarbageCollection(t *testing.T) {
	t.Parallel()
	postgres, mariadb := Postgres(t), MariaDB(t)
	for range 3 {
		runtime.GC()
	}
	select {
	case <-postgres.running.died:
		t.Error("PostgreSQL has ended")
	case <-mariadb.running.died:
		t.Error("MariaDB has ended")
	case <-time.After(300 * time.Millisecond):
	}
}
