package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/planner"
)

// explainAccess are the flags of `sluice explain-access`.
type explainAccess struct {
	Mesh    string `help:"Mesh directory." required:"" type:"existingdir" env:"SLUICE_MESH"`
	As      string `help:"The user who would ask; domain:NAME is a domain, whose policies and views look things up." required:""`
	Purpose string `help:"The purpose the user would declare."`
	Product string `arg:"" help:"Address of a product, such as sales.orders."`
}

// Run prints why each column and row set is visible, masked or denied. It shows the
// conditions of policies: who reads the mesh directory may read them anyway.
func (e *explainAccess) Run() error {
	mesh, diagnostics := meshdir.Load(e.Mesh, meshdir.Options{})
	if mesh == nil {
		return fmt.Errorf("mesh %s cannot be read: %s", e.Mesh, diagnostics)
	}
	who, err := asPrincipal(mesh, e.As)
	if err != nil {
		return err
	}
	schema, name, _ := strings.Cut(e.Product, ".")
	table, ok := mesh.Table(catalog.Address{Schema: schema, Name: name})
	if !ok {
		return fmt.Errorf("there is no product %s in %s", e.Product, e.Mesh)
	}
	access, err := auth.Explain(who.WithPurpose(e.Purpose), table, planner.Predicates{Environment: authorEnvironment()})
	if err != nil {
		return err
	}
	return printAccess(os.Stdout, e.As, access)
}

// asPrincipal gives a user, or domain:NAME.
func asPrincipal(mesh *catalog.Mesh, name string) (auth.Principal, error) {
	domain, ok := strings.CutPrefix(name, "domain:")
	if !ok {
		return auth.Resolve(mesh, name)
	}
	if _, ok := mesh.Domain(domain); !ok {
		return auth.Principal{}, fmt.Errorf("there is no domain %s", domain)
	}
	return auth.OfDomain(mesh, domain), nil
}

func printAccess(out io.Writer, as string, a auth.Access) error {
	state := "visible"
	if !a.Visible {
		state = "does not exist"
	}
	fmt.Fprintf(out, "%s %s for %s: %s\n", a.Table, a.Version, as, state)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nGRANT\tSTATE")
	for _, g := range a.Grants {
		fmt.Fprintf(w, "%s\t%s\n", g.ID, g.State)
	}
	if len(a.Grants) == 0 {
		fmt.Fprintln(w, "(none)\t")
	}
	fmt.Fprintln(w, "\nROWS\tBY\tREASON\tCONDITION")
	for _, r := range a.Rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Kind, r.Source, r.Reason, r.Condition)
	}
	fmt.Fprintln(w, "\nCOLUMN\tSTATE\tMASK\tGRANTS\tREASON")
	for _, c := range a.Columns {
		mask := string(c.Mask)
		if c.Detail != "" {
			mask += " (" + c.Detail + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", c.Column, c.State, cmp.Or(mask, "-"), cmp.Or(strings.Join(c.Grants, ", "), "-"), c.Reason)
	}
	return w.Flush()
}
