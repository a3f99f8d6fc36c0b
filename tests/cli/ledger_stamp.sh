#!/bin/sh
# Goal of this test: a time stamp is had for the ledger in two steps, without a
# network here; it shows when the whole package existed; openssl agrees about each
# file; and a token that is something else is neither taken nor believed.
. tests/lib.sh
. tests/cli/tsa_lib.sh

make_tsa "$T/a" && make_tsa "$T/b" ||
    { echo "not ok - a world of certificates"; exit 1; }
mkdir "$T/in" "$T/o"
echo '{"a":1}' >"$T/in/a.json"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1
"$B/azcustody-collect" run --case C-1 --exhibit E-1 --examiner "A. Tester" \
    --sign "$T/k.key" --folder "$T/in" --out "$T/o" >/dev/null 2>&1
P=$(echo "$T"/o/*.tar.zst)
L=${P%.tar.zst}.custody

ledger()
{
	"$B/azcustody-ledger" "$@"
}

# answer AUTHORITY: it stamps $T/q into $T/r.
answer()
{
	(cd "$1" && openssl ts -reply -config tsa.cnf -section t \
	    -queryfile "$T/q" -signer tsa.pem -inkey tsa.key -out "$T/r") \
	    >/dev/null 2>&1
}

import()
{
	ledger stamp-import "$1" --token "$T/r" --query "$T/q" --sign "$T/k.key" \
	    --by-name "A. Tester" --trust "$T/k.pub" --tsa-ca "$T/a/root.pem"
}

# judge VERDICTS WORDS...: the verdicts of the verifier end so.
judge()
{
	_verdicts=$1
	shift
	"$B/azcustody-verify" "$P" --trust "$T/k.pub" --require custody "$@" \
	    >"$T/verdict"
	grep -q "custody $_verdicts\$" "$T/verdict"
}

ask()
{
	rm -f "$T/q"
	ledger stamp-query "$@" --out "$T/q"
}

ok "before, its time is undecided" judge "PASS, time UNDECIDED" \
    --tsa-ca "$T/a/root.pem"
exits 0 "a request over the last entry is written" ask "$P"
ok "openssl reads it: a nonce, and the certificate is asked for" sh -c \
    'openssl ts -query -in "$1" -text 2>/dev/null >"$2" &&
	grep -q "Nonce: 0x" "$2" && grep -q "Certificate required: yes" "$2"' \
    sh "$T/q" "$T/text"
exits 64 "a request replaces nothing" ledger stamp-query "$P" --out "$T/q"
answer "$T/b"
exits 65 "an answer of an authority that is not trusted is refused" import "$P"
answer "$T/a"
cp "$T/q" "$T/q1"
ask "$P"
exits 65 "an answer to another request is refused" import "$P"
cp "$T/q1" "$T/q"
printf x >>"$T/r"
exits 65 "an answer with a byte behind it is refused" import "$P"
answer "$T/a"
exits 0 "the answer is taken" import "$P"
ok "openssl accepts what is in the ledger" openssl ts -verify \
    -data "$L/000001-sealed.json" -in "$L/000002-timestamped.tsr" \
    -CAfile "$T/a/root.pem"
ok "the time of the package passes" judge "PASS, time PASS" \
    --tsa-ca "$T/a/root.pem"
ok "it says by which file" grep -q \
    '\[stamped\] 000002-timestamped.tsr: it existed at 20' "$T/verdict"
ok "without a root it cannot be judged" judge "PASS, time UNDECIDED"
ok "with another root it fails" judge "PASS, time FAIL" \
    --tsa-ca "$T/b/root.pem"
exits 0 "the ledger alone holds" "$B/azcustody-verify" ledger "$L" \
    --trust "$T/k.pub" --tsa-ca "$T/a/root.pem"
exits 0 "and show says so" ledger show "$L" --trust "$T/k.pub" \
    --tsa-ca "$T/a/root.pem"

# ---- In front of what was stamped nothing can be changed ----
cp -r "$T/o" "$T/kept"
again()
{
	rm -rf "$T/o"
	cp -r "$T/kept" "$T/o"
	chmod -R u+w "$T/o"
}
rm -f "$L/000002-timestamped.tsr"
ok "a token that was stripped fails" judge "FAIL, time UNDECIDED" \
    --tsa-ca "$T/a/root.pem"
again
ask "$L" --entry 2
answer "$T/a"
chmod u+w "$L/000002-timestamped.tsr"
cp "$T/r" "$L/000002-timestamped.tsr"
ok "a token that was exchanged fails" judge "FAIL, time UNDECIDED" \
    --tsa-ca "$T/a/root.pem"
again
cp "$L/000002-timestamped.tsr" "$L/000003-timestamped.tsr"
ok "a token that no entry declares fails" judge "FAIL, time PASS" \
    --tsa-ca "$T/a/root.pem"
again
exits 0 "a note" ledger note "$P" --remarks x --sign "$T/k.key" \
    --by-name "A. Tester"
exits 0 "a request over entry 2" ask "$L" --entry 2
answer "$T/a"
exits 0 "the ledger alone is enough to take the answer" import "$L"
ok "it is about entry 2" grep -q '"about":2' "$L/000004-timestamped.json"
ok "and time passes still" judge "PASS, time PASS" --tsa-ca "$T/a/root.pem"
exits 0 "show names the file" ledger show "$L" --trust "$T/k.pub"
cp "$T/.out" "$T/text"
ok "it does" grep -q "time stamp *000004-timestamped.tsr" "$T/text"
exits 64 "an entry that is not there" ledger stamp-query "$L" --entry 9 \
    --out "$T/q9"
exits 64 "a token for another verb is refused" ledger note "$P" --remarks x \
    --sign "$T/k.key" --by-name A --token "$T/r"
