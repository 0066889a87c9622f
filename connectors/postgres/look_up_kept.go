package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// kept is what a connection keeps for look-ups (pgconn.PgConn.CustomData).
type kept struct {
	statements map[lookUpText]*preparedLookUp
	// The messages of a look-up, which are the same but for the statement and its values.
	bind    pgproto3.Bind
	execute pgproto3.Execute
	sync    pgproto3.Sync
	stop    func() bool // the source's end no longer matters
}

const keptName = "sluice look-ups"

// keptBy gives what a connection keeps. What it waits for ends with the source.
func (s *Source) keptBy(c *pgconn.PgConn) *kept {
	if k, ok := c.CustomData()[keptName].(*kept); ok {
		return k
	}
	socket := c.Conn()
	k := &kept{
		statements: map[lookUpText]*preparedLookUp{}, bind: pgproto3.Bind{ResultFormatCodes: []int16{pgtypeBinary}},
		stop: context.AfterFunc(s.ending, func() { _ = socket.SetDeadline(past) }),
	}
	c.CustomData()[keptName] = k
	return k
}

// letGo is for the pool: the connection is about to be closed.
func letGo(c *pgx.Conn) {
	if k, ok := c.PgConn().CustomData()[keptName].(*kept); ok {
		k.stop()
	}
}

// forget drops what a connection has prepared.
func (k *kept) forget(ctx context.Context, c *pgconn.PgConn) bool {
	k.statements = map[lookUpText]*preparedLookUp{}
	return c.Exec(ctx, "DEALLOCATE ALL").Close() == nil
}

// past is a deadline that ends what waits for the network.
var past = time.Unix(1, 0)

// pgtypeBinary asks for values in binary form (PostgreSQL protocol, Bind).
const pgtypeBinary = 1

// errMany: a look-up gives more rows than a key allows.
var errMany = errors.New("too many rows for a look-up")

// ask runs a prepared statement for each of a batch: one write, then what comes until the
// server is ready again. Each is given what came of it; the server refused the first that
// was not. After an error the connection is of no use.
func (k *kept) ask(f *pgproto3.Frontend, name string, d *decoding, b *batch) error {
	k.bind.PreparedStatement = name
	for _, l := range b.all {
		k.bind.Parameters = l.values
		f.SendBind(&k.bind)
		f.SendExecute(&k.execute)
	}
	f.SendSync(&k.sync)
	if err := f.Flush(); err != nil {
		return err
	}
	d.begin(fewRows)
	var wrong error // a value of this one cannot be decoded
	for {
		message, err := f.Receive()
		if err != nil {
			return err
		}
		switch m := message.(type) {
		case *pgproto3.DataRow:
			if d.rows == d.most {
				return errMany
			}
			if wrong == nil {
				wrong = d.values(m.Values)
			}
		case *pgproto3.CommandComplete:
			if b.next() == nil {
				return malformed("end of a statement")
			}
			if wrong != nil {
				d.drop()
				b.give(failed, nil, wrong)
			} else {
				b.give(answered, d.take(), nil)
			}
			if wrong = nil; b.next() != nil {
				d.begin(fewRows)
			}
		case *pgproto3.ReadyForQuery:
			return nil
		}
	}
}

// fewRows is what a look-up makes room for at first.
const fewRows = 16

// values decodes the fields of one row.
func (d *decoding) values(fields [][]byte) error {
	if len(fields) != d.schema.NumFields() {
		return malformed("row")
	}
	if d.rows == d.limit {
		d.reserve(min(8*d.limit, d.most))
	}
	for i, v := range fields {
		if v == nil {
			d.columns[i].builder.AppendNull()
		} else if err := d.columns[i].decode(v); err != nil {
			return err
		}
	}
	if len(fields) == 0 {
		d.columns[0].builder.AppendNull()
	}
	d.rows++
	return nil
}

// reserve makes room for more rows of a batch that has begun.
func (d *decoding) reserve(rows int) {
	d.limit = rows
	for _, c := range d.columns {
		c.builder.Reserve(rows - d.rows)
	}
}
