#!/bin/sh
# Goal of this test: what was logged is said for every account and service, and
# for accounts without a record of reads there is a policy that would log them.
. tests/lib.sh
. tests/timeline_lib.sh
HELP="/usr/bin/python3 tests/timeline_logging.py"

ok "a small incident is generated" incident whole 7 --days 2 --scale 0.01
exits 3 "its timeline is built" build whole "$T/one"
ok "each account and service is there, with its records" $HELP logged "$T/one"
ok "and the report has them" grep -q "Logged requests" \
    "$T/one/data/report.html"

cp -r "$T/whole.files" "$T/less.files"
find "$T/less.files" -path '*insights-logs-storageread*' -type f -delete
ok "the same without a log of reads is sealed" seal less "$T/less.files"
exits 0 "its timeline is built" build less "$T/two"
ok "its accounts are there with their records" $HELP logged "$T/two"
accounts=$(sqlite3 -readonly "$T/two/data/case.db" \
    "SELECT DISTINCT account FROM event WHERE account IS NOT NULL ORDER BY 1" |
    tr '\n' ' ')
ok "and three policies that would have them logged, whole" \
    $HELP policies "$T/two" "$accounts"
