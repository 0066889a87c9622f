-- f19, one store only: what it can do alone
-- least trade: SELECT count(*) FROM (SELECT DISTINCT extract(year FROM o_orderdate), extract(month FROM o_orderdate) FROM orders WHERE o_orderstatus = 'F') AS sent
SELECT extract(year FROM o_orderdate) AS order_year, extract(month FROM o_orderdate) AS order_month,
       count(*) AS orders, sum(o_totalprice) AS total
FROM orders
WHERE o_orderstatus = 'F'
GROUP BY extract(year FROM o_orderdate), extract(month FROM o_orderdate)
ORDER BY order_year, order_month
