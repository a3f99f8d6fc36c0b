#!/bin/sh
# Makes tests/unit/signature_vectors.h anew: a root, who signs, who stamps, who
# answers, a revocation list, an OCSP answer, a signature and a time stamp.  Run it
# in an empty folder; the header goes to standard output.
set -eu
ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
# shellcheck disable=SC2086
openssl req -x509 $ec -keyout root.key -out root.pem -subj /CN=root -days 14600 \
    -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
leaf()
{
	# shellcheck disable=SC2086
	openssl req $ec -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
	printf '%s\n' keyUsage=critical,digitalSignature subjectKeyIdentifier=hash \
	    authorityKeyIdentifier=keyid "${2:-}" >"$1.ext"
	openssl x509 -req -in "$1.csr" -CA root.pem -CAkey root.key -set_serial "$3" \
	    -days 14600 -extfile "$1.ext" -out "$1.pem" 2>/dev/null
}
leaf signer '' 2
leaf tsa extendedKeyUsage=critical,timeStamping 3
leaf responder extendedKeyUsage=OCSPSigning 4
printf 'V\t400101000000Z\t\t02\tunknown\t/CN=signer\n' >index
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index\ndefault_md=sha256\ndefault_crl_days=14600\n' >ca.cnf
openssl ca -config ca.cnf -gencrl -cert root.pem -keyfile root.key -out crl.pem 2>/dev/null
openssl ocsp -issuer root.pem -cert signer.pem -no_nonce -reqout req >/dev/null 2>&1
openssl ocsp -index index -CA root.pem -reqin req -rsigner responder.pem \
    -rkey responder.key -ndays 14600 -respout ocsp.der >/dev/null 2>&1
printf 'what is signed' >data
openssl cms -sign -binary -in data -outform DER -signer signer.pem -inkey signer.key \
    -md sha256 -cades -nosmimecap -out cms.der
printf '[t]\nserial=serial\ndefault_policy=1.2.3.4\ndigests=sha256\nsigner_digest=sha256\naccuracy=secs:1\ness_cert_id_alg=sha256\n' >tsa.cnf
echo 01 >serial
openssl ts -query -data data -sha256 -cert -no_nonce -out q 2>/dev/null
openssl ts -reply -config tsa.cnf -section t -queryfile q -signer tsa.pem \
    -inkey tsa.key -out token.der 2>/dev/null
openssl x509 -in signer.pem -outform DER -out signer.der
echo '/* Made by tests/unit/signature_vectors.sh. */'
echo '#ifndef TESTS_SIGNATURE_VECTORS_H'
echo '#define TESTS_SIGNATURE_VECTORS_H'
vector()
{
	echo
	echo "static const char $1[] ="
	base64 -w 64 "$2" | sed 's/.*/    "&"/; $s/$/;/'
}
vector root_b64 root.pem
vector signer_b64 signer.der
vector crl_b64 crl.pem
vector ocsp_b64 ocsp.der
vector cms_b64 cms.der
vector token_b64 token.der
echo
echo '#endif'
