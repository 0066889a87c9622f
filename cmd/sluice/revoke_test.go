package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// revokeMesh is smallMesh with a policy and a second table.
func revokeMesh(t *testing.T, settings string) (*meshFixture, *testservers.PostgresServer) {
	m, source := smallMesh(t)
	m.addLake("1,cat\n")
	source.Exec(t, "CREATE TABLE others (id integer, name text)")
	m.user("second", "{shelf: a}", "readers", "seconds")
	m.product("shop", "others", "", fixtureColumn{"id", "integer", ""}, fixtureColumn{"name", "text", ""})
	m.grant("shop", "others", "readers", "")
	m.grant("shop", "things", "seconds", "")
	m.policy("shelf", "match: {products: [shop.things]}\nrules: [{rowFilter: \"name > coalesce(principal.attributes.shelf, '')\"}]\n")
	m.policy("name", "match: {products: [shop.things], columns: [name]}\nexcept: {groups: [seconds]}\nrules: [{mask: \"null\"}]\n")
	m.write("mesh.yaml", readFile(t, m.dir+"/mesh.yaml")+settings)
	return m, source
}

// revocations are changes of a mesh while a statement on shop.things runs.
var revocations = []struct {
	what    string
	change  func(m *meshFixture)
	revokes bool
}{
	{"nothing", func(*meshFixture) {}, false},
	{"a comment", func(m *meshFixture) {
		m.prepend("domains/shop/grants/things-readers.grant.yaml", "# moves every line\n")
	}, false},
	{"another product's grant", func(m *meshFixture) { m.remove("domains/shop/grants/others-readers.grant.yaml") }, false},
	{"one more grant", func(m *meshFixture) { m.grant("shop", "others", "seconds", "") }, false},
	{"a mask on another product", func(m *meshFixture) {
		m.policy("mask", "match: {products: [shop.others]}\nrules: [{mask: \"null\"}]\n")
	}, false},
	{"a mask on a column that is not read", func(m *meshFixture) {
		m.policy("mask", "match: {products: [shop.things], columns: [id]}\nrules: [{mask: \"null\"}]\n")
	}, false},
	{"the grant", func(m *meshFixture) { m.remove("domains/shop/grants/things-seconds.grant.yaml") }, true},
	{"columns of the grant", func(m *meshFixture) { m.grant("shop", "things", "seconds", "columns: [name]\n") }, true},
	{"a row filter in the grant", func(m *meshFixture) { m.grant("shop", "things", "seconds", "rowFilter: id < 9\n") }, true},
	{"an expiry", func(m *meshFixture) { m.grant("shop", "things", "seconds", "expires: \"2020-01-01\"\n") }, true},
	{"a denying grant", func(m *meshFixture) {
		m.write("domains/shop/grants/deny.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: deny\nto: {users: [second]}\nproduct: things\ndeny: true\n")
	}, true},
	{"a mask", func(m *meshFixture) {
		m.policy("mask", "match: {products: [shop.things], columns: [name]}\nrules: [{mask: \"null\"}]\n")
	}, true},
	{"another row filter", func(m *meshFixture) {
		m.policy("shelf", "match: {products: [shop.things]}\nrules: [{rowFilter: \"name > 'b'\"}]\n")
	}, true},
	{"an exception", func(m *meshFixture) {
		m.policy("name", "match: {products: [shop.things], columns: [name]}\nexcept: {users: [reader]}\nrules: [{mask: \"null\"}]\n")
	}, true},
	{"a tag that a policy is about", func(m *meshFixture) {
		m.policy("pii", "match: {tags: [pii]}\nrules: [{hideColumn: true}]\n")
		m.product("shop", "things", "", fixtureColumn{"id", "integer", "required: true"}, fixtureColumn{"name", "text", "tags: [pii]"})
	}, true},
	{"an attribute that a filter reads", func(m *meshFixture) {
		m.write("governance/principals.yaml", strings.Replace(readFile(m.t, m.dir+"/governance/principals.yaml"), "{shelf: a}", "{shelf: b}", 1))
	}, true},
	{"a group", func(m *meshFixture) {
		m.write("governance/principals.yaml", strings.Replace(readFile(m.t, m.dir+"/governance/principals.yaml"), "[readers, seconds]", "[seconds]", 1))
	}, true},
	{"the user", func(m *meshFixture) {
		m.write("governance/principals.yaml", strings.Replace(readFile(m.t, m.dir+"/governance/principals.yaml"), "name: second,", "name: third,", 1))
	}, true},
	{"the domain", func(m *meshFixture) { m.write("domains/shop/domain.yaml", "kind: [") }, true},
}

func (m *meshFixture) remove(name string) {
	m.t.Helper()
	must(m.t, os.Remove(m.dir+"/"+name))
}

func (m *meshFixture) prepend(name, text string) {
	m.t.Helper()
	m.write(name, text+readFile(m.t, m.dir+"/"+name))
}

