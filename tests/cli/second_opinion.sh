#!/bin/sh
# Goal of this test: a verifier that shares no line with ours judges every good
# and every forged package as ours does.  A part of the forged cases is taken;
# all of them with LONG set.
. tests/lib.sh

for program in minisign zstd openssl; do
	command -v "$program" >/dev/null && continue
	skip "a second verifier judges alike" "no $program program"
	exit 0
done
mkdir "$T/in" "$T/w"
echo '{"a":1}' >"$T/in/a.json"
seq 1 1200 >"$T/in/b.txt"
for k in k other; do
	"$B/azcustody-ledger" keygen --no-password "$T/$k" >/dev/null 2>&1 || exit 1
done

# pack FOLDER OPTION...: one more package.
pack()
{
	mkdir "$T/$1"
	_folder=$T/$1
	shift
	"$B/tests/tools/pack" --out "$_folder" --key "$T/k.key" "$@" \
	    >/dev/null || exit 1
}
pack bare --folder "$T/in" --no-custody
pack ledger --folder "$T/in"
pack plain --folder "$T/in" --plain
mkdir "$T/unpacked"
zstd -dcq "$T"/bare/*.tar.zst | tar -xf - -C "$T/unpacked" || exit 1

part=4
[ -n "${LONG:-}" ] && part=1
/usr/bin/python3 tests/cli/second_opinion.py "$BUILT/azcustody-verify" "$T/w" \
    "$T/k" "$T/other" "$part" "$T"/bare/*.tar.zst "$T"/ledger/*.tar.zst \
    "$T"/plain/*.tar "$T"/unpacked/* || FAILED=1
ok "the program says what it is" verify/second-opinion --help
exits 64 "it refuses an option it does not have" verify/second-opinion --nothing x
exits 66 "it refuses a key that is none" verify/second-opinion --trust "$0" \
    "$T"/unpacked/*
exits 0 "it takes a sound package" verify/second-opinion --trust "$T/k.pub" \
    "$T"/bare/*.tar.zst
