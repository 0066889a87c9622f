package functions

import (
	"fmt"
	"slices"
)

// Manual, "Comparison Functions and Operators". Text goes by bytes: in PostgreSQL = and
// <> stay bare, because COLLATE would lose the index and a deterministic collation
// calls the same texts equal; orderings are collated.
var comparison = join(
	each([]string{"bool", "int2", "int4", "int8", "oid", "float4", "float8", "numeric", "bytea", "date", "time",
		"timestamp", "timestamptz", "interval", "uuid"}, plainComparison),
	each([]string{"text", "bpchar", "name"}, textComparison),
	crossComparison("int2", "int4", "int8"),
	crossComparison("float4", "float8"),
	crossComparison("date", "timestamp"),
	zonedComparison("date", "CAST(%s AS TIMESTAMP)"), zonedComparison("timestamp", "%s"),
	[]Row{
		local("=(record,record)", "", total, compared), local("<>(record,record)", "", total, compared), local("<(record,record)", "", total, compared),
		local("<=(record,record)", "", total, compared), local(">(record,record)", "", total, compared), local(">=(record,record)", "", total, compared),
		fn("=(anyarray,anyarray)", "", total, compared),
		fn("<>(anyarray,anyarray)", "", total, compared),
		orderedArrays("<"), orderedArrays("<="), orderedArrays(">"), orderedArrays(">="),
		fn("=(char,char)", "", total),
		fn("<>(char,char)", "", total),
	},
)

var comparisonOperators = []string{"=", "<>", "<", "<=", ">", ">="}

// Comparison tells whether an operator is one of the six that an ordered type has.
func Comparison(operator string) bool { return slices.Contains(comparisonOperators, operator) }

func plainComparison(t string) []Row {
	var rows []Row
	for _, op := range comparisonOperators {
		rows = append(rows, fn(op+"("+t+","+t+")", "", total, compared))
	}
	return rows
}

func textComparison(t string) []Row {
	var rows []Row
	for _, op := range comparisonOperators {
		row := collated
		if op == "=" || op == "<>" {
			row = fn
		}
		rows = append(rows, row(op+"("+t+","+t+")", "$1 "+op+" $2", total, compared))
	}
	return rows
}

func crossComparison(types ...string) []Row {
	var rows []Row
	for _, left := range types {
		for _, right := range types {
			if left == right {
				continue
			}
			for _, op := range comparisonOperators {
				row := fn(op+"("+left+","+right+")", "")
				row.Total = left != "date" && right != "date" // DuckDB has no timestamp for the last dates
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// zonedComparison is with timestamptz: the other side is local time in the session's zone.
func zonedComparison(t, form string) []Row {
	moment := func(arg string) string { return "pg_timestamp_to_tz(" + fmt.Sprintf(form, arg) + ", $Z)" }
	var rows []Row
	for _, op := range comparisonOperators {
		rows = append(rows,
			local(op+"("+t+",timestamptz)", moment("$1")+" "+op+" $2"),
			local(op+"(timestamptz,"+t+")", "$1 "+op+" "+moment("$2")))
	}
	return rows
}

// orderedArrays is not pushed: PostgreSQL would order texts inside by its own collation.
func orderedArrays(op string) Row {
	return local(op+"(anyarray,anyarray)", "$1 "+op+" $2", total, compared)
}
