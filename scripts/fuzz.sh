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

while IFS=: read -r file target; do
	[[ $target =~ $pattern ]] || continue
	package=./$(dirname "$file")
	count=$((count + 1))
	printf '== %s %s for %s\n' "$package" "$target" "$fuzztime"
	go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$fuzztime" </dev/null || failed+=("$package $target")
done < <(grep -rEho --include='*_test.go' -H '^func Fuzz[A-Za-z0-9_]*' . | sed -e 's#^\./##' -e 's/func //' | sort)

printf '== %d fuzz targets, %d failed\n' "$count" "${#failed[@]}"
if [ "${#failed[@]}" -gt 0 ]; then
	printf '   %s\n' "${failed[@]}"
	exit 1
fi
