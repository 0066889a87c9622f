package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// mockSecretFile lies beside the audit log, the one directory a gateway keeps.
const mockSecretFile = "unknown-users.key"

// mockSecret feeds the salts that unknown users are shown. It stays the same over
// restarts, else a salt that changes would tell them from real ones.
func mockSecret(dir string) ([]byte, error) {
	name := filepath.Join(dir, mockSecretFile)
	secret, err := os.ReadFile(name)
	if err == nil && len(secret) >= 32 {
		return secret, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	secret = make([]byte, 32)
	_, _ = rand.Read(secret) // never fails (crypto/rand)
	return secret, os.WriteFile(name, secret, 0o600)
}
