#!/bin/sh
# Goal of this test: the way to the service is the one that was asked for: pins,
# a proxy only where it was named, a rate that is kept, errors of TLS at once,
# and every connection on record with its certificates.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

(cd "$T" || exit 1
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout ca.pem.key \
    -out ca.pem -subj "/CN=test ca" 2>/dev/null
openssl req -newkey rsa:2048 -nodes -keyout good.pem.key -out good.csr \
    -subj "/CN=127.0.0.1" 2>/dev/null
echo 'subjectAltName=IP:127.0.0.1' >good.ext
openssl x509 -req -in good.csr -CA ca.pem -CAkey ca.pem.key -CAcreateserial \
    -extfile good.ext -days 10 -out good.pem 2>/dev/null
cp good.pem leaf.pem
cat ca.pem >>good.pem)

# pin CERTIFICATE base64|hex
pin()
{
	openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin \
	    -outform DER >"$T/spki"
	case $2 in
	hex) sha256sum <"$T/spki" | cut -d' ' -f1 ;;
	*) openssl dgst -sha256 -binary <"$T/spki" | base64 ;;
	esac
}

mkdir "$T/s" "$T/plain" "$T/old" "$T/p1" "$T/p2"
cat >"$T/s/account.json" <<'END2'
{"account": "acct", "containers": {"insights-activity-logs": {"page": 2,
 "blobs": [{"name": "a.json", "size": 1000},
  {"name": "b.json", "size": 70000, "seed": 2},
  {"name": "c.json", "size": 2000000, "seed": 4}]}}}
END2
cp "$T/s/account.json" "$T/plain"
cp "$T/s/account.json" "$T/old"
write_sas "$T/sas.secret"
make_key
COLLECT_LIMIT=20
serve "$T/plain"
PLAIN=$PORT
serve "$T/old" --tls "$T/good.pem" "$T/good.pem.key" --tls-max TLSv1_1
OLD=$PORT
serve "$T/s" --tls "$T/good.pem" "$T/good.pem.key"

# take ENDPOINT WORDS...
take()
{
	_at=$1
	shift
	rm -rf "$T/o"
	mkdir "$T/o"
	collect --account acct --endpoint "$_at" --sas-file "$T/sas.secret" \
	    --tls-ca "$T/ca.pem" --logs activity --out "$T/o" "$@"
}

# within SECONDS COMMAND...: it takes no longer.
within()
{
	_most=$1
	shift
	_begun=$(date +%s%N)
	"$@"
	_code=$?
	_ms=$((($(date +%s%N) - _begun) / 1000000))
	[ "$_ms" -le $((_most * 1000)) ] || { echo "$_ms ms"; return 99; }
	return "$_code"
}
HERE=https://127.0.0.1:$PORT/acct

# ---- Pins ----
exits 0 "the server's own key, as base64" take "$HERE" \
    --pin-sha256 "$(pin "$T/leaf.pem" base64)"
ok "ordinary tools accept the package" unpack "$(the_package "$T/o")" "$T/u"
exits 0 "the CA's key, as hex, beside a wrong one" take "$HERE" \
    --pin-sha256 "sha256//$(printf x | openssl dgst -sha256 -binary | base64)" \
    --pin-sha256 "$(pin "$T/ca.pem" hex)"
before=$(wc -l <"$T/s/requests.secret")
exits 69 "another key is refused within a second" within 1 take "$HERE" \
    --pin-sha256 "$(printf x | sha256sum | cut -d' ' -f1)"
cp "$T/.err" "$T/said"
ok "and the one that was seen is printed" \
    grep -qF "its own is sha256//$(pin "$T/leaf.pem" base64)" "$T/said"
ok "no request reached that server" \
    test "$(wc -l <"$T/s/requests.secret")" -eq "$before"
exits 64 "what is no pin is a mistake" take "$HERE" --pin-sha256 0123
exits 64 "a pin needs TLS" take "http://127.0.0.1:$PLAIN/acct" \
    --pin-sha256 "$(pin "$T/ca.pem" hex)"

# ---- Each connection is on record ----
ok "some line opens connection 1 with TLS, a cipher and two certificates" \
    test "$(fact "$T/u" meta/requests.jsonl 'sum(
	1 for r in d if r.get("connection") == 1 and "opening" in r
	and r["opening"]["protocol"] in ("TLSv1.2", "TLSv1.3")
	and r["opening"]["cipher"] and len(r["opening"]["chain"]) == 2)')" -eq 1
ok "every answered request names one" test "$(fact "$T/u" \
    meta/requests.jsonl 'all("connection" in r for r in d)')" = True
ok "as many as the server saw" test "$(fact "$T/u" meta/requests.jsonl \
    'max(r["connection"] for r in d)')" -le "$("$PYTHON" -c 'import json, sys
print(len({json.loads(l)["connection"] for l in open(sys.argv[1])}))' \
    "$T/s/requests.secret")"
for hex in $(fact "$T/u" meta/requests.jsonl \
    '" ".join({c for r in d for c in r.get("opening", {}).get("chain", [])})'); do
	ok "certificate $hex is there" test -e "$T/u/meta/tls/$hex.der"
