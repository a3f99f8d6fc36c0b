#!/bin/sh
# Goal of this test: the time of a row is what its record says; ties, and the
# interval by the collecting machine's clock, stand beside it; a zone and an
# instant change what the report shows and nothing else.
. tests/lib.sh
. tests/timeline_lib.sh
HELP="/usr/bin/python3 tests/timeline_time.py"

ok "a small incident is generated and sealed" \
    incident plain 7 --days 2 --scale 0.01
exits 3 "its timeline is built" build plain "$T/one"
ok "rows of one tick are marked as tied, and no other" $HELP ties "$T/one"

sample()
{
	printf '{"format":"azcustody/clock/1","at":"2026-11-01T00:00:00.0000000Z","host":%s,"date":%s,"skew_ms":%s,"sync":"unknown","max_error_ms":null,"monotonic_ms":1,"boot_ms":1}\n' \
	    "$1" "$2" "$3"
}
{
	sample '"a.example"' '"Sun, 01 Nov 2026 00:00:00 GMT"' '[-880,240]'
	sample null null null
	sample '"b.example"' '"Sun, 01 Nov 2026 00:00:00 GMT"' '[-500,700]'
} >"$T/clock.jsonl"
mkdir "$T/skewed"
ok "the same is sealed with clocks that were compared" \
    sh -c "'$B/tests/tools/pack' --folder '$T/plain.files' --out '$T/skewed' \
    --key '$T/signer.key' --at 2026-11-01T00:00:00Z --clock '$T/clock.jsonl'"
exits 3 "its timeline is built" build skewed "$T/two"
ok "each row has the interval that the clocks give, and its own time" \
    $HELP skew "$T/two" -880 700

exits 3 "it is built to be shown in a zone" build plain "$T/zone" \
    --zone America/St_Johns
ok "rows are shown in its time as well" $HELP zone "$T/zone" America/St_Johns
instant=$($HELP middle "$T/one")
exits 3 "and up to an instant" build plain "$T/until" \
    --as-of "$instant" --zone Asia/Kathmandu
ok "rows up to it are shown" \
    $HELP as-of "$T/until" "$T/one" "$instant"
ok "and in another zone's time" $HELP zone "$T/until" Asia/Kathmandu
same_data()
{
	for shown in zone until; do
		for f in "$T/one"/data/*; do
			case $f in
			*/report.html) continue ;;
			esac
			cmp "$f" "$T/$shown/data/$(basename "$f")" || return 1
		done
		! cmp -s "$T/one/data/report.html" "$T/$shown/data/report.html" ||
		    return 1
	done
}
ok "every other output is the same, byte for byte" same_data
ok "derived.json says how it was shown" \
    grep -q '"--zone","value":"Asia/Kathmandu sha256:[0-9a-f]\{64\}"' \
    "$T/until/derived.json"
for zone in Europe/Nowhere ../../etc/passwd /etc/localtime Europe ''; do
	exits 64 "\"$zone\" is refused as a zone" build plain "$T/none" \
	    --zone "$zone"
done
exits 64 "so is an instant that is none" build plain "$T/none" --as-of noon
