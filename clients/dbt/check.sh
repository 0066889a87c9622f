#!/bin/sh
exec "$INSTALLED/dbt/bin/python" "$HERE/check.py"
