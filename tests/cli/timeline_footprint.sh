#!/bin/sh
# Goal of this test: the collector's own requests are known in the logs by the ids
# that the service gave them, and by nothing that somebody else can send: not its
# agent string, not its client request ids, not its SAS.
. tests/lib.sh
. tests/timeline_lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

make_key
cp "$T/k.key" "$T/signer.key" && cp "$T/k.pub" "$T/signer.pub"
mkdir "$T/s" "$T/o" "$T/logs"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {
    "blobs": [{"name": "one.json", "size": 3000, "seed": 4},
              {"name": "two.json", "size": 4000, "seed": 5}]}}}
END
write_sas "$T/sas.secret"
serve "$T/s"
# The first answer to a range is never given: such a request has no id.
rule "$T/s" '[{"path": "two.json", "method": "GET", "times": 1, "mode": "nc"}]'
# Gaps or not: what counts is what was asked.
collect --account acct --sas-file "$T/sas.secret" --logs activity \
    --endpoint "http://127.0.0.1:$PORT/acct" --out "$T/o" >"$T/run.out" 2>&1
A=$(the_package "$T/o")
ok "a package is collected" unpack "$A" "$T/a"

# What the service would log of it a little later, and what others did.
ok "a log is written of it" "$PYTHON" - "$T/a/meta" "$T/logs" <<'END'
import hashlib, json, os, sys
meta, out = sys.argv[1:]
lines = [json.loads(line) for line in open(meta + "/requests.jsonl")]
prints = json.load(open(meta + "/footprint.json"))
own, = prints["log_hashes"]
answered = [r for r in lines if r["request_id"]]
silent = [r for r in lines if not r["request_id"]]
assert len(answered) > 3 and silent, (len(answered), len(silent))
other = "SasSignature(" + hashlib.sha256(b"other").hexdigest().upper() + ")"
rows = []

def row(case, at, request_id, client_id, token, agent):
    rows.append({"time": at[:19] + ".0000000Z", "category": "StorageRead", "operationName": "GetBlob",
        "resourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct"
                      "/blobServices/default",
        "statusCode": 200, "statusText": "SASSuccess", "durationMs": 5, "callerIpAddress": "203.0.113.7:5000",
        "correlationId": request_id, "identity": {"type": "SAS", "tokenHash": token},
        "properties": {"accountName": "acct", "userAgentHeader": agent, "clientRequestId": client_id,
                       "serviceType": "blob", "objectKey": "/acct/secrets/" + case, "responseBodySize": 9},
        "uri": "https://acct.blob.core.windows.net:443/secrets/" + case})

key = "key1(" + "0" * 64 + "),"
for number, r in enumerate(answered):
    row(f"own-{number}", r["sent_at"], r["request_id"], r["client_request_id"], key + own, prints["user_agent"])
for number, r in enumerate(silent):
    row(f"silent-{number}", r["sent_at"], f"5c1c72eb-0309-4648-ab14-{number:012}", r["client_request_id"],
        key + own, prints["user_agent"])
r = answered[0]
row("agent", r["sent_at"], "5c1c72eb-0309-4648-ab14-aaaaaaaaaaaa", "x", key + other, prints["user_agent"])
row("client-id", r["sent_at"], "5c1c72eb-0309-4648-ab14-bbbbbbbbbbbb", r["client_request_id"], key + other,
    prints["user_agent"])
row("stolen", r["sent_at"], "5c1c72eb-0309-4648-ab14-cccccccccccc", r["client_request_id"], key + own,
    prints["user_agent"])
row("late", "2031-01-01T00:00:00", "5c1c72eb-0309-4648-ab14-dddddddddddd", silent[0]["client_request_id"],
    key + own, prints["user_agent"])
row("silent-other-sas", silent[0]["sent_at"], "5c1c72eb-0309-4648-ab14-eeeeeeeeeeee",
    silent[0]["client_request_id"], key + other, prints["user_agent"])
folder = out + "/logs/insights-logs-storageread/y=2026/m=11/d=27/h=07/m=00"
os.makedirs(folder)
with open(folder + "/PT1H.json", "w") as file:
    file.writelines(json.dumps(one) + "\n" for one in rows)
END
ok "and sealed" seal b "$T/logs"

both()
{
	"$TIMELINE" build "$A" "$(package b)" --out "$1" --trust "$T/k.pub"
}
both "$T/tl" >"$T/.out" 2>&1
ok "a timeline is built of both packages" test -s "$T/tl/data/timeline.jsonl"
ok "what the service's ids prove is marked, and nothing else is" \
    "$PYTHON" - "$T/tl/data/timeline.jsonl" <<'END'
import json, sys
want = {"agent": None, "client-id": None, "stolen": 0, "late": 0, "silent-other-sas": None}
seen = {}
for line in open(sys.argv[1]):
    row = json.loads(line)
    if row.get("container") == "secrets":
        seen[row["object"]] = row.get("collector_footprint")
bad = {name: mark for name, mark in seen.items()
       if mark != (want[name] if name in want else 1)}
print(len(seen), "rows,", bad)
sys.exit(bool(bad) or len(seen) < 9 or not set(want) < set(seen))
END
alone()
{
	"$TIMELINE" build "$(package b)" --out "$1" --trust "$T/k.pub"
}
exits 0 "without the package of the collection" alone "$T/one"
ok "nothing is marked: nothing proves it" \
    sh -c "! grep -q '\"collector_footprint\":' '$T/one/data/timeline.jsonl'"
