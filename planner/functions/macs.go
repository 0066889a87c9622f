package functions

// Manual, "Network Address Functions and Operators": macaddr and macaddr8. They stand as their
// text, whose digits order as the bytes do.
var macs = join(
	each([]string{"macaddr", "macaddr8"}, func(t string) []Row {
		eight := map[string]string{"macaddr": "false", "macaddr8": "true"}[t]
		rows := []Row{
			local("~("+t+")", "pg_mac_with('~', $1, $1)", total), local("&("+t+","+t+")", "pg_mac_with('&', $1, $2)", total),
			local("|("+t+","+t+")", "pg_mac_with('|', $1, $2)", total), local("trunc("+t+")", "pg_mac_with('trunc', $1, $1)", total),
		}
		for _, text := range []string{"text", "varchar"} {
			rows = append(rows, local("cast("+text+","+t+")", "pg_mac_in($1, "+eight+")"), local("cast("+t+","+text+")", "$1", total))
		}
		for _, op := range comparisonOperators {
			rows = append(rows, local(op+"("+t+","+t+")", "$1 "+op+" $2", total))
		}
		return rows
	}),
	[]Row{
		local("cast(macaddr,macaddr8)", "pg_mac_eight($1)", total), local("cast(macaddr8,macaddr)", "pg_mac_six($1)"),
		local("macaddr8_set7bit(macaddr8)", "pg_mac_with('set7bit', $1, $1)", total),
	},
)
