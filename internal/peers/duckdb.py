"""Holds a DuckDB. Reads a question a line as JSON ({"SQL": …, "Seconds": …}), writes a reply to each
({"Rows": [[text, …], …], "Error": text, "TooSlow": bool}), until its input ends."""
import datetime
import decimal
import json
import sys
import threading

import duckdb


def text(value):
    if value is None:
        return "NULL"
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ")
    return format(value, "f") if isinstance(value, decimal.Decimal) else str(value)


def reply(connection, question):
    late = threading.Event()

    def stop():
        late.set()
        connection.interrupt()

    timer = threading.Timer(question["Seconds"], stop)
    timer.start()
    try:
        result = connection.execute(question["SQL"])
        return {"Rows": [[text(value) for value in row] for row in result.fetchall()]}
    except Exception as error:
        return {"Error": str(error), "TooSlow": late.is_set()}
    finally:
        timer.cancel()


connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")  # it would appear among the replies
for line in sys.stdin:
    print(json.dumps(reply(connection, json.loads(line))), flush=True)
