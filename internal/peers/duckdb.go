package peers

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

//go:embed duckdb.py
var duckDBProgram string

// duckDB is a Python process that holds a DuckDB: the way it is had most easily.
type duckDB struct {
	version string
	command *exec.Cmd
	to      *json.Encoder
	from    *json.Decoder
}

var _ Peer = (*duckDB)(nil)

// duckDBQuestion is a line the process reads, duckDBReply one it writes.
type (
	duckDBQuestion struct {
		SQL     string
		Seconds float64
	}
	duckDBReply struct {
		Rows    [][]string
		Error   string
		TooSlow bool
	}
)

// DuckDB starts the DuckDB that scripts/peers.sh has put into installed, with its postgres
// and mysql extensions, and attaches the stores. end stops it.
func DuckDB(ctx context.Context, installed string, stores Stores) (peer Peer, end func(), err error) {
	d := &duckDB{command: exec.Command("python3", "-c", duckDBProgram)}
	d.command.Env = append(os.Environ(), "PYTHONPATH="+filepath.Join(installed, "duckdb"))
	input, err := d.command.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	output, err := d.command.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	d.to, d.from = json.NewEncoder(input), json.NewDecoder(output)
	d.command.Stderr = os.Stderr
	if err := d.command.Start(); err != nil {
		return nil, nil, err
	}
	end = func() {
		_ = input.Close()
		_ = d.command.Wait()
	}
	if err := d.prepare(ctx, installed, stores); err != nil {
		end()
		return nil, nil, err
	}
	return d, end, nil
}

// prepare loads the extensions and gives all tables their bare names.
func (d *duckDB) prepare(ctx context.Context, installed string, stores Stores) error {
	version, err := d.Ask(ctx, "SELECT version()", time.Minute)
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrAbsent, err)
	}
	d.version = version[0][0]
	pg, my := stores.Trade, stores.Parties
	for _, source := range []struct{ extension, attach string }{
		{"postgres_scanner", fmt.Sprintf("'host=%s port=%d dbname=%s user=%s password=%s' AS trade (TYPE postgres, READ_ONLY)", pg.Host, pg.Port, pg.Database, pg.User, pg.Password)},
		{"mysql_scanner", fmt.Sprintf("'host=%s port=%d database=%s user=%s password=%s' AS parties (TYPE mysql, READ_ONLY)", my.Host, my.Port, my.Database, my.User, my.Password)},
	} {
		path := filepath.Join(installed, "duckdb", source.extension+".duckdb_extension")
		if _, err := d.Ask(ctx, "LOAD '"+path+"'", time.Minute); err != nil {
			return fmt.Errorf("%s: %w (%w)", source.extension, ErrAbsent, err)
		}
		if _, err := d.Ask(ctx, "ATTACH "+source.attach, time.Minute); err != nil {
			return err
		}
	}
	statements := []string{"SET mysql_experimental_filter_pushdown = true"}
	for store, from := range map[string]string{"trade": "trade.public.%s", "parties": "parties.%s", "parts": "read_parquet('" + stores.Lake + "/%s.parquet')"} {
		for _, name := range stores.Tables[store] {
			statements = append(statements, fmt.Sprintf("CREATE VIEW %s AS SELECT * FROM "+from, name, name))
		}
	}
	for _, sql := range statements {
		if _, err := d.Ask(ctx, sql, time.Minute); err != nil {
			return fmt.Errorf("%w\nin: %s", err, sql)
		}
	}
	return nil
}

func (d *duckDB) Title() string { return "DuckDB " + d.version + " with its scanners" }
func (d *duckDB) Memory() int64 { return ResidentOf(d.command.Process.Pid) }

func (d *duckDB) Ask(_ context.Context, sql string, limit time.Duration) (Answer, error) {
	if err := d.to.Encode(duckDBQuestion{SQL: sql, Seconds: limit.Seconds()}); err != nil {
		return nil, err
	}
	var reply duckDBReply
	if err := d.from.Decode(&reply); err != nil {
		return nil, fmt.Errorf("DuckDB's process: %w", err)
	}
	switch {
	case reply.TooSlow:
		return nil, ErrTimeLimit
	case reply.Error != "":
		return nil, errors.New(reply.Error)
	}
	return reply.Rows, nil
}
