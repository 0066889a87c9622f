package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAuditExample runs the commands and the query of docs/audit.md as they stand there.
func TestAuditExample(t *testing.T) {
	if os.Getenv("SLUICE_AS_COMMAND") != "" {
		os.Args = append([]string{"sluice"}, strings.Fields(os.Getenv("SLUICE_AS_COMMAND"))...)
		main()
		os.Exit(0)
	}
	text := readFile(t, "../../docs/audit.md")
	s := newAuditMesh(t).serve()
	_ = ask(t.Context(), s.connect(t, "reader"), "SELECT id FROM shop.things")
	query := regexp.MustCompile("(?s)```sql\n(.*?);\n```").FindStringSubmatch(text)[1]
	if got := ask(t.Context(), s.connect(t, "inspector"), query); got.code != "" || !strings.Contains(got.String(), "SELECT id FROM shop.things") {
		t.Errorf("%s: %s", query, got)
	}
	dir := t.TempDir()
	must(t, os.CopyFS(filepath.Join(dir, "audit"), os.DirFS(s.auditIn)))
	must(t, os.WriteFile(filepath.Join(dir, "sluice"), []byte("#!/bin/sh\nSLUICE_AS_COMMAND=\"$*\" exec "+os.Args[0]+" -test.run='^TestAuditExample$'\n"), 0o755))
	script := regexp.MustCompile("(?s)```sh\n(.*?)```").FindStringSubmatch(text)[1]
	shell := exec.Command("sh", "-ec", script)
	shell.Dir = dir
	shell.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
	said, err := shell.CombinedOutput()
	if err != nil || strings.Count(string(said), "are whole and in order") != 2 || !strings.HasSuffix(string(said), "tampered\n") {
		t.Errorf("%v\n%s", err, said)
	}
}
