package functions

import "strings"

// Arithmetic on integers: the result type is the wider operand's, and leaving it is an
// error in both engines. Division is PostgreSQL's: towards zero, 22012 by zero. DuckDB's
// optimizer knows + by its name and moves constants over comparisons and out of sums
// (x + 1 > 5 becomes x > 4), which loses the error: by the name add it lets it be.
var arithmetic = join(
	integerArithmetic("int2", "int4", "int8"),
	each([]string{"int2", "int4", "int8"}, integerUnary),
)

func integerArithmetic(types ...string) []Row {
	var rows []Row
	for _, l := range types {
		for _, r := range types {
			sig, wide := "("+l+","+r+")", max(l, r) // "int2" < "int4" < "int8"
			rows = append(rows,
				fn("+"+sig, "add($1, $2)"), fn("-"+sig, "subtract($1, $2)"), fn("*"+sig, "multiply($1, $2)"),
				fn("/"+sig, "pg_div_"+wide+"($1, $2)", when(-1, divisor, "$1 // $2")),
			)
			if l == r {
				rows = append(rows,
					fn("%"+sig, "pg_mod_"+wide+"($1, $2)", when(-1, divisor, "$1 % $2")),
					fn("mod"+sig, "pg_mod_"+wide+"($1, $2)", when(-1, divisor, "$1 % $2")))
			}
		}
	}
	return rows
}

// divisor takes a literal that can neither be zero nor overflow a quotient.
func divisor(text string) bool {
	return text != "" && strings.Trim(text, "0") != "" && !strings.HasPrefix(text, "-")
}

func integerUnary(t string) []Row {
	rows := []Row{
		fn("-("+t+")", "pg_neg_"+t+"($1)"), fn("+("+t+")", "", total), fn("@("+t+")", "pg_abs_"+t+"($1)"), fn("abs("+t+")", "pg_abs_"+t+"($1)"),
		fn("&("+t+","+t+")", "", total), fn("|("+t+","+t+")", "", total), fn("~("+t+")", "", total),
		fn("#("+t+","+t+")", "xor($1, $2)", total),
	}
	if t != "int2" {
		rows = append(rows, fn("gcd("+t+","+t+")", "pg_gcd_"+t+"($1, $2)"), fn("lcm("+t+","+t+")", "pg_lcm_"+t+"($1, $2)"))
	}
	return rows
}
