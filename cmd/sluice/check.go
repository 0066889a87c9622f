package main

import (
	"fmt"
	"os"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// check are the flags of `sluice check`.
type check struct {
	Mesh string `help:"Mesh directory." required:"" type:"existingdir" env:"SLUICE_MESH"`
}

// Run prints every diagnostic as file:line:column: message.
func (c *check) Run() error {
	mesh, diagnostics := meshdir.Load(c.Mesh, meshdir.Options{Review: true})
	errors := 0
	for _, d := range diagnostics {
		fmt.Fprintln(os.Stdout, d)
		if d.Severity == meshdir.Error {
			errors++
		}
	}
	if mesh != nil {
		for _, p := range auth.CheckConditions(mesh, planner.Predicates{Environment: authorEnvironment()}) {
			fmt.Fprintf(os.Stdout, "%s: %s\n", p.Position, p.Message)
			errors++
		}
	}
	if errors > 0 || mesh == nil {
		return fmt.Errorf("%d errors in %s", errors, c.Mesh)
	}
	tables := 0
	for _, d := range mesh.Domains {
		tables += len(d.Tables())
	}
	fmt.Printf("%s: %d domains, %d tables, %d policies, %d grants, no errors\n", c.Mesh, len(mesh.Domains), tables, len(mesh.Policies), len(mesh.Grants))
	return nil
}

// authorEnvironment is what the SQL of policies is bound in: names mean what its author
// may read (planner.Predicates), and there is no session.
func authorEnvironment() bind.Environment {
	return bind.Environment{
		Resolve: func(schema, name string) (*catalog.Table, error) {
			return nil, sqlstate.New(sqlstate.UndefinedTable, "relation %q does not exist", schema+"."+name)
		},
		Setting:  func(string) (string, bool) { return "", false },
		TimeZone: time.UTC,
	}
}
