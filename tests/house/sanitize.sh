#!/bin/sh
# Goal of this test: every unit test also passes under ASan and UBSan.
B=${B:-build}
bad=0
S=$B/clang
if ! make -s B="$B" clang; then
	tail -n 30 "$S/log" | sed 's/^/# /'
	echo "not ok - the sanitizer build builds"
	exit 1
fi
echo "ok - the sanitizer build builds"
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
for t in "$S"/tests/unit/test_*; do
	case $t in
	*.o | *.d) continue ;;
	esac
	name=$(basename "$t")
	if B=$S timeout 600 "$t" >"$S/$name.log" 2>&1; then
		echo "ok - $name passes under ASan and UBSan"
	else
		echo "not ok - $name passes under ASan and UBSan"
		grep -v '^ok' "$S/$name.log" | head -n 30 | sed 's/^/# /'
		bad=1
	fi
done
exit $bad
