-- f14, aggregate of a whole table by a column of another store
-- least trade: SELECT count(DISTINCT o_custkey) FROM orders
-- least parties: SELECT count(DISTINCT o_custkey) FROM orders
SELECT c_mktsegment, count(*) AS orders, sum(o_totalprice) AS total, max(o_orderdate) AS latest
FROM orders
JOIN customer ON c_custkey = o_custkey
GROUP BY c_mktsegment
ORDER BY c_mktsegment
