#!/usr/bin/env bash
# Runs every fuzz target of the module, one after the other (the fuzzer itself uses
# all cores), each for FUZZTIME. A target that finds something leaves the input in
# its testdata/fuzz and fails this script, after the others had their turn.
set -euo pipefail
cd "$(dirname "$0")/.."

fuzztime=${FUZZTIME:-10m}
pattern=${FUZZ:-.}
failed=()
count=0

# fuzz runs one target. Go's fuzzer now and then reports its own end of time as a failure
# ("context deadline exceeded") when a worker is busy at that moment: without a failing
# input that is none.
fuzz() {
	local out
	out=$(mktemp)
	if go test "$1" -run '^$' -fuzz "^$2\$" -fuzztime "$fuzztime" </dev/null 2>&1 | tee "$out"; then
		rm -f "$out"
		return 0
	fi
	if grep -q 'context deadline exceeded' "$out" && ! grep -qE 'Failing input written|panic:|fatal error' "$out"; then
		rm -f "$out"
		return 0
	fi
	rm -f "$out"
	return 1
}

while IFS=: read -r file target; do
	[[ $target =~ $pattern ]] || continue
	package=./$(dirname "$file")
	count=$((count + 1))
	printf '== %s %s for %s\n' "$package" "$target" "$fuzztime"
	fuzz "$package" "$target" || failed+=("$package $target")
done < <(grep -rEho --include='*_test.go' -H '^func Fuzz[A-Za-z0-9_]*' . | sed -e 's#^\./##' -e 's/func //' | sort)

printf '== %d fuzz targets, %d failed\n' "$count" "${#failed[@]}"
if [ "${#failed[@]}" -gt 0 ]; then
	printf '   %s\n' "${failed[@]}"
	exit 1
fi
