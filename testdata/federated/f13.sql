-- f13, semi-join: suppliers that were late
-- least trade: SELECT count(DISTINCT l_suppkey) FROM lineitem WHERE l_receiptdate > l_commitdate AND l_shipdate >= date '1998-11-01'
-- least parties: SELECT count(*) FROM nation
-- least parts: SELECT count(*) FROM supplier WHERE s_acctbal > 0 AND s_suppkey IN (SELECT l_suppkey FROM lineitem
--   WHERE l_receiptdate > l_commitdate AND l_shipdate >= date '1998-11-01')
SELECT n_name, count(*) AS suppliers
FROM supplier
JOIN nation ON n_nationkey = s_nationkey
WHERE s_acctbal > 0
  AND EXISTS (
        SELECT 1
        FROM lineitem
        WHERE l_suppkey = s_suppkey
          AND l_receiptdate > l_commitdate
          AND l_shipdate >= date '1998-11-01')
GROUP BY n_name
ORDER BY n_name
