package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestThePolicyPageIsSound checks the mesh that docs/policies.md is made of, SQL included.
func TestThePolicyPageIsSound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, block := range strings.Split(readFile(t, "../../docs/policies.md"), "```yaml\n")[1:] {
		body, _, _ := strings.Cut(block, "```")
		name, _, _ := strings.Cut(strings.TrimPrefix(body, "# "), "\n")
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644))
	}
	var out strings.Builder
	if err := (&check{Mesh: dir}).run(t.Context(), &out); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	if err := (&check{Mesh: dir, Against: dir}).run(t.Context(), &out); err != nil || strings.Contains(out.String(), "check major") {
		t.Errorf("against itself: %v\n%s", err, out.String())
	}
}
