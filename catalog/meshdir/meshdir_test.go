package meshdir

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
)

var moment = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

func TestLoad(t *testing.T) {
	t.Parallel()
	m, ds := Load("testdata/retail", Options{Epoch: 7, Now: moment})
	if m == nil {
		t.Fatal(ds)
	}
	for _, d := range ds { // the data is not there, and need not be
		if !strings.HasSuffix(d.Message, "no such file or directory") || d.Severity != Warning {
			t.Errorf("unexpected: %s", d)
		}
	}
	if m.Epoch != 7 || m.Name != "retail" || len(m.Hash) != 64 || m.Settings.HashKey.Env != "RETAIL_HASH_KEY" {
		t.Errorf("mesh %+v", m.Settings)
	}
	want := strings.TrimSpace(`
crm.customers crm.files customers-*.csv.gz csv: customer_id bigint!, name text; key 0
crm.customers_v1 crm.files customers-*.csv.gz csv: customer_id bigint!, name text; key 0
ops.sensors ops.maria sensors: id bigint, on boolean
ops.sensors_v1 ops.maria sensors: id bigint, on boolean
ops.trips ops.pg fleet.trips: trip_id uuid, took interval day to second
ops.trips_v1 ops.pg fleet.trips: trip_id uuid, took interval day to second
sales.orders sales.shop main.order_lines: order_id bigint!, line_no integer!, customer_id bigint!, email text, country text, amount numeric(12,2), ordered_at timestamp without time zone; key 0,1; 2 -> crm.customers(customer_id)
sales.orders__returns sales.shop main.returns: order_id bigint, weight numeric(10,3); 0 -> sales.orders(order_id)
sales.orders_v1 sales.shop orders: order_id bigint; key 0
sales.orders_v2 sales.shop main.order_lines: order_id bigint!, line_no integer!, customer_id bigint!, email text, country text, amount numeric(12,2), ordered_at timestamp without time zone; key 0,1; 2 -> crm.customers(customer_id)
sales.orders_v2__returns sales.shop main.returns: order_id bigint, weight numeric(10,3); 0 -> sales.orders(order_id)`)
	if got := describe(m); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// describe prints every address with what lies behind it.
func describe(m *catalog.Mesh) string {
	var lines []string
	for _, a := range m.Addresses() {
		t, _ := m.Table(a)
		place := t.Physical.Name
		if t.Physical.Schema != "" {
			place = t.Physical.Schema + "." + place
		}
		if t.Physical.Path != "" {
			place = t.Physical.Path + " " + t.Physical.Format
		}
		line := fmt.Sprintf("%s.%s %s %s: %s", a.Schema, a.Name, t.Source.ID(), place, columns(t))
		for _, k := range t.Keys {
			line += "; key " + strings.Trim(strings.ReplaceAll(fmt.Sprint(k.Columns), " ", ","), "[]")
		}
		for _, r := range t.References {
			line += fmt.Sprintf("; %d -> %s.%s(%s)", r.Columns[0], r.To.Schema, r.To.Name, strings.Join(r.ToNames, ","))
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func columns(t *catalog.Table) string {
	var all []string
	for _, c := range t.Columns {
		text := c.Name + " " + pgtype.FormatType(c.Type)
		if c.NotNull {
			text += "!"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func TestLoadGovernance(t *testing.T) {
	t.Parallel()
	m, _ := Load("testdata/retail", Options{Now: moment})
	orders, _ := m.Table(catalog.Address{Schema: "sales", Name: "orders"})
	masks := map[string]catalog.MaskKind{}
	classes := map[string]string{}
	for _, c := range orders.Columns {
		classes[c.Name] = m.Classification(orders, c)
		for _, a := range m.MasksOf(orders, c) {
			masks[c.Name] = a.Rule.Mask
		}
	}
	if got, want := fmt.Sprint(masks), "map[customer_id:hash email:partial]"; got != want {
		t.Errorf("masks %s, want %s", got, want)
	}
	if got := classes["email"] + " " + classes["country"]; got != "restricted internal" {
		t.Errorf("classes %s", got)
	}
	g := m.Grants[0]
	if got := fmt.Sprintln(g.ID, g.Domain, g.Product, g.Versions, g.Columns, g.Groups, g.Role, g.Purpose, g.Expires.Format(time.RFC3339)); strings.TrimSpace(got) !=
		"sales.orders.analysts sales orders >=2 <3 [order_id country amount] [analysts] reader reporting 2099-07-01T00:00:00Z" {
		t.Errorf("grant %s", got)
	}
	u, _ := m.User("analyst")
	if u.Attributes["level"] != "3" || u.Scram.File != "/run/secrets/analyst.scram" {
		t.Errorf("analyst %+v", u)
	}
}

func TestOIDsAreStable(t *testing.T) {
	t.Parallel()
	m, _ := Load("testdata/retail", Options{Now: moment})
	again, _ := Load("testdata/retail", Options{Now: moment})
	seen := map[uint32]string{}
	for _, d := range m.Domains {
		for _, table := range d.Tables() {
			other, _ := again.Table(table.Address())
			if table.OID < 16384 || table.OID >= 1<<31 || other.OID != table.OID || seen[table.OID] != "" {
				t.Errorf("%v has OID %d, then %d", table.Address(), table.OID, other.OID)
			}
			seen[table.OID] = table.Object
		}
	}
	if m.Hash != again.Hash {
		t.Error("the hash of the mesh is not stable")
	}
}

// retail is the mesh of testdata, in memory.
func retail(tb testing.TB) fstest.MapFS {
	tb.Helper()
	files := fstest.MapFS{}
	root := os.DirFS("testdata/retail")
	err := fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, name)
		files[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

func loadFiles(files fs.FS) (*catalog.Mesh, Diagnostics) {
	return newLoader("", files, Options{Now: moment}).load()
}

func domainNames(m *catalog.Mesh) string {
	if m == nil {
		return "none"
	}
	var names []string
	for _, d := range m.Domains {
		names = append(names, d.Name)
	}
	return strings.Join(names, " ")
}

// copyRetail writes the mesh of testdata to a directory of its own.
func copyRetail(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, f := range retail(t) {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
