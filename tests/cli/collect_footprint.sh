#!/bin/sh
# Goal of this test: every request that reached the service has its line in
# requests.jsonl, also those of runs that were killed; and every line that says
# it was answered was one.  The server's own log is the judge.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

mkdir "$T/s"
"$PYTHON" - "$T/s/account.json" <<'END2'
import json, sys
json.dump({"account": "acct", "containers": {"insights-activity-logs": {
    "page": 40, "many": 900, "blobs": [
        {"name": "big.json", "size": 30000000, "seed": 4}]}}},
    open(sys.argv[1], "w"))
END2
write_sas "$T/sas.secret"
make_key
serve "$T/s"
WORDS="--account acct --sas-file $T/sas.secret --jobs 8"

# agree: the log and the package name the same requests.
agree()
{
	"$PYTHON" - "$T/s/requests.secret" "$T/u/meta" <<'END2'
import collections, json, sys
seen = collections.Counter(
    json.loads(l)["headers"]["x-ms-client-request-id"]
    for l in open(sys.argv[1]))
lines = [json.loads(l) for l in open(sys.argv[2] + "/requests.jsonl")]
told = collections.Counter(r["client_request_id"] for r in lines)
killed = {r["client_request_id"] for r in lines if r["error"] == "killed"}
untold = set(seen) - set(told)
unseen = set(told) - set(seen) - killed
unseen -= {r["client_request_id"] for r in lines if r["status"] == 0}
prefix = json.load(open(sys.argv[2] + "/footprint.json"))
strange = [i for i in told
           if not i.startswith(prefix["client_request_prefix"])]
print(len(seen), "seen,", len(told), "told,", len(killed), "of killed runs,",
      len(killed & set(seen)), "of which were seen")
print("untold", sorted(untold)[:5], "unseen", sorted(unseen)[:5])
bad = untold or unseen or strange or max(told.values()) > 1
bad = bad or prefix["requests"] != len(lines)
sys.exit(1 if bad else 0)
END2
}

bad=0
told=0
for after in 0.15 0.3 0.5 0.8 1.2; do
	rm -rf "$T/o"
	mkdir "$T/o"
	: >"$T/s/requests.secret"
	# shellcheck disable=SC2086
	"$B/azcustody-collect" run --case F --exhibit E --examiner Tester \
	    --sign "$T/k.key" $WORDS --logs activity --out "$T/o" \
	    --endpoint "http://127.0.0.1:$PORT/acct" >"$T/run.out" 2>&1 &
	pid=$!
	sleep "$after"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	for again in 0.2 0.4 end; do
		[ -s "$(echo "$T/o"/*.work)/state" ] || continue
		# shellcheck disable=SC2086
		"$B/azcustody-collect" resume "$T"/o/*.work --sign "$T/k.key" \
		    $WORDS >"$T/run.out" 2>&1 &
		pid=$!
		if [ "$again" != end ]; then
			sleep "$again"
			kill -9 "$pid" 2>/dev/null
		fi
		wait "$pid" 2>/dev/null
	done
	if [ -z "$(the_package "$T/o")" ]; then
		[ -s "$(echo "$T/o"/*.work)/state" ] || continue # Not begun.
		echo "# killed after $after s: not ended"
		sed 's/^/# /' "$T/run.out"
		bad=1
		continue
	fi
	unpack "$(the_package "$T/o")" "$T/u" >"$T/judge.out" 2>&1 || bad=1
	if agree >"$T/agreed" 2>&1; then
		told=$((told + 1))
		sed -n '1s/^/# /p' "$T/agreed"
	else
		bad=1
		sed 's/^/# /' "$T/agreed"
	fi
done
ok "after kills, every request is on record, and none that was not sent" \
    test "$bad" -eq 0
ok "that was judged" test "$told" -ge 3
ok "the last package tells how many had no answer" test "$(fact "$T/u" \
    meta/journal.jsonl 'sum(1 for j in d if j["event"] == "resumed" and
	j["facts"]["requests_exact"] is True and
	j["facts"]["requests_without_answer"] >= 0) >= 1')" = True

# ---- After a stop of the machine ----

# What it leaves of a run that was killed: a note that was never written to the
# disk, and another start of the machine.
rm -rf "$T/o"
mkdir "$T/o"
rule "$T/s" '[{"phase": "range", "mode": "n"}, {"phase": "get", "mode": "n"}]'
# shellcheck disable=SC2086
"$B/azcustody-collect" run --case F --exhibit E --examiner Tester \
    --sign "$T/k.key" $WORDS --logs activity --out "$T/o" \
    --endpoint "http://127.0.0.1:$PORT/acct" >"$T/run.out" 2>&1 &
pid=$!
_tries=0
while ! grep -q '"GET"' "$T"/o/*.work/sent.1 2>/dev/null ||
    [ "$(grep -c many/ "$T"/o/*.work/sent.1)" -lt 4 ]; do
	_tries=$((_tries + 1))
	[ "$_tries" -lt 100 ] || break
	sleep 0.1
done
kill -9 "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
rule "$T/s" '[]'
echo another >"$(echo "$T"/o/*.work)/sent.boot"
: >"$(echo "$T"/o/*.work)/sent.1"
# shellcheck disable=SC2086
exits 0 "after a stop of the machine the run is resumed" \
    "$B/azcustody-collect" resume "$T"/o/*.work --sign "$T/k.key" $WORDS
unpack "$(the_package "$T/o")" "$T/u" >"$T/judge.out" 2>&1
ok "and says that requests may be missing, and how they are called" \
    test "$(fact "$T/u" meta/journal.jsonl '[(j["facts"]["requests_exact"],
	j["facts"]["requests_maybe_unrecorded"],
	j["facts"]["unrecorded_after"] < j["at"],
	j["facts"]["client_request_prefix"][:4])
	for j in d if j["event"] == "resumed"]')" = "[(False, True, True, 'azc-')]"
ok "that is the prefix of the footprint" test "$(fact "$T/u" \
    meta/journal.jsonl '[j["facts"]["client_request_prefix"]
	for j in d if j["event"] == "resumed"][0]')" = "$(fact "$T/u" \
    meta/footprint.json 'd[0]["client_request_prefix"]')"
agree >"$T/agreed" 2>&1
ok "the service's own log shows which they are, by that prefix alone" sh -c \
    "grep -q \"^untold \\['azc-\" '$T/agreed'"
