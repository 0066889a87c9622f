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
