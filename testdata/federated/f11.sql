-- f11, look-up by key through four joins: one order and all that belongs to it
-- least trade: SELECT count(*) FROM lineitem WHERE l_orderkey = 7
-- least parties: SELECT count(*) FROM orders WHERE o_orderkey = 7
-- least parts: SELECT count(DISTINCT l_partkey) + count(DISTINCT l_suppkey) FROM lineitem WHERE l_orderkey = 7
SELECT o_orderkey, o_orderdate, c_name, l_linenumber, l_quantity, p_name, s_name
FROM orders
JOIN customer ON c_custkey = o_custkey
JOIN lineitem ON l_orderkey = o_orderkey
JOIN part ON p_partkey = l_partkey
JOIN supplier ON s_suppkey = l_suppkey
WHERE o_orderkey = 7
ORDER BY l_linenumber
