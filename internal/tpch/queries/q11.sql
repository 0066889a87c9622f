-- q11, important stock identification
-- least parties: SELECT 1
-- least parts: SELECT count(*) FROM (SELECT sum(ps_supplycost * ps_availqty) AS value, sum(sum(ps_supplycost * ps_availqty)) OVER () AS total
--   FROM partsupp JOIN supplier ON ps_suppkey = s_suppkey JOIN nation ON s_nationkey = n_nationkey WHERE n_name = 'GERMANY'
--   GROUP BY ps_partkey) AS sent WHERE value > total * 0.0001
-- more: Which parts are large enough depends on the sum of all, and a supplier's nation lies in another store: the sums of all parts come.
SELECT ps_partkey, sum(ps_supplycost * ps_availqty) AS value
FROM partsupp, supplier, nation
WHERE ps_suppkey = s_suppkey
  AND s_nationkey = n_nationkey
  AND n_name = 'GERMANY'
GROUP BY ps_partkey
HAVING sum(ps_supplycost * ps_availqty) > (
        SELECT sum(ps_supplycost * ps_availqty) * 0.0001
        FROM partsupp, supplier, nation
        WHERE ps_suppkey = s_suppkey
          AND s_nationkey = n_nationkey
          AND n_name = 'GERMANY')
ORDER BY value DESC
