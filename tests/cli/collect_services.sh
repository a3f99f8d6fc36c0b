#!/bin/sh
# Goal of this test: access says of all four services of an account what the
# credential can do, by reading alone: not one request could write.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

HOSTS=DNS:acct.blob.localhost,DNS:acct.file.localhost
HOSTS=$HOSTS,DNS:acct.queue.localhost,DNS:acct.table.localhost,DNS:localhost
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 \
    -keyout "$T/ca.pem.key" -out "$T/ca.pem" -subj "/CN=storage" \
    -addext "subjectAltName=$HOSTS" 2>/dev/null
mkdir "$T/s"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "about": {"file/list": [403, "AuthorizationFailure"],
  "queue/properties": [403, "AuthorizationServiceMismatch"],
  "queue/list": [403, "AuthorizationServiceMismatch"],
  "table/list": [404, "ResourceNotFound"]},
 "containers": {"insights-activity-logs": {"blobs": [
  {"name": "a.json", "size": 1000}]}}}
END
write_sas "$T/sas.secret"
sed 's/sp=rl/sp=rwdl/' "$T/sas.secret" >"$T/wide.secret"
sed 's/&ss=b&srt=sco&sp=rl&/\&sr=c\&si=policy\&/; s/se=[^&]*&//' \
    "$T/sas.secret" >"$T/policy.secret"
chmod 600 "$T"/*.secret
serve "$T/s" --tls "$T/ca.pem" "$T/ca.pem.key"
access()
{
	timeout 60 "$B/azcustody-collect" access --account acct --tls-ca "$T/ca.pem" \
	    --endpoint "https://acct.blob.localhost:$PORT/acct" --logs activity "$@"
}
exits 0 "access with a host that tells of four services" access \
    --sas-file "$T/sas.secret" --json
cp "$T/.out" "$T/said"
ok "says what came of each" test "$(fact "$T" said \
    '[(s["service"], s["settings"], s["list"]) for s in d[0]["services"]]')" = \
    "[('blob', 'granted', 'granted'), ('file', 'granted', 'denied'), \
('queue', 'denied', 'denied'), ('table', 'granted', 'absent')]"
ok "and why" test "$(fact "$T" said 'sum(s["why"] is not None and ("403" in
    s["why"] or "404" in s["why"] or "Auth" in s["why"] or "Not" in s["why"])
    for s in d[0]["services"])')" = 3
ok "and that writing was not tried" test "$(fact "$T" said \
    'd[0]["writing"]')" = "it may not, by its rights; not tried"
ok "in all only GET and HEAD were sent" "$PYTHON" -c 'import json, sys
lines = [json.loads(one)["line"] for one in open(sys.argv[1])]
hosts = {json.loads(one)["headers"]["host"].split(".")[1]
         for one in open(sys.argv[1])}
assert hosts == {"blob", "file", "queue", "table"}, hosts
assert all(line.split()[0] in ("GET", "HEAD") for line in lines), lines
assert not any("policy" in line or "PUT" in line for line in lines)' \
    "$T/s/requests.secret"
if [ -d tests/azurite/node_modules/ajv ]; then
	ok "its lines are as their schema says" sh -c "cp '$T/said' '$T/said.jsonl'
	    node tests/azurite/validate.mjs schemas/collect-output.schema.json \
	    '$T/said.jsonl'"
fi
exits 0 "access in text" access --sas-file "$T/sas.secret"
cp "$T/.out" "$T/said"
ok "has a line for each" test "$(grep -cE \
    '^  (blob|file|queue|table) +settings (yes|no), list (yes|no|absent)' \
    "$T/said")" = 4
exits 3 "a SAS that may write" access --sas-file "$T/wide.secret"
cp "$T/.out" "$T/said"
ok "is said to, and still not tried" grep -q \
    'writing .*may write and delete, by its rights; not tried' "$T/said"
exits 3 "a SAS whose rights are in a policy" access --sas-file "$T/policy.secret"
cp "$T/.out" "$T/said"
ok "is not known to write" grep -q 'writing .*not known: a stored policy' \
    "$T/said"
exits 0 "where the endpoint is a path" timeout 60 "$B/azcustody-collect" access \
    --account acct --endpoint "https://localhost:$PORT/acct" --logs activity \
    --sas-file "$T/sas.secret" --tls-ca "$T/ca.pem" --json
