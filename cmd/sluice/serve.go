package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/sluicemesh/sluice/gateway"
)

// serve are the flags of `sluice serve`; each can also be set in the environment.
type serve struct {
	Mesh            string        `help:"Mesh directory." required:"" type:"existingdir" env:"SLUICE_MESH"`
	Listen          string        `help:"Address to listen on." default:"127.0.0.1:5433" env:"SLUICE_LISTEN"`
	TLSCert         string        `help:"Certificate chain, PEM. With --tls-key it turns TLS on." name:"tls-cert" type:"existingfile" env:"SLUICE_TLS_CERT"`
	TLSKey          string        `help:"Private key, PEM." name:"tls-key" type:"existingfile" env:"SLUICE_TLS_KEY"`
	ClientCA        string        `help:"Authorities whose client certificates are taken, PEM." name:"tls-client-ca" type:"existingfile" env:"SLUICE_TLS_CLIENT_CA"`
	ClientCRL       string        `help:"Revocation lists of those authorities, PEM or DER; without one that is in force, no client certificate is taken." name:"tls-client-crl" type:"existingfile" env:"SLUICE_TLS_CLIENT_CRL"`
	AuditDir        string        `help:"Directory of the audit log (default: as mesh.yaml says)." name:"audit-dir" env:"SLUICE_AUDIT_DIR"`
	Memory          string        `help:"Memory for statements, such as 2GiB." default:"1536MiB" env:"SLUICE_MEMORY"`
	FileMemory      string        `help:"Memory of it for copies of files that are read often (0: files are always read; default: an eighth)." name:"file-memory" env:"SLUICE_FILE_MEMORY"`
	StatementMemory string        `help:"Memory that one statement gets at most (default: two thirds of what is free)." name:"statement-memory" env:"SLUICE_STATEMENT_MEMORY"`
	Statements      int           `help:"Statements at once, look-ups apart; others wait (0: as many as memory allows)." default:"200" env:"SLUICE_STATEMENTS"`
	QueueWait       time.Duration `help:"How long a statement may wait for memory (0: as long as its session lets it)." default:"1m" name:"queue-wait" env:"SLUICE_QUEUE_WAIT"`
	Threads         int           `help:"Threads for merging (0: all processors)." env:"SLUICE_THREADS"`
	Connections     int           `help:"Sessions at once." default:"1000" env:"SLUICE_CONNECTIONS"`
	Spill           string        `help:"Directory for rows that do not fit into memory (default: the system's)." env:"SLUICE_SPILL"`
	SpillLimit      string        `help:"How much may lie there." default:"16GiB" name:"spill-limit" env:"SLUICE_SPILL_LIMIT"`
	Metrics         string        `help:"Address that gives figures at /metrics, in Prometheus' text format (default: none)." env:"SLUICE_METRICS"`
	LogLevel        string        `help:"What to log: debug (may hold values of sources), info, warn, error." enum:"debug,info,warn,error" default:"info" name:"log-level" env:"SLUICE_LOG_LEVEL"`
	Drain           time.Duration `help:"How long running statements may go on after SIGTERM." default:"30s" env:"SLUICE_DRAIN"`

	reduceFrom float64           // see executor.Executor; set by tests, whose tables are small
	largeFrom  float64           // see postgres.Connector, mysql.Connector; so too
	mostKeys   int               // see executor.Executor; so too
	keep       gateway.KeepPlans // set by tests
	fileClock  func() time.Time  // by which files are old enough to be copied; set by tests, whose files are new and copied at once
	now        func() time.Time  // set by tests; nil: the system's clock
	unaudited  bool              // for BenchmarkAudit only: there is no flag for it
}

// Run serves until SIGTERM or an interrupt, and reloads on SIGHUP.
func (s *serve) Run() error {
	log := s.logger()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // rows lie outside Go's heap: what is left of it is small and short-lived
	}
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return err
	}
	a, err := s.assemble(log)
	if err != nil {
		return err
	}
	defer a.close()
	if s.Metrics != "" {
		measured, err := net.Listen("tcp", s.Metrics)
		if err != nil {
			return err
		}
		go func() {
			if err := serveMetrics(ctx, measured, a.engines.budget, a.engines.copies); err != nil {
				log.Error("metrics", "error", err)
			}
		}()
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	go a.reloadOn(ctx, hangup)
	log.Info("serving", "mesh", s.Mesh, "address", listener.Addr().String())
	return a.server.Serve(ctx, listener)
}

// logger writes to standard error, from the chosen level on.
func (s *serve) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // kong has checked it
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
