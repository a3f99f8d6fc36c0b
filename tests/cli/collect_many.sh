#!/bin/sh
# Goal of this test: many blobs take no more memory and no more descriptors
# than few.  COUNT says how many (20000; tests/long/many.sh: a million).
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/many_lib.sh

COUNT=${COUNT:-20000}
write_sas "$T/sas.secret"
make_key
serve_many "$COUNT" 300
mkdir "$T/o"
# shellcheck disable=SC2046
exits 0 "$COUNT blobs are taken" watch "$T/figures" "$B/azcustody-collect" \
    run $(many_words) --out "$T/o" -q
echo "# $(cat "$T/figures")"
ok "resident memory stays under 256 MiB" \
    test "$(figure "$T/figures" 'd["rss_max"] >> 20')" -lt 256
# Sealing, in the last third, has frames of 8 MiB, read and compressed, in all
# workers at once: 30 to 45 MiB that the fetching before it does not need.
ok "and does not grow on the way: under 64 MiB from the second third on" \
    test "$(figure "$T/figures" \
	'max(0, d["rss_last"] - d["rss_first"]) >> 20')" -lt 64
ok "no more descriptors at the end than before" \
    test "$(figure "$T/figures" 'd["fds_last"] - d["fds_first"]')" -le 0
PACKAGE=$(the_package "$T/o")
exits 0 "the package is authentic and intact" "$B/azcustody-verify" \
    "$PACKAGE" --trust "$T/k.pub" --json
cp "$T/.out" "$T/verdict"
ok "with all of them" sh -c "tar --zstd -xOf '$PACKAGE' --wildcards \
    '*/meta/objects.jsonl' | wc -l | grep -qx $COUNT"
