package functions

// Manual, "Bit String Functions and Operators". Bit strings stand as texts of 0 and 1, which
// sort as PostgreSQL sorts bit strings. $M is the length that a cast asks for.
var bitStrings = join(
	each([]string{"bit", "varbit"}, func(t string) []Row {
		rows := []Row{
			local("cast(text,"+t+")", "pg_bits_in($1)"), local("cast(varchar,"+t+")", "pg_bits_in($1)"),
			local("cast("+t+",text)", "$1", total), local("cast("+t+",varchar)", "$1", total),
		}
		for _, op := range comparisonOperators {
			rows = append(rows, local(op+"("+t+","+t+")", "$1 "+op+" $2", total))
		}
		return rows
	}),
	[]Row{
		local("cast(bit,varbit)", "$1", total), local("cast(varbit,bit)", "$1", total),
		local("cast(int4,bit)", "pg_bits_of(CAST($1 AS BIGINT), $M)", total), local("cast(int8,bit)", "pg_bits_of($1, $M)", total),
		local("cast(bit,int4)", "pg_bits_to_int4($1)"), local("cast(bit,int8)", "pg_bits_to_int8($1)"),
		local("modifier(bit)", "pg_bits_fit($1, $2, true)", total), local("modifier(varbit)", "pg_bits_fit($1, $2, false)", total),
		local("&(bit,bit)", "pg_bits_and($1, $2)"), local("|(bit,bit)", "pg_bits_or($1, $2)"), local("#(bit,bit)", "pg_bits_xor($1, $2)"),
		local("~(bit)", "pg_bits_not($1)", total), local("<<(bit,int4)", "pg_bits_shift($1, $2)", total),
		local(">>(bit,int4)", "pg_bits_shift($1, CASE WHEN $2 = -2147483648 THEN 2147483647 ELSE - $2 END)", total),
		local("||(varbit,varbit)", "$1 || $2", total),
		local("length(bit)", "CAST(length($1) AS INTEGER)", total), local("bit_length(bit)", "CAST(length($1) AS INTEGER)", total),
		local("octet_length(bit)", "CAST((length($1) + 7) // 8 AS INTEGER)", total), local("bit_count(bit)", "pg_bits_count($1)", total),
		local("substring(bit,int4,int4)", "pg_bits_substring($1, $2, $3)"), local("substring(bit,int4)", "pg_bits_substring($1, $2)", total),
		local("position(bit,bit)", "pg_bits_position($2, $1)", total),
		local("overlay(bit,bit,int4)", "pg_bits_overlay($1, $2, $3, CAST(length($2) AS INTEGER))"), local("overlay(bit,bit,int4,int4)", "pg_bits_overlay($1, $2, $3, $4)"),
		local("get_bit(bit,int4)", "pg_bits_get($1, $2)"), local("set_bit(bit,int4,int4)", "pg_bits_set($1, $2, $3)"),
		localAggregate("bit_and(bit)", "pg_bits_agg_and($1)$F"), localAggregate("bit_or(bit)", "pg_bits_agg_or($1)$F"), localAggregate("bit_xor(bit)", "pg_bits_agg_xor($D$1)$F"),
	},
)
