package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/budget"
)

func TestMetrics(t *testing.T) {
	t.Parallel()
	pool := budget.New(budget.Limits{Memory: 1 << 20})
	account, err := pool.Enter(t.Context(), "ada", budget.Claim{Bytes: 1000})
	must(t, err)
	defer account.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- serveMetrics(ctx, listener, pool, nil) }()
	response, err := http.Get("http://" + listener.Addr().String() + "/metrics")
	must(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	for _, line := range []string{"sluice_statements_running 1\n", "sluice_statements_waiting 0\n", "sluice_statement_memory_bytes 1000\n", "# TYPE sluice_statements_waited_seconds_total counter\n", "sluice_file_copies 0\n"} {
		if !strings.Contains(string(text), line) {
			t.Errorf("no %q in\n%s", line, text)
		}
	}
	stop()
	must(t, <-ended)
}
