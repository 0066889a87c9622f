package main

import (
	"fmt"
	"os"

	"github.com/sluicemesh/sluice/catalog/meshdir"
)

// check are the flags of `sluice check`.
type check struct {
	Mesh string `help:"Mesh directory." required:"" type:"existingdir" env:"SLUICE_MESH"`
}

// Run prints every diagnostic as file:line:column: message.
func (c *check) Run() error {
	mesh, diagnostics := meshdir.Load(c.Mesh, meshdir.Options{})
	errors := 0
	for _, d := range diagnostics {
		fmt.Fprintln(os.Stdout, d)
		if d.Severity == meshdir.Error {
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
