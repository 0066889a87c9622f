package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/tpch"
)

// topJoins are joins across stores, with columns to sort by and conditions of each side. Many
// rows have no partner, so that a few first rows are often not enough.
var topJoins = []struct{ columns, from, unique, orders, conditions string }{
	{"o_orderkey, c_name", "orders JOIN customer ON c_custkey = o_custkey", "o_orderkey",
		"o_totalprice|o_orderdate DESC|o_custkey|c_acctbal", "c_acctbal > 5000|c_acctbal > 9900|o_totalprice < 50000|c_nationkey = 3"},
	{"o_orderkey, c_name", "orders LEFT JOIN customer ON c_custkey = o_custkey AND c_acctbal > 9000", "o_orderkey",
		"o_totalprice DESC|o_orderdate|o_clerk", "o_totalprice < 50000|o_orderpriority = '1-URGENT'|c_name IS NULL"},
	{"l_orderkey, l_linenumber, p_name, s_name", "lineitem JOIN part ON p_partkey = l_partkey JOIN supplier ON s_suppkey = l_suppkey", "l_orderkey, l_linenumber",
		"l_extendedprice DESC|l_shipdate|l_partkey|p_retailprice", "p_size < 5|s_acctbal > 9000|p_size = 7|l_discount = 0.05"},
	{"l_orderkey, l_linenumber, ps_availqty", "lineitem JOIN partsupp ON ps_partkey = l_partkey AND ps_suppkey = l_suppkey", "l_orderkey, l_linenumber",
		"l_extendedprice DESC|l_shipdate", "ps_availqty < 100|l_quantity > 45"},
	{"o_orderkey, a.c_name, p_name, l_linenumber", "orders JOIN customer a ON a.c_custkey = o_custkey JOIN lineitem ON l_orderkey = o_orderkey JOIN part ON p_partkey = l_partkey",
		"o_orderkey, l_linenumber", "o_orderdate|l_extendedprice DESC", "a.c_acctbal > 9000|p_size = 7"},
	{"c_custkey, o_orderkey", "customer JOIN orders ON o_custkey = c_custkey", "c_custkey, o_orderkey",
		"c_acctbal DESC|c_name|o_totalprice", "o_orderstatus = 'P'|c_mktsegment = 'BUILDING'"},
	{"o_custkey, o_orderkey, c_name, o_totalprice - lag(o_totalprice) OVER (PARTITION BY o_custkey ORDER BY o_orderdate, o_orderkey)", "orders JOIN customer ON c_custkey = o_custkey", "o_orderkey",
		"o_custkey|o_custkey DESC|c_custkey", "c_acctbal > 5000|c_acctbal > 9900|o_totalprice < 50000"},
	{"c_custkey, o_orderkey, rank() OVER (PARTITION BY c_nationkey, c_custkey ORDER BY o_totalprice, o_orderkey), count(*) OVER (PARTITION BY c_custkey)", "customer JOIN orders ON o_custkey = c_custkey", "c_custkey, o_orderkey",
		"c_custkey|c_nationkey|c_custkey DESC", "o_orderstatus = 'P'|c_mktsegment = 'BUILDING'|c_custkey > 500"},
	{"c_custkey, c_name", "customer", "c_custkey", "c_acctbal|c_acctbal DESC|c_name DESC",
		"NOT EXISTS (SELECT 1 FROM orders WHERE o_custkey = c_custkey)|EXISTS (SELECT 1 FROM orders WHERE o_custkey = c_custkey AND o_totalprice > 300000)|c_custkey IN (SELECT o_custkey FROM orders WHERE o_orderstatus = 'P')"},
	{"l_orderkey, l_linenumber, p_name", "lineitem JOIN part ON p_partkey = l_partkey", "l_orderkey, l_linenumber",
		"l_partkey|l_partkey, p_name", "p_retailprice > 905|p_retailprice > 930|p_retailprice > 1020"}, // those of the first keys are cheap
	{"l_orderkey, l_linenumber, p_name", "lineitem LEFT JOIN part ON p_partkey = l_partkey", "l_orderkey, l_linenumber", "l_extendedprice DESC, p_name|l_shipdate, p_retailprice",
		"NOT EXISTS (SELECT 1 FROM supplier WHERE s_suppkey = l_suppkey AND s_acctbal > 0)|EXISTS (SELECT 1 FROM partsupp WHERE ps_partkey = l_partkey AND ps_suppkey = l_suppkey AND ps_availqty < 100)"},
}

// topsAsked is how many queries expectTops asks.
const topsAsked = 80

// expectTops compares random limited orders over joins across stores with PostgreSQL, with
// all rules and without those that cut them off early.
func expectTops(t *testing.T, oracle, conn *pgx.Conn, random *rand.Rand) {
	t.Helper()
	early := 0
	pick := func(of string) string {
		all := strings.Split(of, "|")
		return all[random.IntN(len(all))]
	}
	for i := range topsAsked {
		j := topJoins[i%len(topJoins)]
		sql := fmt.Sprintf("SELECT %s FROM %s", j.columns, j.from)
		if random.IntN(3) > 0 {
			sql += " WHERE " + pick(j.conditions)
		}
		sql += fmt.Sprintf(" ORDER BY %s, %s LIMIT %d OFFSET %d", pick(j.orders), j.unique, 1+random.IntN(30), random.IntN(3)*random.IntN(20))
		expectSame(t, oracle, conn, tpch.Query{Name: sql, SQL: sql}, "", "PushTopThroughJoin,PushTopThroughWindow,TurnSubqueryIntoJoin")
		must(t, set(t.Context(), conn, ""))
		if strings.Contains(ask(t.Context(), conn, "EXPLAIN (ANALYZE) "+sql).String(), "first ") {
			early++
		}
	}
	if early < topsAsked/6 {
		t.Errorf("only %d of %d queries read first rows", early, topsAsked)
	}
	const late = "SELECT l_orderkey FROM lineitem JOIN part ON p_partkey = l_partkey WHERE p_retailprice > 930 ORDER BY l_partkey, l_orderkey LIMIT 20"
	if got := ask(t.Context(), conn, "EXPLAIN (ANALYZE) "+late).String(); strings.Count(got, "first ") < 2 {
		t.Errorf("the first rows have no partners, and were asked for once:\n%s", got)
	}
}
