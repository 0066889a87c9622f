package main

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// hold keeps what was loaded while a person looks at one query: it writes where everything
// is to the file that SLUICE_BENCH_HOLD names, and goes on when that file is gone. Loading
// takes longer than most queries; other gateways can be started over the same mesh.
func (a *tpchArena) hold(b *testing.B) {
	b.Helper()
	name := os.Getenv("SLUICE_BENCH_HOLD")
	if name == "" {
		return
	}
	where := fmt.Sprintf("mesh\t%s\nsluice\t%s\npostgres\t%s\ntrade\t%s\nparties\t%s\n",
		a.gateway.mesh, a.gateway.dsn("reader"), a.whole.DSN, a.stores.Trade.DSN, a.stores.Parties.DSN)
	must(b, os.WriteFile(name, []byte(where), 0o600)) // passwords are in it
	progress("holding until %s is removed", name)
	for {
		if _, err := os.Stat(name); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}
