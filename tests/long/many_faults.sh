#!/bin/sh
# Goal of this test: 100,000 blobs of a service that spoils a tenth of its
# answers (503, 500, cut bodies, closed connections) are all taken.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/many_lib.sh

COUNT=${COUNT:-100000}
write_sas "$T/sas.secret"
make_key
serve_many "$COUNT" 300 10
mkdir "$T/o"
# shellcheck disable=SC2046
exits 0 "$COUNT blobs with a tenth of the answers spoiled are all taken" \
    watch "$T/figures" "$B/azcustody-collect" run $(many_words) \
    --out "$T/o" -q
echo "# $(cat "$T/figures")"
ok "resident memory stays under 256 MiB" \
    test "$(figure "$T/figures" 'd["rss_max"] >> 20')" -lt 256
PACKAGE=$(the_package "$T/o")
exits 0 "the package is authentic, intact and whole" "$B/azcustody-verify" \
    "$PACKAGE" --trust "$T/k.pub"
tar --zstd -xOf "$PACKAGE" --wildcards '*/meta/requests.jsonl' >"$T/requests"
lines=$(wc -l <"$T/requests")
bad=$(grep -vc '"error":null' "$T/requests")
echo "# $lines requests, $bad of them failed"
ok "about a tenth of the requests failed, each on record" \
    test $((bad * 12)) -gt "$lines"
