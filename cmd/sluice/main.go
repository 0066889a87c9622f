// Command sluice serves a data mesh over the PostgreSQL protocol.
//
// It alone knows every package: it reads flags and the mesh directory, wires
// connectors, executor, gateway and server, serves, reloads and drains.
package main

import (
	"os"

	"github.com/alecthomas/kong"
)

// commands are what the program does.
type commands struct {
	Serve   serve         `cmd:"" help:"Serve a mesh directory over the PostgreSQL protocol."`
	Check   check         `cmd:"" help:"Check a mesh directory; exit 1 on errors."`
	Explain explainAccess `cmd:"" name:"explain-access" help:"Say why a user sees what they see of a product."`
	Diff    diff          `cmd:"" help:"Print who gains and who loses what between two mesh directories."`
	Passwd  passwd        `cmd:"" help:"Make a SCRAM-SHA-256 verifier from a password."`
	Audit   audits        `cmd:"" help:"Verify the audit log."`
	Demo    demo          `cmd:"" help:"Serve the demo mesh and show what to try."`
}

func main() {
	var c commands
	run := kong.Parse(&c,
		kong.Name("sluice"),
		kong.Description("A governed SQL gateway for a data mesh."),
		kong.UsageOnError(),
	)
	if err := run.Run(); err != nil {
		run.Errorf("%s", err)
		os.Exit(1)
	}
}
