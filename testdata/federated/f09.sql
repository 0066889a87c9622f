-- f09, union of two stores, grouped by a third table
-- least parties: SELECT (SELECT count(DISTINCT c_nationkey) FROM customer WHERE c_acctbal < 0) + (SELECT count(*) FROM nation)
-- least parts: SELECT count(DISTINCT s_nationkey) FROM supplier WHERE s_acctbal < 0
SELECT n_name, kind, count(*) AS debtors, sum(balance) AS debt
FROM (
        SELECT c_nationkey AS nationkey, 'customer' AS kind, c_acctbal AS balance
        FROM customer
        UNION ALL
        SELECT s_nationkey, 'supplier', s_acctbal
        FROM supplier
     ) AS everybody
JOIN nation ON n_nationkey = nationkey
WHERE balance < 0
GROUP BY n_name, kind
ORDER BY n_name, kind
