#!/bin/sh
# The driver manager finds the driver by a file of our own, not by the machine's.
driver=$(find /usr/lib -name psqlodbcw.so 2>/dev/null | head -1)
printf '[PostgreSQL]\nDriver=%s\n' "$driver" >odbcinst.ini
export ODBCSYSINI="$PWD" ODBCINSTINI=odbcinst.ini
echo "version $(dpkg-query -W -f '${Version}' odbc-postgresql 2>/dev/null || echo unknown)"
PYTHONPATH="$CHECKS" exec "$INSTALLED/python/bin/python" "$HERE/check.py"
