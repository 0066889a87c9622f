"""psycopg 2: simple queries, named cursors, COPY, metadata."""
import psycopg2
import psycopg2.extensions
import psycopg2.extras

from checks import compared

print("version", psycopg2.__version__.split()[0])
c = psycopg2.connect("")
with compared("values"):
    cur = c.cursor()
    cur.execute("""SELECT 1::int2, 2::int8, 1.5::float8, 12.340::numeric, true, 'text', date '2024-02-29', time '23:59', timestamp '2024-02-29 12:00:00.123456',
        timestamptz '2024-02-29 12:00+02', interval '1 day 2 hours', '\\xdeadbeef'::bytea, '{"a": 1}'::jsonb, '{1,2,NULL}'::int[], NULL""")
    print([bytes(v) if isinstance(v, memoryview) else v for v in cur.fetchone()])
    print([(d.name, d.type_code, d.internal_size, d.precision, d.scale) for d in cur.description])
with compared("parameters"):
    cur.execute("SELECT %s, %s, %s, %s, %s, %s", (1, "o'clock", 1.5, None, [1, 2], psycopg2.Binary(b"\x00\xff")))
    print([bytes(v) if isinstance(v, memoryview) else v for v in cur.fetchone()])
    cur.execute("SELECT order_id FROM sales.orders WHERE region IN %s AND channel = %(c)s ORDER BY 1 LIMIT 3".replace("%s", "%(r)s"), {"r": ("EU", "NA"), "c": "web"})
    print(cur.fetchall())
with compared("named cursors"):
    with c.cursor("named") as named:
        named.itersize = 100
        named.execute("SELECT order_id FROM sales.orders ORDER BY 1")
        print(sum(1 for _ in named))
    with c.cursor("scroll", scrollable=True) as named:
        named.execute("SELECT order_id FROM sales.orders ORDER BY 1 LIMIT 50")
        named.scroll(20)
        print(named.fetchone())
        named.scroll(-10)
        print(named.fetchmany(2))
    c.commit()
    with c.cursor("held", withhold=True) as named:
        named.execute("SELECT code FROM market.countries ORDER BY 1")
        c.commit()
        print(named.fetchall())
with compared("rows as dictionaries and tuples"):
    with c.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as d:
        d.execute("SELECT * FROM market.countries ORDER BY 1 LIMIT 1")
        print(d.fetchall())
    with c.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as d:
        d.execute("SELECT code, name FROM market.countries ORDER BY 1 LIMIT 1")
        print(d.fetchall())
with compared("COPY out"):
    import io

    for query in "COPY (SELECT * FROM market.countries ORDER BY 1) TO STDOUT", "COPY (SELECT order_id, amount FROM sales.orders ORDER BY 1 LIMIT 3) TO STDOUT CSV HEADER":
        text = io.StringIO()
        cur.copy_expert(query, text)
        print(text.getvalue())
    c.rollback()
with compared("errors"):
    for q in "SELECT 1/0", "SELECT nothing", "SELECT * FROM no.such", "SELEC":
        try:
            cur.execute(q)
        except psycopg2.Error as e:
            print(type(e).__name__, e.pgcode, e.diag.message_primary, c.get_transaction_status())
        c.rollback()
with compared("several statements at once"):
    cur.execute("SET search_path TO market; SELECT count(*) FROM countries; SELECT code FROM countries ORDER BY 1 LIMIT 1")
    print(cur.fetchall(), cur.statusmessage)
    c.rollback()
with compared("session settings"):
    c.set_session(isolation_level="SERIALIZABLE", readonly=True, autocommit=False)
    cur.execute("SHOW transaction_isolation")
    print(cur.fetchone())
    c.rollback()
    c.set_session(autocommit=True)
    cur.execute("SELECT 1")
    print(c.get_transaction_status(), c.encoding, c.get_parameter_status("DateStyle"))
with compared("execute_values, execute_batch"):
    psycopg2.extras.execute_batch(cur, "SELECT %s", [(1,), (2,)])
    print(psycopg2.extras.execute_values(cur, "SELECT v.a + 1 FROM (VALUES %s) v(a) ORDER BY 1", [(1,), (2,), (3,)], fetch=True))
with compared("extensions ask the catalog"):
    print(psycopg2.extras.HstoreAdapter.get_oids(c))
    psycopg2.extras.register_default_jsonb(c)
    try:
        psycopg2.extras.register_composite("no_such", c)
    except psycopg2.ProgrammingError as e:
        print(e)
with compared("LISTEN and large objects"):
    cur.execute("LISTEN something")
    c.poll()
    print(c.notifies)
