#!/bin/sh
# Goal of this test: whichever way an intrusion went, every record that the found
# chain names belongs to it, and at least nineteen twentieths of its records are
# named; where nobody broke in there is no chain; and where reads were not logged,
# what cannot be known is said.  tests/long/timeline_truth.sh asks for many seeds,
# and for larger incidents.
. tests/lib.sh
. tests/timeline_lib.sh
. tests/truth_lib.sh

# Of several sizes and lengths, so that no threshold fits only one of them.
for variant in $VARIANTS; do
	case $variant in
	desktop) echo desktop 5 --scale 0.1 ;;
	slow) echo slow 1 --scale 0.05 ;; # Days are what it needs.
	browser) echo browser 1 --scale 0.1 --days 4 ;; # Of many links.
	ssh) echo ssh 7 --scale 0.1 ;; # Others brought a SAS to that host before.
	sas | server-copy | rclone) echo "$variant" 1 --scale 0.05 --days 4 ;;
	*) echo "$variant" 1 --scale 0.03 --days 4 ;;
	esac
done >"$T/runs"
try_all
