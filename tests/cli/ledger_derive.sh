#!/bin/sh
# Goal of this test: a timeline is signed as derived evidence and entered in the
# ledger of each of its packages; ordinary tools check the signature, and what is
# changed, stripped, exchanged, or left out is found.
. tests/lib.sh
. tests/timeline_lib.sh

LEDGER=$B/azcustody-ledger
VERIFY=$B/azcustody-verify
ok "records are made" /usr/bin/python3 tests/timeline_hostile.py /dev/null \
    "$T/files"
ok "a package is sealed" seal one "$T/files"
mkdir "$T/two"
ok "and another" "$B/tests/tools/pack" --folder "$T/files" --out "$T/two" \
    --key "$T/signer.key" --at 2026-11-02T00:00:00Z --random 01020304
P=$(package one)
Q=$(package two)
mkdir "$T/keys"
for k in anna thief; do
	"$LEDGER" keygen --no-password "$T/keys/$k" >/dev/null
done
TRUST="--trust $T/signer.pub --trust $T/keys/anna.pub"
exits 0 "a timeline of one is built" build one "$T/tl"
cp -r "$T/tl" "$T/unsigned"
cp -r "$T/one" "$T/before"

derive()
{
	"$LEDGER" derive --by-name "A. Nalyst" --purpose "Order 19" \
	    --sign "$T/keys/anna.key" $TRUST "$@"
}
judge()
{
	"$VERIFY" timeline "$1" --package "${2:-$P}" $TRUST >"$T/said"
}
says()
{
	grep -q -- "$1" "$T/said"
}
exits 0 "before it is signed it is verified" judge "$T/tl"
ok "and the report says that nobody signed it" says "not signed as derived"
exits 65 "what was not made from the package is not signed" derive "$T/tl" \
    --package "$Q"
exits 64 "all packages must be given" derive "$T/tl"
exits 64 "a key in the folder is refused" sh -c '
	cp "$1/keys/anna.key" "$1/tl/data/" && cp -r "$1/tl" "$1/tlk" &&
	rm "$1/tl/data/anna.key" && rm "$1/tlk/data/anna.key" || exit 1
	cp "$1/keys/anna.key" "$1/one/anna.key"
	"$2" derive --by-name A --sign "$1/one/anna.key" "$1/tl" --package "$3"
	rc=$?
	rm -f "$1/one/anna.key"
	exit $rc' sh "$T" "$LEDGER" "$P"
ok "nothing was written by what was refused" sh -c '
	diff -r "$1/tl" "$1/unsigned" && diff -r "$1/one" "$1/before"' sh "$T"
cp -r "$T/tl" "$T/loose" && echo >>"$T/loose/data/report.html"
exits 65 "a bag that is not valid is not signed" derive "$T/loose" --package "$P"
cp -r "$T/tl" "$T/extra" && : >"$T/extra/data/x"
exits 65 "nor one with a file that no manifest names" derive "$T/extra" \
    --package "$P"

exits 0 "it is signed" derive "$T/tl" --package "$P"
D=${P%.tar.zst}.custody
ok "and entered, with the digest of the tag manifest" sh -c '
	grep -q "\"event\":\"derived\".*\"product\":{\"what\":\"tagmanifest-sha256.txt\",\"sha256\":\"$(
	    sha256sum <"$1/tl/tagmanifest-sha256.txt" | cut -c 1-64)\"}" \
	    "$2/000002-derived.json"' sh "$T" "$D"
exits 0 "the ledger holds" "$VERIFY" ledger $TRUST "$D"
exits 0 "the timeline is verified" judge "$T/tl"
ok "by a trusted signer, as a ledger says" says \
    "signed as derived evidence by 1, of whom 1 are trusted"
ok "nothing but statement and signature was added" sh -c '
	diff -r "$1/tl" "$1/unsigned" | sort >"$1/diff"
	grep -c . "$1/diff" | grep -qx 2 && grep -q ": derivation.json" "$1/diff" &&
	grep -q ": derivation.deriver.minisig" "$1/diff"' sh "$T"
exits 0 "it still is a valid bag" "$VERIFY" bag "$T/tl"
exits 64 "it is signed once" derive "$T/tl" --package "$P"
in_json()
{
	"$VERIFY" timeline --json "$T/tl" --package "$P" $TRUST | tail -n 1 |
	    grep -q '"signed":true,"signers":1,"signers_trusted":1,"ledgers_entered":1'
}
ok "JSON says it" in_json
exits 2 "without the signer's key that is open" "$VERIFY" timeline "$T/tl" \
    --package "$(echo "$T"/before/*.tar.zst)" --trust "$T/signer.pub"
