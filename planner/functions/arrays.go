package functions

// Manual, "Array Functions and Operators", for arrays of one dimension.
var arrays = []Row{
	fn("array_length(anyarray,int4)", "CASE WHEN len($1) > 0 AND $2 = 1 THEN CAST(len($1) AS INTEGER) END", total),
	fn("array_upper(anyarray,int4)", "CASE WHEN len($1) > 0 AND $2 = 1 THEN CAST(len($1) AS INTEGER) END", total),
	fn("array_lower(anyarray,int4)", "CASE WHEN len($1) > 0 AND $2 = 1 THEN 1::INTEGER END", total),
	fn("cardinality(anyarray)", "CAST(len($1) AS INTEGER)", total),
	fn("array_ndims(anyarray)", "CASE WHEN len($1) > 0 THEN 1::INTEGER END", total),
	local("array_dims(anyarray)", "CASE WHEN len($1) > 0 THEN '[1:' || len($1) || ']' END", total),
	fn("array_append(anycompatiblearray,anycompatible)", "list_append(coalesce($1, []), $2)", total),
	fn("array_prepend(anycompatible,anycompatiblearray)", "list_prepend($1, coalesce($2, []))", total),
	fn("array_cat(anycompatiblearray,anycompatiblearray)", concatenated, total),
	fn("||(anycompatiblearray,anycompatible)", "list_append(coalesce($1, []), $2)", total),
	fn("||(anycompatible,anycompatiblearray)", "list_prepend($1, coalesce($2, []))", total),
	fn("||(anycompatiblearray,anycompatiblearray)", concatenated, total),
	local("array_fill(anyelement,int4[])", "list_transform(range(pg_fill_count(CAST($2 AS VARCHAR[]))), lambda i: $1)"),
	fn("array_position(anycompatiblearray,anycompatible)", "CAST(("+positions+")[1] AS INTEGER)", compared),
	fn("array_position(anycompatiblearray,anycompatible,int4)", "CASE WHEN $1 IS NULL OR len($1) = 0 OR $2 IS NULL AND list_count($1) = len($1) THEN NULL ELSE CAST(list_filter(range(greatest(CAST(pg_initial_position($3) AS BIGINT), 1), CAST(len($1) AS BIGINT) + 1), lambda i: $1[i] IS NOT DISTINCT FROM $2)[1] AS INTEGER) END", only(append(plainElements, plainArrays...)...)),
	fn("array_positions(anycompatiblearray,anycompatible)", "CAST("+positions+" AS INTEGER[])", compared),
	fn("array_remove(anycompatiblearray,anycompatible)", "list_filter($1, lambda e: e IS DISTINCT FROM $2)", only(append(plainElements, plainArrays...)...)),
	fn("array_replace(anycompatiblearray,anycompatible,anycompatible)",
		"list_transform($1, lambda e: CASE WHEN e IS NOT DISTINCT FROM $2 THEN $3 ELSE e END)", only(append(plainElements, plainArrays...)...)),
	local("trim_array(anyarray,int4)", "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN list_slice($1, 1, len($1) - pg_trim_count(CAST(len($1) AS INTEGER), $2)) END"),
	fn("@>(anyarray,anyarray)", "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN list_count($2) = len($2) AND len(list_filter($2, lambda e: NOT list_contains($1, e))) = 0 END", compared),
	fn("<@(anyarray,anyarray)", "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN list_count($1) = len($1) AND len(list_filter($1, lambda e: NOT list_contains($2, e))) = 0 END", compared),
	fn("&&(anyarray,anyarray)", "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN len(list_filter($2, lambda e: list_contains($1, e))) > 0 END", compared),
}

// concatenated: of two arrays one may be NULL, not both.
const concatenated = "CASE WHEN $1 IS NULL THEN $2 WHEN $2 IS NULL THEN $1 ELSE list_concat($1, $2) END"

// positions are those where an array holds a value, NULL too.
const positions = "CASE WHEN $1 IS NOT NULL THEN list_filter(range(1, CAST(len($1) AS BIGINT) + 1), lambda i: $1[i] IS NOT DISTINCT FROM $2) END"

// plainElements are types whose values the local engine compares as they stand.
var plainElements = []string{"int2", "int4", "int8", "text", "varchar", "uuid", "bool", "date", "time", "timestamp", "timestamptz", "float4", "float8", "interval", "bytea", "name", "char", "oid"}

var plainArrays = func() []string {
	var all []string
	for _, t := range plainElements {
		all = append(all, t+"[]")
	}
	return all
}()

// sets are set-returning functions. The local engine's templates give a list.
var sets = []Row{
	fn("unnest(anyarray)", "$1", total),
	fn("generate_series(int4,int4)", "CAST(generate_series(CAST($1 AS BIGINT), $2) AS INTEGER[])"),
	fn("generate_series(int4,int4,int4)", "CAST(generate_series(CAST($1 AS BIGINT), $2, pg_step($3)) AS INTEGER[])"),
	fn("generate_series(int8,int8)", "generate_series($1, $2)"),
	fn("generate_series(int8,int8,int8)", "generate_series($1, $2, pg_step($3))"),
	fn("generate_series(timestamp,timestamp,interval)", "list_transform(pg_series_timestamp($1, $2, $3), lambda m: make_timestamp(CAST(m AS BIGINT)))"),
	local("generate_series(timestamptz,timestamptz,interval)",
		"list_transform(pg_series_timestamptz($1, $2, $3, $Z), lambda m: CAST(make_timestamp(CAST(m AS BIGINT)) AS TIMESTAMPTZ))"),
	fn("generate_series(numeric,numeric)", "pg_series_numeric($1, $2, '1')"), fn("generate_series(numeric,numeric,numeric)", "pg_series_numeric($1, $2, $3)"),
	fn("generate_subscripts(anyarray,int4,bool)",
		"CASE WHEN $2 = 1 AND $3 THEN list_reverse(CAST(generate_series(1, len($1)) AS INTEGER[])) WHEN $2 = 1 AND NOT $3 THEN CAST(generate_series(1, len($1)) AS INTEGER[]) END"),
	fn("generate_subscripts(anyarray,int4)", "CASE WHEN $2 = 1 THEN CAST(generate_series(1, len($1)) AS INTEGER[]) END"),
	fn("string_to_table(text,text)", "pg_string_to_array($1, $2, CAST(NULL AS VARCHAR))", total),
	fn("string_to_table(text,text,text)", "pg_string_to_array($1, $2, $3)", total),
	collated("regexp_matches(text,text)", "list_transform(pg_regex_matches($1, $2, ''), lambda m: pg_array_in(m))"),
	collated("regexp_matches(text,text,text)", "list_transform(pg_regex_matches($1, $2, $3), lambda m: pg_array_in(m))"),
	collated("regexp_split_to_table(text,text)", "pg_regex_split($1, $2, '', 'regexp_split_to_table()')"),
	collated("regexp_split_to_table(text,text,text)", "pg_regex_split($1, $2, $3, 'regexp_split_to_table()')"),
}
