-- f15, groups of one store chosen by their size, then named by another
-- least trade: SELECT count(*) FROM (SELECT o_custkey FROM orders GROUP BY o_custkey HAVING sum(o_totalprice) > 3800000) AS sent
-- least parties: SELECT count(*) FROM (SELECT o_custkey FROM orders GROUP BY o_custkey HAVING sum(o_totalprice) > 3800000) AS sent
SELECT c_custkey, c_name, n_name, total
FROM (
        SELECT o_custkey, sum(o_totalprice) AS total
        FROM orders
        GROUP BY o_custkey
        HAVING sum(o_totalprice) > 3800000
     ) AS large
JOIN customer ON c_custkey = o_custkey
JOIN nation ON n_nationkey = c_nationkey
ORDER BY total DESC, c_custkey
LIMIT 25
