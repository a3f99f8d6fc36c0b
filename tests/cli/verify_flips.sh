#!/bin/sh
# Goal of this test: with its ledger a package with one flipped bit in any byte
# is judged 1 with a reason; without the ledger so is every flip that changes a
# byte of what the frames hold; and so is a package cut to any length.  LONG=1
# takes a package of 64 KB and flips all 8 bits of each byte.
. tests/lib.sh

FLIP=$B/tests/tools/flip
mkdir "$T/in" "$T/out" "$T/plain"
echo '{"a":1}' >"$T/in/a.json"
seq 1 700 >"$T/in/b.txt"
[ -z "${LONG:-}" ] || head -c 58500 /dev/urandom >"$T/in/c.bin"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    >/dev/null || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/plain" --key "$T/k.key" \
    --plain >/dev/null || exit 1
PACKAGE=$(echo "$T"/out/*.tar.zst)
PLAIN=$(echo "$T"/plain/*.tar)
BITS=1
STEP=7
if [ -n "${LONG:-}" ]; then
	BITS=8
	STEP=1
fi

# both NAME FOLDER-OF-OUTPUT ARGUMENTS...: two processes, every byte once.
both()
{
	"$FLIP" "$@" --part 0/2 --scratch "$T" >"$T/one" 2>&1 &
	_one=$!
	"$FLIP" "$@" --part 1/2 --scratch "$T" >"$T/two" 2>&1
	_two=$?
	wait $_one || _two=1
	cat "$T/one" "$T/two"
	return $_two
}

ok "every byte of a package with its ledger, flipped: exit 1 with a reason" \
    both "$PACKAGE" --trust "$T/k.pub" --bits $BITS \
    --ledger "${PACKAGE%.tar.zst}.custody"
grep '^judged' "$T/.out" | sed 's/^/# /'
ok "the same without the ledger, unless no content changes" \
    both "$PACKAGE" --trust "$T/k.pub" --bits $BITS
grep '^judged' "$T/.out" | sed 's/^/# /'
ok "cut to any length: exit 1 with a reason" \
    both "$PACKAGE" --trust "$T/k.pub" --cut
ok "bytes of a plain .tar, flipped: exit 1 with a reason" \
    "$FLIP" "$PLAIN" --trust "$T/k.pub" --part 3/$STEP --scratch "$T"
ok "a plain .tar, cut: exit 1 with a reason" \
    "$FLIP" "$PLAIN" --trust "$T/k.pub" --cut --part 0/$STEP --scratch "$T"
ok "without any key no flip is judged 0" \
    "$FLIP" "$PACKAGE" --part 5/$STEP --scratch "$T"
ok "with any one allocation failing: judged as ever, or not judged" \
    "$B/tests/tools/starve" "$PACKAGE" "$T/k.pub" "${PACKAGE%.tar.zst}.custody"
grep '^same' "$T/.out" | sed 's/^/# /'
