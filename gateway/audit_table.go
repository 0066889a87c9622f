package gateway

import (
	"fmt"
	"slices"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// auditAddress is where the audit log is read by SQL.
var auditAddress = catalog.Address{Schema: "mesh", Name: "audit"}

// auditTableOID is the last that PostgreSQL keeps for itself (FirstNormalObjectId - 1), far
// above those it uses.
const auditTableOID = 16383

// auditColumn is a column of mesh.audit and what it shows of a record.
type auditColumn struct {
	name string
	of   pgtype.OID
	from func(audit.Row) any
}

// auditColumns are the columns of mesh.audit with what they show of a record; nil is NULL.
var auditColumns = []auditColumn{
	{"seq", pgtype.Int8, func(r audit.Row) any { return int64(r.Sequence) }},
	{"time", pgtype.Timestamptz, func(r audit.Row) any { return r.Time }},
	{"kind", pgtype.Text, func(r audit.Row) any { return r.Kind }},
	{"session", pgtype.Text, ofSession(func(s *audit.Session) string { return s.ID })},
	{"user_name", pgtype.Text, ofSession(func(s *audit.Session) string { return s.User })},
	{"client", pgtype.Text, ofSession(func(s *audit.Session) string { return s.Client })},
	{"application", pgtype.Text, ofSession(func(s *audit.Session) string { return s.Application })},
	{"tls", pgtype.Text, ofSession(func(s *audit.Session) string { return s.TLS })},
	{"method", pgtype.Text, func(r audit.Row) any { return orNull(r.Method) }},
	{"groups", pgtype.TextArray, func(r audit.Row) any {
		if r.Groups == nil {
			return nil
		}
		return r.Groups
	}},
	{"attributes", pgtype.TextArray, func(r audit.Row) any {
		if r.Used == nil {
			return nil
		}
		return r.Used
	}},
	{"purpose", pgtype.Text, func(r audit.Row) any { return orNull(r.Purpose) }},
	{"statement", pgtype.Text, func(r audit.Row) any { return orNull(r.Statement) }},
	{"fingerprint", pgtype.Text, func(r audit.Row) any { return orNull(r.Print) }},
	{"decision", pgtype.Text, func(r audit.Row) any { return orNull(r.Decision) }},
	{"reason", pgtype.Text, func(r audit.Row) any { return orNull(r.Reason) }},
	{"tables", pgtype.TextArray, ofTables(func(t audit.Table) []string { return []string{t.Address} })},
	{"output_columns", pgtype.TextArray, ofTables(func(t audit.Table) []string { return below(t.Address, t.Output) })},
	{"predicate_columns", pgtype.TextArray, ofTables(func(t audit.Table) []string { return below(t.Address, t.Predicate) })},
	{"grants", pgtype.TextArray, ofTables(func(t audit.Table) []string { return t.Grants })},
	{"row_filters", pgtype.TextArray, ofTables(func(t audit.Table) []string { return t.RowFilters })},
	{"masks", pgtype.TextArray, ofTables(func(t audit.Table) []string { return t.Masks })},
	{"bypassed", pgtype.TextArray, ofTables(func(t audit.Table) []string { return t.Bypassed })},
	{"epoch", pgtype.Int8, func(r audit.Row) any {
		if r.Epoch == nil {
			return nil
		}
		return int64(*r.Epoch)
	}},
	{"mesh", pgtype.Text, func(r audit.Row) any { return orNull(r.Mesh) }},
	{"completes", pgtype.Int8, func(r audit.Row) any {
		if r.Completes == 0 {
			return nil
		}
		return int64(r.Completes)
	}},
	{"rows", pgtype.Int8, func(r audit.Row) any { return number(r.Rows) }},
	{"duration_us", pgtype.Int8, func(r audit.Row) any { return number(r.Micros) }},
	{"fragments", pgtype.TextArray, fragments},
	{"outcome", pgtype.Text, func(r audit.Row) any { return orNull(r.Outcome) }},
	{"sqlstate", pgtype.Text, func(r audit.Row) any { return orNull(r.SQLState) }},
	{"record", pgtype.JSON, func(r audit.Row) any { return orNull(r.Record) }},
}

// auditTable is mesh.audit as the planner knows it.
var auditTable = func() *catalog.Table {
	t := &catalog.Table{
		OID: auditTableOID, Addresses: []catalog.Address{auditAddress}, Object: auditAddress.Name,
		Description: "What was decided and what came of it: all for auditors, for owners what touches their products.",
		Source:      &catalog.Source{Domain: auditAddress.Schema, Name: auditAddress.Name, Kind: catalog.AuditLog},
		Physical:    catalog.Physical{Schema: auditAddress.Schema, Name: auditAddress.Name},
	}
	for i, c := range auditColumns {
		t.Columns = append(t.Columns, &catalog.Column{Name: c.name, Ordinal: i + 1, Physical: c.name, Type: pgtype.Of(c.of)})
	}
	return t
}()

// resolveAudit gives mesh.audit where its name was written and the principal may read any of it.
func resolveAudit(who auth.Principal, schema, name string) (*catalog.Table, bool) {
	if schema != auditAddress.Schema || name != auditAddress.Name || !auth.MayAudit(who).Any() {
		return nil, false
	}
	return auditTable, true
}

// auditVisible tells whether the principal may know of the columns of mesh.audit: of all or none.
func auditVisible(who auth.Principal) []bool {
	if !auth.MayAudit(who).Any() {
		return nil
	}
	return slices.Repeat([]bool{true}, len(auditColumns))
}

// shown cuts a record down to what may be read of it. To the owner of one table that a
// statement reads nothing is told of the others, nor the text, which names them, its
// fingerprint, which is that of a text one can guess, or the attributes that policies on
// the others may have read.
func shown(r audit.Row, may auth.Audited) (audit.Row, bool) {
	if may.All() {
		return r, true
	}
	var own []audit.Table
	for _, t := range r.Tables {
		if may.Table(t.Address) {
			own = append(own, t)
		}
	}
	if len(own) < len(r.Tables) {
		r.Tables, r.Statement, r.Print, r.Used, r.Record, r.Rows, r.Fragments = own, "", "", nil, "", nil, nil
	}
	return r, len(own) > 0
}

func ofSession(text func(*audit.Session) string) func(audit.Row) any {
	return func(r audit.Row) any {
		if r.Session == nil {
			return nil
		}
		return orNull(text(r.Session))
	}
}

func ofTables(texts func(audit.Table) []string) func(audit.Row) any {
	return func(r audit.Row) any {
		if r.Tables == nil {
			return nil
		}
		all := []string{}
		for _, t := range r.Tables {
			all = append(all, texts(t)...)
		}
		return all
	}
}

// fragments tells of each source asked: its name, the fingerprint of what it was asked,
// the rows and bytes it gave.
func fragments(r audit.Row) any {
	if r.Fragments == nil {
		return nil
	}
	all := make([]string, len(r.Fragments))
	for i, f := range r.Fragments {
		all[i] = fmt.Sprintf("%s %s %d rows %d bytes", f.Source, f.Fingerprint, f.Rows, f.Bytes)
	}
	return all
}

// below gives columns with the table they belong to.
func below(table string, columns []string) []string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = table + "." + c
	}
	return all
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func number(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}
