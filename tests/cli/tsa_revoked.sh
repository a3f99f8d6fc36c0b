#!/bin/sh
# Goal of this test: the certificate of a time-stamping authority is revoked.  Its
# tokens stand where that came later and for no compromise, or where another
# authority has stamped them before; both verifiers judge alike, of the tokens in
# the package and of those in its ledger.  openssl is the authority.
. tests/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/certify_lib.sh
. tests/cli/tsa_lib.sh

make_key
for a in a b c; do
	make_tsa "$T/$a" "root-$a" || { echo "not ok - authorities"; exit 1; }
done
make_root "$T/n" root && certify "$T/n" root notary ec \
    -pkeyopt ec_paramgen_curve:P-256 || { echo "not ok - a notary"; exit 1; }
serve_tsa "$T/a"
mkdir "$T/in" "$T/o"
echo '{"a":1}' >"$T/in/a.json"

# crl NAME CA FILE SECOND [REASON [SINCE]]: a list by the root of the folder CA
# that revokes the certificate FILE from that second, or nothing if it is empty.
crl()
{
	_book=$T/$1
	_ca=$2
	printf '%s\n' '[ca]' default_ca=d '[d]' "database=$_book" \
	    default_md=sha256 default_crl_days=30 >"$T/ca.cnf"
	printf 'unique_subject = no\n' >"$_book.attr"
	: >"$_book"
	[ -z "$4" ] || printf 'R\t400101000000Z\t%s\t%s\tunknown\t/CN=x\n' \
	    "$(date -u -d "@$4" +%y%m%d%H%M%SZ)${5:+,$5}${6:+,$6}" \
	    "$(openssl x509 -in "$3" -noout -serial | cut -d= -f2)" >"$_book"
	openssl ca -config "$T/ca.cnf" -gencrl -cert "$_ca/root.pem" \
	    -keyfile "$_ca/root.key" -crl_lastupdate \
	    "$(date -u -d -60sec +%Y%m%d%H%M%SZ)" -crl_nextupdate \
	    "$(date -u -d +10days +%Y%m%d%H%M%SZ)" -out "$_book.crl" \
	    2>/dev/null || echo "not ok - a list: $1"
}

# stamp AUTHORITY ENTRY: it stamps the entry, and that goes into the ledger.
stamp()
{
	rm -f "$T/q" "$T/r"
	"$B/azcustody-ledger" stamp-query "$P" --entry "$2" --out "$T/q" &&
	    (cd "$T/$1" && openssl ts -reply -config tsa.cnf -section t \
		-queryfile "$T/q" -signer tsa.pem -inkey tsa.key \
		-out "$T/r") >/dev/null 2>&1 &&
	    "$B/azcustody-ledger" stamp-import "$P" --token "$T/r" \
		--query "$T/q" --sign "$T/k.key" --by-name A
}

# when: the moment of the last stamp, in whole seconds, once it is past.
when()
{
	date -u -d "$(openssl ts -reply -in "$T/r" -text 2>/dev/null |
	    sed -n 's/^Time stamp: //p')" +%s
}

# judge CUSTODY TIME WORDS...: both verifiers say so.
judge()
{
	_custody=$1
	_time=$2
	shift 2
	"$B/azcustody-verify" "$P" --trust "$T/k.pub" --ca "$T/n/root.pem" \
	    --tsa-ca "$T/a/root.pem" --tsa-ca "$T/b/root.pem" \
	    --tsa-ca "$T/c/root.pem" "$@" >"$T/verdict"
	/usr/bin/python3 verify/second-opinion "$P" --trust "$T/k.pub" \
	    --ca "$T/n/root.pem" --tsa-ca "$T/a/root.pem" \
	    --tsa-ca "$T/b/root.pem" --tsa-ca "$T/c/root.pem" "$@" >"$T/second"
	for _file in verdict second; do
		head -1 "$T/$_file" | grep -q "custody $_custody" &&
		    head -1 "$T/$_file" | grep -q "time $_time" ||
		    { cat "$T/$_file"; return 1; }
	done
}

