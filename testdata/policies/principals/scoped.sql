CREATE VIEW shop.customers WITH (security_barrier) AS SELECT * FROM all_shop.customers WHERE region = 'APAC';
CREATE VIEW shop.orders WITH (security_barrier) AS
  SELECT * FROM all_shop.orders WHERE (status = 'paid' OR quantity > 7) AND (customer_id = 3) IS FALSE AND total < 120;
CREATE VIEW ware.items WITH (security_barrier) AS
  SELECT id, label, kind, price, stock, added FROM all_ware.items WHERE stock < 100 AND stock > 0 AND kind <> 'misc';
CREATE VIEW ware.moves WITH (security_barrier) AS SELECT * FROM all_ware.moves WHERE pieces > 0 AND item_id <> 4;
CREATE VIEW lake.regions WITH (security_barrier) AS SELECT * FROM all_lake.regions WHERE code <> 'eu';
CREATE VIEW lake.events WITH (security_barrier) AS SELECT * FROM all_lake.events WHERE amount IS NOT NULL AND (customer_id = 9) IS FALSE AND kind <> 'view';
GRANT SELECT ON ALL TABLES IN SCHEMA shop, ware, lake TO policy_reader;
