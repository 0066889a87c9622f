#!/usr/bin/env bash
# Runs the benchmarks, only in packages that have any: compiling the others takes
# longer than measuring. BENCH is a pattern of names, SCALE the scale of TPC-H (1), PEERS
# the engines to compare with (fdw,trino,duckdb,direct; none: only one PostgreSQL), LIMIT
# after how many seconds one of their queries ends (60), REPEAT how often each is asked (3).
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
if [ "${PEERS:-}" != none ] && [[ TPCH =~ ${BENCH:-.} ]]; then
	scripts/peers.sh
fi
export SLUICE_BENCH_SCALE=${SCALE:-${SLUICE_BENCH_SCALE:-1}} SLUICE_BENCH_PEERS=${PEERS:-${SLUICE_BENCH_PEERS:-}}
export SLUICE_BENCH_TIMEOUT=${LIMIT:-${SLUICE_BENCH_TIMEOUT:-60}} SLUICE_BENCH_REPEAT=${REPEAT:-${SLUICE_BENCH_REPEAT:-3}}
packages=$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -r -n1 dirname | sort -u)
if [ -z "$packages" ]; then
	echo "no benchmarks"
	exit 0
fi
# One package after the other: two measured at once would measure each other.
for package in $packages; do
	go test -run '^$' -bench "${BENCH:-.}" -benchmem -timeout 120m "$package"
done
