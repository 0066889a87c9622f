"""psqlODBC by pyodbc: catalog functions, Declare/Fetch on and off, server-side prepare."""
import datetime
import decimal
import os

import pyodbc

from checks import compared

pyodbc.pooling = False
ADDRESS = "Driver={{PostgreSQL}};Server={PGHOST};Port={PGPORT};Database=mesh;Uid={PGUSER};Pwd={PGPASSWORD};SSLmode=disable".format(**os.environ)
MODES = {
    "plain": "",
    "Declare/Fetch": ";UseDeclareFetch=1;Fetch=50",
    "no server-side prepare": ";UseServerSidePrepare=0",
    "Declare/Fetch in text": ";UseDeclareFetch=1;Fetch=7;UseServerSidePrepare=0",
    "parse and unknown sizes": ";Parse=1;UnknownSizes=2;TextAsLongVarchar=0;BoolsAsChar=0",
    "as Microsoft's tools set it": ";ByteaAsLongVarBinary=1;MaxVarcharSize=4000;LFConversion=0;UpdatableCursors=1;DisallowPremature=0;RowVersioning=1;ShowSystemTables=1;ConnSettings=set search_path to market",
}


def rows(cursor, *without):
    names = [d[0] for d in cursor.description]
    print(names)
    for r in cursor.fetchall():
        print([v for n, v in zip(names, r) if n not in without])


for mode, options in MODES.items():
    def connect(autocommit=True):
        return pyodbc.connect(ADDRESS + options, autocommit=autocommit)

    with compared(mode + ": catalog functions"):
        cur = connect().cursor()
        for schema in "crm", "logistics", "market", "sales":
            rows(cur.tables(schema=schema))
            rows(cur.columns(schema=schema))
            for table in [t.table_name for t in cur.tables(schema=schema, tableType="TABLE").fetchall()]:
                rows(cur.primaryKeys(table, schema=schema))
                rows(cur.foreignKeys(table, schema=schema))
                rows(cur.foreignKeys(foreignTable=table, foreignSchema=schema))
                rows(cur.statistics(table, schema=schema, quick=True), "cardinality", "pages")
                rows(cur.rowIdColumns(table, schema=schema))
                rows(cur.rowVerColumns(table, schema=schema))
        rows(cur.tables(table="ord%", schema="%", tableType="TABLE,VIEW"))
        rows(cur.tables(catalog="%", schema="", table=""))
        rows(cur.tables(schema="%", catalog="", table=""), "remarks")
        rows(cur.columns(table="orders", column="a%"))
        rows(cur.procedures(schema="sales"))
        rows(cur.procedureColumns(schema="sales"))
        rows(cur.getTypeInfo(pyodbc.SQL_INTEGER))
        rows(cur.getTypeInfo(pyodbc.SQL_VARCHAR))
        print(len(cur.getTypeInfo().fetchall()) > 10)
    with compared(mode + ": values"):
        cur = connect().cursor()
        cur.execute("""SELECT 1::int2 a, 2::int4 b, 3::int8 c, 1.5::float4 d, 2.5::float8 e, 12.340::numeric(8,3) f, true g, 'text'::text h, 'v'::varchar(5) i, 'c'::char(3) j, date '2024-02-29' k, time '23:59' l,
            timestamp '2024-02-29 12:00:00.123456' m, timestamptz '2024-02-29 12:00+02' n, interval '1 day 2 hours' o, '\\xdeadbeef'::bytea p, '6f9619ff-8b86-d011-b42d-00cf4fc964ff'::uuid q, '{"a": 1}'::jsonb s, '{1,2,NULL}'::int[] t, NULL::int v""")
        print(cur.description)
        print([bytes(v) if isinstance(v, (bytes, bytearray)) else v for v in cur.fetchone()])
    with compared(mode + ": parameters"):
        cur = connect().cursor()
        for i in range(3):
            cur.execute("SELECT order_id, amount, ordered_at, region FROM sales.orders WHERE region = ? AND order_id < ? AND amount > ? ORDER BY 1 LIMIT 3", "EU", 500, decimal.Decimal("10.5"))
            print(cur.fetchall())
        cur.execute("SELECT ?::int + 1, ?::text, ?::date, ?::timestamp, ?::bytea, ?::float8, ?::bool", 1, "é", datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 12), b"\x00\xff", 1.5, True)
        print(cur.fetchall())
        cur.execute("SELECT count(*) FROM sales.orders WHERE ordered_at >= ?", datetime.datetime(2024, 6, 1))
        print(cur.fetchall())
    with compared(mode + ": many rows"):
        for autocommit in True, False:
            c = connect(autocommit)
            cur = c.cursor()
            cur.execute("SELECT order_id, amount, region FROM sales.orders ORDER BY order_id")
            first = cur.fetchmany(10)
            print(len(first), sum(r[0] for r in cur.fetchall()))
            c.commit()
    with compared(mode + ": statements side by side"):
        c = connect(False)
        one, two = c.cursor(), c.cursor()
        one.execute("SELECT code FROM market.countries ORDER BY 1")
        print(one.fetchone())
        two.execute("SELECT count(*) FROM sales.orders")
        print(two.fetchone(), one.fetchone())
        c.rollback()
    with compared(mode + ": errors and transactions"):
        c = connect(False)
        cur = c.cursor()
        for q in "SELECT 1/0 FROM sales.orders", "SELECT nothing FROM sales.orders", "SELECT * FROM no.such", "SELEC":
            try:
                cur.execute(q).fetchall()
                print("no error", q)
            except pyodbc.Error as e:
                print(q, e.args[0])
            c.rollback()
        print(cur.execute("SELECT 1").fetchall())
        c.commit()
    with compared(mode + ": what the driver says of the server"):
        c = connect()
        print([c.getinfo(i) for i in (pyodbc.SQL_DBMS_NAME, pyodbc.SQL_DATABASE_NAME, pyodbc.SQL_USER_NAME, pyodbc.SQL_IDENTIFIER_QUOTE_CHAR, pyodbc.SQL_MAX_IDENTIFIER_LEN, pyodbc.SQL_TXN_CAPABLE, pyodbc.SQL_DEFAULT_TXN_ISOLATION)])
    with compared(mode + ": timeouts"):
        c = connect()
        c.cursor().execute("SET statement_timeout = '1s'")
        try:
            c.cursor().execute("SELECT count(*) FROM generate_series(1, 100000000000) a").fetchall()
        except pyodbc.Error as e:
            print(e.args[0])
        print(c.cursor().execute("SELECT 1").fetchall())
