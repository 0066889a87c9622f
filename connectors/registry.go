package connectors

import (
	"errors"
	"fmt"
	"sync"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Registry opens sources when they are first used and keeps them open. Two entries of
// the catalog that say the same (before and after a reload) share one opened source.
type Registry struct {
	kinds  map[catalog.Kind]Connector
	secret func(catalog.SecretRef) (string, error)

	mu     sync.Mutex
	opened map[definition]Source
}

// definition is all that opening a source depends on, as a comparable value.
type definition struct {
	id, host, database, user, path string
	options                        string // in the order of their names
	kind                           catalog.Kind
	port                           int
	secret                         catalog.SecretRef
	tls                            catalog.TLS
	limits                         catalog.Limits
}

// NewRegistry gives an empty registry over the kinds there are connectors for. secret
// reads a reference when a source is opened; the value goes nowhere else.
func NewRegistry(kinds map[catalog.Kind]Connector, secret func(catalog.SecretRef) (string, error)) *Registry {
	return &Registry{kinds: kinds, secret: secret, opened: map[definition]Source{}}
}

// Source gives the opened source of a catalog entry.
func (r *Registry) Source(s *catalog.Source) (Source, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := define(s)
	if open, ok := r.opened[key]; ok {
		return open, nil
	}
	open, err := r.open(s)
	if err != nil {
		return nil, err
	}
	r.opened[key] = open
	return open, nil
}

func (r *Registry) open(s *catalog.Source) (Source, error) {
	connector, ok := r.kinds[s.Kind]
	if !ok {
		return nil, sqlstate.New(sqlstate.SystemError, "domain %s: no connector for sources of type %q", s.Domain, s.Kind)
	}
	secret := ""
	if s.Secret != (catalog.SecretRef{}) {
		var err error
		if secret, err = r.secret(s.Secret); err != nil {
			return nil, sqlstate.New(sqlstate.SystemError, "domain %s: the secret of source %s cannot be read", s.Domain, s.Name).
				WithHint("Its reference is in the source's file; the value must be readable by the gateway.")
		}
	}
	return connector.Open(s, secret)
}

// Retain closes the opened sources that no entry of mesh uses any more. Reads that
// run on them fail; call it once statements of the older snapshot have ended.
func (r *Registry) Retain(mesh *catalog.Mesh) error {
	used := map[definition]bool{}
	for _, d := range mesh.Domains {
		for _, s := range d.Sources {
			used[define(s)] = true
		}
	}
	return r.closeUnless(func(d definition) bool { return used[d] })
}

// Close closes every source.
func (r *Registry) Close() error {
	return r.closeUnless(func(definition) bool { return false })
}

func (r *Registry) closeUnless(keep func(definition) bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var failed error
	for key, open := range r.opened {
		if !keep(key) {
			failed = errors.Join(failed, open.Close())
			delete(r.opened, key)
		}
	}
	return failed
}

func define(s *catalog.Source) definition {
	return definition{
		id: s.ID(), kind: s.Kind, host: s.Host, port: s.Port, database: s.Database, user: s.User, path: s.Path,
		secret: s.Secret, tls: s.TLS, limits: s.Limits, options: fmt.Sprint(s.Options),
	}
}
