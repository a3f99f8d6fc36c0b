#!/bin/sh
# Goal of this test: certificates, revocation lists and OCSP answers are carried in
# the package, or brought by the examiner, and each decides what it should: by its
# own signature, by its dates, and by the moment that a time stamp proves.  Both
# verifiers judge alike; openssl is the authority.
. tests/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/certify_lib.sh
. tests/cli/tsa_lib.sh

command -v faketime >/dev/null || { skip "revocation" "no faketime"; exit 0; }
C=$T/c
EARLIER='faketime -f -20d'

# at SECONDS FORMAT: that moment from now.
at()
{
	date -u -d "@$(($(date +%s) + $1))" "$2"
}


mkdir "$C" "$T/in" "$T/o"
cat >"$T/world.sh" <<'END'
. tests/cli/certify_lib.sh
C=$1
issue()
{
	EXTENSIONS=$3 DAYS=400
	certify "$C" "$2" "$1" ec -pkeyopt ec_paramgen_curve:P-256
}
CA='basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign'
SIGNS=keyUsage=critical,digitalSignature
make_root "$C" root && make_root "$C" twin -subj /CN=sub/O=Test &&
    issue sub root "$CA" && issue notary sub "$SIGNS" &&
    issue responder sub "$SIGNS
extendedKeyUsage=OCSPSigning" && issue stranger root "$SIGNS
extendedKeyUsage=OCSPSigning" && issue plain sub "$SIGNS"
END
$EARLIER sh "$T/world.sh" "$C" && make_tsa "$T/a" ||
    { echo "not ok - a world of certificates"; exit 1; }
serve_tsa "$T/a"
make_key
echo '{"a":1}' >"$T/in/a.json"
serial=$(openssl x509 -in "$C/notary.pem" -noout -serial | cut -d= -f2)
subserial=$(openssl x509 -in "$C/sub.pem" -noout -serial | cut -d= -f2)

# index LINE: what the authority's book says of one certificate.
# book STATUS DATE[,REASON] [SERIAL]
book()
{
	printf '%s\t400101000000Z\t%s\t%s\tunknown\t/CN=x\n' "$1" "$2" \
	    "${3:-$serial}" >"$C/index"
	printf 'unique_subject = no\n' >"$C/index.attr"
}

# crl FILE CA [LAST NEXT]: a list of what is in the book.
crl()
{
	printf '%s\n' '[ca]' default_ca=d '[d]' "database=$C/index" \
	    default_md=sha256 default_crl_days=30 >"$C/ca.cnf"
	openssl ca -config "$C/ca.cnf" -gencrl -cert "$C/$2.pem" \
	    -keyfile "$C/$2.key" -crl_lastupdate "${3:-$(at -60 +%Y%m%d%H%M%SZ)}" \
	    -crl_nextupdate "${4:-$(at 864000 +%Y%m%d%H%M%SZ)}" \
	    -out "$1" 2>/dev/null || echo "not ok - a list: $1"
}

# ocsp FILE RESPONDER [COMMAND...]: an answer about the notary.
ocsp()
{
	_file=$1
	_by=$2
	shift 2
	openssl ocsp -issuer "$C/sub.pem" -cert "$C/notary.pem" -no_nonce \
	    -reqout "$C/req" >/dev/null 2>&1
	"$@" openssl ocsp -index "$C/index" -CA "$C/sub.pem" -reqin "$C/req" \
	    -rsigner "$C/$_by.pem" -rkey "$C/$_by.key" -ndays 2 \
	    -respout "$_file" >/dev/null 2>&1 || echo "not ok - an answer: $1"
}

take()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	collect --folder "$T/in" --out "$T/o" --cms-key "$C/notary.key" \
	    --cms-cert "$C/notary.pem" "$@"
}

# judge AUTHENTICITY WORDS...: both verifiers say so.
judge()
{
	_want=$1
	shift
	"$B/azcustody-verify" "$(the_package "$T/o")" --trust "$T/k.pub" \
	    --ca "$C/root.pem" --tsa-ca "$T/a/root.pem" "$@" >"$T/verdict"
	/usr/bin/python3 verify/second-opinion "$(the_package "$T/o")" \
	    --trust "$T/k.pub" --ca "$C/root.pem" --tsa-ca "$T/a/root.pem" "$@" \
	    >"$T/second"
	tail -1 "$T/verdict" | grep -q "authenticity $_want" ||
	    { tail -1 "$T/verdict"; grep "FAIL\|revocation" "$T/verdict"; return 1; }
	head -1 "$T/second" | grep -q "authenticity $_want" ||
	    { echo "# the second verifier differs"; cat "$T/second"; return 1; }
}

# full WORDS...: as ok, where there is time for it.
full()
{
	[ -z "${LONG:-}" ] || ok "$@"
}

# ---- Brought by the examiner; stamped now ----
book V ""
crl "$C/root.crl" root
cp "$T/a/root.pem" "$C/tsaroot.pem"
cp "$T/a/root.key" "$C/tsaroot.key"
crl "$C/tsa.crl" tsaroot
crl "$C/good.crl" sub
exits 0 "a stamped collection under a chain of two" take --tsa "$TSA/good" \
    --cms-chain "$C/sub.pem"
ok "without any list it is good, and the verdict says so" judge PASS
stamped=$(sed -n 's/.*examiner.p7s: it existed at \([^ ]*\)\.[0-9]*Z, .*/\1/p' \
    "$T/verdict")
