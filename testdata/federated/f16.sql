-- f16, outer join: what was shipped of some parts, also if nothing
-- least trade: SELECT count(DISTINCT l_partkey) FROM lineitem JOIN part ON p_partkey = l_partkey
--   WHERE p_brand = 'Brand#22' AND p_size < 5 AND l_shipdate BETWEEN date '1995-03-06' AND date '1995-03-26'
-- least parts: SELECT count(*) FROM part WHERE p_brand = 'Brand#22' AND p_size < 5
SELECT p_partkey, p_name, coalesce(sum(l_quantity), 0) AS shipped
FROM part
LEFT JOIN lineitem ON l_partkey = p_partkey AND l_shipdate BETWEEN date '1995-03-06' AND date '1995-03-26'
WHERE p_brand = 'Brand#22' AND p_size < 5
GROUP BY p_partkey, p_name
ORDER BY shipped DESC, p_partkey
LIMIT 30
