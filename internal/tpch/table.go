package tpch

import "fmt"

// Table is a table's definition.
type Table struct {
	Name    string
	Columns []Column
	Key     []string // the primary key
}

// Column is a column's definition. Length is the n of char(n) and varchar(n).
type Column struct {
	Name   string
	Kind   Kind
	Length int
}

// Tables lists the eight tables (clause 1.4), the referenced before the referencing.
func Tables() []Table {
	return []Table{
		{"region", []Column{
			{"r_regionkey", Integer, 0}, {"r_name", Fixed, 25}, {"r_comment", Varying, 152},
		}, []string{"r_regionkey"}},
		{"nation", []Column{
			{"n_nationkey", Integer, 0}, {"n_name", Fixed, 25}, {"n_regionkey", Integer, 0}, {"n_comment", Varying, 152},
		}, []string{"n_nationkey"}},
		{"supplier", []Column{
			{"s_suppkey", Integer, 0}, {"s_name", Fixed, 25}, {"s_address", Varying, 40}, {"s_nationkey", Integer, 0},
			{"s_phone", Fixed, 15}, {"s_acctbal", Decimal, 0}, {"s_comment", Varying, 101},
		}, []string{"s_suppkey"}},
		{"customer", []Column{
			{"c_custkey", Integer, 0}, {"c_name", Varying, 25}, {"c_address", Varying, 40}, {"c_nationkey", Integer, 0},
			{"c_phone", Fixed, 15}, {"c_acctbal", Decimal, 0}, {"c_mktsegment", Fixed, 10}, {"c_comment", Varying, 117},
		}, []string{"c_custkey"}},
		{"part", []Column{
			{"p_partkey", Integer, 0}, {"p_name", Varying, 55}, {"p_mfgr", Fixed, 25}, {"p_brand", Fixed, 10},
			{"p_type", Varying, 25}, {"p_size", Integer, 0}, {"p_container", Fixed, 10}, {"p_retailprice", Decimal, 0},
			{"p_comment", Varying, 23},
		}, []string{"p_partkey"}},
		{"partsupp", []Column{
			{"ps_partkey", Integer, 0}, {"ps_suppkey", Integer, 0}, {"ps_availqty", Integer, 0},
			{"ps_supplycost", Decimal, 0}, {"ps_comment", Varying, 199},
		}, []string{"ps_partkey", "ps_suppkey"}},
		{"orders", []Column{
			{"o_orderkey", Integer, 0}, {"o_custkey", Integer, 0}, {"o_orderstatus", Fixed, 1}, {"o_totalprice", Decimal, 0},
			{"o_orderdate", Date, 0}, {"o_orderpriority", Fixed, 15}, {"o_clerk", Fixed, 15}, {"o_shippriority", Integer, 0},
			{"o_comment", Varying, 79},
		}, []string{"o_orderkey"}},
		{"lineitem", []Column{
			{"l_orderkey", Integer, 0}, {"l_partkey", Integer, 0}, {"l_suppkey", Integer, 0}, {"l_linenumber", Integer, 0},
			{"l_quantity", Decimal, 0}, {"l_extendedprice", Decimal, 0}, {"l_discount", Decimal, 0}, {"l_tax", Decimal, 0},
			{"l_returnflag", Fixed, 1}, {"l_linestatus", Fixed, 1}, {"l_shipdate", Date, 0}, {"l_commitdate", Date, 0},
			{"l_receiptdate", Date, 0}, {"l_shipinstruct", Fixed, 25}, {"l_shipmode", Fixed, 10}, {"l_comment", Varying, 44},
		}, []string{"l_orderkey", "l_linenumber"}},
	}
}

// Table returns a table's definition as this dataset declares it.
func (d Dataset) Table(name string) (Table, error) {
	for _, table := range Tables() {
		if table.Name == name {
			return d.vary(table), nil
		}
	}
	return Table{}, fmt.Errorf("tpch: no table %q", name)
}

// named returns the tables named, or all.
func (d Dataset) named(names []string) ([]Table, error) {
	if len(names) == 0 {
		for _, table := range Tables() {
			names = append(names, table.Name)
		}
	}
	var tables []Table
	for _, name := range names {
		table, err := d.Table(name)
		if err != nil {
			return nil, err
		}
		tables = append(tables, table)
	}
	return tables, nil
}

func (d Dataset) vary(table Table) Table {
	for i := range table.Columns {
		if d.VariableText && table.Columns[i].Kind == Fixed {
			table.Columns[i].Kind = Varying
		}
	}
	return table
}

// SQLType is the column's type in PostgreSQL and in MariaDB alike.
func (c Column) SQLType() string {
	switch c.Kind {
	case Integer:
		return "integer"
	case Decimal:
		return "decimal(15,2)"
	case Date:
		return "date"
	case Fixed:
		return fmt.Sprintf("char(%d)", c.Length)
	case Varying:
		return fmt.Sprintf("varchar(%d)", c.Length)
	default:
		panic(fmt.Sprintf("tpch: unhandled kind %d", c.Kind))
	}
}
