#!/bin/sh
# Goal of this test: a short run of every fuzz target finds nothing.
# FUZZ_SECONDS lengthens it; a finding is kept in build/clang/found/.
B=${B:-build}
SECONDS_EACH=${FUZZ_SECONDS:-${LONG:+60}}
SECONDS_EACH=${SECONDS_EACH:-3}
bad=0
F=$B/clang
mkdir -p "$F/found"
if ! make -s B="$B" clang; then
	tail -n 30 "$F/log" | sed 's/^/# /'
	echo "not ok - the fuzz targets build"
	exit 1
fi
echo "ok - the fuzz targets build"
for t in "$F"/tests/fuzz/fuzz_*; do
	case $t in
	*.o | *.d) continue ;;
	esac
	name=$(basename "$t")
	mkdir -p "$F/corpus/$name"
	seeds=tests/fuzz/seeds/$name
	[ -d "$seeds" ] || seeds=
	# shellcheck disable=SC2086
	if "$t" -max_total_time="$SECONDS_EACH" -rss_limit_mb=1024 -timeout=10 \
	    -max_len=65536 -artifact_prefix="$F/found/$name-" \
	    "$F/corpus/$name" $seeds >"$F/$name.log" 2>&1; then
		runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$F/$name.log")
		echo "ok - $name found nothing in ${runs:-?} runs"
	else
		echo "not ok - $name found nothing"
		tail -n 25 "$F/$name.log" | sed 's/^/# /'
		bad=1
	fi
done
exit $bad
