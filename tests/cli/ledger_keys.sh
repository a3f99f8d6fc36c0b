#!/bin/sh
# Goal of this test: keys of azcustody-ledger work in minisign, minisign's keys
# work here, a secret key is never left where it can be read, and Ed25519 is
# judged as other people's vectors say.
. tests/lib.sh

LEDGER=$B/azcustody-ledger
TOOLS=$B/tests/tools
canary "correct horse battery"
printf 'correct horse battery\n' >"$T/pw.secret"
chmod 600 "$T/pw.secret"
printf 'the evidence\n' >"$T/file"

# ---- keygen ------------------------------------------------------------------

exits 0 "keygen makes a key without a password" \
    "$LEDGER" keygen --no-password --name "R. Meyer" "$T/plain"
cp "$T/.out" "$T/out" && cp "$T/.err" "$T/err"
ok "keygen says where the two files are" sh -c '
	printf "secret key: %s.key\npublic key: %s.pub\n" "$1" "$1" |
	    cmp - "$2" && test ! -s "$3"' sh "$T/plain" "$T/out" "$T/err"
ok "the secret key is its owner's alone, the public key everybody's" sh -c '
	test "$(stat -c %a "$1/plain.key")" = 600 &&
	test "$(stat -c %a "$1/plain.pub")" = 644' sh "$T"
ok "the name stands in the public key" grep -q 'R. Meyer$' "$T/plain.pub"
exits 64 "keygen overwrites nothing" "$LEDGER" keygen --no-password "$T/plain"
cp "$T/.err" "$T/err"
ok "and says so in one line" sh -c '
	test "$(wc -l <"$1")" = 1 && grep -q "is there already" "$1"' sh "$T/err"
cp "$T/plain.pub" "$T/half.pub"
exits 64 "nor makes half a pair" "$LEDGER" keygen --no-password "$T/half"
ok "and no half is left" test ! -e "$T/half.key"
exits 0 "keygen takes a password from a file" \
    "$LEDGER" keygen --password-file "$T/pw.secret" "$T/locked"
exits 0 "and from a descriptor" sh -c '
	"$1" keygen --password-file fd:7 "$2" 7<"$3"' sh "$LEDGER" "$T/fd" \
    "$T/pw.secret"
exits 0 "and from standard input" sh -c '
	"$1" keygen --password-file - "$2" <"$3"' sh "$LEDGER" "$T/stdin" \
    "$T/pw.secret"
exits 77 "but not from a file that others can read" sh -c '
	chmod 644 "$3"
	"$1" keygen --password-file "$3" "$2"
	code=$?
	chmod 600 "$3"
	exit $code' sh "$LEDGER" "$T/open" "$T/pw.secret"
ok "and then leaves nothing" sh -c '! ls "$1"/open.* 2>/dev/null' sh "$T"
exits 64 "a password and none exclude each other" "$LEDGER" keygen \
    --no-password --password-file "$T/pw.secret" "$T/x"
exits 64 "an unknown option is refused" "$LEDGER" keygen --wide "$T/x"
exits 64 "keygen without a name is refused" "$LEDGER" keygen --no-password
exits 64 "two names are refused" "$LEDGER" keygen --no-password "$T/x" "$T/y"
exits 64 "a name with a line end is refused" \
    "$LEDGER" keygen --no-password --name "a
b" "$T/x"
ok "and no key is left then" sh -c '! ls "$1"/x.* 2>/dev/null' sh "$T"
exits 66 "a folder that is not there is said so" \
    "$LEDGER" keygen --no-password "$T/none/x"
exits 64 "no command is an error" "$LEDGER"
exits 64 "an unknown command is an error" "$LEDGER" release
exits 0 "--help is an answer" "$LEDGER" --help
cp "$T/.out" "$T/out"
ok "on standard output" grep -q '^usage: azcustody-ledger VERB' "$T/out"
exits 0 "--version is an answer" "$LEDGER" --version
if command -v script >/dev/null; then
	# The terminal's echo would show the password: so it must not be there.
	ok "without a file the password is asked for twice on the terminal" \
	    sh -c '
		{ sleep 1; printf "correct horse battery\n"
		  sleep 1; printf "correct horse battery\n"; sleep 1; } |
		    script -qec "$1 keygen $2/asked" /dev/null >"$2/asked.tty"
		test -s "$2/asked.key" && grep -q "again" "$2/asked.tty" &&
		    ! grep -q battery "$2/asked.tty"' sh "$LEDGER" "$T"
