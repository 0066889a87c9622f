package functions

// Manual, "Network Address Functions and Operators", but for macaddr. Addresses stand as their
// text; they are compared by pg_network_key.
var networks = join(
	each([]string{"text", "varchar"}, func(t string) []Row {
		return []Row{
			local("cast("+t+",inet)", "pg_inet_in($1)"), local("cast("+t+",cidr)", "pg_cidr_in($1)"),
			local("cast(inet,"+t+")", "pg_network_text($1)", total), local("cast(cidr,"+t+")", "pg_network_text($1)", total),
		}
	}),
	each(comparisonOperators, func(op string) []Row { return []Row{local(op+"(inet,inet)", "$1 "+op+" $2", total, compared)} }),
	each([]string{"<<", "<<=", ">>", ">>=", "&&"}, func(op string) []Row {
		return []Row{local(op+"(inet,inet)", "pg_network_test('"+op+"', $1, $2)", total)}
	}),
	[]Row{
		local("cast(cidr,inet)", "pg_inet_of($1)", total), local("cast(inet,cidr)", "pg_cidr_of($1)", total),
		local("abbrev(inet)", "$1", total), local("abbrev(cidr)", "pg_cidr_abbrev($1)"), local("broadcast(inet)", "pg_network_broadcast($1)", total),
		local("family(inet)", "pg_network_family($1)", total), local("host(inet)", "pg_network_host($1)", total), local("hostmask(inet)", "pg_network_hostmask($1)", total),
		local("inet_merge(inet,inet)", "pg_network_merge($1, $2)"), local("inet_same_family(inet,inet)", "pg_network_family($1) = pg_network_family($2)", total),
		local("masklen(inet)", "pg_network_bits($1)", total), local("netmask(inet)", "pg_network_mask($1)", total), local("network(inet)", "pg_cidr_of($1)", total),
		local("set_masklen(inet,int4)", "pg_inet_with($1, $2)"), local("set_masklen(cidr,int4)", "pg_cidr_with($1, $2)"),
		local("~(inet)", "pg_network_not($1)", total), local("&(inet,inet)", "pg_network_and($1, $2)"), local("|(inet,inet)", "pg_network_or($1, $2)"),
		local("+(inet,int8)", "pg_network_add($1, $2)"), local("+(int8,inet)", "pg_network_add($2, $1)"), local("-(inet,int8)", "pg_network_sub($1, $2)"),
		local("-(inet,inet)", "pg_network_minus($1, $2)"),
		localAggregate("min(inet)", "arg_min($1, $K1)$F"), localAggregate("max(inet)", "arg_max($1, $K1)$F"),
	},
)
