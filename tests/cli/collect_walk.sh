#!/bin/sh
# Goal of this test: a span of time is taken by walking the folders of years,
# months, days and hours, nothing outside is listed, and nothing that cannot be
# placed is lost; names of every awkward kind are asked for and kept exactly.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh
make_key
write_sas "$T/sas.secret"
mkdir "$T/s" "$T/o1" "$T/o2" "$T/o3" "$T/o4"
"$PYTHON" - "$T/s/account.json" <<'END_PY'
import json, sys, unicodedata
def blobs(names):
    return [{"name": n, "size": 50 + i, "seed": i + 1}
            for i, n in enumerate(sorted(names))]
hours = ["y=%d/m=%02d/d=%02d/h=%02d/m=00/PT1H.json" % t for t in (
    (2025, 12, 31, 23), (2026, 9, 30, 0), (2026, 10, 30, 23),
    (2026, 10, 31, 22), (2026, 10, 31, 23), (2026, 11, 1, 0),
    (2026, 11, 1, 13), (2026, 11, 1, 23), (2026, 11, 2, 0), (2026, 11, 2, 1),
    (2026, 12, 1, 0), (2027, 1, 1, 0))]
resource = "resourceId=/subscriptions/S/resourceGroups/%s/blobServices/default/"
storage = blobs([resource % rg + h for rg in ("RG1", "rg1") for h in hours])
odd = blobs(["resourceId=/SUBSCRIPTIONS/S/" + h for h in hours] +
            ["notes.txt", "resourceId=/SUBSCRIPTIONS/S/y=soon/x.json"])
odd.append({"name": "notes.txt", "size": 9, "seed": 99,
            "snapshot": "2026-11-01T00:00:00.0000001Z"})
classic = blobs("%s/%s/000001.log" % (s, d) for s in ("blob", "table") for d in
                ("2026/10/31/2200", "2026/10/31/2300", "2026/11/01/0500",
                 "2026/11/02/0100", "2025/11/01/0500"))
exports = blobs("WorkspaceResourceId=/subscriptions/s/" + h + "/PT05M.json"
                for h in ("y=2026/m=10/d=30/h=23/m=55", "y=2026/m=10/d=31/h=00/m=00",
                          "y=2026/m=11/d=02/h=23/m=55", "y=2026/m=11/d=03/h=00/m=00"))
torture = ["CON", "nul.txt", "trailing.", "trailing ", "back\\slash", "A", "a",
           "manifest-sha256.txt", "bagit.txt", "data/000000001-x.json", "/abs",
           ".", "..", "../x", "a//b", "a/", "a/../b", "x?y#z&c=d", "a+b", "%41",
           "%0d%0a", "\U0001f600" * 1024, "-rf", "~user", "$(id)", "x:ads",
           unicodedata.normalize("NFC", "caf\u00e9"),
           unicodedata.normalize("NFD", "caf\u00e9"), "\u202egnp", "\ufeffbom"]
bytes_ = [b"\x00nul", b"cr\r\nlf: x", b"\xff\xfe", b"\x1b[31m", b"\xef\xbf\xbe"]
json.dump({"account": "acct", "containers": {
    "insights-logs-storageread": {"page": 2, "empty_pages": True,
                                  "blobs": storage},
    "insights-activity-logs": {"blobs": odd},
    "$logs": {"page": 1, "blobs": classic},
    "am-appevents": {"blobs": exports},
    "torture": {"page": 7, "blobs": blobs(torture) + [
        {"name_hex": n.hex(), "encoded": True, "size": 5} for n in bytes_]}}},
    open(sys.argv[1], "w"))
END_PY
serve "$T/s"
E="--account acct --endpoint http://127.0.0.1:$PORT/acct --sas-file $T/sas.secret"
# shellcheck disable=SC2086
exits 0 "a day is taken from logs of four kinds" collect $E --out "$T/o1" \
    --logs storage,activity,classic,la --from 2026-11-01 --to 2026-11-02
