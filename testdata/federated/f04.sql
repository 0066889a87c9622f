-- f04, count distinct over a join of three stores
-- least trade: SELECT count(*) FROM (SELECT DISTINCT l_partkey, o_custkey FROM lineitem JOIN orders ON o_orderkey = l_orderkey JOIN part ON p_partkey = l_partkey
--   WHERE p_brand = 'Brand#12' AND p_container = 'JUMBO PACK') AS sent
-- least parties: SELECT count(DISTINCT o_custkey) FROM lineitem JOIN orders ON o_orderkey = l_orderkey JOIN part ON p_partkey = l_partkey
--   WHERE p_brand = 'Brand#12' AND p_container = 'JUMBO PACK'
-- least parts: SELECT count(*) FROM part WHERE p_brand = 'Brand#12' AND p_container = 'JUMBO PACK'
SELECT n_name, count(DISTINCT o_custkey) AS customers
FROM lineitem
JOIN orders ON o_orderkey = l_orderkey
JOIN part ON p_partkey = l_partkey
JOIN customer ON c_custkey = o_custkey
JOIN nation ON n_nationkey = c_nationkey
WHERE p_brand = 'Brand#12' AND p_container = 'JUMBO PACK'
GROUP BY n_name
ORDER BY n_name