when=$(date -u -d "${stamped}Z" +%s)
ok "it says when it was stamped" test -n "$stamped"
ok "and what it does not know" grep -q '\[revocation\].*nothing was given' "$T/verdict"
full "unless it was required" judge FAIL --require revocation
ok "lists of both authorities are enough" judge PASS --require revocation \
    --crl "$C/root.crl" --crl "$C/good.crl"
full "one of them is not" judge FAIL --require revocation --crl "$C/good.crl"

# revoked NAME SECONDS [REASON]: a list that revokes so many seconds after.
revoked()
{
	book R "$(date -u -d "@$((when + $2))" +%y%m%d%H%M%SZ)${3:+,$3}"
	crl "$C/$1.crl" sub
}
revoked before -1
revoked that 0
revoked after 1
revoked compromise 1 keyCompromise
revoked superseded -86400 superseded
full "revoked a second before the stamp" judge FAIL --crl "$C/before.crl"
ok "revoked in its second" judge FAIL --crl "$C/that.crl"
ok "revoked a second later" judge PASS --crl "$C/after.crl"
ok "which the verdict says" grep -q 'revoked later' "$T/verdict"
full "revoked later, for a compromise: the stamp came before" judge PASS \
    --crl "$C/compromise.crl"
full "superseded the day before" judge FAIL --crl "$C/superseded.crl"
book R "$(date -u -d "@$((when - 5))" +%y%m%d%H%M%SZ)"
crl "$C/old.crl" sub "$(at -864000 +%Y%m%d%H%M%SZ)" "$(at -86400 +%Y%m%d%H%M%SZ)"
ok "an old list that revokes does so" judge FAIL --crl "$C/old.crl"
book V ""
crl "$C/stale.crl" sub "$(at -864000 +%Y%m%d%H%M%SZ)" \
    "$(at -86400 +%Y%m%d%H%M%SZ)"
full "an old list that does not, tells nothing" judge FAIL --require revocation \
    --crl "$C/root.crl" --crl "$C/stale.crl"
full "and is no failure" judge PASS --crl "$C/root.crl" --crl "$C/stale.crl"
crl "$C/twin.crl" twin
ok "a list by somebody of the same name" judge FAIL --crl "$C/twin.crl"
crl "$C/other.crl" root
full "a list of another authority tells nothing" judge FAIL \
    --require revocation --crl "$C/other.crl"
book R "$(date -u -d "@$((when - 5))" +%y%m%d%H%M%SZ)" "$subserial"
crl "$C/subrevoked.crl" root
ok "the authority itself is revoked" judge FAIL --crl "$C/subrevoked.crl"

# ---- Answers ----
book V ""
ocsp "$C/good.ocsp" responder
ocsp "$C/ca.ocsp" sub
ocsp "$C/stranger.ocsp" stranger
ocsp "$C/plain.ocsp" plain
ocsp "$C/stale.ocsp" responder faketime -f -10d
book R "$(date -u -d "@$((when - 1))" +%y%m%d%H%M%SZ)"
ocsp "$C/before.ocsp" responder
book R "$(date -u -d "@$((when + 1))" +%y%m%d%H%M%SZ)"
ocsp "$C/after.ocsp" responder
book R "$(date -u -d "@$((when + 1))" +%y%m%d%H%M%SZ),keyCompromise"
ocsp "$C/compromise.ocsp" responder
ocsp "$C/slander.ocsp" stranger
book V "" 99
ocsp "$C/unknown.ocsp" responder
cases="good:PASS stranger:FAIL before:FAIL"
[ -z "${LONG:-}" ] || cases="$cases ca:PASS plain:FAIL stale:FAIL unknown:FAIL
    after:PASS compromise:PASS"
for name in $cases; do
	ok "an answer, where one is required: $name" judge "${name#*:}" \
	    --require revocation --crl "$C/root.crl" --crl "$C/tsa.crl" \
	    --crl "$C/${name%:*}.ocsp"
done
full "an answer by somebody else takes nothing away" judge PASS \
    --crl "$C/root.crl" --crl "$C/slander.ocsp"

# ---- Carried in the package ----
openssl crl -in "$C/root.crl" -outform DER -out "$C/root.der"
exits 0 "a collection carries lists and answers" take --cms-chain "$C/sub.pem" \
    --cms-crl "$C/root.der" --cms-ocsp "$C/good.ocsp"
ok "which is all that is required" judge PASS --require revocation
unpack "$(the_package "$T/o")" "$T/u" >/dev/null 2>&1
ok "openssl reads what is carried" sh -c '
	openssl crl -in "$1" -noout -issuer && openssl x509 -in "$1" -noout &&
	grep -q "BEGIN OCSP RESPONSE" "$1"' sh "$T/u/seal/certs.pem"
ok "openssl verifies the certificate with it, offline" openssl verify \
    -CAfile "$C/root.pem" -untrusted "$T/u/seal/certs.pem" "$C/notary.pem"
exits 0 "one that carries its own revocation" take --cms-chain "$C/sub.pem" \
    --cms-crl "$C/before.crl"
ok "fails" judge FAIL
exits 65 "a list is no chain" take --cms-chain "$C/good.crl"
exits 65 "a chain is no list" take --cms-crl "$C/sub.pem"
exits 65 "a key is neither" take --cms-ocsp "$C/sub.key"
exits 66 "a file that is not there" take --cms-crl "$C/nothing"
ok "and nothing was made" sh -c '! ls "$1"/*.tar.zst' sh "$T/o"
