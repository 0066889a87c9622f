"""LibreOffice Base's PostgreSQL driver (SDBC): metadata, queries, parameters, a document with a query."""
import os
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.sdbc import SQLException

from checks import compared

local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
until = time.time() + 120
while True:
    try:
        context = resolver.resolve(f"uno:pipe,name={os.environ['PIPE']};urp;StarOffice.ComponentContext")
        break
    except Exception as e:
        if time.time() > until:
            sys.exit(f"LibreOffice does not answer: {e}")
        time.sleep(1)
make = context.ServiceManager.createInstanceWithContext
url = "sdbc:postgresql:host={PGHOST} port={PGPORT} dbname={PGDATABASE} sslmode=disable".format(**os.environ)
login = tuple(PropertyValue(Name=n, Value=v) for n, v in (("user", os.environ["PGUSER"]), ("password", os.environ["PGPASSWORD"])))
connection = make("com.sun.star.sdbc.DriverManager", context).getConnectionWithInfo(url, login)
meta = connection.getMetaData()


def rows(result, *without):
    """Prints rows without the columns of some numbers; results of metadata know no names."""
    try:
        count = result.getMetaData().getColumnCount()
    except SQLException:
        count = 30
    lines = []
    while result.next():
        line = []
        for i in range(1, count + 1):
            try:
                line.append("" if i in without else result.getString(i))
            except Exception:
                break
        lines.append(line)
    # The driver's own questions ask for no order of rows that are alike.
    print(*sorted(lines, key=str), len(lines), sep="\n")
    result.close()


OWN = ("crm", "logistics", "market", "sales")
with compared("schemas, table types, tables"):
    rows(meta.getSchemas())
    rows(meta.getTableTypes())
    for schema in OWN:
        rows(meta.getTables(None, schema, "%", ()))
    rows(meta.getTables(None, "%", "o%", ("TABLE", "VIEW")))
with compared("columns"):
    for schema in OWN:
        rows(meta.getColumns(None, schema, "%", "%"))
with compared("keys and indexes"):
    for schema, table in ("sales", "orders"), ("crm", "customers"), ("market", "exchange_rates"):
        rows(meta.getPrimaryKeys(None, schema, table))
        rows(meta.getImportedKeys(None, schema, table))
        rows(meta.getExportedKeys(None, schema, table))
        rows(meta.getIndexInfo(None, schema, table, False, False), 11, 12)
with compared("types"):
    result = meta.getTypeInfo()
    names = set()
    while result.next():
        names.add((result.getString(1), result.getInt(2)))
    print(sorted(n for n in names if n[0] in ("int4", "text", "numeric", "timestamptz", "bool", "date", "bytea")))
with compared("privileges"):
    own = meta.getTablePrivileges(None, "sales", "%")
    while own.next():
        if own.getString(5) == os.environ["PGUSER"]:
            print(own.getString(3), own.getString(6))
with compared("queries"):
    s = connection.createStatement()
    rows(s.executeQuery("SELECT code, name, population_millions FROM market.countries ORDER BY 1 LIMIT 3"))
    rows(s.executeQuery("SELECT c.name, sum(o.amount) FROM sales.orders o JOIN market.countries c ON c.code = o.country GROUP BY 1 ORDER BY 2 DESC LIMIT 3"))
    result = s.executeQuery("SELECT order_id, amount, ordered_at FROM sales.orders ORDER BY 1")
    n = total = 0
    while result.next():
        n, total = n + 1, total + result.getLong(1)
    print(n, total)
with compared("parameters"):
    p = connection.prepareStatement("SELECT order_id, amount FROM sales.orders WHERE region = ? AND order_id < ? ORDER BY 1 LIMIT 3")
    for region in "EU", "NA":
        p.setString(1, region)
        p.setInt(2, 300)
        rows(p.executeQuery())
with compared("errors"):
    for q in "SELECT nothing FROM sales.orders", "SELECT * FROM no.such", "SELECT 1/0":
        try:
            connection.createStatement().executeQuery(q).next()
            print("none")
        except SQLException as e:
            print(q, e.SQLState)
    rows(connection.createStatement().executeQuery("SELECT 1 AS after"))
with compared("tables and keys as Base shows them"):
    tables = connection.getTables()
    names = sorted(n for n in tables.getElementNames() if n.split(".")[0] in OWN)
    print(names)
    for name in names:
        table = tables.getByName(name)
        print(name, [(c, table.getColumns().getByName(c).TypeName, table.getColumns().getByName(c).IsNullable) for c in table.getColumns().getElementNames()])
        keys = table.getKeys()
        for i in range(keys.getCount()):
            key = keys.getByIndex(i)
            print("  key", key.Type, list(key.getColumns().getElementNames()))
    print(list(connection.getViews().getElementNames())[:0])
with compared("a Base document with a query of its own"):
    source = make("com.sun.star.sdb.DatabaseContext", context).createInstance()
    source.URL = url
    source.User = os.environ["PGUSER"]
    document = source.DatabaseDocument
    query = make("com.sun.star.sdb.QueryDefinition", context)
    query.Command = "SELECT region, COUNT(*) AS n FROM sales.orders GROUP BY region ORDER BY region"
    source.getQueryDefinitions().insertByName("by region", query)
    document.storeAsURL("file://" + os.path.join(os.getcwd(), "mesh.odb"), ())
    c = source.getConnection(os.environ["PGUSER"], os.environ["PGPASSWORD"])
    rowset = make("com.sun.star.sdb.RowSet", context)
    rowset.ActiveConnection = c
    rowset.CommandType = 2
    rowset.Command = query.Command
    rowset.execute()
    while rowset.next():
        print(rowset.getString(1), rowset.getInt(2))
    print(c.getTables().hasByName("sales.orders"), sorted(c.getQueries().getElementNames()))
    document.close(True)
