#!/bin/sh
# Run one test for tests/run.sh: run_one.sh NAME FILE.
#
# A test prints "ok - ...", "not ok - ..." or "skip - ..." lines; one that ends
# badly without a "not ok" line, or prints no line at all, counts as a failure
# of its own: nothing to check is never fine.
set -u
LIMIT=${LIMIT:-${LONG:+14400}} # Seconds.
LIMIT=${LIMIT:-1200}
LOG=$B/tests/log
name=$1
file=$2
case $file in
*.sh) command=sh ;;
*) command= ;;
esac
begun=$(date +%s)
# shellcheck disable=SC2086
timeout "$LIMIT" $command "$file" >"$LOG/$name.log" 2>&1 </dev/null
code=$?
p=$(grep -c '^ok - ' "$LOG/$name.log")
f=$(grep -c '^not ok - ' "$LOG/$name.log")
s=$(grep -c '^skip - ' "$LOG/$name.log")
if [ "$f" -eq 0 ] && { [ "$code" -ne 0 ] || [ $((p + s)) -eq 0 ]; }; then
	echo "not ok - $name ended with exit $code" >>"$LOG/$name.log"
	f=1
fi
# In one write, so that tests that end together do not mix their lines.
{
	printf '%-40s %4d passed %3d failed %3d skipped %4d s\n' \
	    "$name" "$p" "$f" "$s" $(($(date +%s) - begun))
	[ "$f" -eq 0 ] || grep -A 12 '^not ok - \|^# ' "$LOG/$name.log" |
	    tail -n 60
	[ "$s" -eq 0 ] || grep '^skip - ' "$LOG/$name.log"
} >"$LOG/$name.said"
cat "$LOG/$name.said"
echo "$p $f $s" >"$LOG/$name.count"
# The counts say what failed; xargs is to go on.
exit 0
