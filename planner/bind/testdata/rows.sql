INSERT INTO t VALUES (1, 'x', 1.50, '2024-01-01'), (2, 'y', 2.25, '2024-01-02'), (2, 'y', NULL, '2024-01-31'), (3, NULL, 10.00, NULL),
	(NULL, 'x', 0.10, '2023-12-31'), (4, 'zeta', -5.75, '2024-02-29'), (1, '', 1.50, '2024-01-01'), (7, 'x1', 99.99, '2020-05-05');
INSERT INTO u VALUES (1, 'x', 1.5, true), (2, 'z', -0.5, false), (2, 'y', NULL, NULL), (NULL, NULL, 3, true), (9, 'x', 1e10, false), (4, 'zeta', 0, true);
INSERT INTO p VALUES (1, 'one', 10.00, '2024-01-01'), (2, 'two', 20.50, NULL), (3, 'three', 10.00, '2023-06-01'), (4, 'one', 7.25, '2024-01-15');
INSERT INTO q VALUES (1, NULL, 1, 'n1'), (1, 1, 2, NULL), (2, 1, 1, 'n2'), (3, 2, 1, 'n3'), (4, 3, 1, 'n1'), (4, 9, 2, 'n4');
INSERT INTO every VALUES
	(1, 10, 100, 1.5, 2.5, 3.14159, 12.345, 'text', 'v1', 'c', true, '\x00ff', '2024-01-01', '12:34:56', '2024-01-01 00:00:00', '2024-01-01 00:00:00+00', '1 day', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '[1,2]', '{"k":1}', '{1,2,3}', '{a,b}', 1, 'n1'),
	(2, 20, 200, -1.5, 'NaN', 'NaN', -1, 'other', 'v2', 'cc', false, NULL, '2024-02-01', '00:00:00', '2024-01-01 00:30:00', '2024-01-01 00:30:00+00', '1 mon', NULL, '[]', '[1]', '{}', '{c,NULL}', 2, 'n2'),
	(2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO "Mixed Case" VALUES (1, 's', 'u');
INSERT INTO other.t VALUES (1, 'o1'), (2, 'o2'), (NULL, 'o3');
INSERT INTO other.only VALUES (1), (2);
INSERT INTO tpch.region SELECT i, (ARRAY['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'])[i + 1], 'c' FROM generate_series(0, 4) i;
INSERT INTO tpch.nation SELECT i, (ARRAY['FRANCE', 'GERMANY', 'BRAZIL', 'CANADA', 'SAUDI ARABIA'])[i % 5 + 1], i % 5, 'c' FROM generate_series(0, 9) i;
INSERT INTO tpch.supplier SELECT i, 'Supplier ' || i, 'addr', i % 10, (10 + i % 25) || '-555', i * 10.5, 'fine' FROM generate_series(1, 20) i;
INSERT INTO tpch.part SELECT i, (ARRAY['green', 'forest', 'red'])[i % 3 + 1] || ' part', 'Manufacturer#' || i % 5, 'Brand#' || 10 + i % 40, (ARRAY['PROMO BRASS', 'ECONOMY ANODIZED STEEL', 'STANDARD TIN'])[i % 3 + 1],
	i % 50, (ARRAY['MED BOX', 'SM CASE', 'LG BOX'])[i % 3 + 1], i * 1.1, 'c' FROM generate_series(1, 60) i;
INSERT INTO tpch.partsupp SELECT p, 1 + (p + s) % 20, p * s % 100, p * 1.5, 'c' FROM generate_series(1, 60) p, generate_series(1, 4) s;
INSERT INTO tpch.customer SELECT i, 'Customer ' || i, 'addr', i % 10, (10 + i % 25) || '-555', i * 7.25 - 100, (ARRAY['BUILDING', 'AUTOMOBILE', 'MACHINERY'])[i % 3 + 1], 'c' FROM generate_series(1, 60) i;
INSERT INTO tpch.orders SELECT i, i % 40 + 1, (ARRAY['O', 'F', 'P'])[i % 3 + 1], i * 100.25, '1993-01-01'::date + i * 7, (ARRAY['1-URGENT', '2-HIGH', '5-LOW'])[i % 3 + 1], 'Clerk', 0, 'special requests' FROM generate_series(1, 250) i;
INSERT INTO tpch.lineitem SELECT o, (o * l) % 60 + 1, (o + l) % 20 + 1, l, (o * 7 + l * 13) % 50 + 1, o * 10.5 + l, (o % 10) / 100.0, (l % 8) / 100.0, (ARRAY['A', 'N', 'R'])[(o + l) % 3 + 1], (ARRAY['O', 'F'])[o % 2 + 1],
	'1993-01-01'::date + o * 7 + l, '1993-01-01'::date + o * 7 + 5, '1993-01-01'::date + o * 7 + l * 3, 'DELIVER IN PERSON', (ARRAY['AIR', 'MAIL', 'SHIP'])[l % 3 + 1], 'c'
	FROM generate_series(1, 250) o, generate_series(1, 4) l;
