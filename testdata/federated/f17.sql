-- f17, join by a key of two columns
-- least trade: SELECT count(*) FROM (SELECT DISTINCT l_partkey, l_suppkey FROM lineitem JOIN partsupp ON ps_partkey = l_partkey AND ps_suppkey = l_suppkey
--   WHERE ps_availqty < 50 AND l_shipdate >= date '1998-01-01') AS sent
-- least parts: SELECT count(*) FROM partsupp WHERE ps_availqty < 50
SELECT ps_suppkey, sum(l_quantity) AS wanted, min(ps_availqty) AS least_left
FROM partsupp
JOIN lineitem ON l_partkey = ps_partkey AND l_suppkey = ps_suppkey
WHERE ps_availqty < 50 AND l_shipdate >= date '1998-01-01'
GROUP BY ps_suppkey
ORDER BY wanted DESC, ps_suppkey
LIMIT 40
