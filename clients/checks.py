"""How Python scripts print their checks (see judge_test.go)."""
import contextlib
import io
import sys
import traceback


@contextlib.contextmanager
def compared(name):
    """What the block prints must be the same on both servers."""
    text = io.StringIO()
    try:
        with contextlib.redirect_stdout(text):
            yield
    except Exception as e:
        failed(name, e)
    else:
        print("#", name)
        print(text.getvalue(), end="", flush=True)


@contextlib.contextmanager
def holds(name):
    """The block must end without an exception."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    except Exception as e:
        failed(name, e)
    else:
        print("ok", name, flush=True)


def failed(name, e):
    at = traceback.extract_tb(e.__traceback__)[-1]
    print("not ok", name + ":", type(e).__name__, " ".join(str(e).split())[:400], f"({at.filename.rsplit('/', 1)[-1]}:{at.lineno})", flush=True)
