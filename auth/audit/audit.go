// Package audit writes what was decided and what came of it: one JSON line for each
// login, decision and completion.
//
// In: sessions, statements with their auth.Decision, outcomes. Out: files in one
// directory. It knows no policy, takes no decision and never sees a value: literals
// are taken out of statements before they are written.
//
// A decision is in the file before its statement runs; where it cannot be written the
// statement must not run (Decision's error says so in the words of the client).
package audit

import (
	"cmp"
	"crypto/ed25519"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Options of a log. The zero value is good.
type Options struct {
	MaxBytes int64 // of one file; 0: 64 MiB
	Literals bool  // statements are kept as sent, with their literals
	Sync     bool  // each decision is on the disk, not only with the system, before its statement runs

	// Key signs checkpoints; nil: records are chained but not signed.
	Key             ed25519.PrivateKey
	CheckpointEvery time.Duration // 0: 5 minutes

	// Lost hears of completions that could not be written for so long that they were given up.
	Lost func(records int, why error)

	Now func() time.Time
}

// Log is an open audit directory. Safe for concurrent use.
type Log struct {
	dir     string
	options Options
	lock    *os.File
	texts   redactions
	discard bool

	records  sync.Pool    // of *pending
	underway atomic.Int64 // statements that have not ended

	closing, ended chan struct{} // of the goroutine that signs

	mu       sync.Mutex // guards what follows
	closed   bool
	waiting  []*pending
	awaited  int  // of those, that somebody waits for
	flushing bool // a flush is on its way

	// Of whoever has the turn, which is to have put something into it:
	turn     chan struct{}
	gathered []*pending // the group that was written last
	text     []byte     // room for a group
	times    timestamps
	seq      uint64 // of the last record
	head     string // hash of the last record
	signed   uint64 // seq of the last checkpoint
	file     *os.File
	size     int64
	dayEnds  time.Time // of the open file, UTC
}

// Open continues the log in a directory, which is made where it is missing. One
// directory belongs to one gateway at a time.
func Open(dir string, o Options) (*Log, error) {
	o.MaxBytes, o.CheckpointEvery = cmp.Or(o.MaxBytes, 64<<20), cmp.Or(o.CheckpointEvery, 5*time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("audit directory: %w", err)
	}
	lock, err := lockDirectory(dir)
	if err != nil {
		return nil, fmt.Errorf("audit directory %s: %w", dir, err)
	}
	l := &Log{dir: dir, options: o, lock: lock, closing: make(chan struct{}), ended: make(chan struct{}), turn: make(chan struct{}, 1)}
	l.records.New = func() any { return newPending() }
	if err := l.resume(); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("audit directory %s: %w", dir, err)
	}
	go l.signNowAndThen()
	return l, nil
}

// Close signs what is not signed yet and ends the log. Records written later fail.
func (l *Log) Close() error {
	if l.discard {
		return nil
	}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()
	close(l.closing)
	<-l.ended
	l.turn <- struct{}{} // for good
	l.commit(l.gather())
	_ = l.checkpoint() // unsigned records are chained all the same
	var err error
	if lost := len(l.gather()); lost > 0 {
		err = fmt.Errorf("%d completions could not be written", lost)
	}
	if l.file != nil {
		err = cmp.Or(err, l.file.Close())
	}
	return cmp.Or(err, l.lock.Close())
}

// unwritable is what a client is told: not where the log lies, nor what is wrong with the disk.
func unwritable(cause error) error {
	return sqlstate.New(sqlstate.IOError, "the audit log cannot be written%w", quiet{cause}).
		WithHint("Nothing is answered that cannot be recorded; tell the operator of the gateway.").
		OwnedBy(sqlstate.OwnerGateway)
}

// quiet keeps an error for logs without its text.
type quiet struct{ error }

func (quiet) Error() string   { return "" }
func (q quiet) Unwrap() error { return q.error }
