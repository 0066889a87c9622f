"""Apache Superset, headless: a database, a dataset, SQL Lab, charts, and the page in a browser."""
import atexit
import importlib.metadata
import json
import os
import shutil
import socket
import subprocess
import sys
import time

import requests

from checks import compared, holds

print("version", importlib.metadata.version("apache-superset"), flush=True)
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
log = open("superset.log", "w")
server = subprocess.Popen([os.path.join(os.path.dirname(sys.executable), "superset"), "run", "-p", str(port), "--with-threads"], stdout=log, stderr=log)
atexit.register(lambda: (server.terminate(), server.wait()))
base = f"http://127.0.0.1:{port}"
until = time.time() + 180
while True:
    try:
        if requests.get(base + "/health", timeout=5).text == "OK":
            break
    except requests.ConnectionError:
        pass
    if time.time() > until or server.poll() is not None:
        sys.exit("Superset does not start: " + open("superset.log").read()[-2000:])
    time.sleep(1)
web = requests.Session()


def call(method, path, **body):
    r = web.request(method, base + "/api/v1/" + path, json=body or None, timeout=180)
    if r.status_code >= 300:
        raise RuntimeError(f"{method} {path}: {r.status_code} {r.text[:600]}")
    return r.json()


uri = "postgresql+psycopg2://{PGUSER}:{PGPASSWORD}@{PGHOST}:{PGPORT}/{PGDATABASE}".format(**os.environ)
database = dataset = None
with compared("the connection is tested and added"):
    call("POST", "database/test_connection/", sqlalchemy_uri=uri, database_name="mesh", impersonate_user=False)
    made = call("POST", "database/", database_name="mesh", sqlalchemy_uri=uri, expose_in_sqllab=True, allow_run_async=False)
    database = made["id"]
    print(made["result"]["database_name"])
with compared("schemas, tables, columns, keys"):
    print(sorted(set(call("GET", f"database/{database}/schemas/")["result"]) - {"information_schema"}))
    for schema in "crm", "logistics", "market", "sales":
        tables = call("GET", f"database/{database}/tables/?q=(schema_name:{schema},force:!t)")["result"]
        print([(t["value"], t["type"]) for t in tables])
        for t in tables:
            print(json.dumps(call("GET", f"database/{database}/table_metadata/?name={t['value']}&schema={schema}"), sort_keys=True))
with compared("functions for the editor"):
    print(len(call("GET", f"database/{database}/function_names/")["function_names"]) > 0)


def lab(sql, schema="sales"):
    r = call("POST", "sqllab/execute/", database_id=database, sql=sql, schema=schema, runAsync=False, select_as_cta=False, ctas_method="TABLE", tmp_table_name="", queryLimit=100, expand_data=True, client_id=os.urandom(5).hex())
    return [(c["column_name"], c["type"]) for c in r["columns"]], r["data"]


with compared("SQL Lab"):
    for sql in ("SELECT region, count(*) AS n, sum(amount) AS total FROM orders GROUP BY region ORDER BY region",
                "SELECT * FROM sales.orders ORDER BY order_id LIMIT 5",
                "SELECT c.name, sum(o.amount) FROM sales.orders o JOIN market.countries c ON c.code = o.country GROUP BY 1 ORDER BY 2 DESC LIMIT 3",
                "SET statement_timeout = '1min'; SELECT date_trunc('month', ordered_at) AS m, count(*) FROM sales.orders GROUP BY 1 ORDER BY 1 LIMIT 3",
                "SHOW search_path"):
        print(lab(sql))
    for sql in "SELECT nothing FROM orders", "SELECT 1/0", "DELETE FROM orders":
        try:
            print(lab(sql))
        except RuntimeError as e:
            print("refused", sql)
with compared("the cost estimate and validation of SQL"):
    try:
        print(call("POST", f"database/{database}/validate_sql/", sql="SELECT 1", schema="sales", template_params={}))
    except RuntimeError as e:
        print("no validator" if "422" in str(e) or "validator" in str(e) else e)
