#!/bin/sh
# Goal of this test: whichever way an intrusion went, every record that the found
# chain names belongs to it, and at least nineteen twentieths of its records are
# named; where nobody broke in there is no chain; and where reads were not logged,
# what cannot be known is said.  tests/long/timeline_truth.sh asks for many seeds.
. tests/lib.sh
. tests/timeline_lib.sh
. tests/truth_lib.sh

# Of several sizes and lengths, so that no threshold fits only one of them.
for variant in $VARIANTS; do
	case $variant in
	desktop) try desktop 5 --scale 0.3 ;;
	slow) try slow 1 --scale 0.1 ;; # Days are what it needs.
	ssh) try ssh 1 --scale 0.1 --days 6 ;;
	sas | server-copy | rclone) try "$variant" 1 --scale 0.15 --days 4 ;;
	*) try "$variant" 1 --scale 0.1 --days 4 ;;
	esac
done
ok "all of them" $LIB table "$T/answers"
cat "$T/.out"
