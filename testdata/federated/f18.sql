-- f18, six tables of three stores, filters in each
-- least trade: SELECT count(*) FROM (SELECT l_partkey, o_custkey, l_shipmode FROM lineitem JOIN orders ON o_orderkey = l_orderkey JOIN customer ON c_custkey = o_custkey
--   JOIN nation ON n_nationkey = c_nationkey JOIN region ON r_regionkey = n_regionkey
--   WHERE r_name = 'EUROPE' AND o_orderdate >= date '1996-05-01' AND o_orderdate < date '1996-06-01' GROUP BY l_partkey, o_custkey, l_shipmode) AS sent
-- least parties: SELECT count(*) FROM customer JOIN nation ON n_nationkey = c_nationkey JOIN region ON r_regionkey = n_regionkey WHERE r_name = 'EUROPE'
-- least parts: SELECT count(DISTINCT l_partkey) FROM lineitem JOIN orders ON o_orderkey = l_orderkey JOIN customer ON c_custkey = o_custkey JOIN part ON p_partkey = l_partkey
--   JOIN nation ON n_nationkey = c_nationkey JOIN region ON r_regionkey = n_regionkey
--   WHERE r_name = 'EUROPE' AND p_mfgr = 'Manufacturer#4' AND o_orderdate >= date '1996-05-01' AND o_orderdate < date '1996-06-01'
SELECT n_name, l_shipmode, count(*) AS lines, sum(l_extendedprice) AS price
FROM lineitem
JOIN orders ON o_orderkey = l_orderkey
JOIN customer ON c_custkey = o_custkey
JOIN nation ON n_nationkey = c_nationkey
JOIN region ON r_regionkey = n_regionkey
JOIN part ON p_partkey = l_partkey
WHERE r_name = 'EUROPE' AND p_mfgr = 'Manufacturer#4'
  AND o_orderdate >= date '1996-05-01' AND o_orderdate < date '1996-06-01'
GROUP BY n_name, l_shipmode
ORDER BY n_name, l_shipmode
