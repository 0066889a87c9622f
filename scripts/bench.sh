#!/usr/bin/env bash
# Runs the benchmarks, only in packages that have any: compiling the others takes
# longer than measuring. BENCH is a pattern of names.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh
packages=$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -r -n1 dirname | sort -u)
if [ -z "$packages" ]; then
	echo "no benchmarks"
	exit 0
fi
# -p 1: two packages measured at once would measure each other.
# shellcheck disable=SC2086
go test -run '^$' -bench "${BENCH:-.}" -benchmem -timeout 120m -p 1 $packages