with compared("a dataset is made of a table"):
    dataset = call("POST", "dataset/", database=database, schema="sales", table_name="orders")["id"]
    d = call("GET", f"dataset/{dataset}")["result"]
    print(d["main_dttm_col"], sorted((c["column_name"], c["type"], c["type_generic"], c["is_dttm"], c["filterable"], c["groupby"]) for c in d["columns"]), d["kind"])
with compared("a dataset is made of a query"):
    virtual = call("POST", "dataset/", database=database, schema="sales", table_name="by_country", sql="SELECT o.*, c.name AS country_name FROM sales.orders o JOIN market.countries c ON c.code = o.country")["id"]
    print(sorted((c["column_name"], c["type"]) for c in call("GET", f"dataset/{virtual}")["result"]["columns"]))


def chart(of, **query):
    r = call("POST", "chart/data", datasource={"id": of, "type": "table"}, force=True, result_format="json", result_type="full", queries=[{"row_limit": 1000, **query}])["result"][0]
    return r["colnames"], r["coltypes"], r["data"]


total = {"expressionType": "SIMPLE", "column": {"column_name": "amount"}, "aggregate": "SUM", "label": "total"}
with compared("charts: bar, time series, filters, pivots, percentiles"):
    print(chart(dataset, columns=["region"], metrics=["count", total], orderby=[["count", False], ["region", True]]))
    month = {"timeGrain": "P1M", "columnType": "BASE_AXIS", "sqlExpression": "ordered_at", "label": "ordered_at", "expressionType": "SQL"}
    print(chart(dataset, columns=[month, "channel"], metrics=[total], granularity="ordered_at", time_range="2024-01-01 : 2024-04-01", extras={"time_grain_sqla": "P1M"}, orderby=[[total, False]]))
    for grain in "PT1H", "P1D", "P1W", "P3M", "P1Y":
        column = dict(month, timeGrain=grain)
        print(grain, len(chart(dataset, columns=[column], metrics=["count"])[2]))
    print(chart(dataset, columns=["channel"], metrics=[{"expressionType": "SQL", "sqlExpression": "percentile_cont(0.9) WITHIN GROUP (ORDER BY amount)", "label": "p90"}, {"expressionType": "SIMPLE", "column": {"column_name": "customer_id"}, "aggregate": "COUNT_DISTINCT", "label": "customers"}])[0])
    print(chart(dataset, columns=["order_id", "item", "amount"], metrics=[], orderby=[["order_id", True]], row_limit=5, row_offset=10,
                filters=[{"col": "region", "op": "IN", "val": ["EU", "NA"]}, {"col": "amount", "op": ">", "val": 20}, {"col": "item", "op": "ILIKE", "val": "%a%"}]))
    print(chart(virtual, columns=["country_name"], metrics=[total], extras={"having": "sum(amount) > 1000", "where": "quantity > 1"}, orderby=[[total, False]], row_limit=3))
    print(chart(dataset, columns=["channel"], metrics=[], orderby=[["channel", True]]))
with compared("values of a filter"):
    print(sorted(call("GET", f"datasource/table/{dataset}/column/channel/values/")["result"]))
with holds("the chart is saved and opened in a browser"):
    form = {"datasource": f"{dataset}__table", "viz_type": "echarts_timeseries_bar", "x_axis": "region", "metrics": [total], "groupby": ["channel"], "row_limit": 1000, "truncate_metric": True, "show_legend": True}
    made = call("POST", "chart/", slice_name="Orders of the mesh", viz_type="echarts_timeseries_bar", datasource_id=dataset, datasource_type="table", params=json.dumps(form))["id"]
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert browser, "no Chromium"
    shot = os.path.join(os.environ.get("SLUICE_CLIENTS_OUT") or os.getcwd(), f"superset-{os.environ['SERVER']}.png")
    subprocess.run([browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir=" + os.path.join(os.getcwd(), "browser"), "--window-size=1600,1000",
                    "--hide-scrollbars", "--timeout=60000", "--virtual-time-budget=45000", "--screenshot=" + shot, f"{base}/explore/?slice_id={made}"], check=True, timeout=200, stdout=sys.stderr, stderr=subprocess.DEVNULL)
    assert os.path.getsize(shot) > 40000, os.path.getsize(shot)
