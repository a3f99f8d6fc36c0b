#!/bin/sh
# Goal of this test: a package goes from hand to hand and every step is an entry
# that minisign alone can check; what does not fit is refused before anything is
# signed; a ledger that was cut short, forked or dated back is found.
. tests/lib.sh

LEDGER=$B/azcustody-ledger
VERIFY=$B/azcustody-verify
canary "tr0ubador and three"
mkdir -p "$T/in/src" "$T/out" "$T/keys"
printf 'x\n' >"$T/in/src/a"
printf 'tr0ubador and three\n' >"$T/keys/pw.secret"
chmod 600 "$T/keys/pw.secret"
for k in k lab witness thief; do
	"$LEDGER" keygen --no-password "$T/keys/$k" >/dev/null
done
"$LEDGER" keygen --password-file "$T/keys/pw.secret" "$T/keys/locked" >/dev/null
P=$("$B/tests/tools/pack" --folder "$T/in" --out "$T/out" \
    --key "$T/keys/k.key") || exit 1
N=${P%.tar.zst}
P=$T/out/$P
D=$T/out/$N.custody
TRUST="--trust $T/keys/k.pub --trust $T/keys/lab.pub
    --trust $T/keys/witness.pub --trust $T/keys/locked.pub"
cat >"$T/meyer.json" <<EOF
{"by":{"name":"R. Meyer","title":"Inspector","organisation":"Police","contact":"m@example.org"},
"authority":"Order 17","medium":{"kind":"disk","serial":"S/N 12","seal":"A 4711"}}
EOF

# ---- A hand-over --------------------------------------------------------------

exits 0 "the giver releases it, naming the receiver" "$LEDGER" release \
    --facts "$T/meyer.json" --to-name "B. Lab" --transport "by hand" \
    --purpose analysis --sign "$T/keys/k.key" --trust "$T/keys/k.pub" "$P"
cp "$T/.out" "$T/said"
ok "the entry and its digest are said" sh -c '
	grep -qx "sha256: $(sha256sum <"$2/000002-released.json" |
	    cut -c 1-64)" "$1"' sh "$T/said" "$D"
exits 2 "until it is received the ledger is undecided" \
    "$VERIFY" ledger $TRUST "$D"
cp "$T/.out" "$T/said"
ok "and says who has not signed" grep -q \
    'UNDECIDED \[open\] 000002.*given to "B. Lab", who has not signed' "$T/said"
exits 64 "somebody else cannot receive it" "$LEDGER" receive \
    --by-name "B. Other" --sign "$T/keys/lab.key" "$P"
exits 64 "nobody receives without a signature" "$LEDGER" receive \
    --by-name "B. Lab" "$P"
exits 0 "the receiver signs for it, with a witness" "$LEDGER" receive \
    --by-name "B. Lab" --condition "seal A 4711 intact" \
    --sign "$T/keys/lab.key" --sign "$T/keys/witness.key" --role witness \
    --signer "W. Ness" "$P"
ok "quoting number and digest of the release, and its own digest" \
    python3 - "$D" "$P" <<'EOF'
import hashlib, json, pathlib, sys
d = pathlib.Path(sys.argv[1])
e = json.loads((d / "000003-received.json").read_text())
h = lambda p: hashlib.sha256(pathlib.Path(p).read_bytes()).hexdigest()
assert e["release"] == {"seq": 2, "sha256": h(d / "000002-released.json")}
assert e["archive"]["sha256"] == h(sys.argv[2])
assert e["from"]["name"] == "R. Meyer" and e["to"]["name"] == "B. Lab"
r = json.loads((d / "000002-released.json").read_text())
assert r["medium"] == {"kind": "disk", "serial": "S/N 12", "seal": "A 4711"}
assert r["by"]["organisation"] == "Police" and r["from"] == r["by"]
EOF
exits 64 "it is received once" "$LEDGER" receive --by-name "B. Lab" \
    --release 2 --sign "$T/keys/lab.key" "$P"
exits 65 "without a release there is nothing to receive" "$LEDGER" receive \
    --by-name "B. Lab" --sign "$T/keys/lab.key" "$P"
exits 0 "the receiver gives a head receipt" "$LEDGER" receipt \
    --by-name "B. Lab" --sign "$T/keys/lab.key" $TRUST --out "$T" "$D"

