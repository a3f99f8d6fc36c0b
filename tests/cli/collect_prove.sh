#!/bin/sh
# Goal of this test: what the service says of its own bytes is asked for, kept
# and compared.  With --prove-ranges every 4 MiB of append and flow blobs has a
# CRC64 of the service's; a byte that differs is asked for again, and if it
# always differs, the body is taken and the package says so.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

mkdir "$T/s"
FLOW='flowLogResourceID=/x/y=2026/m=06/d=01/h=02/m=00/macAddress=000D3A/PT1H.json'
cat >"$T/s/account.json" <<END
{"account": "acct", "containers": {
 "insights-activity-logs": {"blobs": [
  {"name": "append.json", "size": 4500000, "type": "AppendBlob", "seed": 2},
  {"name": "small.json", "size": 3000, "type": "AppendBlob", "seed": 3}]},
 "insights-logs-flowlogflowevent": {"blobs": [
  {"name": "$FLOW", "size": 200000, "seed": 4}]},
 "insights-logs-storageread": {"blobs": [
  {"name": "block.json", "size": 5000, "seed": 5}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"

take()
{
	rm -rf "$T/o" "$T/u"
	mkdir "$T/o"
	collect --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
	    --sas-file "$T/sas.secret" --out "$T/o" --tries 4 "$@"
}

# Every proved range of the unpacked package $T/u, judged by another program.
cat >"$T/judge.py" <<'END'
import base64, hashlib, json, sys, urllib.parse
sys.path.insert(0, "tests/faults")
from crc64 import crc64
top, kind = sys.argv[1], sys.argv[2]
def lines(name):
    return [json.loads(l) for l in open(top + "/meta/" + name)]
objects = {o["name_pct"]: o for o in lines("objects.jsonl")}
judged = {}
for r in lines("requests.jsonl"):
    if r["method"] != "GET" or r["range"] is None or r["error"]:
        continue
    name = r["url"].split("?")[0].split("/", 5)[5]
    o = objects[urllib.parse.quote(urllib.parse.unquote(name), safe="/-._~")]
    with open(top + "/" + o["path"].split("/", 1)[1], "rb") as f:
        data = f.read()[r["range"][0]:r["range"][1] + 1]
    assert len(data) <= 4 << 20, "a range over 4 MiB"
    if kind == "crc64" and o["name"] != "block.json":
        assert r["crc64"] == crc64(data), (o["name"], r["range"])
    else:
        assert r["md5"] == base64.b64encode(
            hashlib.md5(data).digest()).decode(), o["name"]
    assert r["digest_check"] == "matched"
    judged[o["name"]] = judged.get(o["name"], 0) + len(data)
assert judged == {o["name"]: o["size"] for o in objects.values()}, judged
END

rule "$T/s" '[]'
exits 0 "with --prove-ranges all is taken" take --prove-ranges
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "every byte stands under a digest of the service's that is right" \
    "$PYTHON" "$T/judge.py" "$T/u" crc64
exits 0 "without it small ones are proved by MD5 as well" take --logs storage
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "and by no CRC64" test "$(fact "$T/u" meta/requests.jsonl \
    '[r for r in d if "crc64" in r]')" = "[]"

# ---- A byte that differs now and then, and for good ----
rule "$T/s" '[{"phase": "range", "mode": "corrupt", "md5": "none",
    "times": 2, "match": "append.json"}]'
exits 0 "a byte that is wrong twice is asked for again" take --prove-ranges
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "the package has the right ones" "$PYTHON" "$T/judge.py" "$T/u" crc64
ok "the request log has the wrong ones" test "$(fact "$T/u" \
    meta/requests.jsonl '[(r["error"], "crc64" in r) for r in d
    if r.get("digest_check") == "mismatched"]')" = \
    "[('bad-digest', True), ('bad-digest', True)]"
rule "$T/s" '[{"phase": "range", "mode": "corrupt", "md5": "none",
    "match": "append.json"}]'
exits 0 "what is never as the service says is taken" take --prove-ranges
cp "$T/.err" "$T/warned"
ok "with a warning" grep -q 'WARNING: 1 ' "$T/warned"
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "the catalogue says so" test "$(fact "$T/u" meta/objects.jsonl \
    '[o["name"] for o in d if o["digest_check"] == "mismatched"]')" = \
    "['append.json']"

# ---- A service that has no CRC64 ----
sed 's/"account"/"no_crc64": true, "account"/' "$T/s/account.json" >"$T/n.json"
mkdir "$T/n"
mv "$T/n.json" "$T/n/account.json"
serve "$T/n"
exits 0 "a service without CRC64 is asked for MD5" take --prove-ranges
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "and every byte stands under one" "$PYTHON" "$T/judge.py" "$T/u" md5
