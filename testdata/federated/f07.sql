-- f07, anti-join: customers without a late order
-- least trade: SELECT count(DISTINCT o_custkey) FROM orders JOIN customer ON c_custkey = o_custkey JOIN nation ON n_nationkey = c_nationkey
--   WHERE n_name = 'CHINA' AND c_acctbal > 5000 AND o_orderdate >= date '1996-01-01'
-- least parties: SELECT count(*) FROM customer JOIN nation ON n_nationkey = c_nationkey WHERE n_name = 'CHINA' AND c_acctbal > 5000
SELECT c_custkey, c_name, c_acctbal
FROM customer
JOIN nation ON n_nationkey = c_nationkey
WHERE n_name = 'CHINA' AND c_acctbal > 5000
  AND NOT EXISTS (
        SELECT 1
        FROM orders
        WHERE o_custkey = c_custkey AND o_orderdate >= date '1996-01-01')
ORDER BY c_acctbal DESC, c_custkey
LIMIT 50
