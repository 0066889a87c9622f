package gateway

import (
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Epoch is one snapshot of the mesh in force.
type Epoch struct {
	Mesh  *catalog.Mesh
	views *views
	plans plans
	now   func() time.Time
}

func newEpoch(mesh *catalog.Mesh, database string, now func() time.Time) *Epoch {
	return &Epoch{Mesh: mesh, views: newViews(mesh, database), now: now}
}

// resolve gives the table behind a name, searching path where no schema is given.
func (e *Epoch) resolve(who auth.Principal, path []string, schema, name string) (*catalog.Table, error) {
	if t, err := systemTable(path, schema, name); t != nil || err != nil {
		return t, err
	}
	if t, ok := resolveAudit(who, schema, name); ok {
		return t, nil
	}
	if schema != "" {
		return auth.Visible(who, catalog.Address{Schema: schema, Name: name})
	}
	for _, s := range path {
		if t, ok := resolveAudit(who, s, name); ok {
			return t, nil
		}
		t, err := auth.Visible(who, catalog.Address{Schema: s, Name: name})
		if err == nil {
			return t, nil
		}
		if _, exists := e.Mesh.Table(catalog.Address{Schema: s, Name: name}); exists && e.Mesh.Settings.Discovery {
			return nil, err
		}
	}
	return nil, sqlstate.New(sqlstate.UndefinedTable, "relation %q does not exist", name)
}
