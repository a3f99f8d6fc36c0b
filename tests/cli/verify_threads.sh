#!/bin/sh
# Goal of this test: the number of threads changes nothing.  Packages with many
# lines, many members, and members of several frames, whole and damaged in every
# way, are judged by 1, 2, 3, and 7 threads: the reports, the order of the
# findings, and the exit codes are the same, byte for byte.
. tests/lib.sh

if ! command -v minisign >/dev/null || ! command -v zstd >/dev/null; then
	skip "any number of threads judges alike" "no minisign or no zstd program"
	exit 0
fi
mkdir "$T/in" "$T/out" "$T/bad"
/usr/bin/python3 tests/cli/verify_threads.py fill "$T/in" || exit 1
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    --no-custody >/dev/null || exit 1
/usr/bin/python3 tests/cli/verify_threads.py judge "$BUILT/azcustody-verify" \
    "$T"/out/*.tar.zst "$T/k.key" "$T/k.pub" "$T/bad" || FAILED=1