ok "the package verifies" unpack "$(the_package "$T/o1")" "$T/u"
ok "what is in the span and its margin is there, and what cannot be placed" \
    test "$(fact "$T/u" meta/objects.jsonl '[sorted(o["name"].rsplit(k, 1)[-1]
    for o in d if k in o["name"]) for k in ("RG1/blobServices/default/y=2026/",
    "rg1/blobServices/default/y=2026/", "SUBSCRIPTIONS/S/y=", "table/2026/",
    "subscriptions/s/y=2026/")] + [sum(o["name"] == "notes.txt" for o in d)]')" = \
    "[['m=10/d=31/h=23/m=00/PT1H.json', 'm=11/d=01/h=00/m=00/PT1H.json', 'm=11/d=01/h=13/m=00/PT1H.json', 'm=11/d=01/h=23/m=00/PT1H.json', 'm=11/d=02/h=00/m=00/PT1H.json'], ['m=10/d=31/h=23/m=00/PT1H.json', 'm=11/d=01/h=00/m=00/PT1H.json', 'm=11/d=01/h=13/m=00/PT1H.json', 'm=11/d=01/h=23/m=00/PT1H.json', 'm=11/d=02/h=00/m=00/PT1H.json'], ['2026/m=10/d=31/h=23/m=00/PT1H.json', '2026/m=11/d=01/h=00/m=00/PT1H.json', '2026/m=11/d=01/h=13/m=00/PT1H.json', '2026/m=11/d=01/h=23/m=00/PT1H.json', '2026/m=11/d=02/h=00/m=00/PT1H.json', 'soon/x.json'], ['10/31/2300/000001.log', '11/01/0500/000001.log'], ['m=10/d=31/h=00/m=00/PT05M.json', 'm=11/d=02/h=23/m=55/PT05M.json'], 2]"
ok "what is outside was never listed, but each folder is a gap" test "$(fact \
    "$T/u" meta/gaps.jsonl 'sorted(set(g["name"].split("default/")[-1] for g in d
    if g["what"] == "folder" and "RG1" in g["name"]))')" = \
    "['y=2025/', 'y=2026/m=09/', 'y=2026/m=10/d=30/', 'y=2026/m=10/d=31/h=22/', 'y=2026/m=11/d=02/h=01/', 'y=2026/m=12/', 'y=2027/']"
ok "the server saw no request below them" test "$(requests "$T/s" \
    'storageread?.*prefix=[^&]*RG1%2F[^&]*y%3D2025%2F')" -eq 0

# shellcheck disable=SC2086
exits 0 "prefixes are listed one by one" collect $E --out "$T/o2" \
    --container '$logs' --prefix blob/2026/ --prefix table/2025/
ok "the package verifies" unpack "$(the_package "$T/o2")" "$T/u"
ok "and holds these alone" test "$(fact "$T/u" meta/objects.jsonl \
    '[o["name"][:10] for o in d]')" = \
    "['blob/2026/', 'blob/2026/', 'blob/2026/', 'blob/2026/', 'table/2025']"

rule "$T/s" '[{"phase": "list", "mode": "marker-loop", "match": "storageread"}]'
# shellcheck disable=SC2086
exits 3 "a marker that comes back is a gap, not the end" collect $E \
    --out "$T/o3" --logs storage,activity --from 2026-11-01 --to 2026-11-02
ok "the package verifies" unpack "$(the_package "$T/o3")" "$T/u"
ok "and the gap says so" test "$(fact "$T/u" meta/gaps.jsonl \
    'set((g["what"], g["reason"]) for g in d if g["reason"] != "out-of-scope")')" = \
    "{('container', 'listing')}"
rule "$T/s" '[]'

: >"$T/s/requests.secret"
# shellcheck disable=SC2086
exits 0 "awkward names are taken" collect $E --out "$T/o4" --container torture
ok "the package verifies" unpack "$(the_package "$T/o4")" "$T/u"
ok "each was asked for by its exact name, and is kept so" "$PYTHON" - "$T" <<'END_PY'
import json, re, sys, urllib.parse
account = json.load(open(sys.argv[1] + "/s/account.json"))
want = sorted(bytes.fromhex(b["name_hex"]) if "name_hex" in b else
              b["name"].encode() for b in account["containers"]["torture"]["blobs"])
have = sorted(urllib.parse.unquote_to_bytes(json.loads(line)["name_pct"])
              for line in open(sys.argv[1] + "/u/meta/objects.jsonl"))
assert have == want, (have, want)
asked = set()
for line in open(sys.argv[1] + "/s/requests.secret"):
    m = re.match(r"GET /acct/torture/([^? ]*)", json.loads(line)["line"])
    if m:
        asked.add(urllib.parse.unquote_to_bytes(m[1]))
assert asked == set(want), (sorted(asked), want)
END_PY
