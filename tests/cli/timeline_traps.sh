#!/bin/sh
# Goal of this test: every trap that the log formats hold gives exactly the rows
# it should.  The tables in tests/timeline/traps list trap, input and rows.
. tests/lib.sh
. tests/timeline_lib.sh

mkdir "$T/traps"
/usr/bin/python3 tests/cli/timeline_traps.py "$B/azcustody-timeline" \
    "$T/traps" tests/timeline/traps/*.tsv || FAILED=1

# The same traps in a package: each row is in the store and resolves to bytes.
ok "the traps are sealed" seal traps "$T/traps"
exits 3 "their timeline is built" build traps "$T/out"
mv "$T/.out" "$T/built"
ok "and build says that no byte and no row was lost" \
    grep -q 'every row is in the store$' "$T/built"
mkdir "$T/bag"
ok "tar unpacks the package" tar -C "$T/bag" --zstd -xf "$(package traps)"
ok "the bytes of every row have the digest that it says" \
    $LIB resolve "$T/out" "$T/bag" 1
shown()
{
	grep '"storage-classic"' "$T/out/data/timeline.jsonl" | head -n 1 |
	    sed 's/.*"event_id":"\([0-9a-f]*\)".*/\1/' >"$T/id"
	"$TIMELINE" show "$(cat "$T/id")" --package "$(package traps)" \
	    --trust "$T/signer.pub" >"$T/shown" && grep -q '^1\.0;' "$T/shown"
}
ok "show prints the line behind a classic row" shown
