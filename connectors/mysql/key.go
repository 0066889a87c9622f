package mysql

import (
	"context"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/catalog"
)

// keys remembers what splitting a read must know of tables, as long as shapes does.
type keys struct {
	mu    sync.Mutex
	known map[*catalog.Table]tableKey
}

// tableKey is how the rows of a table may be divided.
type tableKey struct {
	column string  // the first of the primary key; "" where the table cannot be split
	rows   float64 // about how many it has
	at     time.Time
}

// of gives the key of a table. It is none where there is no primary key, or where the
// storage engine has no snapshots.
func (k *keys) of(ctx context.Context, c *session, t *catalog.Table) tableKey {
	k.mu.Lock()
	known, ok := k.known[t]
	k.mu.Unlock()
	if ok && time.Since(known.at) < shapeAge {
		return known
	}
	known = tableKey{at: time.Now()}
	rows, err := c.rows(ctx, `SELECT COLUMN_NAME, TABLE_ROWS FROM information_schema.TABLES t JOIN information_schema.STATISTICS k USING (TABLE_SCHEMA, TABLE_NAME)
		WHERE (TABLE_SCHEMA, TABLE_NAME) IN `+tableList([]*catalog.Table{t})+` AND ENGINE = 'InnoDB' AND TABLE_TYPE = 'BASE TABLE'
		AND INDEX_NAME = 'PRIMARY' AND SEQ_IN_INDEX = 1`)
	if err != nil {
		return known // the read itself will tell what is wrong
	}
	if len(rows) == 1 {
		known.column, known.rows = rows[0][0], float(rows[0][1])
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil {
		k.known = map[*catalog.Table]tableKey{}
	}
	for old, of := range k.known { // tables of older snapshots of the mesh
		if time.Since(of.at) >= shapeAge {
			delete(k.known, old)
		}
	}
	k.known[t] = known
	return known
}
