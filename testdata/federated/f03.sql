-- f03, the top 20 of a join across stores
-- least trade: SELECT least(20, count(*)) FROM orders JOIN customer ON c_custkey = o_custkey JOIN nation ON n_nationkey = c_nationkey
--   WHERE n_name = 'JAPAN' AND c_mktsegment = 'BUILDING'
-- least parties: SELECT count(*) FROM customer JOIN nation ON n_nationkey = c_nationkey WHERE n_name = 'JAPAN' AND c_mktsegment = 'BUILDING'
SELECT o_orderkey, o_orderdate, o_totalprice, c_name
FROM orders
JOIN customer ON c_custkey = o_custkey
JOIN nation ON n_nationkey = c_nationkey
WHERE n_name = 'JAPAN' AND c_mktsegment = 'BUILDING'
ORDER BY o_totalprice DESC, o_orderkey
LIMIT 20
