package mysql

import (
	"context"
	"sync"

	"github.com/sluicemesh/sluice/catalog"
)

// gather takes more sessions, as many as are free and the owner allows, and begins a
// transaction with a snapshot in each. It gives those that have one, c first; c alone,
// untouched, where it could not be done.
//
// Under `lock` one more session holds the table against writers meanwhile. LOCK TABLES …
// READ waits for the transactions that have written to the table to end, and new ones wait
// for it, so that all snapshots have the same rows of this table. It waits for a second at
// most: then writers are busy and the read goes on over one connection.
func (s *Source) gather(ctx context.Context, c *session, t *catalog.Table) []*session {
	more := s.pool.spare(ctx, s.parallel.connections-1)
	holder := (*session)(nil)
	if s.parallel.lock && len(more) > 0 {
		if len(more) == s.parallel.connections-1 {
			if extra := s.pool.spare(ctx, 1); len(extra) == 1 {
				more = append(more, extra[0])
			}
		}
		holder, more = more[len(more)-1], more[:len(more)-1]
		defer s.unlock(holder)
		if len(more) == 0 || holder.exec(ctx, "SET SESSION lock_wait_timeout = 1") != nil || holder.exec(ctx, "LOCK TABLES "+tableText(t)+" READ") != nil {
			s.dismiss(more)
			return []*session{c}
		}
	}
	all := append([]*session{c}, more...)
	if len(all) < 2 || !begin(ctx, all) {
		s.dismiss(more)
		_ = c.exec(ctx, "ROLLBACK")
		return []*session{c}
	}
	return all
}

// begin takes all snapshots, as near to each other as can be.
func begin(ctx context.Context, sessions []*session) bool {
	failed := make([]error, len(sessions))
	var all sync.WaitGroup
	for i, c := range sessions {
		all.Go(func() { failed[i] = c.exec(ctx, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY") })
	}
	all.Wait()
	for _, err := range failed {
		if err != nil {
			return false
		}
	}
	return true
}

// unlock gives the holder of the lock back. Whatever became of it, its connection's end
// would free the table too.
func (s *Source) unlock(holder *session) {
	ctx, cancel := context.WithTimeout(context.Background(), killWait)
	defer cancel()
	err := holder.exec(ctx, "UNLOCK TABLES")
	s.pool.release(holder, err == nil && holder.exec(ctx, "SET SESSION lock_wait_timeout = DEFAULT") == nil)
}

// dismiss gives sessions back that may be in a transaction.
func (s *Source) dismiss(sessions []*session) {
	ctx, cancel := context.WithTimeout(context.Background(), killWait)
	defer cancel()
	for _, c := range sessions {
		s.pool.release(c, c.exec(ctx, "ROLLBACK") == nil)
	}
}
