#!/bin/sh
# Goal of this test: certificates and time stamps are judged by what the examiner
# brings, each thing stripped, swapped, moved or weakened is found with its
# reason, and openssl agrees with us.  The packages are put together by
# tests/tools/package_parts.py, which shares no code with ours.
. tests/lib.sh

for program in minisign zstd openssl; do
	command -v "$program" >/dev/null && continue
	skip "packages with certificates and time stamps" "no $program program"
	exit 0
done
mkdir "$T/in" "$T/out" "$T/w"
echo '{"a":1}' >"$T/in/a.json"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    --no-custody >/dev/null || exit 1
/usr/bin/python3 tests/cli/stamped.py "$PWD/$B/azcustody-verify" \
    "$T"/out/*.tar.zst "$T/k.key" "$T/k.pub" "$T/w" || FAILED=1
