-- q09, product type profit measure
-- least trade: SELECT count(*) FROM (SELECT DISTINCT l_partkey, l_suppkey, extract(year FROM o_orderdate) FROM lineitem JOIN orders ON o_orderkey = l_orderkey
--   JOIN part ON p_partkey = l_partkey WHERE p_name LIKE '%green%') AS sent
-- least parties: SELECT count(*) FROM nation
-- least parts: SELECT count(*) FROM part JOIN partsupp ON ps_partkey = p_partkey WHERE p_name LIKE '%green%'
SELECT nation, o_year, sum(amount) AS sum_profit
FROM (
        SELECT n_name AS nation,
               extract(year FROM o_orderdate) AS o_year,
               l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity AS amount
        FROM part, supplier, lineitem, partsupp, orders, nation
        WHERE s_suppkey = l_suppkey
          AND ps_suppkey = l_suppkey
          AND ps_partkey = l_partkey
          AND p_partkey = l_partkey
          AND o_orderkey = l_orderkey
          AND s_nationkey = n_nationkey
          AND p_name LIKE '%green%'
     ) AS profit
GROUP BY nation, o_year
ORDER BY nation, o_year DESC
