"""SQLAlchemy 2: reflection of everything, by every driver it has; pandas."""
import asyncio
import os

import pandas
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from checks import compared

print("version", sa.__version__)
address = "{PGUSER}:{PGPASSWORD}@{PGHOST}:{PGPORT}/{PGDATABASE}".format(**os.environ)
DOMAINS = ["crm", "logistics", "market", "sales"]


def show(value):
    """Prints what reflection gives: types by their names, tables in order."""
    if isinstance(value, dict):
        return {str(k): show(v) for k, v in sorted(value.items(), key=lambda kv: str(kv[0]))}
    if isinstance(value, (list, tuple)):
        return [show(v) for v in value]
    return value if isinstance(value, (int, str, bool, type(None))) else repr(value)


for driver in "psycopg", "psycopg2":
    engine = sa.create_engine(f"postgresql+{driver}://{address}")
    inspector = sa.inspect(engine)
    with compared(driver + ": schemas and default schema"):
        print(inspector.get_schema_names(), inspector.default_schema_name, engine.dialect.server_version_info[0] >= 15)
    for schema in DOMAINS + [None, "no_such"]:
        with compared(f"{driver}: everything of schema {schema}"):
            print(sorted(inspector.get_table_names(schema)), inspector.get_view_names(schema), inspector.get_materialized_view_names(schema), inspector.get_sequence_names(schema), inspector.get_temp_table_names(), inspector.get_foreign_table_names(schema))
            for method in "columns", "pk_constraint", "foreign_keys", "indexes", "unique_constraints", "check_constraints", "table_comment", "table_options":
                print(method, show(getattr(inspector, "get_multi_" + method)(schema)))
            print(inspector.get_enums(schema), inspector.get_domains(schema))
    with compared(driver + ": tables one by one"):
        for schema, table in ("sales", "orders"), ("crm", "customers"):
            print(show(inspector.get_columns(table, schema)), show(inspector.get_pk_constraint(table, schema)), show(inspector.get_foreign_keys(table, schema)),
                  show(inspector.get_indexes(table, schema)), inspector.get_table_comment(table, schema), inspector.has_table(table, schema), inspector.has_table("no_such", schema))
            print(inspector.has_schema(schema), inspector.has_index(table, table + "_pkey", schema), inspector.has_sequence("s", schema), inspector.get_table_oid(table, schema) > 0)
        try:
            inspector.get_columns("no_such", "sales")
        except sa.exc.NoSuchTableError as e:
            print("no such table", e)
    with compared(driver + ": tables, and queries on them"):
        meta = sa.MetaData()
        for schema in DOMAINS:
            meta.reflect(engine, schema=schema)
        print(sorted(meta.tables))
        orders, countries = meta.tables["sales.orders"], meta.tables["market.countries"]
        with engine.connect() as c:
            total = sa.func.sum(orders.c.amount)
            q = (sa.select(countries.c.name, sa.func.count().label("n"), total).join(orders, orders.c.country == countries.c.code)
                 .where(orders.c.region == "EU", orders.c.quantity.between(1, 100))
                 .group_by(countries.c.name).having(total > 10).order_by(total.desc()).limit(3).offset(1))
            print(c.execute(q).all())
            ranked = sa.select(orders.c.order_id, sa.func.row_number().over(partition_by=orders.c.region, order_by=orders.c.amount.desc()).label("r")).cte("ranked")
            print(c.execute(sa.select(ranked).where(ranked.c.r <= 2).order_by(ranked.c.r, ranked.c.order_id)).all())
            print(c.execute(sa.select(orders.c.channel.distinct()).order_by(sa.text("1"))).scalars().all())
            print(c.execute(sa.select(sa.case((orders.c.amount > 100, "big"), else_="small").label("s"), sa.func.count()).group_by(sa.text("1")).order_by(sa.text("1"))).all())
            print(c.execute(sa.select(sa.extract("year", orders.c.ordered_at).label("y"), sa.func.count()).group_by(sa.text("1")).order_by(sa.text("1"))).all())
            print(c.execute(sa.select(sa.func.date_trunc("month", orders.c.ordered_at), sa.func.count()).group_by(sa.text("1")).order_by(sa.text("1")).limit(3)).all())
            print(c.execute(sa.select(orders.c.order_id).where(orders.c.item.ilike("%a%"), orders.c.channel.in_(["web", "store"])).order_by(orders.c.order_id).limit(5)).scalars().all())
            print(c.execute(sa.select(sa.exists().where(orders.c.amount < 0))).scalar())
            streamed = c.execution_options(stream_results=True, max_row_buffer=50).execute(sa.select(orders.c.order_id))
            print(sum(len(p) for p in streamed.partitions(100)))
    with compared(driver + ": isolation levels and savepoints"):
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as c:
            print(c.get_isolation_level(), c.default_isolation_level)
            with c.begin_nested() as nested:
                c.execute(sa.text("SELECT 1"))
                nested.rollback()
            print(c.scalar(sa.text("SELECT :a + 1"), {"a": 1}))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT", postgresql_readonly=True) as c:
            print(c.scalar(sa.text("SELECT 1")))
    with compared(driver + ": a temporary table, reflected and filled from pandas"):
        with engine.connect() as c:
            c.execute(sa.text("CREATE TEMPORARY TABLE scratch (id bigint NOT NULL, note varchar(20))"))
            i = sa.inspect(c)
            print(i.get_temp_table_names(), show(i.get_columns("scratch")), i.has_table("scratch"), i.get_pk_constraint("scratch"))
            pandas.DataFrame({"id": [3, 5, 8], "note": ["a", None, "c"]}).to_sql("scratch", c, if_exists="append", index=False)
            scratch = sa.Table("scratch", sa.MetaData(), autoload_with=c)
            print(c.execute(scratch.update().where(scratch.c.note.is_(None)).values(note="none")).rowcount, c.execute(scratch.delete().where(scratch.c.id == 8)).rowcount)
            print(c.execute(sa.select(scratch, orders.c.region).join(orders, orders.c.order_id == scratch.c.id).order_by(scratch.c.id)).all())
            scratch.drop(c)
            print(sa.inspect(c).get_temp_table_names())
    with compared(driver + ": pandas"):
        with engine.connect() as c:
            f = pandas.read_sql("SELECT * FROM sales.orders ORDER BY order_id LIMIT 20", c)
            print(f.dtypes.to_string(), f.to_csv(index=False))
            f = pandas.read_sql(sa.text("SELECT region, sum(amount) AS total FROM sales.orders WHERE quantity > :q GROUP BY 1 ORDER BY 1"), c, params={"q": 2})
            print(f.to_csv(index=False))
            print(sum(len(p) for p in pandas.read_sql("SELECT * FROM sales.orders", c, chunksize=500)))
            print(pandas.read_sql_table("countries", c, schema="market").sort_values("code").to_csv(index=False))
            print(pandas.read_sql_table("shipments", c, schema="logistics", parse_dates=True).sort_values("shipment_id").head(5).to_csv(index=False))


async def reflected():
    engine = create_async_engine(f"postgresql+asyncpg://{address}")
    async with engine.connect() as c:
        def ask(sync):
            i = sa.inspect(sync)
            return [show(i.get_multi_columns("sales")), show(i.get_multi_pk_constraint("sales")), show(i.get_multi_foreign_keys("sales")), show(i.get_multi_indexes("crm")), sorted(i.get_table_names("market"))]

        print(await c.run_sync(ask))
        print((await c.execute(sa.text("SELECT count(*) FROM sales.orders WHERE region = :r"), {"r": "EU"})).scalar())
        print([r async for r in await c.stream(sa.text("SELECT code FROM market.countries ORDER BY 1"))])
    await engine.dispose()


with compared("asyncpg: reflection and queries"):
    asyncio.run(reflected())