ok "the verifier finds the ledger of a package, and says which" sh -c '
	"$1" ledger $4 "$2" >"$5"
	grep -q "note \[ledger\] .*: $3$" "$5" &&
	"$1" ledger --json $4 "$2" | tail -n 1 | grep -q "\"ledger\":\"$3\"" &&
	"$6" ledger $4 "$2" | grep -q "^$3: custody UNDECIDED"' sh "$VERIFY" "$P" \
    "$D" "$TRUST" "$T/said" verify/second-opinion
exits 66 "or that there is none" "$VERIFY" ledger "$T/in/src/a"

# ---- Entries of the other sorts -----------------------------------------------

exits 0 "verified, with a key that has a password" "$LEDGER" enter verified \
    --by-name "B. Lab" --sign "$T/keys/locked.key" --role examiner \
    --password-file "$T/keys/pw.secret" "$P"
cp "$P" "$T/copy"
exits 0 "copied" "$LEDGER" copy --product "$T/copy" --by-name "B. Lab" \
    --sign "$T/keys/lab.key" "$P"
exits 0 "stored" "$LEDGER" store --place "safe 3" --by-name "B. Lab" \
    --sign "$T/keys/lab.key" "$P"
exits 0 "accessed" "$LEDGER" enter accessed --by-name "B. Lab" \
    --sign "$T/keys/lab.key" "$P"
exits 0 "noted, about an entry" "$LEDGER" note --about 2 --by-name "B. Lab" \
    --remarks 'kept in the car overnight' --sign "$T/keys/lab.key" "$P"
exits 0 "corrected" "$LEDGER" correct --corrects 6 --by-name "B. Lab" \
    --remarks 'it was safe 4' --sign "$T/keys/lab.key" "$P"
printf 'age' >"$T/p.age"
exits 0 "encrypted" "$LEDGER" enter encrypted --product "$T/p.age" \
    --by-name "B. Lab" --sign "$T/keys/lab.key" "$P"
exits 0 "returned" "$LEDGER" return --to-name "R. Meyer" --by-name "B. Lab" \
    --sign "$T/keys/lab.key" "$P"
exits 0 "and received again" "$LEDGER" receive --by-name "R. Meyer" \
    --sign "$T/keys/k.key" "$P"
exits 0 "destroyed" "$LEDGER" destroy --by-name "R. Meyer" \
    --sign "$T/keys/k.key" "$P"
exits 64 "what was destroyed is not stored" "$LEDGER" store --place x \
    --by-name "R. Meyer" --sign "$T/keys/k.key" "$P"
exits 0 "but noted, by its ledger alone" "$LEDGER" note --by-name "R. Meyer" \
    --remarks 'shredded' --sign "$T/keys/k.key" "$D"
exits 0 "the whole ledger holds together" "$VERIFY" ledger $TRUST \
    --receipt "$T/000003-receipt.json" "$D"
cp "$T/.out" "$T/said"
ok "and says in so many words what no receipt proves" grep -q \
    'completeness beyond the last receipt cannot be proved$' "$T/said"
exits 0 "so does custody in the package's own verdict" "$VERIFY" $TRUST \
    --require custody --receipt "$T/000003-receipt.json" "$P"
ok "as JSON its last line is a summary with the exit code" sh -c '
	"$1" ledger --json $3 "$2" | tail -n 1 | python3 -c "
