#!/bin/sh
# LibreOffice runs headless with a profile of this run's own; the script is its own Python's.
echo "version $(soffice --version 2>/dev/null | awk '{print $2}')"
pipe="sluice$$"
soffice --headless --invisible --norestore --nologo "-env:UserInstallation=file://$PWD/profile" "--accept=pipe,name=$pipe;urp;" >soffice.log 2>&1 &
office=$!
PYTHONPATH="$CHECKS" PIPE="$pipe" /usr/bin/python3 "$HERE/check.py"
kill "$office" 2>/dev/null
wait "$office" 2>/dev/null
exit 0
