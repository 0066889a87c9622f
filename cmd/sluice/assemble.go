package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/auth/login"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/duckdb"
	"github.com/sluicemesh/sluice/connectors/mysql"
	"github.com/sluicemesh/sluice/connectors/pgcatalog"
	"github.com/sluicemesh/sluice/connectors/postgres"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/gateway"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
)

// kinds are the connectors, by the type a source's file names. largeFrom is for tests; 0: the
// defaults.
func kinds(memory int64, threads int, copies *duckdb.Memory, largeFrom float64) map[catalog.Kind]connectors.Connector {
	files := duckdb.Connector{Base: functions(memory, threads), Memory: copies}
	return map[catalog.Kind]connectors.Connector{
		catalog.Postgres: postgres.Connector{LargeFrom: largeFrom},
		catalog.MySQL:    mysql.Connector{LargeFrom: largeFrom}, catalog.MariaDB: mysql.Connector{LargeFrom: largeFrom},
		catalog.DuckDB: files,
		catalog.Files:  files,
	}
}

// assembly is everything that runs, wired.
type assembly struct {
	mesh    string
	log     *slog.Logger
	gateway *gateway.Gateway
	server  *pgwire.Server
	sources *connectors.Registry
	engines *engines
	audit   *audit.Log
	epoch   uint64
	grants  []*catalog.Grant // those on record
}

// assemble loads the mesh and wires the parts. It fails where the mesh cannot be
// served at all; a broken domain is reported and left out.
func (s *serve) assemble(log *slog.Logger) (*assembly, error) {
	a := &assembly{mesh: s.Mesh, log: log, epoch: 1}
	mesh, err := a.load()
	if err != nil {
		return nil, err
	}
	if err := s.wire(a, mesh); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (s *serve) wire(a *assembly, mesh *catalog.Mesh) (err error) {
	security, err := s.tls()
	if err != nil {
		return err
	}
	if a.audit, err = s.openAudit(mesh, a.log); err != nil {
		return err
	}
	sessions := &pgcatalog.Sessions{}
	if a.engines, err = openEngines(mesh, sessions, s); err != nil {
		return err
	}
	if err := a.comesIntoForce(mesh); err != nil {
		return err
	}
	a.sources = connectors.NewRegistry(kinds(a.engines.each, s.Threads, a.engines.copies, s.largeFrom), meshdir.ReadSecret)
	a.gateway = gateway.New(mesh, gateway.Options{
		Executor: &executor.Executor{
			Engines: a.engines.local, Budget: a.engines.budget, Source: a.sources.Source, ReduceFrom: s.reduceFrom, MostKeys: s.mostKeys,
		},
		Sessions: sessions, Audit: a.audit, Log: a.log, Secret: meshdir.ReadSecret, Kept: a.engines.kept, Keep: s.keep, Now: s.now, Connections: s.Connections,
	})
	mock, err := mockSecret(s.auditDir(mesh))
	if err != nil {
		return err
	}
	a.server = pgwire.NewServer(a.gateway, pgwire.Options{TLS: security, MaxConnections: s.Connections, Logger: a.log, ShutdownGrace: s.Drain, MockSecret: mock})
	return nil
}

// load reads the mesh directory and reports what is wrong with it.
func (a *assembly) load() (*catalog.Mesh, error) {
	mesh, diagnostics := meshdir.Load(a.mesh, meshdir.Options{Epoch: a.epoch})
	for _, d := range diagnostics {
		a.log.Warn(d.String())
	}
	if mesh == nil {
		return nil, fmt.Errorf("mesh %s cannot be served; `sluice check --mesh %s` lists what is wrong", a.mesh, a.mesh)
	}
	// What cannot be judged is refused statement by statement; its authors hear of it now.
	for _, p := range auth.CheckConditions(mesh, planner.Predicates{Environment: authorEnvironment()}) {
		a.log.Warn(p.Position + ": " + p.Message)
	}
	for _, wrong := range gateway.WrongDefaults(mesh) {
		a.log.Warn(wrong)
	}
	return mesh, nil
}

// reloadOn swaps in a fresh snapshot at each signal. One that cannot be served is
// reported, and the old one stays in force.
func (a *assembly) reloadOn(ctx context.Context, hangup <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
		}
		a.epoch++
		mesh, err := a.load()
		if err == nil {
			err = a.comesIntoForce(mesh) // a mesh that is not on record does not come into force
		}
		if err != nil {
			_ = a.audit.Reload(a.epoch, "", err)
			a.log.Error("not reloaded", "error", err)
			continue
		}
		a.gateway.Swap(mesh)
		a.log.Info("reloaded", "epoch", mesh.Epoch, "hash", mesh.Hash)
	}
}

