#!/bin/sh
# Goal of this test: for each check there is a package that fails that check and
# no other.  The packages are put together by tests/tools/forge.py, which shares
# no code with ours.
. tests/lib.sh

if ! command -v minisign >/dev/null || ! command -v zstd >/dev/null; then
	skip "each check fails alone" "no minisign or no zstd program"
	exit 0
fi
mkdir "$T/in" "$T/out" "$T/bad"
echo '{"a":1}' >"$T/in/a.json"
seq 1 1200 >"$T/in/b.txt"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/azcustody-ledger" keygen --no-password "$T/other" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    --no-custody >/dev/null || exit 1
/usr/bin/python3 tests/tools/forge.py "$B/azcustody-verify" "$T"/out/*.tar.zst \
    "$T/k.key" "$T/k.pub" "$T/other.key" "$T/bad" || FAILED=1
