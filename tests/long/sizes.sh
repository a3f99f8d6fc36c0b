#!/bin/sh
# Goal of this test: blobs of 2^31, 2^32 and 2^33 bytes, each one byte less and
# more as well, go through the whole way - listed, read in ranges, packed,
# verified - with the digest that the bytes have.  From 2^33 on a member has a
# header of three blocks.  SIZES says which; the bytes compress well.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/many_lib.sh

SIZES=${SIZES:-$(for power in 31 32 33; do
	for more in -1 0 1; do
		echo $(((1 << power) + more))
	done
done)}
write_sas "$T/sas.secret"
make_key
for size in $SIZES; do
	rm -rf "$T/o"
	mkdir "$T/o"
	serve_many 1 "$size"
	# shellcheck disable=SC2046
	exits 0 "a blob of $size bytes is taken" "$B/azcustody-collect" run \
	    $(many_words) --out "$T/o" -q
	PACKAGE=$(the_package "$T/o")
	exits 0 "its package is authentic, intact and whole" \
	    "$B/azcustody-verify" "$PACKAGE" --trust "$T/k.pub"
	tar --zstd -xOf "$PACKAGE" --wildcards '*/meta/objects.jsonl' \
	    >"$T/objects"
	ok "its line gives that size" grep -q "\"size\":$size," "$T/objects"
	want=$(curl -s "http://127.0.0.1:$PORT/acct/insights-activity-logs/many/0000000.json" |
	    sha256sum | cut -d' ' -f1)
	ok "and the digest of the bytes as curl gets them" \
	    grep -q "\"sha256\":\"$want\"" "$T/objects"
	ok "ordinary tools read as many" test "$(tar --zstd -xOf "$PACKAGE" \
	    --wildcards '*/data/*' | wc -c)" -eq "$size"
done
