"""datacontract-cli: each contract of the demo is valid, and what is served keeps it."""
import glob
import importlib.metadata
import json
import os
import subprocess
import sys

import yaml

print("version", importlib.metadata.version("datacontract-cli"), flush=True)
program = os.path.join(os.path.dirname(sys.executable), "datacontract")
os.environ.update(DATACONTRACT_POSTGRES_USERNAME=os.environ["PGUSER"], DATACONTRACT_POSTGRES_PASSWORD=os.environ["PGPASSWORD"])
for path in sorted(glob.glob(os.path.join(os.environ["MESH"], "domains/*/products/*/*.odcs.yaml"))):
    with open(path) as f:
        contract = yaml.safe_load(f)
    name = contract["id"]
    run = subprocess.run([program, "lint", path], capture_output=True, text=True)
    print("ok lint" if run.returncode == 0 else "not ok lint", name + ("" if run.returncode == 0 else ": " + " ".join(run.stdout.split())[-300:]), flush=True)
    contract["servers"] = [{"server": "mesh", "type": "postgres", "host": os.environ["PGHOST"], "port": int(os.environ["PGPORT"]), "database": "mesh", "schema": contract["domain"]}]
    with open("contract.yaml", "w") as f:
        yaml.safe_dump(contract, f)
    run = subprocess.run([program, "test", "contract.yaml", "--output", "results.json", "--output-format", "json", "--checks", "properties,quality,custom"], capture_output=True, text=True)
    try:
        with open("results.json") as f:
            checks = json.load(f)["checks"]
        os.remove("results.json")
    except (OSError, KeyError, ValueError):
        print("not ok test", name + ":", " ".join((run.stdout + run.stderr).split())[-400:], flush=True)
        continue
    print("# test", name)  # freshness is left out: the demo's data grows old
    for line in sorted({f"{c.get('category')} {c.get('type')} {c.get('model')} {c.get('field')} {c.get('name')} {c.get('result')} {c.get('reason') or ''}" for c in checks}):
        print(line)
    bad = [c for c in checks if c["result"] not in ("passed",)]
    print("ok all passed" if checks and not bad else "not ok all passed", name + ("" if checks and not bad else f": {[(c.get('name'), c.get('result'), c.get('reason')) for c in bad]}"), flush=True)