# bounded ROLE TO: by a trust file, which bounds what Anna may sign.
bounded()
{
	printf '{"format":"azcustody/trust/1","signers":[{"name":"Anna","kind":"ed25519","public":"%s","roles":["%s"],"from":null,"to":%s}]}\n' \
	    "$(sed -n 2p "$T/keys/anna.pub")" "$1" "$2" >"$T/trust.json"
	"$VERIFY" timeline "$T/tl" --package "$(echo "$T"/before/*.tar.zst)" \
	    --trust "$T/signer.pub" --trust-file "$T/trust.json" >"$T/said"
}
exits 2 "she may sign as a deriver" bounded deriver null
ok "and did; the ledger brought has no entry yet" says \
    "signed as derived evidence by 1, of whom 1 are trusted"
exits 1 "she may not in another role" bounded clerk null
ok "which is said" says 'signature.*in the role deriver'
exits 1 "nor behind her time" bounded deriver '"2026-01-01T00:00:00.0000000Z"'
ok "which is said, too" says 'signature.*not trusted at that time'
if command -v minisign >/dev/null; then
	ok "minisign checks it" sh -c 'cd "$1/tl" && minisign -V \
	    -p "$1/keys/anna.pub" -m derivation.json \
	    -x derivation.deriver.minisig | grep -q \
	    "azcustody/derivation/1 $(sha256sum <tagmanifest-sha256.txt |
	    cut -c 1-64) deriver"' sh "$T"
else
	skip "minisign checks it" "no minisign"
fi

# ---- What is found ------------------------------------------------------------

# changed NAME COMMAND...: a copy of the signed bag in which COMMAND ran.
changed()
{
	rm -rf "$T/try"
	cp -r "$T/tl" "$T/try"
	chmod -R u+w "$T/try"
	(cd "$T/try" && sh -c "$1")
}
changed 'sed -i s/A..Nalyst/B..Nalyst/ derivation.json'
exits 1 "a changed statement" judge "$T/try"
ok "is said" says 'FAIL \[signature\] derivation.deriver.minisig'
changed 'rm derivation.deriver.minisig'
exits 1 "a signature that is gone" judge "$T/try"
changed 'rm derivation.*'
exits 1 "a statement that is gone contradicts the ledger" judge "$T/try"
ok "by the entry's number" says 'stripped.*entry 000002 of its ledger says'
changed 'printf "README-x.txt: x\n" >x; mv x README-x.txt
    sha256sum README-x.txt >>tagmanifest-sha256.txt'
exits 1 "another bag under the signature" judge "$T/try"
ok "is said, too" says 'what was signed is another tag manifest'
changed 'sed -i "s/\"seal_sha256\":\"[0-9a-f]\{8\}/\"seal_sha256\":\"00000000/" \
    derivation.json'
exits 1 "another seal in the statement" judge "$T/try"
ok "is named" says 'derivation.json does not name it'
changed 'echo "{}" >derivation.json'
exits 1 "a statement that is none" judge "$T/try"
exits 2 "a ledger without the entry leaves it open" judge "$T/tl" \
    "$(echo "$T"/before/*.tar.zst)"
ok "and says so" says 'no entry of its ledger says'
changed 'rm derivation.*'
ok "a thief signs what was left out" sh -c '
	mkdir "$1/steal" && cp -r "$1/before/." "$1/steal/" &&
	"$2" derive --by-name "T. Hief" --sign "$1/keys/thief.key" "$1/try" \
	    --package "$(echo "$1"/steal/*.tar.zst)"' sh "$T" "$LEDGER"
exits 1 "and nobody trusts that" judge "$T/try" \
    "$(echo "$T"/steal/*.tar.zst)"

exits 0 "a timeline of two packages is built" "$TIMELINE" build "$P" "$Q" \
    --out "$T/both" $TRUST
exits 64 "both must be given" derive "$T/both" --package "$P"
exits 0 "and both are entered" derive "$T/both" --package "$P" --package "$Q"
ok "in each ledger" test -e "$D/000003-derived.json" -a \
    -e "${Q%.tar.zst}.custody/000002-derived.json"
exits 0 "it is verified" "$VERIFY" timeline "$T/both" --package "$P" \
    --package "$Q" $TRUST

# ---- The same bytes -------------------------------------------------------------

again()
{
	env TZ=Pacific/Chatham LANG=de_DE.UTF-8 LC_ALL=tr_TR.UTF-8 \
	    taskset -c 0 "$TIMELINE" build "$P" --out "$T/again" $TRUST >/dev/null
}
exits 0 "on one core, in another zone and locale" again
ok "the same bytes are made" diff -r "$T/unsigned" "$T/again"
