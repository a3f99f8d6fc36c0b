#!/bin/sh
# Goal of this test: what the accounts say of themselves is in the package byte
# for byte, refusals and empty bodies too; what cannot be had is a line and ends
# nothing; no answer is asked for again by a resumed run; the verifier finds an
# answer that was taken away, put in, or altered.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

# result WORDS CODE: the verdict of a check that was made.
result()
{
	ok "$1" [ "$2" = 0 ]
}

mkdir "$T/s"
account()
{
	"$PYTHON" - "$T/s/account.new" "$1" <<'END2'
import json, sys
json.dump({"account": "acct", "about": json.loads(sys.argv[2]),
           "containers": {"insights-activity-logs": {"page": 10, "blobs": [
               {"name": "a.json", "size": 3000, "seed": 4}]}}},
          open(sys.argv[1], "w"))
END2
	mv "$T/s/account.new" "$T/s/account.json"
}
account '{"account/properties": [403, "AuthorizationFailure"]}'
write_sas "$T/sas.secret"
make_key
serve "$T/s"
WORDS="--account acct --sas-file $T/sas.secret --logs activity
    --endpoint http://127.0.0.1:$PORT/acct"

# shellcheck disable=SC2086
take()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	: >"$T/s/requests.secret"
	collect $WORDS --out "$T/o" "$@" >"$T/out" 2>&1
}

take
rc=$?
P=$(the_package "$T/o")
unpack "$P" "$T/u" >"$T/verify.out" 2>&1 || rc=9
result "a refusal about the account leaves the collection whole" \
    "$rc"

# judge EXPR: with the members m (path -> bytes) and the lines j of the journal.
judge()
{
	"$PYTHON" - "$T/u" "$1" <<'END2'
import glob, hashlib, json, os, sys
u = sys.argv[1]
m = {os.path.relpath(p, u): open(p, "rb").read()
     for p in sorted(glob.glob(u + "/meta/answer/*"))}
j = [json.loads(l)["facts"] for l in open(u + "/meta/journal.jsonl")
     if json.loads(l)["event"] == "answered"]
r = [json.loads(l) for l in open(u + "/meta/requests.jsonl")]
said = {l["what"]: m[l["member"]] for l in j if l["member"]}
ok = eval("(" + sys.argv[2] + ")")
if not ok:
    print("#", j, list(m))
sys.exit(0 if ok else 1)
END2
}

judge '[l["what"] for l in j] == ["account", "blob-service", "container",
    "container-access"] and sorted(m) == [l["member"] for l in j] and
    all(hashlib.sha256(m[l["member"]]).hexdigest() == l["sha256"] for l in j)'
result "each answer is a member that a line names by its SHA-256" $?
judge 'said["account"].startswith(b"HTTP/1.1 403 ") and
    b"\r\nx-ms-error-code: AuthorizationFailure\r\n" in said["account"] and
    said["account"].endswith(b"<Message>no</Message></Error>")'
result "a refusal is kept with its body" $?
judge 'said["container"].startswith(b"HTTP/1.1 200 ") and
    said["container"].endswith(b"\r\n\r\n") and
    said["container-access"].endswith(b"\r\n\r\n<?xml version=\"1.0\"?>"
        b"<SignedIdentifiers />") and
    said["blob-service"].split(b"\r\n\r\n", 1)[1].startswith(b"\xef\xbb\xbf<?")'
result "bodies are byte for byte, empty ones too" $?
judge 'sum("restype=" in x["url"] and "comp=list" not in x["url"]
    for x in r) == 4 and not any("sig=" in x["url"] and
    "sig=-REDACTED-" not in x["url"] for x in r)'
result "each question has its line of requests, without the signature" $?

rule "$T/s" '[{"phase": "about", "mode": "na", "match": "acl"},
    {"phase": "about", "mode": "status", "status": 503, "match": "service", "times": 1}]'
take --tries 2
rc=$?
unpack "$(the_package "$T/o")" "$T/u" >"$T/verify.out" 2>&1 || rc=9
result "what never comes leaves the collection whole" \
    "$rc"
judge '[l["what"] for l in j if not l["member"]] == ["container-access"] and
    [l["status"] for l in j if not l["member"]] == [0] and
    said["blob-service"].startswith(b"HTTP/1.1 200 ")'
result "what never came is a line, a busy service is asked again" $?

# Stopped between two answers and taken up again.
rule "$T/s" '[{"phase": "about", "mode": "n", "match": "acl", "times": 1}]'
rm -rf "$T/o"
mkdir "$T/o"
: >"$T/s/requests.secret"
# shellcheck disable=SC2086
"$B/azcustody-collect" run --case F --exhibit E --examiner Tester \
    --sign "$T/k.key" $WORDS --out "$T/o" >"$T/out" 2>&1 &
pid=$!
tries=0
while [ "$(requests "$T/s" comp=acl)" = 0 ] && [ "$tries" -lt 200 ]; do
	tries=$((tries + 1))
	sleep 0.1
done
kill -INT "$pid"
wait "$pid"
rule "$T/s" '[]'
"$B/azcustody-collect" resume "$T"/o/*.work \
    --sign "$T/k.key" --account acct --sas-file "$T/sas.secret" >"$T/out2" 2>&1
rc=$?
unpack "$(the_package "$T/o")" "$T/u" >"$T/verify.out" 2>&1 || rc=9
[ "$rc" = 0 ] || cat "$T/out" "$T/out2" "$T/verify.out"
[ "$rc" = 0 ] && [ "$(requests "$T/s" restype=service)" = 1 ] &&
    [ "$(requests "$T/s" comp=acl)" = 2 ] &&
    judge '[l["what"] for l in j] == ["account", "blob-service", "container",
	"container-access"] and len(m) == 4'
result "a resumed run asks only for what it has not" $?
