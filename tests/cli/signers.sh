#!/bin/sh
# Goal of this test: several people sign one seal and one entry of the ledger,
# each in a role, with keys of minisign's and with certificates; minisign and
# openssl check each signature alone, and what the command line does not say
# clearly is refused before anything is made.
. tests/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/certify_lib.sh

make_key
for name in witness clerk; do
	"$B/azcustody-ledger" keygen --no-password "$T/$name" >/dev/null 2>&1
done
make_root "$T/c" root || { echo "not ok - a world of certificates"; exit 1; }
make_root "$T/c" other
certify "$T/c" root notary ec -pkeyopt ec_paramgen_curve:P-384
certify "$T/c" root registrar rsa:3072
openssl rand -hex 16 >"$T/pass.secret"
chmod 600 "$T/pass.secret"
canary "$(cat "$T/pass.secret")"
openssl pkcs8 -topk8 -v2 aes-256-cbc -in "$T/c/notary.key" \
    -passout "file:$T/pass.secret" -out "$T/c/locked.key"
chmod 600 "$T/c/locked.key"
mkdir "$T/in"
echo '{"a":1}' >"$T/in/a.json"

take()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	"$B/azcustody-collect" run --case C-1 --exhibit E-1 \
	    --examiner "A. Tester" --folder "$T/in" --out "$T/o" "$@"
}

# each FOLDER FILE STEM COMMENT: all five signatures over FILE, each alone; the
# role stands for %s in COMMENT.
each()
{
	for _pair in collector:k witness:witness clerk:clerk; do
		_role=${_pair%:*}
		minisign -Vm "$1/$2" -x "$1/$3$_role.minisig" \
		    -p "$T/${_pair#*:}.pub" >"$T/text" 2>&1 || return 1
		grep -qx "Trusted comment: $(printf "$4" "$_role")" "$T/text" ||
		    return 1
	done
	for _role in notary registrar; do
		openssl cms -verify -binary -inform DER -cades -purpose any \
		    -in "$1/$3$_role.p7s" -content "$1/$2" \
		    -CAfile "$T/c/root.pem" -out /dev/null 2>/dev/null ||
		    return 1
	done
}

# judge AUTHENTICITY CUSTODY WORDS...: the verifier says so, and the second one.
judge()
{
	_verdicts="authenticity $1, completeness UNDECIDED, custody $2"
	_authenticity=$1
	_custody=$2
	shift 2
	"$B/azcustody-verify" "$P" --require custody "$@" >"$T/verdict"
	tail -1 "$T/verdict" | grep -q "integrity PASS, $_verdicts" || return 1
	case " $* " in *" --receipt "*) return 0 ;; esac
	/usr/bin/python3 verify/second-opinion "$P" "$@" >"$T/second"
	head -1 "$T/second" | grep -q "authenticity $_authenticity" &&
	    head -1 "$T/second" | grep -q "custody $_custody"
}

exits 0 "five sign one seal" take --sign "$T/k.key" \
    --sign "witness=$T/witness.key" --sign "clerk=$T/clerk.key" \
    --cms-key "notary=$T/c/locked.key" --cms-cert "$T/c/notary.pem" \
    --cms-password-file "$T/pass.secret" \
    --cms-key "registrar=$T/c/registrar.key" --cms-cert "$T/c/registrar.pem"
P=$(the_package "$T/o")
L=${P%.tar.zst}.custody
N=$(basename "$P" .tar.zst)
unpack "$P" "$T/u" >/dev/null 2>&1
ok "minisign and openssl accept each of them over the seal" each \
    "$T/u/seal" seal.json "" "azcustody\\/seal\\/1 $N %s case=C-1"
ok "and over the first entry" each "$L" 000001-sealed.json 000001-sealed. \
    "azcustody\\/custody\\/1 $N 000001 %s"
ok "the files of the instructions are those" sh -c '
	for name in collector.minisig witness.minisig clerk.minisig \
	    notary.p7s registrar.p7s; do
		grep -q "seal/$name" "$1" &&
		    grep -q "000001-sealed.$name" "$1" || exit 1
	done' sh "$T/u/README-VERIFY.txt"
ALL="--trust $T/k.pub --trust $T/witness.pub --trust $T/clerk.pub
    --ca $T/c/root.pem"
