-- f06, window over a join of two stores: how each order differs from the customer's last
-- least trade: SELECT count(*) FROM orders JOIN customer ON c_custkey = o_custkey JOIN nation ON n_nationkey = c_nationkey WHERE n_name = 'PERU' AND c_acctbal > 9000
-- least parties: SELECT count(*) FROM customer JOIN nation ON n_nationkey = c_nationkey WHERE n_name = 'PERU' AND c_acctbal > 9000
SELECT c_custkey, c_name, o_orderdate, o_totalprice,
       o_totalprice - lag(o_totalprice) OVER (PARTITION BY c_custkey ORDER BY o_orderdate, o_orderkey) AS change
FROM customer
JOIN nation ON n_nationkey = c_nationkey
JOIN orders ON o_custkey = c_custkey
WHERE n_name = 'PERU' AND c_acctbal > 9000
ORDER BY c_custkey, o_orderdate, o_orderkey
LIMIT 200
