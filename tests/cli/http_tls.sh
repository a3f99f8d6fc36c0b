#!/bin/sh
# Goal of this test: HTTPS is verified always and TLS 1.2 at least; what the
# peer showed is kept; a body that a cut connection ended is not taken.
. tests/lib.sh
. tests/faults/lib.sh

cd "$T" || exit 1
# certificate NAME SUBJECT-ALT-NAME [openssl x509 options]: by our own CA.
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout ca.pem.key \
    -out ca.pem -subj "/CN=test ca" 2>/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout other.pem.key \
    -out other.pem -subj "/CN=other ca" 2>/dev/null
certificate()
{
	_name=$1
	_san=$2
	shift 2
	openssl req -newkey rsa:2048 -nodes -keyout "$_name.pem.key" \
	    -out "$_name.csr" -subj "/CN=127.0.0.1" 2>/dev/null
	printf 'subjectAltName=%s\n' "$_san" >"$_name.ext"
	openssl x509 -req -in "$_name.csr" -CA ca.pem -CAkey ca.pem.key \
	    -CAcreateserial -extfile "$_name.ext" -out "$_name.pem" "$@" \
	    2>/dev/null
	cat ca.pem >>"$_name.pem"
}
certificate good "IP:127.0.0.1,DNS:localhost" -days 10
certificate wronghost "DNS:evil.example" -days 10
certificate weak "IP:127.0.0.1" -days 10 -sha1
certificate expired "IP:127.0.0.1" -days -1
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout self.pem.key \
    -out self.pem -subj "/CN=127.0.0.1" -addext "subjectAltName=IP:127.0.0.1" \
    2>/dev/null
cd "$OLDPWD" || exit 1
write_sas "$T/sas.secret"

# service NAME [server options]: one server a certificate.
service()
{
	mkdir "$T/$1"
	echo '{"containers": {"logs": {"blobs": [{"name": "a", "size": 100,
	    "etag": "0xA"}]}}}' >"$T/$1/account.json"
	_cert=$2
	_name=$1
	shift 2
	serve "$T/$_name" --tls "$T/$_cert.pem" "$T/$_cert.pem.key" "$@"
}

# get HOST CA: a range of the blob.
get()
{
	timeout 20 "$B/tests/tools/httpget" --account acct --sas-file \
	    "$T/sas.secret" --endpoint "https://$1:$PORT/acct" --tls-ca "$2" \
	    --deadline 3000 --etag 0xA --total 100 range logs a 0 99 \
	    >"$T/out" 2>"$T/err"
}

service s1 good
get 127.0.0.1 "$T/ca.pem"
ok "a good certificate of a CA that was given is taken" grep -q '^ok' "$T/out"
ok "the protocol is at least TLS 1.2" \
    grep -qE '^tls TLSv1\.[23] [A-Z0-9_-]+ 2$' "$T/out"
want=$(openssl x509 -in "$T/good.pem" -outform DER | sha256sum | cut -d' ' -f1)
ok "the peer's certificate is kept, byte for byte" \
    grep -qx "certificate $want" "$T/out"
get localhost "$T/ca.pem"
ok "and so by name" grep -q '^ok' "$T/out"
get 127.0.0.1 "$T/other.pem"
ok "a CA that was not given stops the run" \
    grep -q '^stop certificate' "$T/out"
get 127.0.0.1 /etc/ssl/certs/ca-certificates.crt
ok "the system's CAs do not vouch for it either" \
    grep -q '^stop certificate' "$T/out"
get 127.0.0.1 "$T/nothing.pem"
ok "a CA file that is not there stops the run" \
    grep -q '^stop certificate' "$T/out"
SSL_CERT_FILE="$T/ca.pem" SSL_CERT_DIR="$T" CURL_CA_BUNDLE="$T/ca.pem" \
    get 127.0.0.1 "$T/other.pem"
ok "the environment cannot add a CA" grep -q '^stop certificate' "$T/out"

# An answer that a cut connection ended, without close_notify.
for mode in '"mode": "no-length", "end": "abort"' '"mode": "no-length"' \
    '"mode": "pa"' '"mode": "pc"'; do
	rule "$T/s1" "[{$mode}]"
	get 127.0.0.1 "$T/ca.pem"
	ok "a body cut under TLS is not taken ($mode)" \
	    grep -q '^retry' "$T/out"
done
rule "$T/s1" '[]'
get 127.0.0.1 "$T/ca.pem"
ok "and afterwards all is well" grep -q '^ok' "$T/out"

for bad in wronghost expired; do
	service "s-$bad" "$bad"
	get 127.0.0.1 "$T/ca.pem"
	ok "a certificate that is $bad stops the run" \
	    grep -q '^stop certificate' "$T/out"
	ok "and no request reached that peer" \
	    [ ! -s "$T/s-$bad/requests.secret" ]
done
service s-weak weak
get 127.0.0.1 "$T/ca.pem"
not_ok "a certificate signed with SHA-1 is not taken" grep -q '^ok' "$T/out"
service s-self self
get 127.0.0.1 "$T/ca.pem"
ok "a self-signed certificate stops the run" \
    grep -q '^stop certificate' "$T/out"
get 127.0.0.1 "$T/self.pem"
ok "unless it is the one that was given" grep -q '^ok' "$T/out"
for old in TLSv1 TLSv1_1; do
	service "s-$old" good --tls-max "$old"
	get 127.0.0.1 "$T/ca.pem"
	ok "$old is refused" grep -q '^retry tls' "$T/out"
done
mkdir "$T/plain"
cp "$T/s1/account.json" "$T/plain"
serve "$T/plain"
get 127.0.0.1 "$T/ca.pem"
ok "a peer that speaks no TLS is refused" grep -q "^retry" "$T/out"
