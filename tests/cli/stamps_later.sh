#!/bin/sh
# Goal of this test: in 2046, when every certificate has expired, what was stamped
# in its time still verifies, the seal and the entries of the ledger too; what was
# not says why nothing can be decided; and stamps that are no good, or that
# disagree, prove no more than they should.  Both verifiers judge alike.
. tests/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/certify_lib.sh
. tests/cli/tsa_lib.sh

LIBRARY=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -n 1)
[ -n "$LIBRARY" ] || { skip "twenty years later" "no libfaketime"; exit 0; }
make_key
make_root "$T/c" root && certify "$T/c" root notary ec \
    -pkeyopt ec_paramgen_curve:P-256 && make_tsa "$T/a" && make_tsa "$T/b" ||
    { echo "not ok - a world of certificates"; exit 1; }
mkdir "$T/in"
echo '{"a":1}' >"$T/in/a.json"

# take WORDS...: a collection in $P and $L.
take()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	"$B/azcustody-collect" run --case C-1 --exhibit E-1 --examiner "A. Tester" \
	    --folder "$T/in" --out "$T/o" "$@" >"$T/text" 2>&1 || return 1
	P=$(the_package "$T/o")
	L=${P%.tar.zst}.custody
}

# stamp AUTHORITY ENTRY [LATER]: it stamps the entry, so much later by the clocks of
# all; we put it into the ledger, signed with a key that does not expire.
stamp()
{
	rm -f "$T/q" "$T/r"
	echo "${3:-+0}" >"$T/.faketimerc"
	"$B/azcustody-ledger" stamp-query "$P" --entry "$2" --out "$T/q" &&
	    (cd "$1" && faketime -f "${3:-+0}" openssl ts -reply \
		-config tsa.cnf -section t -queryfile "$T/q" -signer tsa.pem \
		-inkey tsa.key -out "$T/r") >/dev/null 2>&1 &&
	    HOME="$T" LD_PRELOAD="$LIBRARY" "$B/azcustody-ledger" \
		stamp-import "$P" --token "$T/r" --query "$T/q" \
		--sign "$T/k.key" --by-name "A. Tester"
}

# judge MOMENT AUTHENTICITY CUSTODY TIME WORDS...: both verifiers, at that moment.
judge()
{
	echo "@$1" >"$T/.faketimerc"
	_moment=$1
	_verdicts="authenticity $2, completeness UNDECIDED, custody $3, time $4"
	_rest="authenticity $2;custody $3;time $4"
	shift 4
	HOME="$T" LD_PRELOAD="$LIBRARY" "$B/azcustody-verify" "$P" \
	    --trust "$T/k.pub" "$@" >"$T/verdict"
	tail -1 "$T/verdict" | grep -q "integrity PASS, $_verdicts" ||
	    { cat "$T/verdict"; return 1; }
	faketime "$_moment" /usr/bin/python3 verify/second-opinion "$P" \
	    --trust "$T/k.pub" "$@" >"$T/second"
	IFS=';'
	for _one in $_rest; do
		head -1 "$T/second" | grep -q "$_one" ||
		    { unset IFS; cat "$T/second"; return 1; }
	done
	unset IFS
}

says()
{
	ok "... and says so" grep -q -- "$1" "$T/verdict"
}

LATER="2046-06-01 00:00:00"
A="--tsa-ca $T/a/root.pem"
ROOT="--ca $T/c/root.pem"

# ---- A key that does not expire ----
ok "a collection signed with a key" take --sign "$T/k.key"
ok "in 2046 the key is good and the time is open" judge "$LATER" \
    PASS PASS UNDECIDED $A
says '\[no-token\] the seal has no time stamp, and the ledger none over it'
ok "its ledger is stamped" stamp "$T/a" 1
ok "in 2046 its time passes" judge "$LATER" PASS PASS PASS $A
says 'it existed at 20'

# ---- A certificate that does ----
ok "a collection signed with a certificate alone" take \
    --cms-key "$T/c/notary.key" --cms-cert "$T/c/notary.pem"
ok "in 2046 nothing can be decided of it" judge "$LATER" \
    UNDECIDED UNDECIDED UNDECIDED $ROOT $A
says '\[expired\] seal/examiner.p7s: .*expired.*no trusted time stamp shows'
ok "its ledger is stamped" stamp "$T/a" 1
ok "the seal is proved then, the first entry's signature not" judge "$LATER" \
    PASS UNDECIDED PASS $ROOT $A
