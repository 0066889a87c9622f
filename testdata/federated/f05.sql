-- f05, window over a join of three stores: the three best suppliers of each nation
-- least trade: SELECT count(DISTINCT l_suppkey) FROM lineitem WHERE l_shipdate >= date '1997-01-01' AND l_shipdate < date '1997-02-01'
-- least parties: SELECT count(*) FROM nation
-- least parts: SELECT count(DISTINCT l_suppkey) FROM lineitem WHERE l_shipdate >= date '1997-01-01' AND l_shipdate < date '1997-02-01'
SELECT n_name, place, s_name, revenue
FROM (
        SELECT n_name, s_name, revenue,
               rank() OVER (PARTITION BY n_name ORDER BY revenue DESC, s_name) AS place
        FROM (
                SELECT l_suppkey, sum(l_extendedprice) AS revenue
                FROM lineitem
                WHERE l_shipdate >= date '1997-01-01' AND l_shipdate < date '1997-02-01'
                GROUP BY l_suppkey
             ) AS earned
        JOIN supplier ON s_suppkey = l_suppkey
        JOIN nation ON n_nationkey = s_nationkey
     ) AS ranked
WHERE place <= 3
ORDER BY n_name, place
