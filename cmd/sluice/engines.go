package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors/pgcatalog"
	"github.com/sluicemesh/sluice/internal/duckdb"
)

// engines are the local ones: merge holds governed rows only; stage applies policies that
// a source cannot. The careful ones do the same in one thread.
type engines struct {
	merge, stage, carefulMerge, carefulStage *duckdb.Engine

	each      int64  // bytes for the engine of one file source
	spill     string // a directory of our own; "" where the user named one
	directory string // where rows go that do not fit into memory
}

// openEngines divides the memory: half for merging, a quarter of that where it is done with
// care; a quarter for stages, alike; the rest for the engines of file sources, which stream.
func openEngines(mesh *catalog.Mesh, sessions *pgcatalog.Sessions, memory string, threads int, spill string) (*engines, error) {
	total, err := bytes(memory)
	if err != nil {
		return nil, err
	}
	e := &engines{each: total / 4}
	if spill == "" {
		if e.spill, err = os.MkdirTemp("", "sluice-spill-*"); err != nil {
			return nil, err
		}
		spill = e.spill
	}
	e.directory = spill
	for _, one := range []struct {
		engine  **duckdb.Engine
		share   int64 // of the memory, in 32nds
		threads int
	}{{&e.merge, 12, threads}, {&e.stage, 6, threads}, {&e.carefulMerge, 4, 1}, {&e.carefulStage, 2, 1}} {
		if *one.engine, err = duckdb.Open(engineOptions(mesh, sessions, total/32*one.share, one.threads, spill)); err != nil {
			return nil, errors.Join(err, e.close())
		}
	}
	return e, nil
}

func (e *engines) close() error {
	var err error
	for _, engine := range []*duckdb.Engine{e.merge, e.stage, e.carefulMerge, e.carefulStage} {
		if engine != nil {
			err = errors.Join(err, engine.Close())
		}
	}
	if e.spill != "" {
		err = errors.Join(err, os.RemoveAll(e.spill))
	}
	return err
}

var units = map[string]int64{"": 1, "B": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "KB": 1e3, "MB": 1e6, "GB": 1e9}

// bytes reads a size such as 512MiB.
func bytes(text string) (int64, error) {
	digits := strings.TrimRight(text, "BKMGibkmg ")
	n, err := strconv.ParseFloat(digits, 64)
	unit, known := units[strings.ToUpper(strings.TrimSpace(text[len(digits):]))]
	if err != nil || !known || n <= 0 {
		return 0, fmt.Errorf("%q is not a size; write it like 512MiB or 2GiB", text)
	}
	return int64(n * float64(unit)), nil
}
