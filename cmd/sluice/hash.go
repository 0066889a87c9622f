package main

import (
	"encoding/hex"
	"strings"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/connectors/pgcatalog"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgfunctions"
)

// functions are what every engine of ours has: PostgreSQL's functions, memory, threads.
func functions(memory int64, threads int) duckdb.Options {
	return duckdb.Options{
		MemoryLimit: memory, Threads: threads,
		Scalars: pgfunctions.Scalars(), Aggregates: pgfunctions.Aggregates(), Setup: pgfunctions.Setup(),
	}
}

// engineOptions are those of a local engine: it may spill, and has the function behind
// hash masks.
func engineOptions(mesh *catalog.Mesh, sessions *pgcatalog.Sessions, memory int64, threads int, spill string) duckdb.Options {
	o := functions(memory, threads)
	o.Scalars = append(o.Scalars, sessions.Functions()...)
	o.TempDir, o.Closed = spill, true
	o.Scalars = append(o.Scalars, hashFunctions(mesh)...)
	return o
}

// hashFunctions compute sluice.hash. Without a key there are none: auth masks with NULL then.
func hashFunctions(mesh *catalog.Mesh) []duckdb.ScalarFunction {
	secret, err := meshdir.ReadSecret(mesh.Settings.HashKey)
	if err != nil || secret == "" {
		return nil
	}
	h := auth.NewHasher(secret)
	return []duckdb.ScalarFunction{
		duckdb.Func2("sluice_hash_text", func(key, v string) (string, error) { return h.Text(key, v), nil }),
		duckdb.Func2("sluice_hash_int4", func(key string, v int32) (int32, error) { return h.Int4(key, v), nil }),
		duckdb.Func2("sluice_hash_int8", func(key string, v int64) (int64, error) { return h.Int8(key, v), nil }),
		duckdb.Func2("sluice_hash_uuid", func(key, v string) (string, error) { return hashUUID(h, key, v) }),
	}
}

// hashUUID works on the canonical text form that a uuid has in the engine.
func hashUUID(h *auth.Hasher, key, text string) (string, error) {
	var value [16]byte
	if _, err := hex.Decode(value[:], []byte(strings.ReplaceAll(text, "-", ""))); err != nil {
		return "", err
	}
	sum := h.UUID(key, value)
	digits := hex.EncodeToString(sum[:])
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:], nil
}