import json, sys
s = json.load(sys.stdin)
assert s[\"type\"] == \"summary\" and s[\"exit_code\"] == 0, s
assert s[\"entries\"] == 14 and s[\"custody\"] == \"PASS\", s"' \
    sh "$VERIFY" "$D" "$TRUST"

# ---- minisign alone -----------------------------------------------------------

if command -v minisign >/dev/null; then
	ok "minisign checks every entry, and sha256sum the chain" \
	    python3 tests/cli/ledger_chain.py "$D" "$T/keys"
	ok "minisign checks the receipt" minisign -V -p "$T/keys/lab.pub" \
	    -m "$T/000003-receipt.json" -x "$T/000003-receipt.receiver.minisig"
else
	skip "minisign checks every entry" "no minisign"
fi

# ---- What is refused ----------------------------------------------------------

fresh()
{
	rm -rf "$T/try"
	mkdir "$T/try"
	cp -r "$D" "$P" "$T/try/"
	chmod -R u+w "$T/try"
	(cd "$T/try/$N.custody" && for f in *; do
		[ "$f" \< "000004" ] || rm -f "$f"
	done)
	Q=$T/try/$N.tar.zst
	E=$T/try/$N.custody
}

enter()
{
	"$LEDGER" enter accessed --by-name "B. Lab" --sign "$T/keys/lab.key" "$@"
}

fresh
printf 'x' >>"$Q"
exits 65 "a package that is not the one is refused" enter "$Q"
ok "and nothing was added" test ! -e "$E/000004-accessed.json"
exits 0 "but a note records exactly that" "$LEDGER" note --damaged \
    --by-name "B. Lab" --remarks 'the disk failed' --sign "$T/keys/lab.key" "$Q"
exits 1 "which the verdict shows" "$VERIFY" ledger $TRUST "$E"
cp "$P" "$Q"
exits 0 "and with a copy that matches it goes on" enter "$Q"
exits 64 "no damage is noted where there is none" "$LEDGER" note --damaged \
    --by-name "B. Lab" --remarks 'x' --sign "$T/keys/lab.key" "$Q"
fresh
sed -i 's/analysis/Analysis/' "$E/000002-released.json"
exits 65 "nothing is signed on top of a ledger that is wrong" enter "$Q"
fresh
exits 65 "nor on one that a given key does not vouch for" \
    enter --trust "$T/keys/thief.pub" "$Q"
exits 64 "a key beside the package is refused" sh -c '
	cp "$1/keys/lab.key" "$1/try/lab.key"
	"$2" enter accessed --by-name "B. Lab" --sign "$1/try/lab.key" "$3"' \
    sh "$T" "$LEDGER" "$Q"
rm -f "$T/try/lab.key"
exits 75 "two runs at once do not both add" sh -c '
	exec 9<"$1"; flock -n 9 || exit 1; shift; "$@"' sh "$E" \
    "$LEDGER" enter accessed --by-name "B. Lab" --sign "$T/keys/lab.key" "$Q"
F=$("$B/tests/tools/pack" --folder "$T/in" --out "$T/try" \
    --at 2100-01-01T00:00:00Z --key "$T/keys/k.key")
exits 71 "a clock that is behind the last entry is refused" enter "$T/try/$F"
exits 64 "a release to nobody is refused" "$LEDGER" release \
    --by-name "B. Lab" --sign "$T/keys/lab.key" "$Q"
exits 64 "sealed is not entered by hand" "$LEDGER" enter sealed \
    --by-name "B. Lab" --sign "$T/keys/lab.key" "$Q"
exits 64 "an entry without a name is refused" "$LEDGER" enter accessed \
    --sign "$T/keys/lab.key" "$Q"
exits 64 "a correction of an entry to come is refused" "$LEDGER" correct \
    --corrects 4 --remarks x --by-name "B. Lab" --sign "$T/keys/lab.key" "$Q"
exits 64 "a second signer needs a role" enter --sign "$T/keys/k.key" "$Q"
printf '{"by":{"nmae":"x"}}' >"$T/typo.json"
exits 65 "a member that no entry has is refused" enter --facts "$T/typo.json" \
    "$Q"
ok "all of this added nothing" sh -c 'test "$(ls "$1" | wc -l)" = 7' sh "$E"

# ---- Two releases at once -------------------------------------------------------

fresh
"$LEDGER" release --by-name "B. Lab" --to-name "R. Meyer" \
    --sign "$T/keys/lab.key" "$Q" >/dev/null
"$LEDGER" release --by-name "B. Lab" --to-name "W. Ness" \
    --sign "$T/keys/lab.key" "$Q" >/dev/null
exits 0 "each receives the release that names them" "$LEDGER" receive \
    --by-name "R. Meyer" --sign "$T/keys/k.key" "$Q"
ok "not the last one" grep -q '"release":{"seq":4,' "$E/000006-received.json"
exits 0 "show takes the package as well" "$LEDGER" show $TRUST "$Q"
exits 0 "and so does receipt" "$LEDGER" receipt --by-name "R. Meyer" \
    --sign "$T/keys/k.key" --out "$T/try" "$Q"
ok "which is for the last entry" test -e "$T/try/000006-receipt.json"

# ---- A release is taken back ----------------------------------------------------

fresh
"$LEDGER" release --by-name "B. Lab" --to-name "R. Meyer" \
    --sign "$T/keys/lab.key" "$Q" >/dev/null
"$LEDGER" note --about 2 --by-name "B. Lab" --remarks "it was in the safe" \
    --sign "$T/keys/lab.key" "$Q" >/dev/null
"$LEDGER" correct --corrects 4 --by-name "W. Ness" --remarks "not to him" \
    --sign "$T/keys/witness.key" "$Q" >/dev/null
exits 2 "somebody else cannot take it back" "$VERIFY" ledger $TRUST "$E"
"$LEDGER" correct --corrects 4 --by-name "B. Lab" --remarks "not to him" \
    --sign "$T/keys/lab.key" "$Q" >/dev/null
exits 0 "the giver corrects it: nobody has to answer" "$VERIFY" ledger $TRUST \
    "$E"
exits 0 "the second verifier finds so, too" verify/second-opinion ledger \
    $TRUST "$E"
exits 65 "nobody receives it" "$LEDGER" receive --by-name "R. Meyer" \
    --sign "$T/keys/k.key" "$Q"
exits 64 "not even by its number" "$LEDGER" receive --release 4 \
    --by-name "R. Meyer" --sign "$T/keys/k.key" "$Q"
"$LEDGER" release --by-name "B. Lab" --to-name "R. Meyer" \
    --sign "$T/keys/lab.key" "$Q" >/dev/null
"$LEDGER" receive --by-name "R. Meyer" --sign "$T/keys/k.key" "$Q" >/dev/null
exits 0 "another one is received" "$VERIFY" ledger $TRUST "$E"
ok "and shown in the form, the first as taken back" sh -c '
	"$1" form $2 --out "$3/back.html" "$4" &&
	grep -q "data-half=\"Taken back\"" "$3/back.html" &&
	! grep -q "NOBODY HAS SIGNED" "$3/back.html"' sh "$LEDGER" "$TRUST" "$T" "$Q"

# ---- What is found ------------------------------------------------------------

fresh
rm -f "$E"/000003-*
exits 1 "a ledger that was cut short contradicts a receipt" "$VERIFY" ledger \
    $TRUST --receipt "$T/000003-receipt.json" "$E"
cp "$T/.out" "$T/said"
ok "in words" grep -q 'FAIL \[receipt\].*the ledger was cut short$' "$T/said"
exits 1 "also in the package's verdict" "$VERIFY" $TRUST \
    --receipt "$T/000003-receipt.json" "$Q"
"$LEDGER" enter accessed --by-name "B. Lab" --sign "$T/keys/lab.key" "$Q" \
    >/dev/null
exits 1 "one that was written anew does too" "$VERIFY" ledger $TRUST \
    --receipt "$T/000003-receipt.json" "$E"
rm -rf "$E"
exits 1 "and one that is gone" "$VERIFY" $TRUST \
    --receipt "$T/000003-receipt.json" "$Q"
fresh
cp "$T"/000003-receipt.* "$T/try/"
sed -i 's/"seq":3/"seq":1/' "$T/try/000003-receipt.json"
exits 1 "a changed receipt is no receipt" "$VERIFY" ledger $TRUST \
    --receipt "$T/try/000003-receipt.json" "$E"
"$LEDGER" enter accessed --by-name "T. Hief" --sign "$T/keys/thief.key" "$Q" \
    >/dev/null
exits 1 "an entry that nobody trusted signed" "$VERIFY" ledger $TRUST "$E"
cp "$T/.out" "$T/said"
ok "is said by name" grep -q \
    'FAIL \[untrusted\] 000004.*nobody who is trusted signed it: "T. Hief"' \
    "$T/said"
fresh
cp -r "$E" "$T/try/other"
enter "$Q" >/dev/null
sleep 0.01
"$LEDGER" note --ledger "$T/try/other" --by-name "R. Meyer" --remarks x \
    --sign "$T/keys/k.key" "$Q" >/dev/null
cp "$T/try/other/000004"* "$E/"
exits 1 "two histories are a fork" "$VERIFY" ledger $TRUST "$E"
cp "$T/.out" "$T/said"
ok "and both are shown with who signed" sh -c '
	grep -q "\[fork\] 000004-accessed.*signed by \"B. Lab\"" "$1" &&
	grep -q "\[fork\] 000004-noted.*signed by \"R. Meyer\"" "$1"' \
    sh "$T/said"
ESC=$(printf '\033')
fresh
"$LEDGER" release --by-name "B. ${ESC}[31mLab" --to-name "X${ESC}]0;y" \
    --sign "$T/keys/lab.key" "$Q" >/dev/null
"$VERIFY" ledger $TRUST "$E" >"$T/said" 2>&1
not_ok "no control character passes" grep -q "$ESC" "$T/said"
exits 66 "a ledger that is not there" "$VERIFY" ledger "$T/none"
exits 64 "no ledger named" "$VERIFY" ledger
