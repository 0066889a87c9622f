-- f12, look-up by key through two joins: a customer's last orders
-- least trade: SELECT least(5, count(*)) FROM orders WHERE o_custkey = 142
-- least parties: SELECT count(*) FROM customer WHERE c_custkey = 142
SELECT c_name, n_name, o_orderkey, o_orderdate, o_totalprice
FROM customer
JOIN nation ON n_nationkey = c_nationkey
JOIN orders ON o_custkey = c_custkey
WHERE c_custkey = 142
ORDER BY o_orderdate DESC, o_orderkey
LIMIT 5
