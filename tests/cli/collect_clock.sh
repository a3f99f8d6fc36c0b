#!/bin/sh
# Goal of this test: a clock that is set in the middle of a run is seen and is
# on record, with the skew against the service before and after.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

LIBRARY=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -n 1)
if [ -z "$LIBRARY" ]; then
	skip "a clock that is set" "no libfaketime"
	exit 0
fi
mkdir "$T/s" "$T/o"
cat >"$T/s/account.json" <<'END2'
{"account": "acct", "containers": {"insights-activity-logs": {"page": 2,
 "blobs": [{"name": "a.json", "size": 1000},
  {"name": "b.json", "size": 30000000, "seed": 4},
  {"name": "c.json", "size": 30000000, "seed": 5}]}}}
END2
write_sas "$T/sas.secret"
make_key
serve "$T/s"

# The library is told by a file, which is looked at anew each time.
printf '%s\n' '+0' >"$T/.faketimerc"
(sleep 2; printf '%s\n' '+3600' >"$T/.faketimerc.new"
mv "$T/.faketimerc.new" "$T/.faketimerc") &
HOME=$T FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 \
    DONT_FAKE_MONOTONIC=1 FAKETIME_TIMESTAMP_FILE="$T/.faketimerc" \
    LD_PRELOAD="$LIBRARY" collect --account acct \
    --endpoint "http://127.0.0.1:$PORT/acct" --sas-file "$T/sas.secret" \
    --logs activity --cap-mbps 80 --out "$T/o" >"$T/run.out" 2>&1
ok "it ends all the same" test $? -eq 0
PACKAGE=$(the_package "$T/o")
ok "ordinary tools accept it" unpack "$PACKAGE" "$T/u"
ok "the journal tells of a clock set by an hour, and when" \
    test "$(fact "$T/u" meta/journal.jsonl 'sum(1 for j in d
	if j["event"] == "clock_sampled" and
	abs(j["facts"].get("jump_ms", 0) - 3600000) < 3000)')" -eq 1
ok "and of no other" test "$(fact "$T/u" meta/journal.jsonl 'sum(1 for j in d
	if "jump_ms" in j["facts"])')" -eq 1
ok "clock.jsonl has a sample from before and one from after" \
    test "$(fact "$T/u" meta/clock.jsonl 'len({round((s["skew_ms"][0] +
	s["skew_ms"][1]) / 7200000) for s in d if s["skew_ms"]})')" -eq 2
