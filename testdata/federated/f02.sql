-- f02, star join, dimensions in two other stores
-- least trade: SELECT count(*) FROM (SELECT l_partkey, l_suppkey FROM lineitem JOIN part ON p_partkey = l_partkey JOIN supplier ON s_suppkey = l_suppkey
--   JOIN nation ON n_nationkey = s_nationkey JOIN region ON r_regionkey = n_regionkey WHERE p_brand = 'Brand#31' AND p_size = 7 AND r_name = 'AFRICA'
--   GROUP BY l_partkey, l_suppkey) AS sent
-- least parties: SELECT count(*) FROM nation JOIN region ON r_regionkey = n_regionkey WHERE r_name = 'AFRICA'
-- least parts: SELECT (SELECT count(*) FROM part WHERE p_brand = 'Brand#31' AND p_size = 7)
--   + (SELECT count(*) FROM supplier JOIN nation ON n_nationkey = s_nationkey JOIN region ON r_regionkey = n_regionkey WHERE r_name = 'AFRICA')
SELECT n_name, count(*) AS lines, sum(l_extendedprice * (1 - l_discount)) AS revenue
FROM lineitem
JOIN part ON p_partkey = l_partkey
JOIN supplier ON s_suppkey = l_suppkey
JOIN nation ON n_nationkey = s_nationkey
JOIN region ON r_regionkey = n_regionkey
WHERE p_brand = 'Brand#31' AND p_size = 7 AND r_name = 'AFRICA'
GROUP BY n_name
ORDER BY n_name
