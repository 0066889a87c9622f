package functions

import "strings"

// Manual, "Range/Multirange Functions and Operators". Ranges stand as canonical texts. $R is the
// name of the type that the functions are of, $E1 an argument as the canonical text of a bound.
var ranges = join(
	each([]string{"int4:int4", "int8:int8", "num:numeric", "date:date", "ts:timestamp", "tstz:timestamptz"}, rangeType),
	each([]string{"anyrange", "anymultirange"}, rangeOrMultirange),
	each([]string{"anyrange,anymultirange", "anymultirange,anyrange"}, rangeTests),
	[]Row{
		local("lower(anyrange)", "pg_range_bound($R, $1, 'lower')", total), local("upper(anyrange)", "pg_range_bound($R, $1, 'upper')", total),
		local("lower(anymultirange)", "pg_range_bound($R, $1, 'lower')", total), local("upper(anymultirange)", "pg_range_bound($R, $1, 'upper')", total),
		local("range_merge(anyrange,anyrange)", "pg_range_combine($R, 'merge', $1, $2)", total), local("range_merge(anymultirange)", "pg_range_span($R, $1)", total),
		local("multirange(anyrange)", "pg_multirange_of($R, [$1])", total), local("unnest(anymultirange)", "pg_multirange_list($R, $1)", total),
		localAggregate("range_agg(anyrange)", "pg_multirange_of($R, list($D$1)$F)"), localAggregate("range_agg(anymultirange)", "pg_multirange_of($R, list($D$1)$F)"),
		localAggregate("range_intersect_agg(anyrange)", "pg_range_common($R, list($D$1)$F)"),
		local("*(anyrange,anyrange)", "pg_range_combine($R, '*', $1, $2)", total),
	},
)

// rangeType gives the rows of one type: "num:numeric" is numrange over numeric.
func rangeType(names string) []Row {
	prefix, element, _ := strings.Cut(names, ":")
	one, multi := prefix+"range", prefix+"multirange"
	rows := []Row{
		local(one+"("+element+","+element+")", "pg_range_make('"+one+"', $E1, $E2, '[)')"),
		local(one+"("+element+","+element+",text)", "pg_range_make('"+one+"', $E1, $E2, $3)"),
		local(multi+"()", "'{}'", total), local(multi+"("+one+")", "pg_multirange_of('"+multi+"', [$1])", total),
		local(multi+"("+one+"[])", "pg_multirange_of('"+multi+"', $1)", total),
		local("cast("+one+","+multi+")", "pg_multirange_of('"+multi+"', [$1])", total),
	}
	for _, t := range []string{one, multi} {
		for _, text := range []string{"text", "varchar"} {
			rows = append(rows, local("cast("+text+","+t+")", "pg_range_in('"+t+"', $1, $S, $Z)"), local("cast("+t+","+text+")", "pg_range_out('"+t+"', $1, $Z, $Y)", total))
		}
	}
	return rows
}

func rangeOrMultirange(t string) []Row {
	rows := rangeTests(t + "," + t)
	for _, op := range comparisonOperators {
		rows = append(rows, local(op+"("+t+","+t+")", "$1 "+op+" $2", total, compared))
	}
	for _, property := range []string{"isempty", "lower_inc", "upper_inc", "lower_inf", "upper_inf"} {
		rows = append(rows, local(property+"("+t+")", "pg_range_is($R, $1, '"+property+"')", total))
	}
	for _, op := range []string{"+", "-"} {
		rows = append(rows, local(op+"("+t+","+t+")", "pg_range_combine($R, '"+op+"', $1, $2)"))
	}
	if t == "anymultirange" {
		rows = append(rows, local("*("+t+","+t+")", "pg_range_combine($R, '*', $1, $2)", total))
	}
	return append(rows, local("@>("+t+",anyelement)", "pg_range_has($R, $1, $E2)", total), local("<@(anyelement,"+t+")", "pg_range_has($R, $2, $E1)", total))
}

// rangeTests are the operators that answer true or false.
func rangeTests(args string) []Row {
	var rows []Row
	for _, op := range []string{"&&", "@>", "<@", "<<", ">>", "&<", "&>", "-|-"} {
		rows = append(rows, local(op+"("+args+")", "pg_range_test($R, '"+op+"', $1, $2)", total))
	}
	return rows
}
