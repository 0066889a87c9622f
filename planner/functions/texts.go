package functions

// texts are functions over what types print as text: $T1 is an argument as its output
// function gives it in the session, $T* are all, $L1 is an array as a list of such texts.
var texts = []Row{
	local("concat(any)", "pg_concat($T*)", total), local("concat_ws(text,any)", "pg_concat_ws($T*)", total),
	local("format(text)", "pg_format($T*)"), local("format(text,any)", "pg_format($T*)"),
	local("array_to_string(anyarray,text)", "pg_array_to_string($L1, $2, CAST(NULL AS VARCHAR))", total),
	local("array_to_string(anyarray,text,text)", "pg_array_to_string($L1, $2, $3)", total),
	fn("string_to_array(text,text)", "pg_string_to_array($1, $2, CAST(NULL AS VARCHAR))", total),
	fn("string_to_array(text,text,text)", "pg_string_to_array($1, $2, $3)", total),
	local("quote_ident(text)", "pg_quote_ident($1)", total),
	local("parse_ident(text,bool)", "", when(1, is("t"), "pg_parse_ident($1)"), noOther),
	local("unistr(text)", "pg_unistr($1)"),
	local("normalize(text,text)", "pg_normalize($1, $2)"), local("is_normalized(text,text)", "pg_is_normalized($1, $2)"),
}

// noOther leaves a row only its alternatives.
func noOther(r *Row) { r.duckdb.Template = "" }

// Manual, "Binary String Functions and Operators".
var binary = []Row{
	fn("octet_length(bytea)", "CAST(octet_length($1) AS INTEGER)", total),
	fn("length(bytea)", "CAST(octet_length($1) AS INTEGER)", total),
	fn("bit_length(bytea)", "CAST(octet_length($1) * 8 AS INTEGER)", total),
	fn("||(bytea,bytea)", "$1 || $2", total),
	fn("md5(bytea)", "md5($1)", total),
	fn("sha224(bytea)", "pg_sha224($1)", total), fn("sha256(bytea)", "pg_sha256($1)", total),
	fn("sha384(bytea)", "pg_sha384($1)", total), fn("sha512(bytea)", "pg_sha512($1)", total),
	fn("encode(bytea,text)", "pg_encode($1, $2)"), fn("decode(text,text)", "pg_decode($1, $2)"),
	local("convert_to(text,name)", "pg_convert_to($1, $2)"), local("convert_from(bytea,name)", "pg_convert_from($1, $2)"),
	fn("get_bit(bytea,int8)", "pg_get_bit($1, $2)"), fn("get_byte(bytea,int4)", "pg_get_byte($1, $2)"),
	fn("set_bit(bytea,int8,int4)", "pg_set_bit($1, $2, $3)"), fn("set_byte(bytea,int4,int4)", "pg_set_byte($1, $2, $3)"),
	local("bit_count(bytea)", "pg_bit_count($1)", total),
	fn("substring(bytea,int4)", "pg_bytea_substring($1, $2)"), fn("substr(bytea,int4)", "pg_bytea_substring($1, $2)"),
	fn("substring(bytea,int4,int4)", "pg_bytea_substring($1, $2, $3)"), fn("substr(bytea,int4,int4)", "pg_bytea_substring($1, $2, $3)"),
	fn("position(bytea,bytea)", "pg_bytea_position($2, $1)", total),
	fn("btrim(bytea,bytea)", "pg_bytea_trim($1, $2, 'both')", total),
	local("ltrim(bytea,bytea)", "pg_bytea_trim($1, $2, 'left')", total), local("rtrim(bytea,bytea)", "pg_bytea_trim($1, $2, 'right')", total),
	local("convert(bytea,name,name)", "CASE WHEN $3 IS NOT NULL THEN pg_convert_to(pg_convert_from($1, $2), $3) END"), local("length(bytea,name)", "CAST(length(pg_convert_from($1, $2)) AS INTEGER)"),
	fn("overlay(bytea,bytea,int4)", "pg_bytea_overlay($1, $2, $3, CAST(octet_length($2) AS INTEGER))"),
	fn("overlay(bytea,bytea,int4,int4)", "pg_bytea_overlay($1, $2, $3, $4)"),
}
