CREATE VIEW shop.customers WITH (security_barrier) AS
  SELECT id, public.hashed(name) AS name, public.domain_of(email) AS email, region, NULL::date AS born, 0.00::numeric(10,2) AS credit, active, note, code
  FROM all_shop.customers WHERE region = 'EU';
CREATE VIEW shop.orders WITH (security_barrier) AS SELECT * FROM all_shop.orders WHERE total < 120;
CREATE VIEW ware.items WITH (security_barrier) AS
  SELECT id, public.first_two(label)::varchar(40) AS label, kind, price, stock, added FROM all_ware.items WHERE stock > 0 AND kind <> 'misc';
GRANT SELECT (id, name, region, active) ON shop.customers TO policy_reader;
GRANT SELECT (id, customer_id, total, status) ON shop.orders TO policy_reader;
GRANT SELECT (id, label, kind, stock) ON ware.items TO policy_reader;
