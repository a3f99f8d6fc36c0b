#!/bin/sh
# Goal of this test: whatever the service does wrong, a collection ends in one
# of three ways - complete, finished with every missing blob declared, or
# stopped with nothing under the final name - and never holds a wrong byte.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

mkdir "$T/s"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {
 "insights-activity-logs": {"page": 2, "blobs": [
  {"name": "a.json", "size": 1000, "etag": "0xA"},
  {"name": "b.json", "size": 70000, "etag": "0xB", "md5": true, "seed": 2},
  {"name": "c.json", "size": 900, "etag": "0xC", "seed": 3, "type": "AppendBlob"}]},
 "insights-logs-storageread": {"blobs": [
  {"name": "big.json", "size": 20000000, "etag": "0xD", "seed": 4}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"
COLLECT_LIMIT=60

# take DIR WORDS...: a collection from the server.
take()
{
	_out=$1
	shift
	rm -rf "$_out"
	mkdir "$_out"
	case " $* " in
	*" --tries "*) ;;
	*) set -- "$@" --tries 3 ;;
	esac
	collect --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
	    --sas-file "$T/sas.secret" --out "$_out" \
	    --logs activity,storage "$@"
}

# A proxy for what the server says now, without a rule: curl.
now()
{
	curl -sg "http://127.0.0.1:$PORT/acct/$1/$2" | sha256sum | cut -d' ' -f1
}

# want: the payload as it must be, in $T/want.
want()
{
	for n in a b c; do
		echo "acct insights-activity-logs $n.json $(now \
		    insights-activity-logs $n.json)"
	done >"$T/want"
	echo "acct insights-logs-storageread big.json $(now \
	    insights-logs-storageread big.json)" >>"$T/want"
}

rule "$T/s" '[]'
want
exits 0 "without a fault all is taken" take "$T/o"
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
payload "$T/u" >"$T/have"
ok "and it is what the service holds" cmp "$T/have" "$T/want"

# ---- A fault now and then: complete all the same ----
passing()
{
	cat <<'END'
list|"mode": "pc"
list|"mode": "status", "status": 503
containers|"mode": "nc"
range|"mode": "pc"
range|"mode": "pa"
range|"mode": "pn"
range|"mode": "na"
range|"mode": "corrupt", "md5": "right"
range|"mode": "wrong-range"
range|"mode": "ok-for-range"
range|"mode": "two-lengths"
range|"mode": "length-and-chunks"
range|"mode": "length-short"
range|"mode": "http10"
range|"mode": "other-blob"
range|"mode": "status", "status": 500
range|"mode": "status", "status": 429
head|"mode": "status", "status": 503
head|"mode": "nc"
range|"mode": "big-headers"
range|"mode": "garbage"
range|"mode": "close-after"
END
}
passing | while IFS='|' read -r phase mode; do
	rule "$T/s" "[{\"phase\": \"$phase\", $mode, \"times\": 2}]"
	exits 0 "two of $mode in phase $phase cost nothing" take "$T/o"
	payload_is_right()
	{
		unpack "$(the_package "$T/o")" "$T/u" &&
		    payload "$T/u" >"$T/have" && cmp "$T/have" "$T/want"
	}
	ok "and every byte is right" payload_is_right
	[ "$FAILED" -eq 0 ] || touch "$T/failed"
done
[ ! -e "$T/failed" ] || FAILED=1

# ---- For good: declared, and nothing else is lost ----
# BLOB | MODE | REASON
lasting()
{
	cat <<'END'
a.json|"mode": "status", "status": 404, "code": "BlobNotFound"|gone
a.json|"mode": "status", "status": 403, "code": "AuthorizationPermissionMismatch"|denied
a.json|"mode": "status", "status": 409, "code": "BlobArchived"|archived
b.json|"mode": "status", "status": 503, "code": "ServerBusy"|unreachable
b.json|"mode": "nc"|unreachable
b.json|"mode": "pn"|length
b.json|"mode": "wrong-range"|answer
a.json|"mode": "status", "status": 302|answer
big.json|"mode": "pc"|length
big.json|"mode": "status", "status": 500|unreachable
END
}
lasting | while IFS='|' read -r blob mode reason; do
	rule "$T/s" "[{\"match\": \"/$blob\", $mode}]"
	exits 3 "$mode for good is a gap" take "$T/o"
	gap_is_right()
	{
		unpack "$(the_package "$T/o")" "$T/u" &&
		    payload "$T/u" >"$T/have" &&
		    grep -v " $blob " "$T/want" | cmp - "$T/have" &&
		    test "$(fact "$T/u" meta/gaps.jsonl \
		    '[(g["name"], g["reason"]) for g in d]')" = \
		    "[('$blob', '$reason')]"
	}
	ok "of reason $reason, and all the rest is right" gap_is_right
	[ "$FAILED" -eq 0 ] || touch "$T/failed"
done
[ ! -e "$T/failed" ] || FAILED=1

# A body that is not what the stored digest says, though the digest sent with
# it fits: nobody can tell which is right, so it is taken, and said.
rule "$T/s" '[{"match": "/b.json", "mode": "corrupt", "md5": "wrong"}]'
exits 0 "a blob that its stored digest does not fit is taken" take "$T/o"
cp "$T/.err" "$T/warned"
ok "with a warning" grep -q 'WARNING: 1 ' "$T/warned"
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "and the catalogue says so" test "$(fact "$T/u" meta/objects.jsonl \
    '[o["name"] for o in d if o["digest_check"] == "mismatched"]')" = \
    "['b.json']"

# ---- Listings that lie ----
rule "$T/s" '[{"phase": "list", "mode": "marker-loop",
    "match": "insights-activity"}]'
