#!/bin/sh
# Goal of this test: what a dishonest keeper of a ledger tries, who can sign with
# a key of their own and has another ledger at hand, is found, by both verifiers
# and with the reason.
. tests/lib.sh
. tests/cli/certify_lib.sh
. tests/cli/tsa_lib.sh

LEDGER=$B/azcustody-ledger
SIGN=$B/tests/tools/signfile
mkdir -p "$T/in/src" "$T/in2/src" "$T/p" "$T/q" "$T/r"
echo x >"$T/in/src/a"
echo y >"$T/in2/src/a"
for k in k lab; do
	"$LEDGER" keygen --no-password "$T/$k" >/dev/null
done
NOW=$(date -u +%Y-%m-%dT%H:%M:%SZ)
P=$T/p/$("$B/tests/tools/pack" --folder "$T/in" --out "$T/p" --at "$NOW" \
    --key "$T/k.key") && Q=$T/q/$("$B/tests/tools/pack" --folder "$T/in2" \
    --out "$T/q" --at "$NOW" --random 01020304 --key "$T/k.key") || exit 1
for one in "$P" "$Q"; do
	"$LEDGER" release --by-name A --to-name B --transport hand \
	    --sign "$T/k.key" "$one" >/dev/null &&
	    "$LEDGER" receive --by-name B --sign "$T/lab.key" "$one" >/dev/null &&
	    "$LEDGER" note --by-name B --remarks x --sign "$T/lab.key" "$one" \
		>/dev/null || { echo "not ok - two ledgers"; exit 1; }
done
D=${P%.tar.zst}.custody
N=$(basename "$P" .tar.zst)
TRUST="--trust $T/k.pub --trust $T/lab.pub"

# judge EXIT DIR WORDS...: both verifiers come to it.
judge()
{
	_want=$1
	shift
	"$B/azcustody-verify" ledger "$@" >"$T/verdict" 2>&1
	_have=$?
	/usr/bin/python3 verify/second-opinion ledger "$@" >"$T/second" 2>&1
	_other=$?
	[ "$_have" -eq "$_want" ] && [ "$_other" -eq "$_want" ] ||
	    { echo "exits $_have and $_other"; cat "$T/verdict" "$T/second"
	    return 1; }
}

# tried SENTENCE CODE [WORDS...]: the forged ledger $F fails, and for this.
tried()
{
	_sentence=$1
	_code=$2
	shift 2
	ok "$_sentence" judge 1 "$F" $TRUST "$@"
	ok "... by its code: $_code" grep -q "FAIL \[$_code\]" "$T/verdict"
	chmod -R u+w "$F"
	rm -rf "$F"
	cp -r "$D" "$F"
	chmod -R u+w "$F"
}
F=$T/forged
cp -r "$D" "$F"
chmod -R u+w "$F"
ok "the ledger holds" judge 0 "$F" $TRUST

# sign KEY COMMENT FILE TO: whoever has the key signs whatever they like.
sign()
{
	rm -f "$4"
	"$SIGN" "$1" "" "$2" "$3" >"$4"
}

O=${Q%.tar.zst}.custody
cp "$O"/000004* "$F/"
tried "the last entry of another package's ledger" other
cp "$O"/000003* "$F/"
tried "a reception of another package" other
mv "$F/000002-released.json" "$T/x" && mv "$F/000004-noted.json" \
    "$F/000002-released.json" && mv "$T/x" "$F/000004-noted.json"
tried "two entries under each other's names" entry
E4=$F/000004-noted
sign "$T/lab.key" "azcustody/custody/1 $N 000004 witness" "$E4.json" \
    "$E4.custodian.minisig"
tried "a signature made for another role" signature
sign "$T/lab.key" "azcustody/receipt/1 $N 000004 custodian" "$E4.json" \
    "$E4.custodian.minisig"
tried "a signature made for another sort of document" signature
sign "$T/lab.key" "azcustody/custody/1 $N 000003 custodian" "$E4.json" \
    "$E4.custodian.minisig"
tried "a signature made for another number" signature
sign "$T/lab.key" "azcustody/custody/1 $(basename "$Q" .tar.zst) 000004 custodian" \
    "$E4.json" "$E4.custodian.minisig"
tried "a signature made for another package" signature
sed -i '1s/.*/untrusted comment: signed by the court/' "$E4.custodian.minisig"
tried "another untrusted comment" signature
cp "$E4.custodian.minisig" "$E4.judge.minisig"
tried "a signature that nobody declares" stray
cp "$E4.json" "$F/000004-Noted.json"
tried "an entry in other letters" entry
ln -s "$E4.json" "$F/000005-noted.json" 2>/dev/null
ok "a link is no entry" sh -c '! "$1" ledger "$2" $3' sh \
    "$B/azcustody-verify" "$F" "$TRUST"
rm -f "$F/000005-noted.json"

# rewrite N-EVENT ROLE KEY FROM TO: change words of an entry and sign it anew.
rewrite()
{
	sed -i "s/$4/$5/" "$F/$1.json"
	sign "$T/$3.key" "azcustody/custody/1 $N ${1%%-*} $2" "$F/$1.json" \
	    "$F/$1.$2.minisig"
}
rewrite 000004-noted custodian lab '"at":"20' '"at":"19'
tried "the last entry dated back by a century" time
rewrite 000002-released giver k '"name":"A"' '"name":"C"'
tried "an entry rewritten under what follows" chain
rewrite 000003-received receiver lab \
    '"release":{"seq":2,"sha256":"[0-9a-f]\{8\}' '"release":{"seq":2,"sha256":"00000000'
