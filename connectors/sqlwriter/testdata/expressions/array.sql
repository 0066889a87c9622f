-- from numbers
ARRAY[whole, 3]
(ARRAY[whole, 3])[1]
(ARRAY[whole, 3])[id]
(ARRAY[1,2,3])[0]
(ARRAY[1,2,3])[-1]
(ARRAY['a','b',NULL])[2]
array_length(ARRAY[1,2,3], 1)
array_length(ARRAY[1,2,3], 2)
cardinality(ARRAY[1,2,3])
array_upper(ARRAY[1,2], 1)
array_lower(ARRAY[1,2], 1)
array_append(ARRAY[1,2], whole)
array_prepend(whole, ARRAY[1,2])
array_cat(ARRAY[1,2], ARRAY[whole])
ARRAY[1,2] || whole
whole || ARRAY[1,2]
ARRAY[1,2] || ARRAY[3]
ARRAY[whole] = ARRAY[3]
ARRAY[price, 1.5]
ARRAY[price]
ARRAY[loose]
'{1,2,NULL}'::int[]
'{a,"b c",NULL,"nu\"ll"}'::text[]
'{}'::int[]
ARRAY[]::text[]
string_to_array('a,b,c', ',')
string_to_array('abc', NULL)
string_to_array('', ',')
ARRAY[1,2]::text[]
whole = ANY (string_to_array('3,10', ',')::int[])
array_to_string(ARRAY[1,2], ',')
array_position(ARRAY[1,2,3], whole)
ARRAY[1,2,3] @> ARRAY[whole]
ARRAY[1,2,3] && ARRAY[whole]
(ARRAY[1,2,3])[1:2]
(ARRAY[1,2,3])[2:]
(ARRAY[1,2,3])[:2]
(ARRAY[1,2,3])[-1:2]
(ARRAY[1,2,3])[2:1]
(ARRAY[1,2,3])[whole:3]
(ARRAY[1.5,2.25])[1:1]
array_position(ARRAY[1,NULL,3], NULL)
ARRAY[1,2,NULL] @> ARRAY[NULL::int]
ARRAY[1,2] <@ ARRAY[2,1,3]
array_to_string(ARRAY['a',NULL,'b'], '-')
array_to_string(ARRAY[]::text[], '-')
array_to_string(ARRAY[NULL]::text[], '-')
ARRAY[1.5, loose]::text[]
ARRAY['1','2']::int[]
ARRAY[1,2]::numeric[]
ARRAY[1,2]::float8[]
ARRAY[whole]::int8[]
whole = ANY (ARRAY[1,2]::int8[])
ARRAY[1,2] < ARRAY[1,3]
ARRAY['a'] = ARRAY['a']::varchar[]
array_length('{}'::int[], 1)
cardinality('{}'::int[])
array_append(NULL::int[], 1)
array_cat(NULL, ARRAY[1])
array_agg(whole) OVER (ORDER BY id)
