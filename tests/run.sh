#!/bin/sh
# Run the tests and count them.  "fast": unit tests and the checks of the
# house; "all": everything.  The last line is "N passed, N failed, N skipped".
#
# A test program prints "ok - ...", "not ok - ..." or "skip - ..." lines; one
# that ends badly without a "not ok" line, or prints no line at all, counts as
# a failure of its own: nothing to check is never fine.
set -u
cd "$(dirname "$0")/.." || exit 1
export B="${B:-build}"
WHICH=${1:-all}
LIMIT=${LIMIT:-1200}
LOG=$B/tests/log
mkdir -p "$LOG"
passed=0
failed=0
skipped=0

# run NAME COMMAND...
run()
{
	name=$1
	shift
	begun=$(date +%s)
	timeout "$LIMIT" "$@" >"$LOG/$name.log" 2>&1 </dev/null
	code=$?
	p=$(grep -c '^ok - ' "$LOG/$name.log")
	f=$(grep -c '^not ok - ' "$LOG/$name.log")
	s=$(grep -c '^skip - ' "$LOG/$name.log")
	if [ "$f" -eq 0 ] && { [ "$code" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then
		echo "not ok - $name ended with exit $code" >>"$LOG/$name.log"
		f=1
	fi
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	printf '%-40s %4d passed %3d failed %3d skipped %4d s\n' \
	    "$name" "$p" "$f" "$s" $(($(date +%s) - begun))
	[ "$f" -eq 0 ] || grep -A 12 '^not ok - \|^# ' "$LOG/$name.log" |
	    tail -n 60
	[ "$s" -eq 0 ] || grep '^skip - ' "$LOG/$name.log"
}

for t in tests/house/*.sh; do
	[ -e "$t" ] && run "house-$(basename "$t" .sh)" sh "$t"
done
for t in "$B"/tests/unit/test_*; do
	case $t in
	*.o | *.d) continue ;;
	esac
	[ -x "$t" ] && run "unit-$(basename "$t")" "$t"
done
if [ "$WHICH" = all ]; then
	for t in tests/cli/*.sh tests/long/*.sh; do
		case $t in
		tests/long/*) [ -n "${LONG:-}" ] || continue ;;
		*_lib.sh) continue ;; # Shared by several tests.
		esac
		[ -e "$t" ] && run "cli-$(basename "$t" .sh)" sh "$t"
	done
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
