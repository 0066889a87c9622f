-- f10, intersection of two stores
-- least parties: SELECT (SELECT count(DISTINCT c_nationkey) FROM customer WHERE c_acctbal > 9900) + (SELECT count(*) FROM nation)
-- least parts: SELECT count(DISTINCT s_nationkey) FROM supplier WHERE s_acctbal > 9500
SELECT n_nationkey, n_name
FROM nation
WHERE n_nationkey IN (
        SELECT c_nationkey FROM customer WHERE c_acctbal > 9900
        INTERSECT
        SELECT s_nationkey FROM supplier WHERE s_acctbal > 9500)
ORDER BY n_nationkey