ok "the verifier accepts all" judge PASS PASS $ALL
ok "and says who signed in which role" sh -c '
	for role in clerk collector notary registrar witness; do
		grep -q "\[signed-by\].* $role: " "$1" || exit 1
	done' sh "$T/verdict"
ok "without one of the keys it is undecided" judge UNDECIDED UNDECIDED \
    --trust "$T/k.pub" --trust "$T/witness.pub" --ca "$T/c/root.pem"

# ---- The ledger ----
exits 0 "three sign one entry" "$B/azcustody-ledger" note "$P" --remarks x \
    --by-name "A. Tester" --sign "$T/k.key" --sign "witness=$T/witness.key" \
    --signer "W. Itness" --cms-key "notary=file:$T/c/locked.key" \
    --cms-cert "$T/c/notary.pem" --cms-password-file "$T/pass.secret" $ALL
ok "openssl says whose certificate it is: the declared one" sh -c '
	openssl cms -verify -binary -inform DER -in "$1.notary.p7s" -purpose any \
	    -content "$1.json" -CAfile "$2" -signer "$3" -out /dev/null 2>"$3.err" &&
	openssl x509 -in "$3" -outform DER | sha256sum | cut -c -64 >"$3.sha" &&
	grep -q "\"key_sha256\":\"$(cat "$3.sha")\"" "$1.json"' sh \
    "$L/000002-noted" "$T/c/root.pem" "$T/signer.pem"
ok "openssl accepts the certificate's signature" openssl cms -verify -binary \
    -inform DER -in "$L/000002-noted.notary.p7s" -purpose any \
    -content "$L/000002-noted.json" -CAfile "$T/c/root.pem" -out "$T/text"
ok "minisign the witness's" minisign -Vm "$L/000002-noted.json" \
    -x "$L/000002-noted.witness.minisig" -p "$T/witness.pub"
exits 0 "one with a certificate alone signs an entry" "$B/azcustody-ledger" \
    note "$P" --remarks x --by-name "N. Otary" --cms-key "$T/c/registrar.key" \
    --cms-cert "$T/c/registrar.pem" $ALL
exits 0 "the ledger holds" "$B/azcustody-verify" ledger "$L" $ALL
exits 1 "without the root nobody signed the third" "$B/azcustody-verify" ledger "$L" \
    --trust "$T/k.pub" --trust "$T/witness.pub" --trust "$T/clerk.pub"
mkdir "$T/receipts"
exits 0 "a receipt is signed with a certificate" "$B/azcustody-ledger" receipt \
    "$L" --by-name B --cms-key "$T/c/registrar.key" \
    --cms-cert "$T/c/registrar.pem" --out "$T/receipts" $ALL
