#!/bin/sh
exec "$INSTALLED/datacontract/bin/python" "$HERE/check.py"
