package pgcatalog

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// collationC is the collation "C" (pg_collation.dat).
const collationC = 950

// schemaColumns are those of information_schema.columns.
func (v *View) schemaColumns(w *writer) {
	add := w.columns("table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "is_nullable", "data_type",
		"character_maximum_length", "character_octet_length", "numeric_precision", "numeric_precision_radix", "numeric_scale",
		"datetime_precision", "collation_catalog", "collation_schema", "collation_name", "domain_catalog", "domain_schema", "domain_name",
		"udt_catalog", "udt_schema", "udt_name", "dtd_identifier", "is_self_referencing", "is_identity", "identity_cycle", "is_generated", "is_updatable")
	column := func(schema, table, name string, number int, declared pgtype.Type, collated uint32, notNull, updatable bool) {
		of := pgtype.BaseType(declared)
		info, _ := pgtype.TypeByOID(of.OID)
		var domainCatalog, domainSchema, domainName any
		if of != declared {
			domain, _ := pgtype.TypeByOID(declared.OID)
			domainCatalog, domainSchema, domainName = v.database, domain.Schema, domain.Name
		}
		var collationCatalog, collationSchema, collation any
		if collated == collationC {
			collationCatalog, collationSchema, collation = v.database, SystemSchema, "C"
		}
		precision, radix, scale := numericParts(of)
		length, octets := characterLength(of)
		add(v.database, schema, table, name, number, yesNo(!notNull), dataType(info),
			length, octets, precision, radix, scale,
			datetimePrecision(of), collationCatalog, collationSchema, collation, domainCatalog, domainSchema, domainName,
			v.database, info.Schema, info.Name, itoa(number), "NO", "NO", "NO", "NEVER", yesNo(updatable))
	}
	for _, r := range v.system {
		for i, c := range r.columns {
			column(r.address().Schema, r.address().Name, c.name, i+1, c.declare, c.collation, c.notNull, false)
		}
	}
	for _, t := range v.tables {
		key := t.primaryKey()
		for i, c := range t.of.Columns {
			if t.shown[i] {
				column(t.schema.name, t.name, c.Name, c.Ordinal, c.Type, typeCollation(c.Type), c.NotNull || key[i], t.schema.temporary)
			}
		}
	}
}

func yesNo(yes bool) string {
	if yes {
		return "YES"
	}
	return "NO"
}

// dataType is the SQL standard's word for a type, as far as it has one.
func dataType(info *pgtype.TypeInfo) string {
	switch {
	case info.Elem != 0 && info.Len == -1:
		return "ARRAY"
	case info.Schema == SystemSchema:
		return pgtype.SQLName(info.OID)
	}
	return "USER-DEFINED"
}

// The next three follow information_schema's own functions (information_schema.sql:
// _pg_char_max_length and its neighbours); what has no value is NULL.

func characterLength(t pgtype.Type) (length, octets any) {
	const header, longest, widest = 4, 1 << 30, 4
	switch t.OID {
	case pgtype.Bpchar, pgtype.Varchar:
		if t.Mod < 0 {
			return nil, longest
		}
		return t.Mod - header, (t.Mod - header) * widest
	case pgtype.Text:
		return nil, longest
	case pgtype.Bit, pgtype.Varbit:
		if t.Mod >= 0 {
			return t.Mod, nil
		}
	}
	return nil, nil
}

func numericParts(t pgtype.Type) (precision, radix, scale any) {
	switch t.OID {
	case pgtype.Int2:
		return 16, 2, 0
	case pgtype.Int4:
		return 32, 2, 0
	case pgtype.Int8:
		return 64, 2, 0
	case pgtype.Float4:
		return 24, 2, nil
	case pgtype.Float8:
		return 53, 2, nil
	case pgtype.Numeric:
		p, s, ok := pgtype.NumericParts(t.Mod)
		if !ok {
			return nil, 10, nil
		}
		return p, 10, s
	}
	return nil, nil, nil
}

func datetimePrecision(t pgtype.Type) any {
	const usual = 6
	switch t.OID {
	case pgtype.Date:
		return 0
	case pgtype.Time, pgtype.Timetz, pgtype.Timestamp, pgtype.Timestamptz:
		if t.Mod < 0 {
			return usual
		}
		return t.Mod
	case pgtype.Interval:
		const full = 0xffff
		if t.Mod < 0 || t.Mod&full == full {
			return usual
		}
		return t.Mod & full
	}
	return nil
}
