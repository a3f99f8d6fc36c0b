#!/bin/sh
# Goal of this test: every removal, duplicate, exchange and insertion of a member,
# every strip and substitution of a signature, key, token or ledger entry, and
# every byte put behind the file is judged 1, with the reason and the place.  A
# fixed slice; all of them with LONG=1.  (verify_flips.sh flips and cuts.)
. tests/lib.sh

for program in minisign zstd; do
	command -v "$program" >/dev/null && continue
	skip "nothing done to a package goes unseen" "no $program program"
	exit 0
done
mkdir "$T/in" "$T/out" "$T/plain" "$T/keys" "$T/w"
echo '{"a":1}' >"$T/in/a.json"
seq 1 700 >"$T/in/b.txt"
for k in k lab other; do
	"$B/azcustody-ledger" keygen --no-password "$T/keys/$k" >/dev/null 2>&1 ||
	    exit 1
done
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/keys/k.key" \
    >/dev/null || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/plain" --key "$T/keys/k.key" \
    --plain >/dev/null || exit 1
part=16
[ -n "${LONG:-}" ] && part=1
/usr/bin/python3 tests/cli/meddle.py "$B/azcustody-verify" \
    "$B/azcustody-ledger" "$T/keys" "$T/w" "$part" "$T"/out/*.tar.zst \
    "$T"/plain/*.tar || FAILED=1
