package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/sluicemesh/sluice/connectors/duckdb"
	"github.com/sluicemesh/sluice/internal/budget"
)

// serveMetrics answers GET /metrics until ctx ends. Figures tell nothing of who asked
// what; the address is the operator's to keep from others all the same.
func serveMetrics(ctx context.Context, listener net.Listener, of *budget.Pool, copies *duckdb.Memory) error {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		for _, m := range append(statementMetrics(of.Stats()), copyMetrics(copies.Counts())...) {
			fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s %[3]s\n%[1]s %[4]v\n", m.name, m.help, m.kind, m.value)
		}
	})
	server := &http.Server{Handler: routes, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// metric is one figure in the text format that Prometheus reads (its documentation,
// "Exposition formats").
type metric struct {
	name, kind, help string
	value            any
}

func statementMetrics(s budget.Stats) []metric {
	return []metric{
		{"sluice_statements_running", "gauge", "Statements that run, look-ups by key apart.", s.Running},
		{"sluice_statements_waiting", "gauge", "Statements that wait for memory.", s.Waiting},
		{"sluice_statement_memory_bytes", "gauge", "Memory reserved by running statements.", s.Reserved},
		{"sluice_statements_admitted_total", "counter", "Statements that began.", s.Admitted},
		{"sluice_statements_queued_total", "counter", "Statements that began after a wait.", s.Queued},
		{"sluice_statements_refused_total", "counter", "Statements that waited in vain.", s.Refused},
		{"sluice_statements_waited_seconds_total", "counter", "Time that statements have waited.", s.Waited.Seconds()},
	}
}

func copyMetrics(c duckdb.MemoryCounts) []metric {
	return []metric{
		{"sluice_file_copies", "gauge", "Tables of files that are kept in memory.", c.Copies},
		{"sluice_file_memory_bytes", "gauge", "Memory lent to them.", c.Bytes},
		{"sluice_file_copies_made_total", "counter", "Copies of files that were made.", c.Loaded},
		{"sluice_file_copies_dropped_total", "counter", "Copies that went: their files changed, or the memory was needed.", c.Dropped},
		{"sluice_file_reads_from_memory_total", "counter", "Tables of files that were read from memory.", c.FromMemory},
		{"sluice_file_reads_total", "counter", "Tables that were read from files that could have been in memory.", c.FromFile},
	}
}
