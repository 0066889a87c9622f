"""A Jupyter notebook with pandas and SQLAlchemy, run headless by nbclient."""
import importlib.metadata
import os

import nbformat
from nbclient import NotebookClient

from checks import compared

print("version nbclient", importlib.metadata.version("nbclient"))
with open(os.path.join(os.environ["HERE"], "notebook.ipynb")) as f:
    notebook = nbformat.read(f, as_version=4)
with compared("the notebook runs to its end"):
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    print(sum(c.cell_type == "code" for c in notebook.cells))
for number, cell in enumerate(c for c in notebook.cells if c.cell_type == "code"):
    with compared(f"cell {number + 1}"):
        for o in cell.outputs:
            assert o.output_type != "error", o
            if o.get("name") != "stderr":
                print(o.get("text") or o.data["text/plain"])