# take WORDS...: a package, stamped by A.
take()
{
	chmod -R u+w "$T/o"
	rm -rf "$T/o"
	mkdir "$T/o"
	collect --folder "$T/in" --out "$T/o" "$@" >"$T/text" 2>&1 || return 1
	P=$(the_package "$T/o")
	L=${P%.tar.zst}.custody
}

# full WORDS...: as ok, where there is time for it.
full()
{
	[ -z "${LONG:-}" ] || ok "$@"
}

# ---- A token in the seal --------------------------------------------------------
ok "a package is stamped" take --tsa "$TSA/good"
judge PASS PASS
sealed=$(date -u -d "$(sed -n 's/.*collector.minisig: it existed at \([^ ]*\)\.[0-9]*Z, .*/\1Z/p' \
    "$T/verdict")" +%s)
A=$T/a/tsa.pem
later=$((sealed + 600))
reasons=superseded
[ -z "${LONG:-}" ] ||
    reasons="unspecified affiliationChanged cessationOfOperation superseded"
for reason in $reasons; do
	crl r "$T/a" "$A" "$later" $reason
	ok "revoked later, $reason: it stands" judge PASS PASS --crl "$T/r.crl"
done
ok "which the verdict says" grep -q 'revoked since, which does not matter' \
    "$T/verdict"
crl before "$T/a" "$A" "$sealed" superseded
full "superseded in its second: it falls" judge PASS FAIL --crl "$T/before.crl"
for reason in keyCompromise CACompromise certificateHold ""; do
	crl r "$T/a" "$A" "$later" $reason
	[ "$reason" = "" ] || [ -n "${LONG:-}" ] || continue
	ok "revoked later, ${reason:-no reason said}: it falls" \
	    judge PASS FAIL --crl "$T/r.crl"
done
ok "by its code" grep -q '\[token\].*tsr: revoked: ' "$T/verdict"

echo 1 >"$T/list"
ok "a part of it is disclosed" "$B/azcustody-ledger" disclose "$P" \
    --objects "$T/list" --by-name D --sign "$T/k.key" --out "$T/d"
# disclosed EXIT WORDS...: both verifiers come to it.
disclosed()
{
	_want=$1
	shift
	for _verifier in "$B/azcustody-verify" verify/second-opinion; do
		"$_verifier" disclosure "$T/d" --trust "$T/k.pub" \
		    --tsa-ca "$T/a/root.pem" "$@" >"$T/verdict"
		[ $? -eq "$_want" ] || { cat "$T/verdict"; return 1; }
	done
}
ok "which stands" disclosed 0
ok "and is undecided if the token falls: no ledger is there" disclosed 2 \
    --crl "$T/r.crl"
ok "but not if it was superseded before" disclosed 1 --crl "$T/before.crl"

# ---- Renewed in the ledger ------------------------------------------------------
sleep 1.1
ok "B stamps the ledger" stamp b 1
b=$(when)
full "all stands without any list" judge PASS PASS
for reason in keyCompromise certificateHold ""; do
	[ "$reason" = keyCompromise ] || [ -n "${LONG:-}" ] || continue
	crl r "$T/a" "$A" $((b + 1)) $reason
	ok "A is revoked behind that, ${reason:-no reason said}: it stands" \
	    judge PASS PASS --crl "$T/r.crl"
	crl r "$T/a" "$A" "$b" $reason
	ok "in that second: A's falls" judge PASS FAIL --crl "$T/r.crl"
done
crl since "$T/a" "$A" $((b + 600)) keyTime \
    "$(date -u -d "@$b" +%Y%m%d%H%M%SZ)"
full "its key had been somebody else's before it was revoked" \
    judge PASS FAIL --crl "$T/since.crl"
