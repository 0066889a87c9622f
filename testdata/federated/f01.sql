-- f01, star join, the selective dimension in another store
-- least trade: SELECT count(*) FROM (SELECT o_custkey FROM orders WHERE o_custkey IN (SELECT c_custkey FROM customer JOIN nation ON n_nationkey = c_nationkey
--   WHERE n_name = 'KENYA' AND c_mktsegment = 'MACHINERY') GROUP BY o_custkey, extract(year FROM o_orderdate)) AS sent
-- least parties: SELECT count(*) FROM customer JOIN nation ON n_nationkey = c_nationkey WHERE n_name = 'KENYA' AND c_mktsegment = 'MACHINERY'
SELECT extract(year FROM o_orderdate) AS order_year, count(*) AS orders, sum(o_totalprice) AS total
FROM orders
JOIN customer ON c_custkey = o_custkey
JOIN nation ON n_nationkey = c_nationkey
WHERE n_name = 'KENYA' AND c_mktsegment = 'MACHINERY'
GROUP BY extract(year FROM o_orderdate)
ORDER BY order_year
