-- q08, national market share
-- least trade: SELECT count(*) FROM (SELECT DISTINCT l_partkey, l_suppkey, o_custkey, extract(year FROM o_orderdate) FROM lineitem
--   JOIN orders ON o_orderkey = l_orderkey JOIN part ON p_partkey = l_partkey
--   WHERE p_type = 'ECONOMY ANODIZED STEEL' AND o_orderdate BETWEEN date '1995-01-01' AND date '1996-12-31') AS sent
-- least parties: SELECT 25 + count(DISTINCT c_custkey) FROM lineitem JOIN orders ON o_orderkey = l_orderkey JOIN part ON p_partkey = l_partkey
--   JOIN customer ON c_custkey = o_custkey JOIN nation ON c_nationkey = n_nationkey JOIN region ON n_regionkey = r_regionkey
--   WHERE r_name = 'AMERICA' AND p_type = 'ECONOMY ANODIZED STEEL' AND o_orderdate BETWEEN date '1995-01-01' AND date '1996-12-31'
-- least parts: SELECT (SELECT count(*) FROM part WHERE p_type = 'ECONOMY ANODIZED STEEL') + (SELECT count(DISTINCT l_suppkey)
--   FROM lineitem JOIN orders ON o_orderkey = l_orderkey JOIN part ON p_partkey = l_partkey
--   WHERE p_type = 'ECONOMY ANODIZED STEEL' AND o_orderdate BETWEEN date '1995-01-01' AND date '1996-12-31')
-- more: All customers of America come, two numbers each, while PostgreSQL looks for the lines: to wait for these lines' customers would put
--   one read behind the other.
SELECT o_year,
       sum(CASE WHEN nation = 'BRAZIL' THEN volume ELSE 0 END) / sum(volume) AS mkt_share
FROM (
        SELECT extract(year FROM o_orderdate) AS o_year,
               l_extendedprice * (1 - l_discount) AS volume,
               n2.n_name AS nation
        FROM part, supplier, lineitem, orders, customer, nation n1, nation n2, region
        WHERE p_partkey = l_partkey
          AND s_suppkey = l_suppkey
          AND l_orderkey = o_orderkey
          AND o_custkey = c_custkey
          AND c_nationkey = n1.n_nationkey
          AND n1.n_regionkey = r_regionkey
          AND r_name = 'AMERICA'
          AND s_nationkey = n2.n_nationkey
          AND o_orderdate BETWEEN date '1995-01-01' AND date '1996-12-31'
          AND p_type = 'ECONOMY ANODIZED STEEL'
     ) AS all_nations
GROUP BY o_year
ORDER BY o_year
