package functions

import "maps"

// mysqlTable is what MySQL and MariaDB say exactly as PostgreSQL does, under the session
// the connector sets up. Comparisons and LIKE have no template of their own: text there
// is compared by the bytes of its UTF-8 form, which the connector's writer knows how to
// ask for without losing the index. Left out on purpose, with what would go wrong:
//
//   - - * of integers   MySQL computes in 64 bits where PostgreSQL leaves int4: 22003
//     / of numeric, avg   another scale
//     lower, upper        all of Unicode instead of ASCII ("C")
//     position, replace   by the collation, or by bytes
//     min, max of text    by the collation
//     greatest, least     NULL where one argument is, PostgreSQL ignores it
//     casts that narrow   a clipped value and a warning instead of an error
//   - - of dates        NULL beyond the year 9999
var mysqlTable = mysqlRows(
	mysqlComparison(), mysqlLike(), mysqlNumbers(), mysqlStrings, mysqlDates(), mysqlCasts(), mysqlAggregates(),
)

func mysqlRows(chapters ...map[string]Rendering) map[string]Rendering {
	all := map[string]Rendering{}
	for _, c := range chapters {
		maps.Copy(all, c)
	}
	return all
}

// said is a rendering that is exact.
func said(template string) Rendering { return Rendering{Exactness: Exact, Template: template} }

// saidWhen is exact for some literals at one argument only.
func saidWhen(argument int, accepts func(string) bool, template string) Rendering {
	return Rendering{Exactness: Exact, Alternatives: []Alternative{{Arguments: []int{argument}, Accepts: accepts, Template: template}}}
}

// mysqlComparison are the six operators. interval has no type there, and a uuid may
// stand in any spelling.
func mysqlComparison() map[string]Rendering {
	rows := map[string]Rendering{}
	add := func(l, r string) {
		for _, op := range comparisonOperators {
			rows[op+"("+l+","+r+")"] = said("$1 " + op + " $2")
		}
	}
	for _, t := range []string{"bool", "int2", "int4", "int8", "float4", "float8", "numeric", "bytea", "date", "time", "timestamp", "timestamptz", "text", "bpchar"} {
		add(t, t)
	}
	for _, group := range [][]string{{"int2", "int4", "int8"}, {"float4", "float8"}, {"date", "timestamp"}} {
		for _, l := range group {
			for _, r := range group {
				add(l, r)
			}
		}
	}
	return rows
}

// mysqlLike: a pattern that is known, and does not end in a lone escape. Of char(n)
// PostgreSQL matches the padding too, which is not stored there.
func mysqlLike() map[string]Rendering {
	return map[string]Rendering{
		"~~(text,text)":  saidWhen(1, wholePattern, "$1 LIKE $2"),
		"!~~(text,text)": saidWhen(1, wholePattern, "$1 NOT LIKE $2"),
	}
}

// mysqlNumbers: arithmetic of numeric where precision and scale are known to fit (mysqlSays).
func mysqlNumbers() map[string]Rendering {
	rows := map[string]Rendering{
		"+(numeric,numeric)": said("$1 + $2"), "-(numeric,numeric)": said("$1 - $2"), "*(numeric,numeric)": said("$1 * $2"),
	}
	for _, t := range []string{"int2", "int4", "int8"} {
		for _, r := range []string{"int2", "int4", "int8"} {
			rows["/("+t+","+r+")"] = saidWhen(1, divisor, "$1 DIV $2")
		}
		rows["%("+t+","+t+")"] = saidWhen(1, divisor, "$1 % $2")
		rows["mod("+t+","+t+")"] = saidWhen(1, divisor, "$1 % $2")
	}
	return rows
}