cp -r "$T/o" "$T/once"
ok "the stamp is stamped by another authority" stamp "$T/b" 2
ok "and all is proved" judge "$LATER" PASS PASS PASS $ROOT $A \
    --tsa-ca "$T/b/root.pem"
ok "by the later one alone as well" judge "$LATER" PASS PASS PASS $ROOT \
    --tsa-ca "$T/b/root.pem"
ok "but not without either" judge "$LATER" UNDECIDED UNDECIDED UNDECIDED $ROOT

# ---- Stamps that are no good ----
again()
{
	chmod -R u+w "$T/o"
	rm -rf "$T/o"
	cp -r "$T/once" "$T/o"
}
again
ok "an authority whose certificate had expired stamps" stamp "$T/b" 2 +60d
ok "its stamp is a failure" judge "$LATER" PASS FAIL PASS $ROOT $A \
    --tsa-ca "$T/b/root.pem"
says 'expired: certificate of CN = tsa'
again
ok "an authority whose clock is ahead stamps" stamp "$T/b" 2 +20d
ok "before that day its stamp is a failure" judge \
    "$(date -u -d +1day '+%F %T')" PASS FAIL PASS $ROOT $A \
    --tsa-ca "$T/b/root.pem"
ok "later it is one more" judge "$LATER" PASS PASS PASS $ROOT $A \
    --tsa-ca "$T/b/root.pem"
ok "both are named" sh -c '[ "$(grep -c "\[stamped\] 00000" "$1")" = 2 ]' sh \
    "$T/verdict"

# Two that disagree: the earlier one proves more.
sha=$(openssl x509 -in "$T/c/notary.pem" -outform DER | sha256sum | cut -c -64)
printf '{"format":"azcustody/trust/1","signers":[{"name":"N","kind":"cms","certificate_sha256":"%s","roles":null,"from":null,"to":"%s"}]}\n' \
    "$sha" "$(date -u -d +10days +%FT%T.0000000Z)" >"$T/trust.json"
ok "the earlier one shows that it was in time" judge "$LATER" PASS FAIL PASS \
    --trust-file "$T/trust.json" $A --tsa-ca "$T/b/root.pem"
ok "the later one alone does not" judge "$LATER" FAIL FAIL PASS \
    --trust-file "$T/trust.json" --tsa-ca "$T/b/root.pem"

# ---- Answers to other questions, offline ----
again
"$B/azcustody-ledger" stamp-query "$P" --entry 2 --out "$T/q2"
reply()
{
	rm -f "$T/r"
	(cd "$T/a" && openssl ts -reply -config tsa.cnf -section t \
	    -queryfile "$1" -signer tsa.pem -inkey tsa.key -out "$T/r") \
	    >/dev/null 2>&1
}
import()
{
	"$B/azcustody-ledger" stamp-import "$P" --token "$T/r" --sign "$T/k.key" \
	    --by-name A --tsa-ca "$T/a/root.pem" "$@"
}
echo other >"$T/other"
openssl ts -query -data "$T/other" -sha256 -cert -out "$T/q3" 2>/dev/null
reply "$T/q3"
exits 65 "a token over something else is refused" import
openssl ts -query -data "$L/000002-timestamped.json" -sha256 -cert \
    -out "$T/q4" 2>/dev/null
reply "$T/q4"
exits 65 "one with another nonce is refused" import --query "$T/q2"
openssl ts -query -data "$L/000002-timestamped.json" -sha256 -cert -no_nonce \
    -out "$T/q5" 2>/dev/null
reply "$T/q5"
exits 65 "one without a nonce is refused" import --query "$T/q2"
openssl ts -query -data "$L/000002-timestamped.json" -sha256 -cert -no_nonce \
    -tspolicy 1.2.3.5 -out "$T/q6" 2>/dev/null
exits 1 "one under another policy is refused" "$B/azcustody-verify" timestamp \
    --query "$T/q6" --token "$T/r" --tsa-ca "$T/a/root.pem"
cp "$T/.out" "$T/text"
ok "... for that reason" grep -q policy "$T/text"
(cd "$T/a" && faketime -f +1d openssl ts -reply -config tsa.cnf -section t \
    -queryfile "$T/q2" -signer tsa.pem -inkey tsa.key -out "$T/r") >/dev/null 2>&1
exits 65 "one from tomorrow is refused" import --query "$T/q2"
reply "$T/q2"
exits 0 "the answer is taken" import --query "$T/q2"
