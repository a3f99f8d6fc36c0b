#!/bin/sh
# Goal of this test: what tests/cli/timeline_truth.sh asks, of incidents that another
# generator made: flow logs without bytes, hosts behind one address, callers by
# IPv6, an intruder behind the office's own address, several subscriptions, tables of
# Log Analytics alone, classic logs alone, and an estate in which nobody broke in.
# SEEDS names more than the one.
. tests/lib.sh
. tests/timeline_lib.sh
. tests/truth_lib.sh

GENERATE=estate
for seed in ${SEEDS:-1}; do
	for shape in nsg-v1 nat ipv6 office subscriptions rows-only \
	    classic-only quiet; do
		echo "$shape $seed"
	done
done >"$T/runs"
try_all
