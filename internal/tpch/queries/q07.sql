-- q07, volume shipping
-- least trade: SELECT count(*) FROM (SELECT DISTINCT l_suppkey, o_custkey, extract(year FROM l_shipdate) FROM lineitem JOIN orders ON o_orderkey = l_orderkey
--   JOIN customer ON c_custkey = o_custkey JOIN supplier ON s_suppkey = l_suppkey JOIN nation n1 ON n1.n_nationkey = c_nationkey
--   JOIN nation n2 ON n2.n_nationkey = s_nationkey WHERE n1.n_name IN ('FRANCE', 'GERMANY') AND n2.n_name IN ('FRANCE', 'GERMANY')
--   AND l_shipdate BETWEEN date '1995-01-01' AND date '1996-12-31') AS sent
-- least parties: SELECT 2 + count(*) FROM customer JOIN nation ON c_nationkey = n_nationkey WHERE n_name IN ('FRANCE', 'GERMANY')
-- least parts: SELECT count(*) FROM supplier JOIN nation ON s_nationkey = n_nationkey WHERE n_name IN ('FRANCE', 'GERMANY')
SELECT supp_nation, cust_nation, l_year, sum(volume) AS revenue
FROM (
        SELECT n1.n_name AS supp_nation,
               n2.n_name AS cust_nation,
               extract(year FROM l_shipdate) AS l_year,
               l_extendedprice * (1 - l_discount) AS volume
        FROM supplier, lineitem, orders, customer, nation n1, nation n2
        WHERE s_suppkey = l_suppkey
          AND o_orderkey = l_orderkey
          AND c_custkey = o_custkey
          AND s_nationkey = n1.n_nationkey
          AND c_nationkey = n2.n_nationkey
          AND ((n1.n_name = 'FRANCE' AND n2.n_name = 'GERMANY')
            OR (n1.n_name = 'GERMANY' AND n2.n_name = 'FRANCE'))
          AND l_shipdate BETWEEN date '1995-01-01' AND date '1996-12-31'
     ) AS shipping
GROUP BY supp_nation, cust_nation, l_year
ORDER BY supp_nation, cust_nation, l_year