// TestOnRevoke reloads a changed mesh while a statement waits at its source. Where
// mesh.yaml says onRevoke: cancel, it ends at once if it has lost anything, and goes on
// else; without that it finishes under the mesh it began with.
func TestOnRevoke(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"finish", "cancel"} {
		m, source := revokeMesh(t, "onRevoke: "+mode+"\n")
		gateway := m.serve()
		whole := t.TempDir()
		must(t, os.CopyFS(whole, os.DirFS(m.dir)))
		for i, c := range revocations {
			t.Run(mode+" "+c.what, func(t *testing.T) {
				conn, sql, want := gateway.connect(t, "second"), "SELECT count(name) FROM shop.things", "500"
				if i%2 == 1 && c.what != "a mask on a column that is not read" {
					sql, want = "SELECT name FROM shop.things WHERE id = 7", "thing 7"
				}
				for range i % 3 { // from the second time on its plan is kept
					_ = ask(t.Context(), conn, sql)
				}
				release := locked(t, source, "things")
				done := make(chan answer, 1)
				go func() {
					done <- ask(context.WithoutCancel(t.Context()), conn, sql)
				}()
				waiting(t, source, 1)
				c.change(m)
				reload(t, gateway)
				if mode == "finish" || !c.revokes {
					release()
					if got := <-done; got.code != "" || got.rows[0][0] != want {
						t.Errorf("it did not finish as it began: %s", got)
					}
				} else {
					if got := <-done; got.code != "57014" || !strings.Contains(got.String(), "revoked access") {
						t.Errorf("not cancelled: %s", got)
					}
					waiting(t, source, 0) // at the source too
					release()
				}
				for _, part := range []string{"domains", "governance"} {
					must(t, os.RemoveAll(filepath.Join(m.dir, part)))
					must(t, os.CopyFS(filepath.Join(m.dir, part), os.DirFS(filepath.Join(whole, part))))
				}
				reload(t, gateway)
			})
		}
	}
}

// TestNeverAMix reloads a mesh whose filters and masks all change together, under load:
// whatever rows one statement, prepared query or cursor gives are all of one mesh.
func TestNeverAMix(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"finish", "cancel"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			m := newMesh(t)
			m.write("mesh.yaml", readFile(t, m.dir+"/mesh.yaml")+"onRevoke: "+mode+"\n")
			m.user("reader", "", "readers")
			m.domain("lake", "type: files\npath: lake\n")
			for _, name := range []string{"pets", "toys"} {
				m.write("lake/"+name+".csv", "of,name\n"+strings.Repeat("a,x\nb,y\n", 50))
				m.product("lake", name, name+".csv", fixtureColumn{"of", "text", ""}, fixtureColumn{"name", "text", ""})
				m.grant("lake", name, "readers", "")
			}
			publish := func(which string) {
				m.policy("rows", "match: {columns: [of]}\nrules: [{rowFilter: \"of = '"+which+"'\"}]\n")
				m.policy("names", "match: {columns: [name]}\nrules: [{mask: constant, args: {value: "+which+"}}]\n")
			}
			publish("a")
			gateway := m.serve()
			const all = "SELECT of || name FROM lake.pets UNION ALL SELECT of || name FROM lake.toys"
			var both sync.Map // of what was told
			stop, told := make(chan struct{}), make(chan map[string]int, 3)
			hammer := func(steps ...string) {
				conn, seen := gateway.connect(t, "reader"), map[string]int{}
				defer func() { told <- seen }()
				for {
					select {
					case <-stop:
						return
					default:
					}
					whole := map[string]bool{}
					for _, sql := range steps {
						got := ask(context.WithoutCancel(t.Context()), conn, sql)
						for _, row := range got.rows {
							whole[row[0]] = true
						}
						if got.code != "" {
							seen[got.code]++
						}
					}
					switch {
					case len(whole) > 1:
						seen[fmt.Sprint("a mixture: ", whole)]++
					default:
						for row := range whole {
							seen[row]++
							both.Store(row, true)
						}
					}
				}
			}
			go hammer(all)
			go hammer("PREPARE p AS "+all, "EXECUTE p", "DEALLOCATE p")
			go hammer("BEGIN", "DECLARE c CURSOR FOR "+all, "FETCH 10 FROM c", "FETCH 100 FROM c", "FETCH ALL FROM c", "ROLLBACK")
			alternated := func() bool {
				_, a := both.Load("aa")
				_, b := both.Load("bb")
				return a && b
			}
			for i := 0; i < 40 || i < 2000 && !alternated(); i++ {
				publish([]string{"b", "a"}[i%2])
				reload(t, gateway)
			}
			close(stop)
			seen := map[string]int{}
			for range 3 {
				for what, n := range <-told {
					seen[what] += n
				}
			}
			t.Log(seen)
			for what := range seen {
				if !slices.Contains([]string{"aa", "bb", "42501", "57014", "25P02", "34000"}, what) {
					t.Errorf("told %s", what)
				}
			}
			if seen["aa"] == 0 || seen["bb"] == 0 {
				t.Errorf("the meshes did not alternate: %v", seen)
			}
		})
	}
}
