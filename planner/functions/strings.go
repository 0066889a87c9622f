package functions

// Manual, "String Functions and Operators". Upper and lower case go by the "C"
// collation: letters of ASCII only.
var strings_ = []Row{
	local("gen_random_uuid()", "CAST(uuid() AS VARCHAR)"),
	fn("||(text,text)", "$1 || $2", total),
	fn("length(text)", "CAST(length($1) AS INTEGER)", total),
	fn("char_length(text)", "CAST(length($1) AS INTEGER)", total),
	fn("character_length(text)", "CAST(length($1) AS INTEGER)", total),
	fn("length(bpchar)", "CAST(length(rtrim($1, ' ')) AS INTEGER)", total),
	fn("char_length(bpchar)", "CAST(length(rtrim($1, ' ')) AS INTEGER)", total),
	fn("character_length(bpchar)", "CAST(length(rtrim($1, ' ')) AS INTEGER)", total),
	fn("octet_length(text)", "CAST(strlen($1) AS INTEGER)", total),
	fn("octet_length(bpchar)", "CAST(strlen($1) AS INTEGER)", total),
	fn("bit_length(text)", "CAST(strlen($1) * 8 AS INTEGER)", total),
	collated("upper(text)", "translate($1, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')", total),
	collated("lower(text)", "translate($1, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')", total),
	collated("initcap(text)", "pg_initcap($1)", total),
	fn("btrim(text)", "trim($1, ' ')", total), fn("ltrim(text)", "ltrim($1, ' ')", total), fn("rtrim(text)", "rtrim($1, ' ')", total),
	fn("btrim(text,text)", "trim($1, $2)", total), fn("ltrim(text,text)", "ltrim($1, $2)", total), fn("rtrim(text,text)", "rtrim($1, $2)", total),
	fn("substring(text,int4)", "pg_substring($1, $2)", when(1, positive, "substring($1, $2)")),
	fn("substr(text,int4)", "pg_substring($1, $2)", when(1, positive, "substring($1, $2)")),
	fn("substring(text,int4,int4)", "pg_substring($1, $2, $3)", whenAll([]int{1, 2}, positive, "substring($1, $2, $3)")),
	fn("substr(text,int4,int4)", "pg_substring($1, $2, $3)", whenAll([]int{1, 2}, positive, "substring($1, $2, $3)")),
	fn("left(text,int4)", "pg_left($1, $2)", total, when(1, positive, "left($1, $2)")),
	fn("right(text,int4)", "pg_right($1, $2)", total, when(1, positive, "right($1, $2)")),
	fn("position(text,text)", "CAST(strpos($1, $2) AS INTEGER)", total),
	fn("strpos(text,text)", "CAST(strpos($1, $2) AS INTEGER)", total),
	fn("replace(text,text,text)", "CASE WHEN $2 = '' AND $3 IS NOT NULL THEN $1 ELSE replace($1, $2, $3) END"),
	fn("translate(text,text,text)", "", total),
	fn("repeat(text,int4)", "pg_repeat($1, $2)"),
	fn("reverse(text)", "pg_reverse($1)", total),
	fn("lpad(text,int4)", "pg_lpad($1, $2, ' ')"), fn("lpad(text,int4,text)", "pg_lpad($1, $2, $3)"),
	fn("rpad(text,int4)", "pg_rpad($1, $2, ' ')"), fn("rpad(text,int4,text)", "pg_rpad($1, $2, $3)"),
	fn("split_part(text,text,int4)", "pg_split_part($1, $2, $3)"),
	fn("starts_with(text,text)", "starts_with($1, $2)", total),
	fn("^@(text,text)", "starts_with($1, $2)", total),
	fn("ascii(text)", "pg_ascii($1)", total),
	fn("chr(int4)", "pg_chr($1)"),
	fn("md5(text)", "md5($1)", total),
	fn("to_hex(int4)", "pg_to_hex(CAST($1 AS BIGINT), 32::INTEGER)", total),
	fn("to_hex(int8)", "pg_to_hex($1, 64::INTEGER)", total),
	fn("quote_literal(text)", "pg_quote_literal($1)", total),
	fn("quote_nullable(text)", "coalesce(pg_quote_literal($1), 'NULL')", total),
	fn("overlay(text,text,int4)", "pg_overlay($1, $2, $3, CAST(length($2) AS INTEGER))"),
	fn("overlay(text,text,int4,int4)", "pg_overlay($1, $2, $3, $4)"),
}

// positive takes integers from 1.
func positive(text string) bool {
	return text != "" && text[0] != '-' && text != "0"
}