exits 3 "a listing that goes round is a gap" take "$T/o"
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "of reason listing" test "$(fact "$T/u" meta/gaps.jsonl \
    '[g["reason"] for g in d]')" = "['listing']"
rule "$T/s" '[{"phase": "list", "mode": "body", "text": "<x/>"}]'
exits 3 "a listing that is none is a gap" take "$T/o"
rule "$T/s" '[{"phase": "containers", "mode": "status", "status": 503}]'
exits 69 "without the list of containers there is nothing to do" take "$T/o"
ok "and nothing has the final name" test -z "$(the_package "$T/o")"
rule "$T/s" '[{"phase": "any", "mode": "status", "status": 403,
    "code": "AuthorizationFailure"}]'
exits 77 "nor where everything is forbidden" take "$T/o"
rule "$T/s" '[]'
resume()
{
	"$B/azcustody-collect" resume "$T/o"/*.work --sign "$T/k.key" \
	    --account acct --sas-file "$T/sas.secret" --tries 3
}
exits 0 "once it is permitted, the run can be resumed" resume
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
payload "$T/u" >"$T/have"
ok "and all is there" cmp "$T/have" "$T/want"
ok "the footprint has the address the requests came from" grep -q \
    '"addresses":\["127.0.0.1"\]' "$T/u/meta/footprint.json"

# ---- One blob that will not come holds nobody up ----
rule "$T/s" '[{"match": "big.json", "mode": "status", "status": 503}]'
exits 3 "a large blob that fails on and on is given up at last" take "$T/o" \
    --tries 6
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "all others were taken" test "$(fact "$T/u" meta/objects.jsonl \
    'sorted(o["name"] for o in d)')" = "['a.json', 'b.json', 'c.json']"

# ---- A credential that is none, when it is resumed ----
rule "$T/s" '[{"phase": "range", "mode": "status", "status": 403,
    "code": "AuthenticationFailed"}]'
exits 77 "a credential that is taken back ends the run" take "$T/o"
ok "and nothing has the final name" test -z "$(the_package "$T/o")"
rule "$T/s" '[{"phase": "any", "mode": "status", "status": 403,
    "code": "AuthorizationFailure"}]'
exits 77 "resumed with one that may do nothing, it declares no gaps" resume
rule "$T/s" '[]'
exits 0 "with a good one it goes on" resume
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
payload "$T/u" >"$T/have"
ok "and all is there" cmp "$T/have" "$T/want"

# ---- Change while it is read ----
for after in 0 1 3; do
	rule "$T/s" "[{\"phase\": \"range\", \"match\": \"big\",
	    \"mode\": \"change\", \"after\": $after, \"times\": 1}]"
	exits 0 "a blob that changes after $after ranges is taken anew" \
	    take "$T/o"
	rule "$T/s" '[]'
	want
	ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
	payload "$T/u" >"$T/have"
	ok "as it is then, never a mixture" cmp "$T/have" "$T/want"
	ok "and that is said" test "$(fact "$T/u" meta/objects.jsonl \
	    '[o["changed_since_listing"] for o in d if o["size"] > 9999999]'
	    )" = "[True]"
done
rule "$T/s" '[{"phase": "range", "match": "big", "mode": "change"}]'
exits 3 "one that never stands still is a gap" take "$T/o"
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "of reason changed" test "$(fact "$T/u" meta/gaps.jsonl \
    '[(g["name"], g["reason"]) for g in d]')" = "[('big.json', 'changed')]"

# ---- A listing with texts that would break what they are put into ----
mkdir "$T/h"
"$PYTHON" - "$T/h/account.json" <<'END'
import json, sys
def one(**blob):
    return {"page": 1, "blobs": [blob]}
json.dump({"account": "acct", "containers": {
    "insights-activity-logs": one(name="crlf", size=10,
                                  etag="0x1&#13;&#10;X-Evil: 1"),
    "insights-operational-logs": one(name="long", size=10, etag="x" * 300),
    "insights-logs-storageread": one(name="vast", size=1 << 60),
    "insights-logs-storagewrite": one(name="good", size=10)}},
    open(sys.argv[1], "w"))
END
serve "$T/h"
exits 3 "hostile texts in a listing do not end the run" take "$T/o"
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "what is well is taken" test "$(fact "$T/u" meta/objects.jsonl \
    '[o["name"] for o in d if o["name"] == "good"]')" = "['good']"
ok "what is not is declared" test "$(fact "$T/u" meta/gaps.jsonl \
    'sorted(g["reason"] for g in d if g["what"] == "container"
    and g["reason"] == "listing")')" = "['listing', 'listing']"
not_ok "no line was put into a request" grep -q X-Evil "$T/h/requests.secret"

# ---- Append blobs that grow all the time ----
mkdir "$T/g"
cat >"$T/g/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {"blobs": [
  {"name": "small.json", "size": 5000, "type": "AppendBlob", "grow": 700},
  {"name": "large.json", "size": 30000000, "type": "AppendBlob", "grow": 700,
   "seed": 9}]}, "insights-logs-storageread": {"blobs": []}}}
END
serve "$T/g"
exits 0 "append blobs that grow are taken as long as they were" take "$T/o" \
    --jobs 4
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
for n in small large; do
	size=$(fact "$T/u" meta/objects.jsonl \
	    "[o['size'] for o in d if o['name'] == '$n.json'][0]")
	have=$(fact "$T/u" meta/objects.jsonl \
	    "[o['sha256'] for o in d if o['name'] == '$n.json'][0]")
	ok "$n.json is the front of what the service holds" test "$have" = \
	    "$(curl -sg "http://127.0.0.1:$PORT/acct/insights-activity-logs/$n.json" |
	    head -c "$size" | sha256sum | cut -d' ' -f1)"
done
ok "and the second listing saw that they changed" test "$(fact "$T/u" \
    meta/journal.jsonl '[j["facts"]["changed"] for j in d
    if "changed" in j["facts"]]')" = "[2]"

# ---- A signal, while the service says nothing ----
PORT=$(cat "$T/s/port")
rule "$T/s" '[{"phase": "range", "mode": "stall", "match": "b.json"}]'
rm -rf "$T/o"
mkdir "$T/o"
"$B/azcustody-collect" run --case C-1 --exhibit E-1 --examiner "A. Tester" \
    --sign "$T/k.key" --account acct --logs activity,storage \
    --endpoint "http://127.0.0.1:$PORT/acct" --sas-file "$T/sas.secret" \
    --out "$T/o" >"$T/stall.out" 2>"$T/stall.err" &
RUN=$!
sleep 2
begun=$(date +%s)
kill -TERM "$RUN"
wait "$RUN"
code=$?
ok "a signal ends it with 130" test "$code" -eq 130
ok "at once" test $(($(date +%s) - begun)) -le 3
ok "nothing has the final name" test -z "$(the_package "$T/o")"
rule "$T/s" '[]'
want
COMMAND=$(sed -n 's/^  azcustody-collect resume/resume/p' "$T/stall.err")
# shellcheck disable=SC2086
exits 0 "the command it printed goes on" "$B/azcustody-collect" $COMMAND
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
payload "$T/u" >"$T/have"
ok "and all is there" cmp "$T/have" "$T/want"
ok "the journal says what happened" test "$(fact "$T/u" meta/journal.jsonl \
    '[j["event"] for j in d if j["event"] in ("interrupted", "resumed")]')" = \
    "['interrupted', 'resumed']"
