// Package tpch makes the data and the queries of the TPC-H benchmark for tests.
//
// What goes in: a scale (1 is 6 million line items, 0.01 is 60 thousand). What comes
// out: the rows of the eight tables as a stream, the same at every call, and loaders
// that put tables into PostgreSQL, MariaDB or Parquet files; and the 22 queries in
// PostgreSQL's dialect.
//
// Rows follow the rules of the public specification (TPC Benchmark H, clause 4.2):
// its distributions, value lists and formulas, so that all 22 queries select what
// they are meant to select. They are not the bytes of the official generator, so
// the official answer sets do not apply: the oracle is a PostgreSQL with the same rows.
//
// The package knows nothing of Sluice.
package tpch

import "iter"

// Dataset is one set of the eight tables.
type Dataset struct {
	Scale float64
	// VariableText declares the specification's fixed-length columns as varchar,
	// for a test that is not about the padding of char(n).
	VariableText bool
}

// Rows streams a table's rows. The slice is reused: copy what you keep.
func (d Dataset) Rows(table string) iter.Seq[[]Value] {
	generate, known := generators[table]
	if !known {
		panic("tpch: no table " + table)
	}
	return func(yield func([]Value) bool) { generate(d.size(), yield) }
}

// generators is one row per table.
var generators = map[string]func(size, func([]Value) bool){
	"region":   generateRegion,
	"nation":   generateNation,
	"supplier": generateSupplier,
	"customer": generateCustomer,
	"part":     generatePart,
	"partsupp": generatePartSupp,
	"orders":   generateOrders,
	"lineitem": generateLineItem,
}

// size is the number of rows by table; line items follow from orders, four
// partsupp rows from each part.
type size struct{ suppliers, customers, parts, orders, clerks int64 }

// size scales what the specification scales (clause 4.2.5). Every part needs four
// suppliers, so there are never fewer.
func (d Dataset) size() size {
	scaled := func(base float64, least int64) int64 { return max(int64(base*d.Scale+0.5), least) }
	return size{
		suppliers: scaled(10_000, 4),
		customers: scaled(150_000, 3),
		parts:     scaled(200_000, 1),
		orders:    scaled(1_500_000, 1),
		clerks:    scaled(1_000, 1),
	}
}
