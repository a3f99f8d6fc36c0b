#!/bin/sh
# Goal of this test: flows are added up as they are logged, each point apart,
# and rows of Traffic Analytics are compared with them: agree, differ, in one only.
. tests/lib.sh
. tests/timeline_lib.sh
HELP="/usr/bin/python3 tests/timeline_traffic.py"

ok "a small incident is generated and sealed" \
    incident flows 7 --days 4 --scale 0.01
exits 3 "its timeline is built" build flows "$T/one"
ok "traffic.csv adds up to the tuples of the timeline" $HELP traffic "$T/one"
ok "without Traffic Analytics nothing is compared" \
    test ! -e "$T/one/data/agreement.csv"
views()
{
	for v in talkers ports internal exposure; do
		n=$(sqlite3 -readonly "$T/one/data/case.db" \
		    "SELECT COUNT(*) FROM traffic_$v")
		[ "$n" -gt 0 ] || { echo "traffic_$v has $n rows"; return 1; }
	done
}
ok "the store has views of talkers, ports, pairs inside, and exposure" views

ok "rows of Traffic Analytics are made, some of them wrong" \
    $HELP make "$T/one" "$T/analytics.files"
ok "and sealed" seal analytics "$T/analytics.files"
exits 3 "a timeline of both is built" "$TIMELINE" build "$(package flows)" \
    "$(package analytics)" --out "$T/two" --trust "$T/signer.pub"
ok "each row is compared as it must be" \
    $HELP agreement "$T/two" "$T/analytics.files"
reported()
{
	for state in agree differ "only in flow log" "no flow log" \
	    "only in traffic analytics"; do
		grep -q "<td class=\"wrap\">$state</td>" \
		    "$T/two/data/report.html" || { echo "$state"; return 1; }
	done
}
ok "the report says how they agree" reported