// comesIntoForce records a snapshot of the mesh, with the grants that it brings and takes.
func (a *assembly) comesIntoForce(mesh *catalog.Mesh) error {
	if err := a.audit.Reload(mesh.Epoch, mesh.Hash, nil); err != nil {
		return err
	}
	if err := a.audit.Access(mesh.Epoch, grantChanges(a.grants, mesh.Grants, mesh.Epoch == 1)); err != nil {
		return err
	}
	a.grants = mesh.Grants
	return nil
}

// close frees everything, in the order of use.
func (a *assembly) close() {
	var err error
	if a.sources != nil {
		err = errors.Join(err, a.sources.Close())
	}
	if a.engines != nil {
		err = errors.Join(err, a.engines.close())
	}
	if a.audit != nil {
		err = errors.Join(err, a.audit.Close())
	}
	if err != nil {
		a.log.Error("closing", "error", err)
	}
}

// auditDir is that of the flag, else the mesh's own, relative to the mesh directory.
func (s *serve) auditDir(mesh *catalog.Mesh) string {
	switch dir := mesh.Settings.AuditDir; {
	case s.AuditDir != "":
		return s.AuditDir
	case dir == "":
		return filepath.Join(s.Mesh, "audit")
	case filepath.IsAbs(dir):
		return dir
	default:
		return filepath.Join(s.Mesh, dir)
	}
}

// openAudit opens the log as the mesh wants it kept.
func (s *serve) openAudit(mesh *catalog.Mesh, log *slog.Logger) (*audit.Log, error) {
	if s.unaudited {
		return audit.Discard(), nil
	}
	o := audit.Options{
		Literals: mesh.Settings.AuditLiterals, Sync: mesh.Settings.AuditSync, CheckpointEvery: mesh.Settings.AuditCheckpointEvery,
		Lost: func(records int, why error) {
			log.Error("audit: completions were given up", "records", records, "error", why)
		},
	}
	if ref := mesh.Settings.AuditKey; ref != (catalog.SecretRef{}) {
		text, err := meshdir.ReadSecret(ref)
		if err != nil {
			return nil, fmt.Errorf("the audit's signing key: %w", err)
		}
		if o.Key, err = audit.ParseKey(text); err != nil {
			return nil, fmt.Errorf("the audit's signing key: %w", err)
		}
	}
	return audit.Open(s.auditDir(mesh), o)
}

// tls gives the server's certificate; nil where none is set.
func (s *serve) tls() (*tls.Config, error) {
	switch {
	case s.ClientCRL != "" && s.ClientCA == "":
		return nil, errors.New("--tls-client-crl needs --tls-client-ca")
	case s.TLSCert == "" && s.TLSKey == "" && s.ClientCA == "":
		return nil, nil
	case s.TLSCert == "" || s.TLSKey == "":
		return nil, errors.New("--tls-cert and --tls-key go together, and --tls-client-ca needs them")
	}
	pair, err := tls.LoadX509KeyPair(s.TLSCert, s.TLSKey)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"postgresql"}}
	if s.ClientCA == "" {
		return config, nil
	}
	text, err := os.ReadFile(s.ClientCA)
	if err != nil {
		return nil, err
	}
	config.ClientCAs = x509.NewCertPool()
	if !config.ClientCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--tls-client-ca: %s holds no certificate", s.ClientCA)
	}
	config.ClientAuth = tls.VerifyClientCertIfGiven // who has none may have a password
	if s.ClientCRL == "" {
		return config, nil
	}
	revocations, err := login.OpenRevocations(s.ClientCRL, s.now)
	if err != nil {
		return nil, fmt.Errorf("--tls-client-crl: %w", err)
	}
	config.VerifyConnection = func(c tls.ConnectionState) error {
		if len(c.VerifiedChains) == 0 { // no certificate
			return nil
		}
		return revocations.Check(c.VerifiedChains)
	}
	return config, nil
}
