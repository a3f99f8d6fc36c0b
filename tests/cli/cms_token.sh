#!/bin/sh
# Goal of this test: a key that never leaves its token (PKCS#11, here SoftHSM)
# signs a package and an entry, through a provider that is named and a PIN from a
# file; openssl is the judge.  Without token or provider it cannot be shown.
. tests/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/certify_lib.sh

MODULES=$(openssl version -m 2>/dev/null | sed -n 's/^MODULESDIR: "\(.*\)"$/\1/p')
for need in softhsm2-util p11-kit; do
	command -v "$need" >/dev/null || {
		skip "a key in a token signs" "no $need"
		exit 0
	}
done
[ -e "$MODULES/pkcs11.so" ] || {
	skip "a key in a token signs" "no pkcs11-provider in $MODULES"
	exit 0
}
# SoftHSM finds its tokens by its configuration in the home folder.
mkdir -p "$T/home/.config/softhsm2" "$T/home/tokens" "$T/in" "$T/o"
printf 'directories.tokendir = %s\nobjectstore.backend = file\n' \
    "$T/home/tokens" >"$T/home/.config/softhsm2/softhsm2.conf"
HOME=$T/home
export HOME
PIN=kanarie-$(openssl rand -hex 8)
canary "$PIN"
echo "$PIN" >"$T/pin.secret"
echo "not-$PIN" | cut -c 1-20 >"$T/wrong.secret"
chmod 600 "$T/pin.secret" "$T/wrong.secret"
make_key
make_root "$T/c" root && certify "$T/c" root notary ec \
    -pkeyopt ec_paramgen_curve:P-256 && certify "$T/c" root clerk rsa:3072 ||
    { echo "not ok - certificates"; exit 1; }
ok "two keys are put into a token" sh -c '
	softhsm2-util --init-token --free --label case --so-pin "so-$1" \
	    --pin "$1" && for name in notary clerk; do
		openssl pkcs8 -topk8 -nocrypt -in "$2/$name.key" \
		    -out "$2/$name.p8.key" &&
		softhsm2-util --import "$2/$name.p8.key" --token case \
		    --label $name --id "$(printf %s $name | od -An -tx1 |
		    tr -d " ")" --pin "$1" || exit 1
	done
	rm -f "$2"/notary*.key "$2"/clerk*.key' sh "$PIN" "$T/c"
echo '{"a":1}' >"$T/in/a.json"

token()
{
	echo "pkcs11:token=case;object=$1;type=private"
}
take()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	collect --folder "$T/in" --out "$T/o" --cms-key "notary=$(token notary)" \
	    --cms-cert "$T/c/notary.pem" "$@"
}
COLLECT_LIMIT=60
exits 66 "without the provider it cannot be opened" take \
    --cms-password-file "$T/pin.secret"
cp "$T/.err" "$T/said"
ok "and it is said what is missing" grep -q -- '--cms-provider' "$T/said"
exits 77 "with a wrong PIN it does not sign" take --cms-provider pkcs11 \
    --cms-password-file "$T/wrong.secret"
exits 0 "two keys of a token sign a package" take --cms-provider pkcs11 \
    --cms-password-file "$T/pin.secret" --cms-key "clerk=$(token clerk)" \
    --cms-cert "$T/c/clerk.pem" --cms-provider pkcs11 \
    --cms-password-file "$T/pin.secret"
P=$(the_package "$T/o")
L=${P%.tar.zst}.custody
unpack "$P" "$T/u" >/dev/null 2>&1

# judged FOLDER FILE STEM ROLE: openssl accepts it, and the CAdES attribute.
judged()
{
	openssl cms -verify -binary -inform DER -cades -purpose any \
	    -in "$1/$3$4.p7s" -content "$1/$2" -CAfile "$T/c/root.pem" \
	    -out /dev/null
}
for role in notary clerk; do
	ok "openssl accepts the seal's signature of the $role" judged \
	    "$T/u/seal" seal.json "" $role
	ok "and the first entry's" judged "$L" 000001-sealed.json \
	    000001-sealed. $role
done
exits 0 "a key of a token signs an entry" timeout 60 "$B/azcustody-ledger" note \
    "$P" --remarks x --by-name N --cms-key "$(token clerk)" \
    --cms-cert "$T/c/clerk.pem" --cms-provider pkcs11 \
    --cms-password-file "$T/pin.secret"
ok "openssl accepts it" judged "$L" 000002-noted.json 000002-noted. custodian
"$B/azcustody-verify" "$P" --trust "$T/k.pub" --ca "$T/c/root.pem" >"$T/verdict"
ok "the verifier accepts all" sh -c 'tail -1 "$1" |
    grep -q "integrity PASS, authenticity PASS, .*custody PASS"' sh "$T/verdict"