crl compromised "$T/a" "$A" $((b + 1)) keyCompromise
ok "B is not trusted: it proves nothing" sh -c '! "$1" "$2" --trust "$3" \
    --tsa-ca "$4" --crl "$5"' sh "$B/azcustody-verify" "$P" "$T/k.pub" \
    "$T/a/root.pem" "$T/compromised.crl"

# ---- Tokens in the ledger -------------------------------------------------------
ok "another package, which nobody has stamped" take
ok "A stamps its ledger" stamp a 1
sleep 1.1
ok "B stamps the same entry, not the token" stamp b 1
b=$(when)
crl compromised "$T/a" "$A" $((b + 1)) keyCompromise
ok "A is compromised: its token falls, B's shows the time" \
    judge FAIL PASS --crl "$T/compromised.crl"
ok "... by its code" grep -q '000002-timestamped.tsr: token: revoked: ' \
    "$T/verdict"
ok "C stamps what came last" stamp c 3
c=$(when)
crl compromised "$T/a" "$A" $((c + 1)) keyCompromise
ok "A is compromised behind that: all stands" \
    judge PASS PASS --crl "$T/compromised.crl"
crl both "$T/b" "$T/b/tsa.pem" $((c + 1)) keyCompromise
full "so is B" judge PASS PASS --crl "$T/compromised.crl" --crl "$T/both.crl"
crl all "$T/c" "$T/c/tsa.pem" $((c + 5)) keyCompromise
ok "so is C, and nobody has stamped its token: nothing stands" judge FAIL UNDECIDED \
    --crl "$T/compromised.crl" --crl "$T/both.crl" --crl "$T/all.crl"
full "C's alone does not pull the others down" judge FAIL PASS --crl "$T/all.crl"
sleep 1.1
ok "C stamps once more" stamp c 4
ok "which does not help its own earlier token" judge FAIL UNDECIDED \
    --crl "$T/compromised.crl" --crl "$T/both.crl" --crl "$T/all.crl"

# ---- What the ledger shows of the file ------------------------------------------
ok "a third package" take
"$B/azcustody-ledger" note "$L" --remarks x --by-name A --sign "$T/k.key" >/dev/null
ok "B stamps an entry that does not pin the file" stamp b 2
ok "it leads back to one that does" judge PASS PASS

# ---- Who signed with a certificate ----------------------------------------------
ok "a notary signs, and A stamps it" take --tsa "$TSA/good" \
    --cms-key "notary=$T/n/notary.key" --cms-cert "$T/n/notary.pem"
judge PASS PASS
signed=$(date -u -d "$(sed -n 's/.*notary.p7s: it existed at \([^ ]*\)\.[0-9]*Z, .*/\1Z/p' \
    "$T/verdict")" +%s)
authentic()
{
	_want=$1
	shift
	judge "$@" && head -1 "$T/verdict" | grep -q "authenticity $_want" &&
	    head -1 "$T/second" | grep -q "authenticity $_want"
}
crl after "$T/n" "$T/n/notary.pem" $((signed + 1)) keyCompromise
ok "the notary's key is compromised later: the seal stands, the entry, which \
nobody has stamped, falls" authentic PASS FAIL PASS --crl "$T/after.crl"
crl that "$T/n" "$T/n/notary.pem" "$signed" keyCompromise
ok "in that second: it falls" authentic FAIL FAIL PASS --crl "$T/that.crl"
sleep 1.1
ok "B stamps the ledger" stamp b 1
ok "the stamp over it is stamped" stamp b 2
b=$(when)
crl after "$T/n" "$T/n/notary.pem" $((b + 1)) keyCompromise
crl tsa "$T/a" "$A" $((b + 1)) keyCompromise
ok "notary and A are compromised behind that: all stands" \
    authentic PASS PASS PASS --crl "$T/after.crl" --crl "$T/tsa.crl"
