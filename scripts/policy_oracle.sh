#!/usr/bin/env bash
# Proves policies: every case equal to views written by hand in PostgreSQL, every attack,
# and PAIRS pairs of data sets that differ only in what is hidden. "interference" runs the
# last alone. Shows what is running; the logs of the servers under test are left out.
set -euo pipefail
cd "$(dirname "$0")/.."

run() {
	go test -count=1 -timeout 3h -v -run "$1" ./cmd/sluice ./auth/... 2>&1 | grep -avE ' level=|no tests to run'
}

if [ "${1:-}" != interference ]; then
	SLUICE_SETS=all run '^Test(Polic|Attack|Forged|Ungranted|Discovery|Careful|ExplainHides|Literals|Dictionar|Reload|EveryStatement|NoAudit|Hash|Generalise|View)'
fi
SLUICE_PAIRS=${PAIRS:-20000} run '^TestNonInterference$'
