-- from numbers
small = whole
whole <> 3
whole < big
price > 12
price >= rate
price = 12.5
price <= 12.50
loose = 1.5
loose > price
loose < 1000
loose <> 'NaN'
double = 'Infinity'
double > single
single = 1.5
single <= double
whole BETWEEN 1 AND 10
price BETWEEN 0 AND 50
whole NOT BETWEEN 1 AND 10
whole IN (3, 7, NULL)
whole IN (3, 7)
whole NOT IN (3, 7)
whole NOT IN (3, NULL)
price IN (12.5, 100)
loose IN (1.5, 1000)
loose NOT IN (1.5, 1000)
whole IS NULL
price IS NOT NULL
(whole > 3) IS TRUE
(whole > 3) IS NOT TRUE
(whole > 3) IS FALSE
(whole > 3) IS UNKNOWN
(whole > 3) IS NOT UNKNOWN
whole IS DISTINCT FROM 3
whole IS NOT DISTINCT FROM NULL
price IS DISTINCT FROM 12.5
loose IS NOT DISTINCT FROM 1.50
NOT (whole > 3)
whole > 3 AND price > 0
whole > 3 OR price > 0
whole > 3 AND NULL
whole > 3 OR NULL
NOT (whole > 3 OR price > 0) AND NOT whole = 7
nullif(whole, 3)
nullif(price, 100)
nullif(loose, 1.5)
coalesce(whole, -1)
coalesce(price, 0)
coalesce(loose, price)
coalesce(price, rate)
coalesce(NULL, whole, 5)
CASE WHEN whole > 5 THEN 'big' WHEN whole IS NULL THEN 'none' ELSE 'small' END
CASE whole WHEN 3 THEN price WHEN 7 THEN 1.5 ELSE 0 END
CASE WHEN whole > 3 THEN price END
CASE WHEN whole = 0 THEN 0 ELSE 100 / whole END
CASE WHEN whole > 3 THEN rate ELSE price END
whole = ANY (ARRAY[3, 7])
whole = ANY (ARRAY[3, NULL])
whole <> ALL (ARRAY[3, 7])
whole > ALL (ARRAY[1, 2])
whole < ANY (ARRAY[1, small::int4])
whole = ANY ('{3,10}')
price = ANY (ARRAY[12.5, 100])
(whole, small) = (3, 2)
(whole, small) < (3, 3)
(whole, price) >= (3, 100)
(whole, small) <> (3, 2)
(whole, small) IN ((3, 2), (10, 1))
whole = 3.0
small = 3::int8
big > 2147483647
1 < 2
'a' < 'b'
NULL = NULL
true AND false
