// node-postgres: queries, parameters, prepared statements, pools, pg-cursor, pg-query-stream.
const { Client, Pool, types } = require("pg");
const Cursor = require("pg-cursor");
const QueryStream = require("pg-query-stream");
console.log("version", require("pg/package.json").version);

const checks = {
  async values(c) {
    const r = await c.query(`SELECT 1::int2 a, 2::int4 b, 3::int8 c, 1.5::float8 e, 12.340::numeric f, true g, 'text' h, 'c'::char(3) j,
      date '2024-02-29' k, time '23:59' l, timestamp '2024-02-29 12:00:00.123' m, timestamptz '2024-02-29 12:00+02' n, interval '1 day 2 hours 3.5 seconds' o,
      '\\xdeadbeef'::bytea p, '6f9619ff-8b86-d011-b42d-00cf4fc964ff'::uuid q, '{"a": 1}'::json r, '{"a": 1}'::jsonb s, '{1,2,NULL}'::int[] t, '{a,"b c"}'::text[] u, NULL v`);
    console.log(JSON.stringify(r.rows), r.command, r.rowCount, r.fields.map((f) => [f.name, f.dataTypeID, f.dataTypeSize, f.dataTypeModifier, f.format].join()).join(" "));
  },
  async binary(c) {
    const r = await c.query({ text: "SELECT 1::int4 a, 2.5::float8 b, 'x'::text c, true d, timestamptz '2024-02-29 12:00+02' e", binary: true });
    console.log(JSON.stringify(r.rows));
  },
  async parameters(c) {
    console.log((await c.query("SELECT $1::int + 1 AS a, $2 AS b, $3::text[] AS c, $4::jsonb AS d, $5::timestamptz AS e, $6::bytea AS f", [1, "x", ["a", null], { k: [1] }, new Date(0), Buffer.from([0, 255])])).rows[0]);
    console.log((await c.query("SELECT order_id, amount FROM sales.orders WHERE region = $1 AND order_id < $2 ORDER BY 1 LIMIT 3", ["EU", 300])).rows);
    console.log((await c.query("SELECT count(*) FROM sales.orders WHERE order_id = ANY($1)", [[1, 2, 3]])).rows);
  },
  async "named statements"(c) {
    for (let i = 1; i < 8; i++) console.log((await c.query({ name: "amount", text: "SELECT amount FROM sales.orders WHERE order_id = $1", values: [i] })).rows);
  },
  async "several statements"(c) {
    console.log((await c.query("SELECT 1 AS a; SELECT 2 AS b; SET search_path TO market; SHOW search_path")).map((r) => [r.command, r.rows]));
  },
  async "array rows"(c) {
    console.log((await c.query({ text: "SELECT code, name FROM market.countries ORDER BY 1 LIMIT 3", rowMode: "array" })).rows);
  },
  async cursor(c) {
    const cursor = c.query(new Cursor("SELECT order_id FROM sales.orders WHERE order_id > $1 ORDER BY 1", [100]));
    console.log((await cursor.read(3)).map((r) => r.order_id), (await cursor.read(200)).length);
    await cursor.close();
    const short = c.query(new Cursor("SELECT code FROM market.countries ORDER BY 1", [], { rowMode: "array" }));
    console.log(await short.read(1000), await short.read(10));
    console.log((await c.query("SELECT 1 AS after")).rows);
    const broken = c.query(new Cursor("SELECT 1 / (quantity - quantity) FROM sales.orders"));
    await broken.read(10).catch((e) => console.log(e.code));
    console.log((await c.query("SELECT 2 AS after")).rows);
  },
  async stream(c) {
    let n = 0;
    for await (const row of c.query(new QueryStream("SELECT * FROM sales.orders ORDER BY order_id", [], { batchSize: 50 }))) n += row.quantity;
    console.log(n);
    const early = c.query(new QueryStream("SELECT * FROM generate_series(1, 100000000) a", [], { batchSize: 10 }));
    for await (const row of early) if (row.a == 25) break;
    console.log((await c.query("SELECT 3 AS after")).rows);
  },
  async errors(c) {
    for (const q of ["SELECT 1/0", "SELECT nothing FROM sales.orders", "SELECT * FROM no.such", "SELEC"])
      await c.query(q).catch((e) => console.log(q, e.code, e.severity, e.message, e.position));
    await c.query("SELECT $1::int", ["x"]).catch((e) => console.log(e.code, e.message));
    console.log((await c.query("SELECT 4 AS after")).rows);
  },
  async transaction(c) {
    await c.query("BEGIN");
    await c.query("SAVEPOINT a");
    await c.query("SELECT 1/0").catch((e) => console.log(e.code));
    await c.query("SELECT 1").catch((e) => console.log(e.code));
    await c.query("ROLLBACK TO a");
    console.log((await c.query("SELECT 5 AS after")).rows, (await c.query("COMMIT")).command);
  },
  async notices(c) {
    c.on("notice", (n) => console.log(n.severity, n.code, n.message));
    await c.query("SET LOCAL search_path TO sales");
    await c.query("LISTEN something");
    await c.query("ROLLBACK");
  },
  async pool() {
    const pool = new Pool({ max: 4, statement_timeout: 60000, application_name: "pool" });
    const all = await Promise.all([...Array(12).keys()].map((i) => pool.query("SELECT count(*) FROM sales.orders WHERE order_id % 10 = $1", [i])));
    console.log(all.map((r) => r.rows[0].count).join(), (await pool.query("SHOW statement_timeout")).rows, (await pool.query("SHOW application_name")).rows);
    await pool.end();
  },
  async "statement timeout"() {
    const c = new Client({ statement_timeout: 300 });
    await c.connect();
    await c.query("SELECT count(*) FROM generate_series(1, 100000000000) a").catch((e) => console.log(e.code, e.message));
    await c.end();
  },
  async "a wrong password"() {
    const c = new Client({ password: "wrong" });
    await c.connect().catch((e) => console.log(e.code, e.message));
  },
};

(async () => {
  for (const [name, check] of Object.entries(checks)) {
    const c = new Client();
    await c.connect();
    const log = console.log;
    const lines = [];
    console.log = (...a) => lines.push(require("util").format(...a));
    try {
      await check(c);
      console.log = log;
      console.log("# " + name + "\n" + lines.join("\n"));
    } catch (e) {
      console.log = log;
      console.log("not ok " + name + ": " + (e.code || "") + " " + e.message);
    }
    await c.end();
  }
})();
