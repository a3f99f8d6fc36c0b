#!/bin/sh
# Goal of this test: what tests/cli/timeline_truth.sh asks, for twenty seeds of each
# variant, and for one more at full size.  SEEDS, VARIANTS, SCALE, LARGE (the
# seeds at full size), and JOBS may name fewer or others.
. tests/lib.sh
. tests/timeline_lib.sh
. tests/truth_lib.sh

many()
{
	for seed in ${SEEDS-1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20}; do
		for variant in $VARIANTS; do
			echo "$variant $seed --scale ${SCALE:-0.1}"
		done
	done
	for seed in ${LARGE-21}; do
		for variant in $VARIANTS; do
			echo "$variant $seed --scale 1"
		done
	done
}
many >"$T/runs"
try_all
