-- ORDER BY leaves rows that differ in any order.
SELECT a, b, sum(c) FROM t GROUP BY CUBE (a, b) ORDER BY 1, 2;
SELECT a, generate_series(1, 3) FROM t ORDER BY a FETCH FIRST 2 ROWS WITH TIES;
SELECT unnest(ia) AS g, count(*) FROM every GROUP BY 1 ORDER BY 2;
