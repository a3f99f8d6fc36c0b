#!/bin/sh
# Goal of this test: every row of a timeline is bytes of the package: unpacked
# with tar, cut with dd, and hashed with sha256sum, without our code.
. tests/lib.sh
. tests/timeline_lib.sh
if [ -n "${LONG:-}" ]; then
	ok "an incident is generated and sealed" incident one 11
else
	ok "an incident is generated and sealed" incident one 11 --days 4 \
	    --scale 0.1
fi
exits 3 "its timeline is built" build one "$T/out"
mkdir "$T/bag"
ok "tar unpacks the package" tar -C "$T/bag" --zstd -xf "$(package one)"

by_hand()
{
	n=0
	/usr/bin/python3 -c '
import json, sys
rows = open(sys.argv[1]).readlines()
for line in rows[::max(1, len(rows) // 25)]:
    row = json.loads(line)
    print(row["package"] + "/" + row["member"], row["offset"], row["length"], row["record_sha256"])
' "$T/out/data/timeline.jsonl" >"$T/sample"
	while read -r member offset length want; do
		have=$(dd if="$T/bag/$member" bs=1 skip="$offset" \
		    count="$length" status=none | sha256sum | cut -d ' ' -f 1)
		[ "$have" = "$want" ] || { echo "$member $offset"; return 1; }
		n=$((n + 1))
	done <"$T/sample"
	echo "$n rows"
	[ "$n" -ge 20 ]
}
ok "rows cut with dd have the digest that sha256sum says" by_hand
ok "and so has every single row" $LIB resolve "$T/out" "$T/bag" 1