tried "a release quoted by another digest" pair
rewrite 000004-noted custodian lab '"seq":4' '"seq":5'
tried "an entry under another number than its own" entry
rewrite 000004-noted custodian lab '"event":"noted"' '"event":"stored"'
tried "an event under another name than its own" entry
sed -i 's/"remarks":"x"/"remarks":"x","critical":["remarks","law"]/' "$E4.json"
tried "an entry that demands what no reader knows" entry
cp "$D/000004-noted.json" "$F/000005-noted.json"
cp "$D/000004-noted.custodian.minisig" "$F/000005-noted.custodian.minisig"
tried "an entry twice, under the next number" entry

# ---- Receipts -------------------------------------------------------------------
"$LEDGER" receipt --by-name B --sign "$T/lab.key" --out "$T/r" "$O" >/dev/null
tried "a receipt for another package" receipt \
    --receipt "$T/r/000004-receipt.json"
rm -f "$T"/r/*
"$LEDGER" receipt --by-name B --sign "$T/lab.key" --out "$T/r" "$D" >/dev/null
chmod -R u+w "$T/r"
sed -i 's/"seq":4/"seq":3/' "$T/r/000004-receipt.json"
sign "$T/lab.key" "azcustody/receipt/1 $N 000003 receiver" \
    "$T/r/000004-receipt.json" "$T/r/000004-receipt.receiver.minisig"
tried "a receipt whose number is another than its files'" receipt \
    --receipt "$T/r/000004-receipt.json"

# ---- Certificates: the same issuer and serial number, another key ----------------
make_root "$T/c" root && certify "$T/c" root notary ec \
    -pkeyopt ec_paramgen_curve:P-256 && mkdir "$T/e" &&
    make_root "$T/e" root && cp "$T/e/root.pem" "$T/e/true.pem" &&
    certify "$T/e" root first ec -pkeyopt ec_paramgen_curve:P-256 ||
    { echo "not ok - certificates"; exit 1; }
serial=$(openssl x509 -in "$T/c/notary.pem" -noout -serial | cut -d= -f2)
printf '%s\n' keyUsage=critical,digitalSignature >"$T/e/ext"
openssl req -new -key "$T/e/first.key" -subj /CN=notary/O=Test \
    -out "$T/e/csr" 2>/dev/null
openssl x509 -req -in "$T/e/csr" -CA "$T/e/root.pem" -CAkey "$T/e/root.key" \
    -set_serial "0x$serial" -days 30 -extfile "$T/e/ext" -out "$T/e/twin.pem" \
    2>/dev/null
"$LEDGER" note --by-name N --remarks x --cms-key "$T/c/notary.key" \
    --cms-cert "$T/c/notary.pem" "$P" >/dev/null
chmod -R u+w "$F"
rm -rf "$F"
cp -r "$D" "$F"
chmod -R u+w "$F"
ok "a certificate's signature holds" judge 0 "$F" $TRUST --ca "$T/c/root.pem"
openssl cms -sign -binary -in "$F/000005-noted.json" -outform DER -cades \
    -signer "$T/e/twin.pem" -inkey "$T/e/first.key" -md sha256 \
    -out "$F/000005-noted.custodian.p7s" 2>/dev/null
tried "another certificate of the same issuer and number signs" signature \
    --ca "$T/c/root.pem"
openssl cms -sign -binary -in "$F/000005-noted.json" -outform DER -cades \
    -signer "$T/e/twin.pem" -inkey "$T/e/first.key" -md sha256 \
    -certfile "$T/c/notary.pem" -out "$F/000005-noted.custodian.p7s" 2>/dev/null
tried "also with the true one beside it" signature --ca "$T/c/root.pem"

# ---- Time stamps ----------------------------------------------------------------
if command -v faketime >/dev/null; then
	faketime -f -2d sh -c '. tests/cli/tsa_lib.sh; make_tsa "$1"' sh "$T/a"
	for entry in 5 6; do
		rm -f "$T/t$entry" "$T/q$entry"
		"$LEDGER" stamp-query "$P" --entry $entry --out "$T/q$entry" \
		    >/dev/null
		(cd "$T/a" && openssl ts -reply -config tsa.cnf -section t \
		    -queryfile "$T/q$entry" -signer tsa.pem -inkey tsa.key \
		    -out "$T/t$entry") >/dev/null 2>&1
		"$LEDGER" stamp-import "$P" --token "$T/t$entry" --by-name N \
		    --sign "$T/lab.key" >/dev/null
	done
	TRUST="$TRUST --ca $T/c/root.pem --tsa-ca $T/a/root.pem"
	rm -rf "$F"
	cp -r "$D" "$F"
	chmod -R u+w "$F"
	ok "two time stamps hold" judge 0 "$F" $TRUST
	mv "$F/000006-timestamped.tsr" "$T/x"
	mv "$F/000007-timestamped.tsr" "$F/000006-timestamped.tsr"
	mv "$T/x" "$F/000007-timestamped.tsr"
	tried "two time stamps in each other's place" token
	(cd "$T/a" && faketime -f -1d openssl ts -reply -config tsa.cnf \
	    -section t -queryfile "$T/q5" -signer tsa.pem -inkey tsa.key \
	    -out "$T/early") >/dev/null 2>&1
	"$LEDGER" stamp-import "$P" --token "$T/early" --by-name N \
	    --sign "$T/lab.key" >/dev/null
	rm -rf "$F"
	cp -r "$D" "$F"
	chmod -R u+w "$F"
	tried "a time stamp from the day before the entry that it is over" time
else
	skip "time stamps of another day" "no faketime"
fi
