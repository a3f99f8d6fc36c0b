#!/bin/sh
# Goal of this test: a collection is signed with a certificate as well, from a
# PEM file and from PKCS#12, and openssl and our verifier agree about it; a key
# that the format does not allow stops the run before anything is fetched.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

mkdir "$T/s" "$T/c"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {"page": 2,
 "blobs": [{"name": "a.json", "size": 1000}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"

# certificate NAME ALGORITHM...: NAME.key and NAME.pem under root.pem.
certificate()
{
	_name=$1
	shift
	openssl req -newkey "$@" -nodes -keyout "$T/c/$_name.key" \
	    -out "$T/c/$_name.csr" -subj "/CN=$_name/O=Test" 2>/dev/null &&
	    openssl x509 -req -in "$T/c/$_name.csr" -CA "$T/c/root.pem" \
		-CAkey "$T/c/root.key" -CAcreateserial -days 30 \
		-extfile "$T/c/ext" -out "$T/c/$_name.pem" 2>/dev/null &&
	    chmod 600 "$T/c/$_name.key"
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes \
    -keyout "$T/c/root.key" -out "$T/c/root.pem" -subj /CN=root -days 90 \
    -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
printf '%s\n' keyUsage=critical,digitalSignature subjectKeyIdentifier=hash \
    authorityKeyIdentifier=keyid >"$T/c/ext"
certificate p256 ec -pkeyopt ec_paramgen_curve:P-256
certificate p384 ec -pkeyopt ec_paramgen_curve:P-384
certificate rsa3072 rsa:3072
certificate rsa2048 rsa:2048
certificate p521 ec -pkeyopt ec_paramgen_curve:P-521
openssl rand -hex 16 >"$T/p12.secret"
chmod 600 "$T/p12.secret"
canary "$(cat "$T/p12.secret")"
openssl pkcs12 -export -in "$T/c/p384.pem" -inkey "$T/c/p384.key" \
    -passout "file:$T/p12.secret" -out "$T/c/p384.p12"
chmod 600 "$T/c/p384.p12"

# take WORDS...: one collection into $T/o.
take()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	collect --account acct --sas-file "$T/sas.secret" --logs activity \
	    --endpoint "http://127.0.0.1:$PORT/acct" --out "$T/o" "$@"
}

# agree ROLE: openssl and our verifier accept both signatures.
agree()
{
	unpack "$(the_package "$T/o")" "$T/u" >/dev/null 2>&1
	openssl cms -verify -binary -inform DER -in "$T/u/seal/$1.p7s" \
	    -content "$T/u/seal/seal.json" -CAfile "$T/c/root.pem" \
	    -purpose any -cades -out /dev/null 2>/dev/null || return 1
	openssl cms -verify -binary -inform DER -purpose any -out /dev/null \
	    -in "$T/o"/*.custody/000001-sealed."$1".p7s \
	    -content "$T/o"/*.custody/000001-sealed.json \
	    -CAfile "$T/c/root.pem" 2>/dev/null || return 1
	grep -q "in seal/$1.p7s" "$T/u/README-VERIFY.txt" || return 1
	"$B/azcustody-verify" "$(the_package "$T/o")" --trust "$T/k.pub" \
	    --ca "$T/c/root.pem" --require custody
}

for name in p256 p384 rsa3072; do
	exits 0 "a collection is signed with $name" take \
	    --cms-key "$T/c/$name.key" --cms-cert "$T/c/$name.pem"
	ok "openssl and the verifier accept $name" agree examiner
done
exits 0 "a role that sorts before the collector's" take --cms-role auditor \
    --cms-key "$T/c/p256.key" --cms-cert "$T/c/p256.pem"
ok "openssl and the verifier accept that role" agree auditor
exits 0 "a key from PKCS#12 brings its certificate" take \
    --cms-key "$T/c/p384.p12" --cms-password-file "$T/p12.secret"
ok "openssl and the verifier accept it" agree examiner
exits 0 "the ledger alone is judged by the root" \
    "$B/azcustody-verify" ledger "$T"/o/*.custody --trust "$T/k.pub" \
    --ca "$T/c/root.pem"
exits 2 "and is undecided without it" "$B/azcustody-verify" ledger \
    "$T"/o/*.custody --trust "$T/k.pub"
exits 0 "show takes the root" "$B/azcustody-ledger" show "$T"/o/*.custody \
    --trust "$T/k.pub" --ca "$T/c/root.pem"
cp "$T/.out" "$T/text"
not_ok "and finds nothing wrong" grep -q "signer" "$T/text"
exits 0 "an entry is added behind it, by the root" "$B/azcustody-ledger" note \
    "$(the_package "$T/o")" --remarks x --by-name A --sign "$T/k.key" \
    --trust "$T/k.pub" --ca "$T/c/root.pem"
ok "the timeline takes the root" sh -c '"$1" build "$2" --out "$3/tl" \
    --trust "$3/k.pub" --ca "$3/c/root.pem" >"$3/text" 2>&1 ||
	[ $? -eq 3 ] && ! grep -qi undecided "$3/tl/findings.json"' sh \
    "$B/azcustody-timeline" "$(the_package "$T/o")" "$T"
not_ok "a root that is none is refused" "$B/azcustody-timeline" build \
    "$(the_package "$T/o")" --out "$T/tl2" --ca "$T/k.pub"
exits 2 "without a root the second signer is undecided" \
    "$B/azcustody-verify" "$(the_package "$T/o")" --trust "$T/k.pub"

exits 77 "PKCS#12 without its password is refused" take \
    --cms-key "$T/c/p384.p12"
exits 64 "RSA of 2048 bits is refused" take --cms-key "$T/c/rsa2048.key" \
    --cms-cert "$T/c/rsa2048.pem"
exits 64 "P-521 is refused" take --cms-key "$T/c/p521.key" \
    --cms-cert "$T/c/p521.pem"
exits 64 "a certificate of another key is refused" take \
    --cms-key "$T/c/p256.key" --cms-cert "$T/c/p384.pem"
exits 64 "a certificate without a key is refused" take \
    --cms-cert "$T/c/p384.pem"
chmod 644 "$T/c/p256.key"
exits 77 "a key that others may read is refused" take \
    --cms-key "$T/c/p256.key" --cms-cert "$T/c/p256.pem"
ok "nothing was made" sh -c '! ls "$1"/*.tar.zst' sh "$T/o"