ok "and holds" judge PASS PASS $ALL --receipt "$T"/receipts/*.json
echo 1 >"$T/list"
exits 0 "a disclosure is signed with a certificate and with a key" \
    "$B/azcustody-ledger" disclose "$P" --by-name B --objects "$T/list" \
    --sign "$T/k.key" --cms-key "notary=$T/c/registrar.key" \
    --cms-cert "$T/c/registrar.pem" --out "$T/d" $ALL
exits 0 "and holds" "$B/azcustody-verify" disclosure "$T/d" $ALL
ok "all of which is still custody that passes" judge PASS PASS $ALL

# ---- A certificate alone ----
exits 0 "a certificate alone seals" take --cms-cert "$T/c/registrar.pem" \
    --cms-key "collector=$T/c/registrar.key"
P=$(the_package "$T/o")
ok "and that is enough" judge PASS PASS --ca "$T/c/root.pem"
ok "unless it is not trusted" judge FAIL FAIL --trust "$T/k.pub" \
    --ca "$T/c/other.pem"

# openssl req -x509 makes a root that does not say what its key is for.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$T/c/bare.key" -out "$T/c/bare.pem" -subj /CN=bare -days 30 \
    2>/dev/null
chmod 600 "$T/c/bare.key"
certify "$T/c" bare clerk ec -pkeyopt ec_paramgen_curve:P-256
exits 0 "one under a root without keyUsage seals" take \
    --cms-key "$T/c/clerk.key" --cms-cert "$T/c/clerk.pem"
P=$(the_package "$T/o")
ok "that root may not issue" judge FAIL FAIL --ca "$T/c/bare.pem"
ok "which the verdict says" grep -q 'does not include key usage' "$T/verdict"
ok "the certificate itself may be brought" judge PASS PASS \
    --ca "$T/c/clerk.pem"
exits 0 "that root itself seals" take --cms-key "$T/c/bare.key" \
    --cms-cert "$T/c/bare.pem"
P=$(the_package "$T/o")
ok "and may, for those who trust it" judge PASS PASS --ca "$T/c/bare.pem"

# ---- What is refused ----
refused()
{
	exits "$@"
	ok "... and nothing was made" sh -c '! ls "$1"/*' sh "$T/o"
}
refused 64 "nobody" take
refused 64 "one role twice" take --sign "$T/k.key" \
    --cms-key "collector=$T/c/registrar.key" --cms-cert "$T/c/registrar.pem"
refused 64 "one key twice" take --sign "$T/k.key" --sign "witness=$T/k.key"
refused 64 "a second signer without a role" take --sign "$T/k.key" \
    --sign "$T/witness.key"
refused 64 "a role and no key" take --sign "witness="
refused 64 "two certificates for one key" take --cms-key "$T/c/registrar.key" \
    --cms-cert "$T/c/registrar.pem" --cms-cert "$T/c/notary.pem"
refused 64 "a certificate whose key is not named" take --sign "$T/k.key" \
    --cms-cert "$T/c/notary.pem"
refused 77 "an encrypted key without its password" setsid "$B/azcustody-collect" \
    run --case C-1 --exhibit E-1 --examiner A --folder "$T/in" --out "$T/o" \
    --cms-key "$T/c/locked.key" --cms-cert "$T/c/notary.pem"
echo wrong >"$T/wrong.secret"
chmod 600 "$T/wrong.secret"
refused 77 "or with a wrong one" take --cms-key "$T/c/locked.key" \
    --cms-cert "$T/c/notary.pem" --cms-password-file "$T/wrong.secret"
chmod 644 "$T/c/registrar.key"
refused 77 "a key that others may read, named by a URI" take \
    --cms-key "file:$T/c/registrar.key" --cms-cert "$T/c/registrar.pem"
chmod 600 "$T/c/registrar.key"
cp "$T/c/registrar.key" "$T/o/x.key"
exits 64 "a key in the folder the package goes to" \
    "$B/azcustody-collect" run --case C-1 --exhibit E-1 --examiner A \
    --folder "$T/in" --out "$T/o" --cms-key "$T/o/x.key" \
    --cms-cert "$T/c/registrar.pem"
rm -f "$T/o/x.key"
refused 66 "a store that nobody opens" take --cms-key "pkcs11:token=x;object=y" \
    --cms-cert "$T/c/registrar.pem"
for name in ../x /tmp/x.so x.so "" "$(printf '%033d' 0)"; do
	refused 64 "a provider by another name than a plain one: $name" take \
	    --cms-key "pkcs11:token=x;object=y" --cms-provider "$name" \
	    --cms-cert "$T/c/registrar.pem"
done
refused 66 "a provider that is not there" take --cms-provider none-such \
    --cms-key "pkcs11:token=x;object=y" --cms-cert "$T/c/registrar.pem"
for secret in 'pin-value=1234' 'pin-source=file:/etc/passwd'; do
	refused 64 "a URI with a PIN, which all would see: $secret" take \
	    --cms-key "pkcs11:token=x;object=y?$secret" \
	    --cms-cert "$T/c/registrar.pem"
done
ok "17 signers are too many" sh -c '
	set --
	i=0
	while [ $i -lt 17 ]; do
		set -- "$@" --sign r$i=k
		i=$((i + 1))
	done
	"$0" run --case C --exhibit E --examiner A --folder x --out y "$@"
	[ $? -eq 64 ]' "$B/azcustody-collect"
if command -v script >/dev/null; then
	rm -rf "$T/o"
	mkdir "$T/o"
	(sleep 2; cat "$T/pass.secret"; sleep 1) | script -qec \
	    "$B/azcustody-collect run --case C-1 --exhibit E-1 --examiner A \
	    --folder $T/in --out $T/o --cms-key $T/c/locked.key \
	    --cms-cert $T/c/notary.pem" /dev/null >"$T/typed" 2>&1
	P=$(the_package "$T/o")
	ok "the password is asked for on the terminal" judge PASS PASS \
	    --ca "$T/c/root.pem"
	ok "once, and not shown" sh -c '
		[ "$(grep -ac "Password of" "$1")" = 1 ]' sh "$T/typed"
fi
