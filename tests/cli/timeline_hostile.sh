#!/bin/sh
# Goal of this test: text out of the logs is the intruder's to choose, and it
# stays text in every output: CSV, JSON, HTML, and on the terminal.
. tests/lib.sh
. tests/timeline_lib.sh
BLNS=$SHARED/suites/blns/blns.json
[ -e "$BLNS" ] || BLNS=$(find "$SHARED/suites/blns" -name '*.json' 2>/dev/null |
    head -n 1)
if [ -z "$BLNS" ] || [ ! -e "$BLNS" ]; then
	BLNS=/dev/null
	skip "the big list of naughty strings" "it is not at $SHARED/suites/blns"
fi
ok "records with hostile names and agents are made" \
    /usr/bin/python3 tests/timeline_hostile.py "$BLNS" "$T/files"
ok "they are sealed" seal hostile "$T/files"
exits 0 "their timeline is built, with a list of hostile names" \
    build hostile "$T/out" --indicators "$T/files.list.csv"
cp "$T/.out" "$T/words"
ok "standard output is printable" \
    sh -c "! LC_ALL=C grep -q '[^ -~]' '$T/words'"
ok "no cell of the CSV can be a formula or holds a control" \
    $LIB inert "$T/out"
ok "the CSV agrees with the JSON Lines" $LIB csv "$T/out"
ok "the JSON Lines hold the strings unchanged" \
    /usr/bin/python3 tests/timeline_hostile.py --check "$BLNS" "$T/out"
ok "the report holds no element or attribute that a string made" \
    /usr/bin/python3 tests/timeline_hostile.py --html "$T/out/data/report.html"

browser=
for b in chromium chromium-browser; do
	command -v $b >/dev/null && browser=$b
done
if [ -z "$browser" ]; then
	skip "the report in a browser" "chromium is not installed"
	exit 0
fi
renders()
{
	mkdir -p "$T/profile"
	HOME=$T/profile timeout 120 $browser --headless --no-sandbox \
	    --disable-gpu --user-data-dir="$T/profile" --enable-logging=stderr \
	    --log-net-log="$T/net.json" --virtual-time-budget=3000 \
	    --dump-dom "file://$T/out/data/report.html" >"$T/dom" 2>"$T/console" ||
	    return 1
	! grep -E 'CONSOLE|Refused|Uncaught' "$T/console" || return 1
	grep -q 'selected rows' "$T/dom" || { echo "the script did not run"; return 1; }
	grep -c '<td class="wrap">' "$T/dom"
}
ok "the report shows its rows in a browser, without a word on the console" \
    renders
ok "no string ran as a script" \
    sh -c "! grep -q 'azcustody-was-here' '$T/console'"
ok "and asks for nothing but itself" \
    /usr/bin/python3 tests/timeline_hostile.py --net "$T/net.json"
