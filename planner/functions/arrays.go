package functions

// Manual, "Array Functions and Operators", for arrays of one dimension.
var arrays = []Row{
	fn("array_length(anyarray,int4)", "CASE WHEN $2 = 1 AND len($1) > 0 THEN CAST(len($1) AS INTEGER) END", total),
	fn("array_upper(anyarray,int4)", "CASE WHEN $2 = 1 AND len($1) > 0 THEN CAST(len($1) AS INTEGER) END", total),
	fn("array_lower(anyarray,int4)", "CASE WHEN $2 = 1 AND len($1) > 0 THEN 1::INTEGER END", total),
	fn("cardinality(anyarray)", "CAST(len($1) AS INTEGER)", total),
	fn("array_ndims(anyarray)", "CASE WHEN len($1) > 0 THEN 1::INTEGER END", total),
	fn("array_append(anycompatiblearray,anycompatible)", "list_append(coalesce($1, []), $2)", total),
	fn("array_prepend(anycompatible,anycompatiblearray)", "list_prepend($1, coalesce($2, []))", total),
	fn("array_cat(anycompatiblearray,anycompatiblearray)", "list_concat($1, $2)", total),
	fn("||(anycompatiblearray,anycompatible)", "list_append(coalesce($1, []), $2)", total),
	fn("||(anycompatible,anycompatiblearray)", "list_prepend($1, coalesce($2, []))", total),
	fn("||(anycompatiblearray,anycompatiblearray)", "list_concat($1, $2)", total),
	local("array_to_string(anyarray,text)", "CASE WHEN len($1) > 0 AND list_count($1) = 0 THEN '' WHEN len($1) = 0 AND $2 IS NOT NULL THEN '' ELSE array_to_string($1, $2) END",
		only("text[]", "varchar[]", "int2[]", "int4[]", "int8[]", "text", "name[]", "char[]", "oid[]", "aclitem[]", "int2vector", "oidvector")),
	fn("array_position(anycompatiblearray,anycompatible)", "list_position($1, $2)", compared),
	fn("@>(anyarray,anyarray)", "list_count($2) = len($2) AND list_has_all($1, $2)", compared),
	fn("<@(anyarray,anyarray)", "list_count($1) = len($1) AND list_has_all($2, $1)", compared),
	fn("&&(anyarray,anyarray)", "list_has_any($1, $2)", compared),
	fn("string_to_array(text,text)", splitText, total),
}

// splitText cuts a text at a separator: NULL cuts between all characters, an empty one
// nowhere.
const splitText = "CASE WHEN $1 IS NULL THEN NULL WHEN $1 = '' THEN CAST([] AS VARCHAR[]) WHEN $2 IS NULL THEN string_split($1, '') " +
	"WHEN $2 = '' THEN [$1] ELSE string_split($1, $2) END"

// sets are set-returning functions. The local engine's templates give a list.
var sets = []Row{
	fn("unnest(anyarray)", "$1", total),
	fn("generate_series(int4,int4)", "CAST(generate_series(CAST($1 AS BIGINT), $2) AS INTEGER[])"),
	fn("generate_series(int4,int4,int4)", "CAST(generate_series(CAST($1 AS BIGINT), $2, pg_step($3)) AS INTEGER[])"),
	fn("generate_series(int8,int8)", "generate_series($1, $2)"),
	fn("generate_series(int8,int8,int8)", "generate_series($1, $2, pg_step($3))"),
	fn("generate_series(timestamp,timestamp,interval)", "generate_series($1, $2, $3)"),
	fn("generate_subscripts(anyarray,int4)", "CASE WHEN $2 = 1 THEN CAST(generate_series(1, len($1)) AS INTEGER[]) END"),
	fn("string_to_table(text,text)", splitText),
}
