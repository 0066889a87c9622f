"""What needs a terminal: completion by tab, \\watch, Ctrl-C."""
import os
import pty
import re
import select
import time

PROMPT = "mesh=> "
ENDLESS = "SELECT count(*) FROM generate_series(1, 100000000000) a;\n"


class Terminal:
    def __init__(self):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["PSQL_HISTORY"] = os.devnull
            os.execvp("psql", ["psql", "-X", "-P", "pager=off", "-v", "PROMPT1=" + PROMPT, "-v", "PROMPT2=... "])
        self.until(PROMPT)

    def send(self, text):
        os.write(self.fd, text.encode())

    def until(self, end, patience=60):
        """Reads until what was printed ends with a text; gives all of it."""
        read, last = "", time.time() + patience
        while not read.endswith(end):
            if time.time() > last:
                raise TimeoutError(f"no {end!r} in {read!r}")
            if select.select([self.fd], [], [], 0.2)[0]:
                read += os.read(self.fd, 65536).decode(errors="replace")
                read = re.sub(r"\x1b\[\?2004[hl]\r?", "", read)
        return read

    def complete(self, text):
        """What two tabs after a text offer, and what the line became."""
        self.send(text)
        self.drain(0.1)
        self.send("\t")
        first = self.drain()
        self.send("\t")
        second = self.drain()
        self.send("\x15\x03")
        self.until(PROMPT)
        return first, second

    def drain(self, seconds=0.8):
        read = ""
        while select.select([self.fd], [], [], seconds)[0]:
            read += os.read(self.fd, 65536).decode(errors="replace")
        return re.sub(r"\x1b\[\?2004[hl]\r?", "", read).replace("\x07", "")


completions = [
    "SELECT * FROM sal", "SELECT * FROM sales.", "SELECT * FROM sales.o", "SELECT * FROM crm.c", "SELECT * FROM mark", "TABLE logistics.",
    "SELECT order_i", "\\d sales.ret", "\\d crm.", "\\dt mar", "\\dn s", "\\df int4p", "\\dT tex", "\\du stew",
    "SET search_p", "SET search_path TO sal", "SET TimeZ", "SET TimeZone TO Europe/Be", "SHOW work_", "SET DateStyle TO ", "SET intervalstyle TO ",
    "EXPLAIN SEL", "COPY sales.r", "BEGIN ISO", "DECLARE c CUR", "SELECT * FROM sales.orders WHERE cust", "SELECT * FROM sales.orders ORD",
    "RESET time", "\\dp sales.", "\\dd ", "GRANT SELECT ON sales.ord", "DROP TABLE mar", "PREP", "ANALYZE crm.t", "COMMENT ON COLUMN sales.orders.am",
]

terminal = Terminal()
for text in completions:
    print("# tab after", text)
    first, second = terminal.complete(text)
    print(repr(first), repr(second))

print("# \\watch, stopped by Ctrl-C")
terminal.send("SELECT 'tick' || 'ed' AS t \\watch 0.3\n")
seen = ""
while seen.count("ticked") < 2:
    seen += terminal.drain(0.1)
terminal.send("\x03")
terminal.until(PROMPT)
print(seen.count("ticked") >= 2)

print("# Ctrl-C ends a statement and the session goes on")
terminal.send(ENDLESS)
terminal.drain(1)
began = time.time()
terminal.send("\x03")
answer = terminal.until(PROMPT)
print("canceling statement due to user request" in answer, time.time() - began < 10)
terminal.send("SELECT 'still' || ' here' AS s;\n")
print("still here" in terminal.until(PROMPT))

print("# Ctrl-C in a transaction leaves it failed")
terminal.send("\\set PROMPT1 'mesh=%x> '\nBEGIN;\n")
terminal.until("mesh=*> ")
terminal.send(ENDLESS)
terminal.drain(1)
terminal.send("\x03")
print("canceling statement due to user request" in terminal.until("mesh=!> "))
terminal.send("ROLLBACK;\n")
print("ROLLBACK" in terminal.until("mesh=> "))
terminal.send("\\q\n")
os.waitpid(terminal.pid, 0)
