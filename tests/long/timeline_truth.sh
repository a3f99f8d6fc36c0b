#!/bin/sh
# Goal of this test: what tests/cli/timeline_truth.sh asks, for twenty seeds of each
# variant.  SEEDS, VARIANTS, and SCALE may name fewer or others.
. tests/lib.sh
. tests/timeline_lib.sh
. tests/truth_lib.sh

for seed in ${SEEDS:-1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20}; do
	for variant in $VARIANTS; do
		try "$variant" "$seed" --scale "${SCALE:-1}"
	done
done
ok "all of them" $LIB table "$T/answers"
cat "$T/.out"
