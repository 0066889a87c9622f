-- The tables that the case files' mesh publishes, as one PostgreSQL declares them.
CREATE SCHEMA sales;
CREATE TABLE sales.customers (
	id integer PRIMARY KEY,
	email character varying(80) NOT NULL,
	name text NOT NULL,
	grade character(2),
	born date,
	balance numeric(12,2),
	CONSTRAINT customers_email_key UNIQUE (email)
);
CREATE TABLE sales.orders (
	order_id bigint PRIMARY KEY,
	customer_id integer NOT NULL REFERENCES sales.customers (id),
	placed timestamp with time zone NOT NULL,
	shipped timestamp without time zone,
	total numeric(14,3),
	weight double precision,
	ratio real,
	paid boolean,
	note text,
	tags text[],
	doc jsonb,
	token uuid,
	at time without time zone,
	took interval,
	raw bytea,
	small smallint,
	exact numeric
);
CREATE TABLE sales.lines (
	order_id bigint NOT NULL REFERENCES sales.orders (order_id),
	line_no integer NOT NULL,
	item text NOT NULL,
	PRIMARY KEY (order_id, line_no)
);
COMMENT ON SCHEMA sales IS 'Test.';
COMMENT ON TABLE sales.orders IS 'Every confirmed order.';
COMMENT ON COLUMN sales.orders.order_id IS 'Order number.';
COMMENT ON COLUMN sales.orders.total IS 'Total in EUR.';
INSERT INTO sales.customers VALUES (1, 'a@example.org', 'Ann', 'A', '1990-01-02', 10.50);
INSERT INTO sales.orders (order_id, customer_id, placed) VALUES (7, 1, '2024-05-06 07:08:09+00');
INSERT INTO sales.lines VALUES (7, 1, 'pen');
GRANT USAGE ON SCHEMA sales TO reader;
ANALYZE;
