"""pgcli: the commands it runs, what it knows for completion, and its terminal."""
import os
import re
import subprocess
import sys
import time

import pexpect
import pgcli
from pgcli.completion_refresher import CompletionRefresher
from pgcli.pgexecute import PGExecute
from pgspecial.main import PGSpecial
from prompt_toolkit.document import Document

from checks import compared, holds

print("version", pgcli.__version__)
e = os.environ
e["PROMPT_TOOLKIT_NO_CPR"] = "1"
executor = PGExecute(e["PGDATABASE"], e["PGUSER"], e["PGPASSWORD"], e["PGHOST"], e["PGPORT"])
special = PGSpecial()
for command in ("\\l no_such", "\\d", "\\d sales.orders", "\\d+ crm.customers", "\\d sales.*", "\\dt sales.*", "\\dt+ market.*", "\\dv sales.*", "\\di sales.*", "\\ds", "\\dn", "\\dn+ sales",
                "\\df int4pl", "\\dT int*", "\\dT+ numeric", "\\dx no_such", "\\dp sales.*", "\\ddp", "\\dD", "\\dE", "\\db", "\\sf int4pl(int,int)", "\\dF simple"):
    with compared(command):
        for title, rows, headers, status, *_ in executor.run(command, pgspecial=special):
            print(title, headers, status, *(list(rows) if rows is not None else []), sep="\n")
with compared("what completion knows"):
    print(sorted(executor.schemata()), executor.search_path())
    own = ("crm", "logistics", "market", "sales")
    print(sorted(t for t in executor.tables() if t[0] in own), sorted(t for t in executor.views() if t[0] in own))
    print(sorted((c for c in executor.table_columns() if c[0] in own), key=str))
    print(sorted(executor.foreignkeys(), key=str))
    print(sorted((d for d in executor.datatypes() if d[0] in own), key=str), list(executor.casing()))
    print(len(list(executor.functions())) > 2000, executor.full_databases() != [])
with compared("completion of a query"):
    got = []
    CompletionRefresher().refresh(executor, special, got.append, settings={"casing_file": "", "generate_casing_file": False})
    until = time.time() + 60
    while not got and time.time() < until:
        time.sleep(0.1)
    for text in "SELECT * FROM sales.", "SELECT o. FROM sales.orders o", "SELECT * FROM sales.orders o JOIN crm.customers c ON ", "SELECT * FROM market.co":
        at = text.index("o.") + 2 if text.startswith("SELECT o.") else len(text)
        print(text, sorted(c.text for c in got[0].get_completions(Document(text, at), None))[:30])
with compared("queries from the command line"):
    run = subprocess.run([os.path.join(os.path.dirname(sys.executable), "pgcli"), "--less-chatty"],
                         input="SELECT code, name FROM market.countries ORDER BY 1 LIMIT 3;\nSELECT 1/0;\n\\d market.countries\n", text=True, capture_output=True, timeout=120)
    print(re.sub(r"Time: .*", "", run.stdout))
with holds("the terminal: a query, Ctrl-C, quit"):
    t = pexpect.spawn(os.path.join(os.path.dirname(sys.executable), "pgcli"), ["--less-chatty", "--prompt", "here> "], timeout=60, encoding="utf-8", dimensions=(50, 200))
    t.expect("here>")
    t.send("SELECT 40 + 2 AS answer;\r")
    t.expect("42")
    t.expect("here>")
    t.send("SELECT count(*) FROM generate_series(1, 100000000000) a;\r")
    time.sleep(2)
    t.sendintr()
    t.expect("cancel")
    t.expect("here>")
    t.send("\\q\r")
    t.expect(pexpect.EOF)
