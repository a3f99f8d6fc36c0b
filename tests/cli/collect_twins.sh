#!/bin/sh
# Goal of this test: blobs that share a name stay apart - versions, snapshots,
# a deleted one - and names of any bytes come back as they were; the listing
# and the package agree about each of them.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

mkdir "$T/s"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {"page": 3,
 "empty_pages": true, "blobs": [
  {"name": "twin.json", "size": 100, "seed": 1, "snapshot": "2026-11-01T00:00:00.0000001Z"},
  {"name": "twin.json", "size": 400, "seed": 4},
  {"name": "twin.json", "size": 200, "seed": 2, "version_id": "2026-11-01T00:00:00.0000002Z"},
  {"name": "twin.json", "size": 300, "seed": 3, "deleted": true},
  {"name_hex": "656e63ffc3a9207f25", "encoded": true, "size": 500, "seed": 5},
  {"name_hex": "0163006e", "encoded": true, "size": 510, "seed": 51},
  {"name": "../up/and/away.json", "size": 600, "seed": 6},
  {"name": "a/./b//c.json", "size": 700, "seed": 7},
  {"name": "archive.json", "size": 800, "seed": 8, "tier": "Archive"}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"
mkdir "$T/o"
exits 3 "a deleted and an archived one are gaps, all others are taken" \
    collect --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
    --sas-file "$T/sas.secret" --tries 3 --out "$T/o" --logs activity
ok "ordinary tools and the verifier accept it" \
    unpack "$(the_package "$T/o")" "$T/u"
ok "each twin is itself" test "$(fact "$T/u" meta/objects.jsonl \
    'sorted((o["size"], o["snapshot"], o["version_id"]) for o in d
    if o["name"] == "twin.json")')" = "[(100, '2026-11-01T00:00:00.0000001Z', None), (200, None, '2026-11-01T00:00:00.0000002Z'), (400, None, None)]"
ok "the gaps say why" test "$(fact "$T/u" meta/gaps.jsonl \
    'sorted((g["name"], g["reason"]) for g in d)')" = \
    "[('archive.json', 'archived'), ('twin.json', 'deleted')]"
ok "names of any bytes are kept exactly" test "$(fact "$T/u" \
    meta/objects.jsonl 'sorted(o["name_pct"] for o in d
    if o["size"] in (500, 510, 600, 700))')" = \
    "['%01c%00n', '../up/and/away.json', 'a/./b//c.json', 'enc%FF%C3%A9%20%7F%25']"
ok "and were asked for as they are" test "$(requests "$T/s" \
    'GET /acct/insights-activity-logs/../up/and/away.json')" -eq 1
ok "no stored name leaves its folder" test -z "$(cd "$T/u" && find data |
    grep -v '^[a-z0-9._/-]*$')"
