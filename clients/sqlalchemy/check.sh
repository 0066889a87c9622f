#!/bin/sh
PYTHONPATH="$CHECKS" exec "$INSTALLED/python/bin/python" "$HERE/check.py"