done
ok "the ends are addresses and ports" test "$(fact "$T/u" \
    meta/requests.jsonl "all(r['opening']['peer'] == '127.0.0.1:$PORT' and
	r['opening']['local'].startswith('127.0.0.1:')
	for r in d if 'opening' in r)")" = True

# ---- TLS that cannot be had is said at once ----
exits 69 "a server that speaks TLS 1.1 at most, within a second" within 1 \
    take "https://127.0.0.1:$OLD/acct"
start "$PYTHON" -c 'import os, socket, sys
s = socket.create_server(("127.0.0.1", 0))
open(sys.argv[1] + ".new", "w").write("%d" % s.getsockname()[1])
os.rename(sys.argv[1] + ".new", sys.argv[1])
s.settimeout(300)
while True:
    c = s.accept()[0]
    c.recv(100000)
    c.sendall(b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")
    c.close()' "$T/none"
until [ -s "$T/none" ]; do sleep 0.1; done
exits 69 "one that speaks none" within 1 \
    take "https://127.0.0.1:$(cat "$T/none")/acct"
cp "$T/.err" "$T/said"
ok "in one line, and then what to do" test "$(grep -c collect: \
    "$T/said")" -le 2
exits 69 "one whose CA is not trusted, within a second" within 1 collect \
    --account acct --endpoint "$HERE" --sas-file "$T/sas.secret" \
    --logs activity --out "$T/o"

# ---- Proxies ----
LOGIN="user:CANARY$(head -c 8 /dev/urandom | od -An -tx1 | tr -d ' \n')"
canary "${LOGIN#user:}"
canary "$(printf %s "$LOGIN" | base64)"
(umask 077; printf '%s\n' "$LOGIN" >"$T/login.secret"
printf 'user:wrong\n' >"$T/wrong.secret")
proxy()
{
	start "$PYTHON" tests/faults/proxy.py "$@"
	_tries=0
	while [ ! -s "$1/port" ] && [ "$_tries" -lt 100 ]; do
		_tries=$((_tries + 1))
		sleep 0.1
	done
	PROXY=http://127.0.0.1:$(cat "$1/port")
}
proxy "$T/p1"
FIRST=$PROXY
exits 0 "through a proxy that was named" take "$HERE" --proxy "$FIRST"
ok "it went through it" grep -q "^CONNECT 127.0.0.1:$PORT" \
    "$T/p1/connects.secret"
ok "the package says so" sh -c "tar --zstd -xOf '$(the_package "$T/o")' \
    --wildcards '*/meta/tool.json' | grep -q '\"name\":\"proxy\",\"value\":\"$FIRST\"'"
seen=$(wc -l <"$T/p1/connects.secret")
exits 0 "no variable names one" env http_proxy="$FIRST" \
    https_proxy="$FIRST" HTTPS_PROXY="$FIRST" ALL_PROXY="$FIRST" \
    SSLKEYLOGFILE="$T/keylog" NETRC="$T/login.secret" sh -c ". tests/lib.sh
    T=$T; . tests/cli/collect_lib.sh; trap - EXIT; rm -rf $T/o; mkdir $T/o
    collect --account acct --endpoint $HERE --sas-file $T/sas.secret \
    --tls-ca $T/ca.pem --logs activity --out $T/o"
ok "nobody asked it" test "$(wc -l <"$T/p1/connects.secret")" -eq "$seen"
ok "SSLKEYLOGFILE does nothing" test ! -e "$T/keylog"
proxy "$T/p2" "$LOGIN"
exits 0 "with a login from a file" take "$HERE" --proxy "$PROXY" \
    --proxy-login-file "$T/login.secret"
exits 69 "a wrong login is said within a second" within 1 take "$HERE" \
    --proxy "$PROXY" --proxy-login-file "$T/wrong.secret"
cp "$T/.err" "$T/said"
ok "in words" grep -q 407 "$T/said"
exits 64 "no login in the URL" take "$HERE" --proxy "http://a:b@127.0.0.1:1"
exits 64 "a login needs a proxy" take "$HERE" \
    --proxy-login-file "$T/login.secret"

# ---- The rate ----
# Of one blob the transport alone keeps the rate, on a busy machine not well; of
# many, one waits for what those before it have used up.
mkdir "$T/rate"
"$PYTHON" -c 'import json
json.dump({"account": "acct", "containers": {"insights-activity-logs": {
    "page": 50, "blobs": [{"name": "%02d.json" % n, "size": 50000, "seed": n}
                          for n in range(41)]}}}, open("'"$T"'/rate/account.json", "w"))'
serve "$T/rate" --tls "$T/good.pem" "$T/good.pem.key"
begun=$(date +%s%N)
exits 0 "two megabytes at eight megabits a second" \
    take "https://127.0.0.1:$PORT/acct" --cap-mbps 8
ms=$((($(date +%s%N) - begun) / 1000000))
echo "# $ms ms"
ok "take two seconds, a burst of a quarter aside" test "$ms" -gt 1700
