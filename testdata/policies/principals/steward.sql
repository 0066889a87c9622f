CREATE VIEW shop.customers AS SELECT * FROM all_shop.customers;
CREATE VIEW shop.orders AS SELECT * FROM all_shop.orders;
CREATE VIEW ware.items AS SELECT * FROM all_ware.items;
CREATE VIEW ware.moves AS SELECT * FROM all_ware.moves;
CREATE VIEW lake.regions AS SELECT * FROM all_lake.regions;
CREATE VIEW lake.events AS SELECT * FROM all_lake.events;
GRANT SELECT ON ALL TABLES IN SCHEMA shop, ware, lake TO policy_reader;
