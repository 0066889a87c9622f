-- q02, minimum cost supplier
-- least parties: SELECT count(*) FROM nation JOIN region ON n_regionkey = r_regionkey WHERE r_name = 'EUROPE'
-- least parts: SELECT count(*) FROM (SELECT ps_supplycost = min(ps_supplycost) OVER (PARTITION BY p_partkey) AS least
--   FROM part JOIN partsupp ON p_partkey = ps_partkey JOIN supplier ON s_suppkey = ps_suppkey JOIN nation ON s_nationkey = n_nationkey
--   JOIN region ON n_regionkey = r_regionkey WHERE p_size = 15 AND p_type LIKE '%BRASS' AND r_name = 'EUROPE') AS sent WHERE least
-- more: Which suppliers are European lies in another store, so the least cost of a part is found here: all their offers of these parts come, once for
--   the query and once for its subquery, and the suppliers that keys of nations leave, twice.
SELECT s_acctbal, s_name, n_name, p_partkey, p_mfgr, s_address, s_phone, s_comment
FROM part, supplier, partsupp, nation, region
WHERE p_partkey = ps_partkey
  AND s_suppkey = ps_suppkey
  AND p_size = 15
  AND p_type LIKE '%BRASS'
  AND s_nationkey = n_nationkey
  AND n_regionkey = r_regionkey
  AND r_name = 'EUROPE'
  AND ps_supplycost = (
        SELECT min(ps_supplycost)
        FROM partsupp, supplier, nation, region
        WHERE p_partkey = ps_partkey
          AND s_suppkey = ps_suppkey
          AND s_nationkey = n_nationkey
          AND n_regionkey = r_regionkey
          AND r_name = 'EUROPE')
ORDER BY s_acctbal DESC, n_name, s_name, p_partkey
LIMIT 100
