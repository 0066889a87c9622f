// Package catalog is the mesh as pure data: domains, sources, products, tables,
// columns, principals, policies and grants, held in one immutable snapshot.
//
// In: nothing; catalog/meshdir builds a snapshot from a mesh directory. Out: look-ups.
// It knows no file, no source, no query and takes no decision about access.
package catalog

import (
	"slices"
	"sort"
	"time"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// Mesh is one snapshot of everything that is published and everything that governs
// it. It never changes; a reload makes another one with a higher Epoch.
type Mesh struct {
	Name     string
	Epoch    uint64
	Hash     string // hex SHA-256 over the files it was read from
	Domains  []*Domain
	Users    []*User
	Groups   []*Group
	Policies []*Policy // global ones and those of the domains, in a stable order
	Grants   []*Grant
	Tags     *TagVocabulary
	Terms    []*Term  // the glossary
	Checks   []*Check // what a publish must pass
	Settings Settings

	addresses map[Address]*Table
	schemas   map[string]*Domain
	users     map[string]*User
	changes   []time.Time // moments at which grants begin or end, in order
}

// Settings are those of mesh.yaml.
type Settings struct {
	UnknownClassification string // the classification a column without one counts as
	AuditDir              string
	AuditLiterals         bool          // false: literals are redacted
	AuditSync             bool          // each decision is on the disk before its statement runs
	AuditKey              SecretRef     // Ed25519 key that signs checkpoints; zero: none are signed
	AuditCheckpointEvery  time.Duration // 0: the log's default
	Discovery             bool          // tables without a grant answer 42501 instead of 42P01
	Authentication        Authentication
	CancelRevoked         bool // a reload ends statements that run by what it takes away; false: they finish
	// HashKey is what hash masks derive their keys from. Zero: columns they apply to are masked with NULL.
	HashKey SecretRef
	Session []Default // in the order of the file
}

// Default is a value that every session starts with, as ALTER DATABASE … SET gives it.
// Which parameters there are and what they take is the gateway's to know.
type Default struct {
	Name     string
	Values   []string
	Position string
}

// Domain is a team's part of the mesh and one SQL schema.
type Domain struct {
	Name        string
	Description string
	Owner       string
	Stewards    []string
	Approvers   []string // users and groups who may approve grants; none: nobody is asked for
	Sources     []*Source
	Products    []*Product
	Releases    []Release
}

// Product is a data product: what one ODPS descriptor (or a lone contract) describes.
type Product struct {
	Domain      *Domain
	ID          string
	Name        string
	Version     string // semver
	Status      string // proposed, draft, active, deprecated, retired
	Description string
	Owner       string
	Tables      []*Table // every object of every active contract version
}

// Address is how a table is named in SQL.
type Address struct{ Schema, Name string }

// Table is one object of a contract: a relation that can be queried.
type Table struct {
	OID         uint32 // stable over restarts and reloads, >= 16384
	Product     *Product
	ContractID  string
	Version     string // of the contract, semver
	Major       int
	Status      string    // of the contract: active or deprecated
	Object      string    // object name in the contract
	Addresses   []Address // the pinned one always; the bare one where it applies
	Description string
	Tags        []string
	Source      *Source // nil where View is set
	Physical    Physical
	View        *View // nil: stored
	Columns     []*Column
	Keys        []Key // the first primary key first
	References  []Reference
	Quality     []Quality   // read for reviews only
	Position    string      // file:line:column of the object
	Statistics  *Statistics // nil: unknown
}

// Address gives the name users are shown: the bare address, else the pinned one.
func (t *Table) Address() Address { return t.Addresses[0] }

// View is the query behind a derived product.
type View struct {
	Query string // SQL over other products
	// Invoker: the inputs are read with the reader's rights; else with those of the
	// product's domain, and the inputs' policies carry over to the reader.
	Invoker  bool
	Position string // file:line:column of the query
}

// Physical says where a table lies inside its source.
type Physical struct {
	Schema string // schema or database; empty: the source's default
	Name   string // table or view
	Path   string // files: a path or glob relative to the source's root
	Format string // files: parquet, csv, json
}

// Column is one column of a table.
type Column struct {
	Name           string
	Ordinal        int // 1-based
	Physical       string
	PhysicalType   string // as the contract writes it; "" where it does not
	Type           pgtype.Type
	NotNull        bool
	Tags           []string
	Classification string // "" where the contract gives none
	Description    string
	Position       string // file:line:column
	// System is set for a column that only its name reaches, as tableoid; "*" leaves it out.
	System bool
}

// Key is a primary or unique key.
type Key struct {
	Name    string
	Columns []int // indexes into Table.Columns
	Primary bool
	Index   bool // a unique index that no constraint made
}

// Reference is a declared foreign key.
type Reference struct {
	Name    string
	Columns []int
	To      Address
	ToNames []string
}

// Statistics are what a source says of a table's size and values.
type Statistics struct {
	Rows    float64
	Bytes   float64
	At      time.Time
	Columns []ColumnStatistics // parallel to Table.Columns; may be empty
}

// ColumnStatistics describe the values of a column.
type ColumnStatistics struct {
	Distinct     float64 // 0: unknown
	NullFraction float64
	Min, Max     string // PostgreSQL text form; "" unknown
}

// Source is a place a domain's data lives in, with how to reach it.
type Source struct {
	Domain   string
	Name     string
	Kind     Kind
	Host     string
	Port     int
	Database string
	User     string
	Secret   SecretRef
	Path     string // duckdb: the database file; files: the root directory. Absolute, inside the mesh directory unless allowed.
	TLS      TLS
	Limits   Limits
	Options  map[string]string
	Position string
}

// ID names a source within the mesh.
func (s *Source) ID() string { return s.Domain + "." + s.Name }

// Kind is the type of a source.
type Kind string

// The kinds there are connectors for.
const (
	Postgres Kind = "postgres"
	MySQL    Kind = "mysql"
	MariaDB  Kind = "mariadb"
	DuckDB   Kind = "duckdb"
	Files    Kind = "files" // Parquet, CSV, JSON below one directory, read by DuckDB
)

// Temporary is the kind of a session's own temporary tables. No file of a mesh can name
// it: such tables have no Product, which every table of a mesh has.
const Temporary Kind = "temporary"

// RowNumber is the name of the system column by which the rows of a temporary table are
// counted from 0. No statement can write it.
const RowNumber = "row\x00number"

// SecretRef points at a secret; its value is never held in the catalog.
type SecretRef struct{ File, Env string }

// TLS says how a connection to a source is protected.
type TLS struct{ Mode, CA string } // disable, require, verify-ca, verify-full

// Limits bound what one source is asked.
type Limits struct {
	Connections      int
	StatementTimeout time.Duration
	MaxRows          int64
}

// Index fills the look-ups of a snapshot whose fields are complete, and returns it.
func (m *Mesh) Index() *Mesh {
	m.addresses, m.schemas, m.users = map[Address]*Table{}, map[string]*Domain{}, map[string]*User{}
	for _, d := range m.Domains {
		m.schemas[d.Name] = d
		for _, t := range d.Tables() {
			for _, a := range t.Addresses {
				m.addresses[a] = t
			}
		}
	}
	for _, u := range m.Users {
		m.users[u.Name] = u
	}
	m.changes = nil
	for _, g := range m.Grants {
		for _, t := range []time.Time{g.NotBefore, g.Expires} {
			if !t.IsZero() {
				m.changes = append(m.changes, t)
			}
		}
	}
	slices.SortFunc(m.changes, time.Time.Compare)
	return m
}

// NextChange gives the first moment after now at which a grant begins or ends; the zero
// time where none does.
func (m *Mesh) NextChange(now time.Time) time.Time {
	i, _ := slices.BinarySearchFunc(m.changes, now, func(t, now time.Time) int {
		if t.After(now) {
			return 1
		}
		return -1
	})
	if i == len(m.changes) {
		return time.Time{}
	}
	return m.changes[i]
}

// Table gives the table behind an address.
func (m *Mesh) Table(a Address) (*Table, bool) { t, ok := m.addresses[a]; return t, ok }

// Domain gives a domain by its name.
func (m *Mesh) Domain(name string) (*Domain, bool) { d, ok := m.schemas[name]; return d, ok }

// User gives a user by its name.
func (m *Mesh) User(name string) (*User, bool) { u, ok := m.users[name]; return u, ok }

// Addresses lists every address in order.
func (m *Mesh) Addresses() []Address {
	all := make([]Address, 0, len(m.addresses))
	for a := range m.addresses {
		all = append(all, a)
	}
	sort.Slice(all, func(i, j int) bool {
		return all[i].Schema < all[j].Schema || all[i].Schema == all[j].Schema && all[i].Name < all[j].Name
	})
	return all
}

// Tables gives every table of the domain.
func (d *Domain) Tables() []*Table {
	var all []*Table
	for _, p := range d.Products {
		all = append(all, p.Tables...)
	}
	return all
}
