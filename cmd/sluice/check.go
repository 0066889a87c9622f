package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/gateway"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// check are the flags of `sluice check`.
type check struct {
	Mesh    string `help:"Mesh directory." required:"" type:"existingdir" env:"SLUICE_MESH"`
	Against string `help:"Mesh directory as it is served, for checks that compare." type:"existingdir"`
	Live    bool   `help:"Ask the sources too: their tables against the contracts, sampled values, the contracts' rules about data, and the policies' own tests."`

	progress io.Writer // nil: nobody wants to know
}

// Run prints everything there is to mend as file:line:column: message.
func (c *check) Run() error {
	c.progress = os.Stderr
	return c.run(context.Background(), os.Stdout)
}

func (c *check) run(ctx context.Context, out io.Writer) error {
	options := meshdir.Options{Review: true}
	if c.Against != "" {
		options.Before, _ = meshdir.Load(c.Against, meshdir.Options{})
	}
	errors := 0
	var found strings.Builder // by asking the sources, for the end of the report
	if c.Live {
		failed, measured, err := c.live(ctx, &found)
		if err != nil {
			fmt.Fprintf(&found, "%s: the sources were not asked: %s\n", c.Mesh, err)
			failed = 1
		}
		errors += failed
		options.Measured = measured
	}
	mesh, diagnostics := meshdir.Load(c.Mesh, options)
	for _, d := range diagnostics {
		fmt.Fprintln(out, d)
		if d.Severity == meshdir.Error {
			errors++
		}
	}
	if mesh != nil {
		for _, p := range auth.CheckConditions(mesh, planner.Predicates{Environment: authorEnvironment()}) {
			if p.Warning {
				p.Message = "warning: " + p.Message
			} else {
				errors++
			}
			fmt.Fprintf(out, "%s: %s\n", p.Position, p.Message)
		}
	}
	if mesh != nil {
		for _, wrong := range gateway.WrongDefaults(mesh) {
			errors++
			fmt.Fprintln(out, wrong)
		}
	}
	if mesh != nil {
		fmt.Fprint(out, found.String())
	}
	if errors > 0 || mesh == nil {
		return fmt.Errorf("%d errors in %s", errors, c.Mesh)
	}
	tables := 0
	for _, d := range mesh.Domains {
		tables += len(d.Tables())
	}
	fmt.Fprintf(out, "%s: %d domains, %d tables, %d policies, %d grants, no errors\n", c.Mesh, len(mesh.Domains), tables, len(mesh.Policies), len(mesh.Grants))
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
