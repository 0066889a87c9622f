-- f20, a join across stores used twice: months above their nation's average
-- least trade: SELECT count(*) FROM (SELECT o_custkey FROM orders WHERE o_orderdate >= date '1997-01-01' AND o_orderdate < date '1998-01-01'
--   GROUP BY o_custkey, extract(month FROM o_orderdate)) AS sent
-- least parties: SELECT count(DISTINCT o_custkey) FROM orders WHERE o_orderdate >= date '1997-01-01' AND o_orderdate < date '1998-01-01'
WITH monthly AS (
        SELECT n_name, extract(month FROM o_orderdate) AS order_month, sum(o_totalprice) AS total
        FROM orders
        JOIN customer ON c_custkey = o_custkey
        JOIN nation ON n_nationkey = c_nationkey
        WHERE o_orderdate >= date '1997-01-01' AND o_orderdate < date '1998-01-01'
        GROUP BY n_name, extract(month FROM o_orderdate))
SELECT high.n_name, high.order_month, high.total
FROM monthly AS high
WHERE high.total > 1.05 * (SELECT avg(other.total) FROM monthly AS other WHERE other.n_name = high.n_name)
ORDER BY high.n_name, high.order_month
