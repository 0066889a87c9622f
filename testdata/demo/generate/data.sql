CREATE TEMP TABLE countries AS
SELECT * FROM (VALUES
  ('DE', 'Germany', 'EU', 84.5, 'EUR'), ('FR', 'France', 'EU', 68.4, 'EUR'), ('IT', 'Italy', 'EU', 58.9, 'EUR'),
  ('ES', 'Spain', 'EU', 48.6, 'EUR'), ('NL', 'Netherlands', 'EU', 17.9, 'EUR'), ('PL', 'Poland', 'EU', 36.6, 'PLN'),
  ('SE', 'Sweden', 'EU', 10.6, 'SEK'), ('US', 'United States', 'NA', 340.1, 'USD'), ('CA', 'Canada', 'NA', 41.3, 'CAD'),
  ('JP', 'Japan', 'APAC', 124.0, 'JPY'), ('AU', 'Australia', 'APAC', 27.2, 'AUD'), ('IN', 'India', 'APAC', 1441.7, 'INR')
) v(code, name, region, population_millions, currency);

CREATE TEMP TABLE names AS
SELECT ['Ada', 'Bruno', 'Chiara', 'Dev', 'Elif', 'Femke', 'Goran', 'Hana', 'Igor', 'June', 'Kofi', 'Lena', 'Mateo', 'Noor', 'Olga', 'Pavel'] AS first,
       ['Adler', 'Bianchi', 'Costa', 'Dubois', 'Evans', 'Fischer', 'Garcia', 'Hansen', 'Ito', 'Jansen', 'Kowalski', 'Lopez', 'Meyer', 'Novak'] AS last;

CREATE TEMP TABLE customers AS
SELECT i AS customer_id,
       first[1 + i * 7 % 16] || ' ' || last[1 + i * 11 % 14] AS full_name,
       lower(first[1 + i * 7 % 16] || '.' || last[1 + i * 11 % 14]) || i || '@' || (['mail.example', 'post.example', 'web.example'])[1 + i % 3] AS email,
       c.code AS country, c.region AS region,
       DATE '1950-01-01' + CAST(i * 7919 % 20000 AS INTEGER) AS birth_date,
       (['consumer', 'small business', 'enterprise'])[1 + (i * 13 % 10 >= 6)::INT + (i * 13 % 10 >= 9)::INT] AS segment
FROM range(1, 601) r(i), names, (SELECT *, row_number() OVER (ORDER BY code) - 1 AS n FROM countries) c
WHERE c.n = i * 5 % 12
ORDER BY i;

CREATE TABLE orders AS
SELECT i AS order_id,
       c.customer_id,
       c.region,
       c.country,
       (['bicycle', 'helmet', 'lamp', 'lock', 'pump', 'saddle', 'tyre', 'bell'])[1 + i * 31 % 8] AS item,
       CAST(1 + i * 17 % 5 AS INTEGER) AS quantity,
       CAST((1 + i * 17 % 5) * (500 + i * 7919 % 45000) / 100.0 AS DECIMAL(12, 2)) AS amount,
       TIMESTAMPTZ '2025-01-01 00:00:00+00' + to_seconds(i * 7817) AS ordered_at,
       (['web', 'store', 'phone'])[1 + i * 3 % 7 % 3] AS channel
FROM range(1, 4001) r(i) JOIN customers c ON c.customer_id = 1 + i * 271 % 600
ORDER BY i;

CREATE TABLE returns AS
SELECT order_id, 'R' || order_id AS return_id, ordered_at::DATE + CAST(5 + order_id % 20 AS INTEGER) AS returned_on,
       (['damaged', 'wrong item', 'changed mind'])[1 + order_id % 3] AS reason
FROM orders WHERE order_id % 17 = 0
ORDER BY order_id;

COPY customers TO '{dir}/customers.csv' (FORMAT csv, HEADER);

COPY (
  SELECT i AS ticket_id, 1 + i * 37 % 600 AS customer_id,
         strftime(TIMESTAMP '2025-02-01 08:00:00' + to_seconds(i * 40111), '%Y-%m-%d %H:%M:%S') AS opened_at,
         (['delivery late', 'invoice question', 'broken on arrival', 'how to'])[1 + i * 5 % 4] AS subject,
         (['open', 'waiting', 'closed'])[1 + i % 3] AS status
  FROM range(1, 401) r(i) ORDER BY i
) TO '{dir}/tickets.json' (FORMAT json);

COPY (
  SELECT order_id AS shipment_id, order_id,
         (['northwind', 'bluefreight', 'quickpost'])[1 + order_id * 7 % 3] AS carrier,
         ordered_at + to_hours(CAST(6 + order_id % 40 AS INTEGER)) AS shipped_at,
         CASE WHEN order_id % 19 <> 0 THEN ordered_at + to_hours(CAST(30 + order_id * 13 % 200 AS INTEGER)) END AS delivered_at,
         CAST(0.2 + (order_id * 7919 % 3000) / 100.0 AS DOUBLE) AS weight_kg
  FROM orders WHERE order_id % 23 <> 0 ORDER BY order_id
) TO '{dir}/shipments.parquet' (FORMAT parquet);

COPY (SELECT * FROM countries ORDER BY code) TO '{dir}/countries.csv' (FORMAT csv, HEADER);

COPY (
  SELECT DATE '2025-01-01' + CAST(d AS INTEGER) AS day, currency,
         CAST(CASE WHEN currency = 'EUR' THEN 1 ELSE rate END * (1 + CASE WHEN currency = 'EUR' THEN 0 ELSE ((d * 37 + length(currency) * 11) % 41 - 20) / 1000.0 END) AS DECIMAL(12, 6)) AS per_eur
  FROM range(0, 365) r(d),
       (VALUES ('EUR', 1.0), ('PLN', 4.27), ('SEK', 11.12), ('USD', 1.08), ('CAD', 1.52), ('JPY', 163.4), ('AUD', 1.66), ('INR', 91.8)) v(currency, rate)
  ORDER BY 1, 2
) TO '{dir}/exchange_rates.csv' (FORMAT csv, HEADER);

CHECKPOINT;
