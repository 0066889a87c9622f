-- f08, anti-join: parts that were not shipped lately
-- least trade: SELECT count(DISTINCT l_partkey) FROM lineitem JOIN part ON p_partkey = l_partkey
--   WHERE p_brand = 'Brand#55' AND p_type LIKE 'SMALL%' AND l_shipdate >= date '1998-06-01'
-- least parts: SELECT count(*) FROM part WHERE p_brand = 'Brand#55' AND p_type LIKE 'SMALL%'
SELECT p_container, count(*) AS parts
FROM part
WHERE p_brand = 'Brand#55' AND p_type LIKE 'SMALL%'
  AND NOT EXISTS (
        SELECT 1
        FROM lineitem
        WHERE l_partkey = p_partkey AND l_shipdate >= date '1998-06-01')
GROUP BY p_container
ORDER BY p_container
