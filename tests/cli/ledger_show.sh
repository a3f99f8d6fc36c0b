#!/bin/sh
# Goal of this test: azcustody-ledger show prints a ledger whole, says what is
# wrong with it and exits accordingly, and lets no control character through.
. tests/lib.sh

LEDGER=$B/azcustody-ledger
mkdir -p "$T/in/src" "$T/out"
printf 'x\n' >"$T/in/src/a"
"$LEDGER" keygen --no-password "$T/k" >/dev/null
"$LEDGER" keygen --no-password "$T/other" >/dev/null
P=$("$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key") ||
	exit 1
P=${P%.tar.zst}
D=$T/out/$P.custody

exits 0 "a sound ledger with its key" "$LEDGER" show --trust "$T/k.pub" "$D"
cp "$T/.out" "$T/out.txt" && cp "$T/.err" "$T/err.txt"
ok "its entry is printed" grep -q '^000001 .* sealed$' "$T/out.txt"
ok "with the digest of the archive" grep -q \
    "archive  *$(sha256sum <"$T/out/$P.tar.zst" | cut -c 1-64)" "$T/out.txt"
ok "and the last line counts" sh -c '
	test "$(tail -n 1 "$1")" = \
	    "1 entries, 0 wrong, 0 that could not be judged" &&
	test ! -s "$2"' sh "$T/out.txt" "$T/err.txt"
exits 0 "without a key nothing is wrong either" "$LEDGER" show "$D"
cp "$T/.out" "$T/out.txt"
ok "but no signature could be judged" grep -q \
    '^1 entries, 0 wrong, 1 that could not be judged$' "$T/out.txt"
exits 65 "with another key nobody who is trusted signed" \
    "$LEDGER" show --trust "$T/other.pub" "$D"
cp "$T/.out" "$T/out.txt"
ok "and it is said who did" grep -q \
    '^untrusted: 000001-sealed.json: nobody who is trusted signed it: "' \
    "$T/out.txt"
exits 66 "a folder that is not there" "$LEDGER" show "$T/none"
exits 64 "no folder at all" "$LEDGER" show
exits 64 "an option without its value" "$LEDGER" show --trust
exits 65 "a key that is none" "$LEDGER" show --trust "$T/in/src/a" "$D"

cp -r "$D" "$T/bad"
chmod -R u+w "$T/bad"
sed -i 's/Test Examiner/Best Examiner/' "$T/bad/000001-sealed.json"
exits 65 "a changed entry" "$LEDGER" show --trust "$T/k.pub" "$T/bad"
cp "$T/.out" "$T/out.txt" && cp "$T/.err" "$T/err.txt"
ok "is said to have a signature that does not verify" grep -q \
    '^signature: 000001-sealed.examiner.minisig: the signature does not' \
    "$T/out.txt"
ok "with one line on standard error" sh -c '
	test "$(wc -l <"$1")" = 1 && grep -q "do not rely on it$" "$1"' \
    sh "$T/err.txt"

# A name that would turn the terminal red, in a file name and in an entry.
cp -r "$D" "$T/red"
chmod -R u+w "$T/red"
ESC=$(printf '\033')
printf 'x' >"$T/red/${ESC}[31mVERIFIED"
sed -i 's/Test Examiner/\\u001b[31m\\u202eTest/' "$T/red/000001-sealed.json"
exits 65 "a ledger with control characters" "$LEDGER" show "$T/red"
cp "$T/.out" "$T/out.txt" && cp "$T/.err" "$T/err.txt"
not_ok "lets none of them through" \
    grep -q "$ESC\|$(printf '\342\200\256')" "$T/out.txt" "$T/err.txt"
ok "but shows where they were" sh -c '
	grep -qF "\\x{1b}[31m\\u{202e}Test" "$1" &&
	grep -q "^stray: .*VERIFIED" "$1"' sh "$T/out.txt"

mkdir "$T/fifo" && cp "$D"/* "$T/fifo/" && mkfifo "$T/fifo/p"
exits 66 "a ledger that holds a FIFO is not read" \
    timeout 10 "$LEDGER" show "$T/fifo"
mkdir "$T/empty"
exits 65 "an empty folder is no ledger" "$LEDGER" show "$T/empty"