var mysqlStrings = map[string]Rendering{
	"||(text,text)":             said("concat($1, $2)"),
	"length(text)":              said("char_length($1)"),
	"char_length(text)":         said("char_length($1)"),
	"character_length(text)":    said("char_length($1)"),
	"octet_length(text)":        said("length($1)"),
	"length(bpchar)":            said("char_length(rtrim($1))"),
	"char_length(bpchar)":       said("char_length(rtrim($1))"),
	"character_length(bpchar)":  said("char_length(rtrim($1))"),
	"btrim(text)":               said("trim($1)"),
	"ltrim(text)":               said("ltrim($1)"),
	"rtrim(text)":               said("rtrim($1)"),
	"left(text,int4)":           saidWhen(1, positive, "left($1, $2)"),
	"right(text,int4)":          saidWhen(1, positive, "right($1, $2)"),
	"substring(text,int4)":      saidWhen(1, positive, "substr($1, $2)"),
	"substr(text,int4)":         saidWhen(1, positive, "substr($1, $2)"),
	"substring(text,int4,int4)": positivePart,
	"substr(text,int4,int4)":    positivePart,
	"reverse(text)":             said("reverse($1)"),
	"starts_with(text,text)":    saidWhen(1, anyText, "$1 LIKE $2"),
	"^@(text,text)":             saidWhen(1, anyText, "$1 LIKE $2"),
	"octet_length(bytea)":       said("length($1)"),
	"length(bytea)":             said("length($1)"),
}

var positivePart = Rendering{Exactness: Exact, Alternatives: []Alternative{{Arguments: []int{1, 2}, Accepts: positive, Template: "substr($1, $2, $3)"}}}

func anyText(string) bool { return true }

// mysqlDates: fields that are whole numbers.
func mysqlDates() map[string]Rendering {
	rows := map[string]Rendering{"-(date,date)": said("datediff($1, $2)")}
	fields := map[string]string{
		"year": "year($2)", "month": "month($2)", "day": "dayofmonth($2)", "quarter": "quarter($2)", "doy": "dayofyear($2)",
		"dow": "dayofweek($2) - 1", "isodow": "weekday($2) + 1", "week": "week($2, 3)",
	}
	clock := map[string]string{"hour": "hour($2)", "minute": "minute($2)"}
	for _, name := range []string{"extract", "date_part"} {
		rows[name+"(text,date)"] = fieldsOf(fields)
		rows[name+"(text,timestamp)"] = fieldsOf(fields, clock)
	}
	return rows
}

func fieldsOf(lists ...map[string]string) Rendering {
	r := Rendering{Exactness: Exact}
	for _, fields := range lists {
		for field, template := range fields {
			r.Alternatives = append(r.Alternatives, Alternative{Arguments: []int{0}, Accepts: is(field), Template: template})
		}
	}
	return r
}

func mysqlCasts() map[string]Rendering {
	rows := map[string]Rendering{
		"cast(int2,int4)": said("$1"), "cast(int2,int8)": said("$1"), "cast(int4,int8)": said("$1"),
		"cast(int2,numeric)": said("CAST($1 AS DECIMAL(5, 0))"), "cast(int4,numeric)": said("CAST($1 AS DECIMAL(10, 0))"),
		"cast(int8,numeric)":  said("CAST($1 AS DECIMAL(19, 0))"),
		"cast(float4,float8)": said("$1"),
		"cast(varchar,text)":  said("$1"), "cast(text,varchar)": said("$1"),
		"cast(bpchar,text)": said("rtrim($1)"), "cast(bpchar,varchar)": said("rtrim($1)"),
		"cast(bool,int4)": said("$1"), "cast(int4,bool)": said("$1 <> 0"),
		"cast(date,timestamp)": said("CAST($1 AS DATETIME(6))"), "cast(timestamp,date)": said("CAST($1 AS DATE)"),
	}
	for _, t := range []string{"int2", "int4", "int8"} {
		text := said("CAST($1 + 0 AS CHAR)") // bare, a ZEROFILL column keeps its zeros
		rows["cast("+t+",text)"], rows["cast("+t+",varchar)"] = text, text
	}
	return rows
}

// mysqlAggregates are written by the writer, which knows DISTINCT and FILTER.
func mysqlAggregates() map[string]Rendering {
	rows := map[string]Rendering{
		"count()": said("count"), "count(any)": said("count"),
		"sum(int2)": said("sum"), "sum(int4)": said("sum"), "sum(int8)": said("sum"), "sum(numeric)": said("sum"),
		"bool_and(bool)": said("min"), "every(bool)": said("min"), "bool_or(bool)": said("max"),
	}
	for _, t := range []string{"int2", "int4", "int8", "numeric", "date", "time", "timestamp", "timestamptz"} {
		rows["min("+t+")"], rows["max("+t+")"] = said("min"), said("max")
	}
	return rows
}
