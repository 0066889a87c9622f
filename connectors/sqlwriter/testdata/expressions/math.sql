-- from numbers
small + 1
small + whole
whole + 1
whole - 5
whole * 3
big + 1
big - whole
big * 2
whole / 3
whole / small
big / 7
whole % 3
whole % small
mod(whole, 4)
7 / 2
-7 / 2
-7 % 3
-whole
-big
+whole
abs(whole)
abs(small)
abs(price)
@ whole
whole & 6
whole | 6
whole # 6
~ whole
gcd(whole, 6)
lcm(small::int4, 6)
price + rate
price - rate
price * rate
price * rate * 2
price + 1
price * whole
1 - rate
price / 3
price / rate
whole / 3.0
price % 7
-price
-loose
loose + 1
loose - price
loose * loose
loose / 3
loose % 7
abs(loose)
sign(price)
sign(loose)
sign(double)
round(price)
round(price, 1)
round(rate, 2)
round(rate, 6)
round(price, -1)
round(loose)
round(loose, 2)
round(double)
trunc(price)
trunc(rate, 1)
trunc(loose, 3)
trunc(double)
ceil(price)
ceiling(rate)
ceil(loose)
ceil(double)
floor(price)
floor(loose)
floor(double)
sqrt(double)
sqrt(abs(price))
sqrt(loose)
power(rate, 2)
power(double, 2)
power(2, whole)
double + 1
double * 10
double / 3
double / whole
double - single
single + 1
single * single
single / 3
single + double
exp(single)
ln(abs(double) + 1)
ln(double)
ln(price)
log(abs(price) + 1)
log(2.0, 8)
exp(rate)
pi()
degrees(double)
radians(double)
sin(single)
cos(double)
cbrt(double)
div(price, 7)
scale(price)
scale(loose)
trim_scale(loose)
min_scale(price)
0.1 + 0.2
1.10 * 2.200
1e3
1.5e-3
100000000000000000000 + 1
12345678901234567890.12345 * 98765432109876543210.98765
greatest(whole, 5, small)
least(price, rate)
greatest(price, 3)
least(price, 100.00)
greatest(double, 1)
small::int4 * 100000
big::int4
whole::int2
price::int4
rate::int8
loose::int8
double::int4
single::int2
double::single
double::float4
price::float8
rate::float4
loose::float8
whole::numeric
whole::numeric(10,2)
price::numeric(8,1)
price::numeric(3,1)
loose::numeric(40,3)
double::numeric
single::numeric
whole::float8
big::float8
whole::text
big::text
price::text
loose::text
rate::varchar
double::text
single::text
price::int4::text || 'x'
whole::bool
'12'::int4
' 12 '::text::int4
'12x'::text::int4
'1.50'::text::numeric
'nan'::text::float8
'1e400'::text::float8