else
	skip "the password is asked for on the terminal" "no script(1)"
fi

# ---- minisign ----------------------------------------------------------------

if command -v minisign >/dev/null; then
	ok "minisign signs with our key without a password" \
	    minisign -S -W -s "$T/plain.key" -m "$T/file" -x "$T/1.minisig"
	ok "and verifies with our public key" \
	    minisign -V -p "$T/plain.pub" -m "$T/file" -x "$T/1.minisig"
	not_ok "but not with another one" \
	    minisign -V -p "$T/locked.pub" -m "$T/file" -x "$T/1.minisig"
	ok "minisign opens our key with its password" sh -c '
		minisign -S -s "$1/locked.key" -m "$1/file" \
		    -x "$1/2.minisig" <"$1/pw.secret"' sh "$T"
	ok "and verifies with its public key" \
	    minisign -V -p "$T/locked.pub" -m "$T/file" -x "$T/2.minisig"
	not_ok "minisign does not open it with another password" sh -c '
		echo wrong | minisign -S -s "$1/locked.key" -m "$1/file" \
		    -x "$1/3.minisig"' sh "$T"
	ok "minisign recreates our public key from our secret key" sh -c '
		minisign -R -s "$1/plain.key" -p "$1/again.pub" &&
		test "$(sed -n 2p "$1/again.pub")" = \
		    "$(sed -n 2p "$1/plain.pub")"' sh "$T"

	minisign -G -W -p "$T/theirs.pub" -s "$T/theirs.key" >/dev/null 2>&1
	{ cat "$T/pw.secret" "$T/pw.secret"; } |
	    minisign -G -p "$T/their2.pub" -s "$T/their2.key" >/dev/null 2>&1
	ok "we sign with minisign's key and minisign verifies it" sh -c '
		"$1" "$2/theirs.key" "" "azcustody/seal/1 p r case=1" "$2/file" \
		    >"$2/4.minisig" &&
		minisign -V -p "$2/theirs.pub" -m "$2/file" -x "$2/4.minisig" |
		    grep -qx "Trusted comment: azcustody/seal/1 p r case=1"' \
	    sh "$TOOLS/signfile" "$T"
	ok "minisign told our two comments makes the very same bytes" sh -c '
		minisign -S -W -s "$1/theirs.key" -m "$1/file" \
		    -x "$1/6.minisig" -c "azcustody signature" \
		    -t "azcustody/seal/1 p r case=1" && cmp "$1/4.minisig" \
		    "$1/6.minisig"' sh "$T"
	ok "also with a key under minisign's own, costly, password" sh -c '
		"$1" "$2/their2.key" "$2/pw.secret" "a comment" "$2/file" \
		    >"$2/5.minisig" &&
		minisign -V -p "$2/their2.pub" -m "$2/file" -x "$2/5.minisig"' \
	    sh "$TOOLS/signfile" "$T"
	exits 77 "and say so when the password is wrong" sh -c '
		echo wrong >"$2/wrong.secret"; chmod 600 "$2/wrong.secret"
		"$1" "$2/their2.key" "$2/wrong.secret" "c" "$2/file"' \
	    sh "$TOOLS/signfile" "$T"
	ok "a signature of ours is four lines" \
	    sh -c 'test "$(wc -l <"$1")" = 4' sh "$T/4.minisig"
else
	skip "our keys in minisign and its keys here" "no minisign"
fi

# ---- Other people's vectors --------------------------------------------------

if [ -d "$SHARED/suites/wycheproof" ]; then
	python3 tests/cli/vectors_ed25519.py "$TOOLS/rawverify" \
	    "$SHARED/suites" || FAILED=1
else
	skip "the vectors of Wycheproof and signify" "no $SHARED/suites"
fi
