package main

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/jackc/pgx/v5/pgproto3"
)

// session runs steps, a line each:
//
//	query SQL              simple protocol
//	parse NAME SQL         extended protocol, each up to the next sync
//	bind PORTAL NAME [V…]
//	describe S|P NAME
//	execute PORTAL ROWS
//	sync
//	remove FILE            of the mesh, put back at the end of the case
//	write FILE TEXT        with \n for line ends
//	cut FILE TEXT          drops the lines that hold TEXT
//	reload
//
// and gives what the client is told at each query and sync.
func (a *attackFiles) session(t *testing.T, d *datadriven.TestData) string {
	who := as(d)[0]
	w := tap(t, a.gateway, who, strings.NewReplacer(a.mesh.dir, "MESH"))
	w.exec(t, "SET search_path = shop, ware, lake")
	w.exec(t, "SET TimeZone = 'UTC'")
	changes := &meshChanges{t: t, a: a, was: map[string][]byte{}}
	defer changes.undo()
	var out strings.Builder
	var pending script
	for _, line := range strings.Split(d.Input, "\n") {
		verb, rest, _ := strings.Cut(line, " ")
		switch verb {
		case "query":
			out.WriteString(told(t, w, simple(rest)))
		case "sync":
			out.WriteString(told(t, w, append(pending, &pgproto3.Sync{})))
			pending = nil
		case "remove":
			changes.remove(rest)
		case "write":
			name, text, _ := strings.Cut(rest, " ")
			changes.write(name, strings.ReplaceAll(text, `\n`, "\n"))
		case "cut":
			name, text, _ := strings.Cut(rest, " ")
			changes.cut(name, text)
		case "reload":
			a.reload(t)
		default:
			pending = append(pending, message(t, d, verb, rest))
		}
	}
	return out.String()
}

// message makes one of the extended protocol.
func message(t *testing.T, d *datadriven.TestData, verb, rest string) pgproto3.FrontendMessage {
	words := strings.Fields(rest)
	word := func(i int) string { // - stands for the unnamed
		if i >= len(words) || words[i] == "-" {
			return ""
		}
		return words[i]
	}
	switch verb {
	case "parse":
		_, sql, _ := strings.Cut(rest, " ")
		return &pgproto3.Parse{Name: word(0), Query: sql}
	case "bind":
		b := &pgproto3.Bind{DestinationPortal: word(0), PreparedStatement: word(1)}
		for i := 2; i < len(words); i++ {
			b.Parameters = append(b.Parameters, []byte(words[i]))
		}
		return b
	case "describe":
		return &pgproto3.Describe{ObjectType: word(0)[0], Name: word(1)}
	case "execute":
		n, err := strconv.ParseUint(word(1), 10, 32)
		must(t, err)
		return &pgproto3.Execute{Portal: word(0), MaxRows: uint32(n)}
	}
	d.Fatalf(t, "unknown step %q", verb)
	return nil
}

// told gives messages as lines: rows, ends and errors.
func told(t *testing.T, w *wire, s script) string {
	t.Helper()
	for _, m := range s {
		w.frontend.Send(m)
	}
	must(t, w.frontend.Flush())
	var out strings.Builder
	for {
		m, err := w.frontend.Receive()
		if err != nil {
			return out.String() + "closed\n"
		}
		switch m := m.(type) {
		case *pgproto3.DataRow:
			values := make([]string, len(m.Values))
			for i, v := range m.Values {
				if values[i] = string(v); v == nil {
					values[i] = "NULL"
				}
			}
			out.WriteString("  " + strings.Join(values, " | ") + "\n")
		case *pgproto3.CommandComplete:
			out.WriteString(string(m.CommandTag) + "\n")
		case *pgproto3.ErrorResponse:
			out.WriteString(m.Code + ": " + m.Message + "\n")
		case *pgproto3.NoticeResponse:
			out.WriteString("notice " + m.Code + ": " + m.Message + "\n")
		case *pgproto3.PortalSuspended:
			out.WriteString("suspended\n")
		case *pgproto3.CopyData:
			out.WriteString("  " + string(m.Data))
		case *pgproto3.ReadyForQuery:
			return out.String()
		}
	}
}

// meshChanges are files changed by one case.
type meshChanges struct {
	t   *testing.T
	a   *attackFiles
	was map[string][]byte // nil: there was none
}

func (c *meshChanges) keep(name string) string {
	path := filepath.Join(c.a.mesh.dir, name)
	if _, kept := c.was[path]; !kept {
		c.was[path], _ = os.ReadFile(path)
	}
	return path
}

func (c *meshChanges) remove(name string) { must(c.t, os.Remove(c.keep(name))) }

func (c *meshChanges) write(name, text string) {
	must(c.t, os.WriteFile(c.keep(name), []byte(text), 0o644))
}

func (c *meshChanges) cut(name, text string) {
	lines := strings.Split(readFile(c.t, c.keep(name)), "\n")
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, text) })
	c.write(name, strings.Join(lines, "\n"))
}

func (c *meshChanges) undo() {
	if len(c.was) == 0 {
		return
	}
	for path, text := range c.was {
		if text == nil {
			_ = os.Remove(path) // the case may have
		} else {
			must(c.t, os.WriteFile(path, text, 0o644))
		}
	}
	c.a.reload(c.t)
}

// reload does what SIGHUP does.
func (a *attackFiles) reload(t *testing.T) {
	t.Helper()
	app := a.gateway.app
	app.epoch++
	mesh, err := app.load()
	must(t, err)
	app.gateway.Swap(mesh)
}
