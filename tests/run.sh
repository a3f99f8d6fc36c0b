#!/bin/sh
# Run the tests and count them.  "fast": unit tests and the checks of the
# house; "all": everything.  The last line is "N passed, N failed, N skipped".
#
# As many tests at a time as there are processors (JOBS overrules); each is run
# by tests/run_one.sh, which leaves its counts in $B/tests/log/NAME.count.
set -u
cd "$(dirname "$0")/.." || exit 1
export B="${B:-build}"
WHICH=${1:-all}
JOBS=${JOBS:-$(nproc)}
LOG=$B/tests/log
rm -rf "$LOG"
mkdir -p "$LOG"

# One line a test: its name and its file.
list()
{
	for t in tests/house/*.sh; do
		echo "house-$(basename "$t" .sh) $t"
	done
	for t in "$B"/tests/unit/test_*; do
		# Only what still has a source; a build folder may be old.
		[ -e "${t#"$B"/}.c" ] && echo "unit-$(basename "$t") $t"
	done
	[ "$WHICH" = all ] || return
	for t in tests/cli/*.sh tests/long/*.sh; do
		case $t in
		tests/long/*) [ -n "${LONG:-}" ] || continue ;;
		*_lib.sh) continue ;; # Shared by several tests.
		esac
		[ -e "$t" ] && echo "cli-$(basename "$t" .sh) $t"
	done
}

list >"$LOG/list"
xargs -P "$JOBS" -n 2 sh tests/run_one.sh <"$LOG/list"
# A test that left no count was lost, and that is a failure.
lost=0
while read -r name _; do
	[ -s "$LOG/$name.count" ] || { echo "$name was lost"; lost=$((lost + 1)); }
done <"$LOG/list"
cat "$LOG"/*.count | awk -v lost="$lost" '
    { p += $1; f += $2; s += $3 }
    END { f += lost; printf "%d passed, %d failed, %d skipped\n", p, f, s
	  exit (f > 0 || p == 0) }'
