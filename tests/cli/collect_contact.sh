#!/bin/sh
# Goal of this test: what is wrong at first contact - the name of the service,
# its port, its certificate, the credential - ends a run at once with one line
# that says what to do, in about a second, and not after all tries; --tries says
# otherwise, and later in the run what fails is tried again.  SECONDS_MAX is
# more than a second, for machines that are busy.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

SECONDS_MAX=${SECONDS_MAX:-5}
mkdir "$T/s"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {"blobs": [
  {"name": "a.json", "size": 1000}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"

# contact EXIT SENTENCE PATTERN WORDS...: it ends so, with one line, in time.
contact()
{
	_want=$1
	_sentence=$2
	_pattern=$3
	shift 3
	rm -rf "$T/o"
	mkdir "$T/o"
	_from=$(date +%s%N)
	collect --account acct --sas-file "$T/sas.secret" --logs activity \
	    --out "$T/o" "$@" >"$T/run.out" 2>"$T/run.err"
	_have=$?
	_took=$((($(date +%s%N) - _from) / 1000000))
	echo "# exit $_have after $_took ms"
	ok "$_sentence: exit $_want" test "$_have" -eq "$_want"
	ok "in less than $SECONDS_MAX s" \
	    test "$_took" -lt $((SECONDS_MAX * 1000))
	# Beside it only what was said of the credential, and how to go on.
	grep -v -e 'WARNING' -e 'account acct: the SAS' -e 'nothing is lost' -e '^  ' \
	    "$T/run.err" >"$T/lines"
	ok "in one line" test "$(wc -l <"$T/lines")" -eq 1
	ok "that says what to do" grep -q "$_pattern" "$T/lines"
}

"$PYTHON" - >"$T/closed" <<'END'
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])
END
contact 69 "a port where nobody listens" \
    'check --endpoint, the network and its firewall' \
    --endpoint "http://127.0.0.1:$(cat "$T/closed")/acct"
timeout 2 getent hosts nosuchaccount.invalid >/dev/null
if [ $? -eq 124 ]; then
	skip "a name that nobody knows" "no resolver answers here"
else
	contact 69 "a name that nobody knows" \
	    'check --account and --endpoint: the name is not known' \
	    --endpoint "https://nosuchaccount.invalid"
fi
# Two that speak no TLS, or none that is trusted.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$T/tls.key" -out "$T/tls.pem" 2>/dev/null
cat >"$T/peers.py" <<'END'
import os, socket, ssl, sys, threading, time
def listen():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(8)
    return s
def plain(s):
    while True:
        c = s.accept()[0]
        c.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
        c.close()
def tls(s):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    while True:
        c = s.accept()[0]
        try:
            context.wrap_socket(c, server_side=True)
        except OSError:
            pass
        c.close()
one, two = listen(), listen()
for target, s in ((plain, one), (tls, two)):
    threading.Thread(target=target, args=(s,), daemon=True).start()
with open(sys.argv[1] + ".new", "w") as f:
    f.write("%d %d\n" % (one.getsockname()[1], two.getsockname()[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
END
start "$PYTHON" "$T/peers.py" "$T/ports" "$T/tls.pem" "$T/tls.key"
_tries=0
while [ ! -s "$T/ports" ] && [ "$_tries" -lt 100 ]; do
	_tries=$((_tries + 1))
	sleep 0.1
done
contact 69 "a server that speaks no TLS" 'check the endpoint; TLS 1.2' \
    --endpoint "https://127.0.0.1:$(cut -d' ' -f1 "$T/ports")/acct"
contact 69 "a certificate that nobody vouches for" \
    'check the endpoint; --tls-ca and --pin-sha256 say whom to trust' \
    --endpoint "https://127.0.0.1:$(cut -d' ' -f2 "$T/ports")/acct"
rule "$T/s" '[{"phase": "containers", "mode": "status", "status": 403,
    "code": "AuthenticationFailed"}]'
contact 77 "a credential that is wrong" \
    'the credential is not accepted.*; resume with another one' \
    --endpoint "http://127.0.0.1:$PORT/acct"
rule "$T/s" '[]'
"$B/azcustody-collect" resume "$T"/o/*.work --sign "$T/k.key" --account acct \
    --sas-file "$T/sas.secret" -q >"$T/run.out" 2>&1
ok "with a right one it is resumed" test $? -eq 0
unpack "$(the_package "$T/o")" "$T/u" >/dev/null 2>&1
ok "its containers are listed once, and then their blobs" sh -c \
    'ls "$1" | tr "\n" " " | grep -qx "000001.xml 000002.xml "' - \
    "$T/u/meta/listing"
ok "and the request that was refused is on record as it was" \
    test "$(fact "$T/u" meta/requests.jsonl \
    '[r["status"] for r in d][0]')" = 403

# Later in the run, and with --tries, what fails is tried again.
rm -rf "$T/o"
mkdir "$T/o"
exits 69 "two tries that were asked for are made" collect --account acct \
    --sas-file "$T/sas.secret" --logs activity --out "$T/o" --tries 2 \
    --endpoint "http://127.0.0.1:$(cat "$T/closed")/acct"
ok "and both are on record" test "$(grep -c '"client_request_id"' \
    "$T"/o/*.work/requests)" -eq 2
