#!/bin/sh
# Goal of this test: in incidents of several days with one intrusion each, every
# record that the found chain names belongs to the intrusion, and at least nine
# tenths of the intrusion's records are in it.
. tests/lib.sh
. tests/timeline_lib.sh
for seed in ${SEEDS:-1 2 3 4 5}; do
	ok "seed $seed: an incident is generated and sealed" \
	    incident "s$seed" "$seed"
	exits 3 "seed $seed: its timeline is built" build "s$seed" "$T/o$seed"
	mkdir "$T/bag"
	tar -C "$T/bag" --zstd -xf "$(package "s$seed")"
	ok "seed $seed: the chain is the intrusion" \
	    $LIB judge "$T/s$seed.in" "$T/o$seed" "$T"/bag/*
	grep '^#' "$T/.out"
	chmod -R u+w "$T/bag"
	rm -rf "$T/bag" "$T/s$seed" "$T/s$seed.in" "$T/s$seed.files" "$T/o$seed"
done
