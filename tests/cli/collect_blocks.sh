#!/bin/sh
# Goal of this test: of a flow log the list of its blocks is kept, for the very
# state that was read; where it is not to be had, that is said and the log is
# taken all the same; and where the log changes between the two, both are asked
# for again, and every state that was seen is told.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

mkdir "$T/s"
flow()
{
	echo "flowLogResourceID=/x/y=2026/m=06/d=01/h=0$1/m=00/macAddress=000D3A/PT1H.json"
}
cat >"$T/s/account.json" <<END
{"account": "acct", "containers": {
 "insights-logs-flowlogflowevent": {"blobs": [
  {"name": "$(flow 1)", "size": 5014, "seed": 1, "etag": "0x1",
   "cuts": [12, 3000, 2000, 2]},
  {"name": "$(flow 2)", "size": 9000014, "seed": 2, "etag": "0x2",
   "cuts": [12, 9000000, 2]},
  {"name": "$(flow 3)", "size": 14, "seed": 3, "etag": "0x3",
   "cuts": [12, 1]}]},
 "insights-logs-storageread": {"blobs": [
  {"name": "block.json", "size": 100, "seed": 4},
  {"name": "append.json", "size": 9000000, "seed": 5, "type": "AppendBlob",
   "grow": 100}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"

take()
{
	rm -rf "$T/o" "$T/u"
	mkdir "$T/o"
	collect --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
	    --sas-file "$T/sas.secret" --out "$T/o" --tries 3 \
	    --logs flow,storage "$@"
}

# What the catalogue says of the blocks of each flow log, in their order.
lists()
{
	fact "$T/u" meta/objects.jsonl '[(l["reason"], [b["size"] for b in
	    l["blocks"]]) for l in [o["block_list"] for o in
	    sorted(d, key=lambda o: o["name"]) if "block_list" in o]]'
}

rule "$T/s" '[]'
exits 0 "all is taken" take
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "the blocks of flow logs are kept; a list that does not add up is none" \
    test "$(lists)" = "[(None, [12, 3000, 2000, 2]), (None, [12, 9000000, 2]), \
('answer', [])]"
ok "an append blob that grew is looked at when it is read" test "$(fact \
    "$T/u" meta/objects.jsonl '[(o["size"], o["last_look"]["content_length"]
    > o["size"], o["last_look"]["committed_block_count"] >
    o["http"]["committed_block_count"]) for o in d if "last_look" in o]')" = \
    "[(9000100, True, True)]"
ok "block lists are asked of flow logs alone, once each" test "$(fact "$T/u" \
    meta/requests.jsonl 'len([r for r in d if "comp=blocklist" in r["url"]])'
    )" = 3

# ---- Not permitted, not there, not understood ----
cases()
{
	cat <<'END'
"mode": "status", "status": 403, "code": "AuthorizationPermissionMismatch"|denied
"mode": "status", "status": 404, "code": "BlobNotFound"|gone
"mode": "status", "status": 503, "code": "ServerBusy"|unreachable
"mode": "nc"|unreachable
"mode": "pn"|answer
"mode": "body", "text": "<x/>"|answer
END
}
cases | while IFS='|' read -r mode reason; do
	rule "$T/s" "[{\"phase\": \"blocks\", $mode}]"
	exits 0 "without block lists ($mode) all is taken" take
	ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
	ok "and each flow log says: $reason" test "$(lists)" = \
	    "[('$reason', []), ('$reason', []), ('$reason', [])]"
	[ "$FAILED" -eq 0 ] || touch "$T/failed"
done
[ ! -e "$T/failed" ] || FAILED=1

# ---- The log changes between its blocks and its bytes ----
rule "$T/s" '[{"phase": "range", "match": "h%3D01", "mode": "change",
    "times": 1}]'
exits 0 "a log that changes under its list is taken anew" take
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "with a list of its new state" test "$(fact "$T/u" meta/requests.jsonl \
    'len([r for r in d if "comp=blocklist" in r["url"] and "h%3D01" in
    r["url"]])')" = 2
ok "and both states are told" test "$(fact "$T/u" meta/objects.jsonl \
    '[[(a["status"], a.get("pinned"), a.get("etag")) for a in o["attempts"]]
    for o in d if "h=01" in o["name"]]')" = \
    "[[(412, '\"0x1\"', None), (200, None, '\"0x1V1\"'), \
(206, '\"0x1V1\"', '\"0x1V1\"')]]"
rule "$T/s" '[{"phase": "blocks", "match": "h%3D01", "mode": "change",
    "times": 1}]'
exits 0 "a log that changes before its list is asked for is pinned anew" take
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "list and bytes are of one state" test "$(fact "$T/u" meta/objects.jsonl \
    '[(o["http"]["etag"], o["block_list"]["reason"]) for o in d
    if "h=01" in o["name"]]')" = "[('\"0x1V2\"', None)]"
