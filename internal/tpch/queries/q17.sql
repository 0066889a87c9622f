-- q17, small-quantity-order revenue
-- least trade: SELECT count(DISTINCT l_partkey) FROM (SELECT l_partkey, l_quantity, avg(l_quantity) OVER (PARTITION BY l_partkey) AS usual
--   FROM lineitem JOIN part ON p_partkey = l_partkey WHERE p_brand = 'Brand#23' AND p_container = 'MED BOX') AS sent WHERE l_quantity < 0.2 * usual
-- least parts: SELECT count(*) FROM part WHERE p_brand = 'Brand#23' AND p_container = 'MED BOX'
-- more: A quantity is compared with the average of its part here, so each quantity of these parts comes once, with what it was sold for.
SELECT sum(l_extendedprice) / 7.0 AS avg_yearly
FROM lineitem, part
WHERE p_partkey = l_partkey
  AND p_brand = 'Brand#23'
  AND p_container = 'MED BOX'
  AND l_quantity < (
        SELECT 0.2 * avg(l_quantity)
        FROM lineitem
        WHERE l_partkey = p_partkey)
