-- from words
t || v
t || '!'
c || 'x'
t || id
v || c
length(t)
length(v)
length(c)
char_length(c)
octet_length(t)
octet_length(c)
bit_length(t)
upper(t)
lower(t)
upper(c)
initcap(t)
initcap(v)
trim(t)
ltrim(t)
rtrim(t)
btrim(t, ' h')
trim(both 'h' from t)
ltrim(t, 'he')
rtrim(v, 'od')
substring(t, 2)
substring(t, 2, 3)
substring(t, 0, 3)
substring(t, -2, 5)
substring(t, 2, -1)
substring(t from 2 for 3)
substr(v, 3)
substr(c, 1, 2)
left(t, 3)
left(t, -2)
left(t, 0)
right(t, 3)
right(t, -2)
position('o' in t)
position('' in t)
strpos(t, 'l')
replace(t, 'l', 'L')
replace(t, '', 'x')
replace(t, 'hello', '')
translate(t, 'lo', '01')
translate(t, 'lo', '0')
repeat(t, 2)
repeat(t, 0)
repeat(t, -1)
reverse(t)
reverse(v)
lpad(t, 8)
lpad(t, 8, '*-')
lpad(t, 3)
rpad(t, 8, '*-')
rpad(v, 2)
lpad(t, 5, '')
split_part(t, ',', 2)
split_part(t, ',', -1)
split_part(t, ',', 9)
split_part(t, '', 1)
split_part(t, ',', 0)
starts_with(t, 'he')
t ^@ 'he'
ascii(t)
chr(65)
chr(id + 64)
chr(8364)
md5(t)
to_hex(id)
to_hex(-id)
quote_literal(t)
quote_nullable(t)
overlay(t placing 'XX' from 2)
overlay(t placing 'XX' from 2 for 1)
t LIKE 'he%'
t LIKE '%o%'
t LIKE '_ello'
t NOT LIKE 'he%'
t LIKE '%\%%'
v LIKE '%\_%'
v LIKE 'a!_b!%c' ESCAPE '!'
v LIKE '%\\%'
t LIKE v
t ILIKE 'HE%'
t NOT ILIKE '%O%'
t ILIKE '%ï%'
t ILIKE '%Ï%'
c LIKE 'abc'
c LIKE 'abc%'
t LIKE ''
t ~ '^h'
t ~ 'l+o'
t ~ '^[a-z ]+$'
t ~* 'HELLO'
t ~* '[h]E'
t !~ 'o'
t !~* 'O'
t ~ '\d'
v ~ '^\d+$'
t ~ '(one|two)'
t ~ 'o{1,2}'
t ~ '[[:space:]]'
t ~ '^.{5}$'
t = 'hello'
t = v
t < v
t > 'a'
t <= 'Hello'
v = 'abc'
c = 'abc'
c = 'abc   '
c <> 'abc'
c < 'abd'
c = v
c::text = 'abc'
c = t
t IN ('hello', 'ABC', '')
c IN ('abc', 'zz')
c NOT IN ('abc', 'zz')
c IN ('abc', 'a much longer one')
t BETWEEN 'a' AND 'i'
greatest(t, 'b')
least(t, v)
greatest(t, v, 'm')
coalesce(t, v, 'none')
coalesce(c, 'none')
nullif(t, 'hello')
nullif(c, 'abc')
CASE WHEN c = 'abc' THEN c ELSE 'other' END
t::varchar(3)
t::char(3)
v::char(8)
c::text
c::varchar
c::char(3)
c::char(10)
t::varchar(3) || '|'
t::char(8) || '|'
'ab'::char(4)
length('ab'::char(4))
flag::text
flag::int4
flag AND t IS NOT NULL
NOT flag
flag = true
'yes'::text::bool
t::bool
code
code::text
code = '5b30857f-0bfa-48b5-ac0b-5c64e28078d1'
code < '80000000-0000-0000-0000-000000000000'
code::text::uuid
raw
raw || '\x00'
length(raw)
octet_length(raw)
md5(raw)
sha256(raw)
raw = '\x616263'
raw < '\x70'
raw::text
concat(t, v)
concat_ws('-', t, v)
format('%s', t)
t COLLATE "C" < 'b'
id || t
t || flag
t || 1.50
code || 'x'
md5(t) = md5('hello')
t LIKE 'x\'
t LIKE 'hello\'
concat('a', id, NULL, 'b')
concat_ws(',', id, t, NULL, v)
t NOT ILIKE 'h%'
t SIMILAR TO 'h(e|a)llo'
t ~ '['
t ~ '(?i)HELLO'
t ~ '\mhello\M'
regexp_replace(t, 'l+', 'L')
regexp_match(t, 'l+')
