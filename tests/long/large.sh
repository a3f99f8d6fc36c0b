#!/bin/sh
# Goal of this test: one blob of GIGABYTES (200) GB: the connection is cut in
# the middle of it, the run killed later on, and resumed, in flat memory, and
# what is sealed is what was served.  The bytes compress well, so the package
# is small.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/many_lib.sh

SIZE=$((${GIGABYTES:-200} * 1000000000))
write_sas "$T/sas.secret"
make_key
serve_many 1 "$SIZE" 0 $((SIZE * 3 / 4))
mkdir "$T/o"
# The growing file is a small part of what was read: kill it by that.
AT=${KILL_AT:-$((SIZE / 1000))}
# shellcheck disable=SC2046
exits 137 "the run is killed on the way" watch "$T/first" \
    --kill-at "$AT" "$T/o/*.work/package" \
    "$B/azcustody-collect" run $(many_words) --out "$T/o" -q
echo "# $(cat "$T/first")"
exits 0 "it is resumed and ends" watch "$T/second" "$B/azcustody-collect" \
    resume "$T"/o/*.work --sign "$T/k.key" --account acct \
    --sas-file "$T/sas.secret" -q
echo "# $(cat "$T/second")"
for run in first second; do
	ok "resident memory of the $run run stays under 256 MiB" \
	    test "$(figure "$T/$run" 'd["rss_max"] >> 20')" -lt 256
done
PACKAGE=$(the_package "$T/o")
ls -l "$PACKAGE" | sed 's/^/# /'
exits 0 "the package is authentic, intact and whole" watch "$T/verify" \
    "$B/azcustody-verify" "$PACKAGE" --trust "$T/k.pub"
echo "# $(cat "$T/verify")"
have=$(tar --zstd -xOf "$PACKAGE" --wildcards '*/meta/objects.jsonl' |
    sed 's/.*"sha256":"\([0-9a-f]*\)".*/\1/')
want=$(curl -s "http://127.0.0.1:$PORT/acct/insights-activity-logs/many/0000000.json" |
    sha256sum | cut -d' ' -f1)
ok "its digest is that of the bytes as curl gets them" test "$have" = "$want"
ok "the journal tells of the resumed run" sh -c "tar --zstd -xOf '$PACKAGE' \
    --wildcards '*/meta/journal.jsonl' | grep -q '\"event\":\"resumed\"'"
