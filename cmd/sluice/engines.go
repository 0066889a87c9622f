package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/sluicemesh/sluice/catalog"
	files "github.com/sluicemesh/sluice/connectors/duckdb"
	"github.com/sluicemesh/sluice/connectors/pgcatalog"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/internal/budget"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/spool"
)

// engines are the local ones, with the memory that statements divide between them.
type engines struct {
	local  *executor.Engines
	budget *budget.Pool
	kept   *spool.Budget // rows that sessions keep between statements
	each   int64         // bytes for the engine of one file source
	copies *files.Memory // of files, which merges lend
	spill  *spillDirectory
}

// openEngines divides the memory: five eighths for statements, one for rows that sessions
// keep, a quarter for the engines of file sources, which stream. What statements do not use of
// their part is lent to copies of files. Of files where merges and sessions put what does not
// fit, a quarter is for sessions.
func openEngines(mesh *catalog.Mesh, sessions *pgcatalog.Sessions, s *serve) (e *engines, err error) {
	limits, spilled, err := s.limits()
	if err != nil {
		return nil, err
	}
	eighth := limits.Memory / 8
	e = &engines{each: 2 * eighth}
	limits.Memory = 5 * eighth
	e.budget = budget.New(limits)
	copies, err := s.fileMemory(eighth)
	if err != nil {
		return nil, err
	}
	e.copies = files.NewMemory(files.MemoryOptions{Limit: copies, Lender: e.budget, Now: s.fileClock, Eager: s.fileClock != nil})
	e.budget.OnNeed(e.copies.Give)
	if e.spill, err = openSpillDirectory(s.Spill); err != nil {
		return nil, err
	}
	e.kept = &spool.Budget{Memory: eighth, Directory: e.spill.path, Disk: spilled / 4}
	var opened atomic.Int64
	e.local = &executor.Engines{Threads: cmp.Or(s.Threads, runtime.GOMAXPROCS(0)), Spill: spilled - spilled/4, Open: func() (*duckdb.Engine, error) {
		// Two instances in one directory would take each other's files for their own.
		own := filepath.Join(e.spill.path, "engine-"+strconv.FormatInt(opened.Add(1), 10))
		return duckdb.Open(engineOptions(mesh, sessions, limits.Least, s.Threads, own))
	}}
	if err := e.local.Warm(); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

// limits reads the flags of memory. What a merge needs at least follows from experience:
// below that an engine cannot even spill.
func (s *serve) limits() (l budget.Limits, spilled int64, err error) {
	l = budget.Limits{Statements: s.Statements, Wait: s.QueueWait, Least: leastMerge}
	for _, size := range []struct {
		text string
		to   *int64
	}{{s.Memory, &l.Memory}, {s.StatementMemory, &l.Statement}, {s.SpillLimit, &spilled}} {
		if size.text == "" {
			continue
		}
		if *size.to, err = bytes(size.text); err != nil {
			return l, 0, err
		}
	}
	if spilled == 0 {
		spilled = defaultSpill
	}
	return l, spilled, nil
}

// fileMemory reads the flag of copies of files.
func (s *serve) fileMemory(otherwise int64) (int64, error) {
	switch s.FileMemory {
	case "":
		return otherwise, nil
	case "0":
		return 0, nil
	}
	return bytes(s.FileMemory)
}

const (
	leastMerge   = 64 << 20
	defaultSpill = 16 << 30
)

func (e *engines) close() error {
	var err error
	if e.local != nil {
		err = e.local.Close()
	}
	return errors.Join(err, e.spill.close())
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
