#!/bin/sh
# Goal of this test: when the disk is full, fails, or lies, a collection says
# so, nothing broken gets the final name, and what was full can be resumed.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

if ! strace -f -o /dev/null true 2>/dev/null; then
	skip "failing system calls" "strace may not trace here"
	exit 0
fi
mkdir "$T/s"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {"page": 2,
 "blobs": [{"name": "a.json", "size": 1000},
  {"name": "b.json", "size": 70000, "seed": 2},
  {"name": "big.json", "size": 9000000, "seed": 4}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"
WORDS="--account acct --sas-file $T/sas.secret"

# run CALL FAULT NUMBER: a collection whose call number NUMBER fails.
run()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	# shellcheck disable=SC2086
	timeout 60 strace -f -qq -o /dev/null -e "trace=$1" \
	    -e "inject=$1:$2:when=$3" "$B/azcustody-collect" run --case D \
	    --exhibit E --examiner "A. Tester" --sign "$T/k.key" $WORDS \
	    --logs activity --endpoint "http://127.0.0.1:$PORT/acct" \
	    --out "$T/o" >"$T/run.out" 2>"$T/run.err"
}

# A package under the final name is whole.
judge()
{
	_package=$(the_package "$T/o")
	[ -z "$_package" ] || unpack "$_package" "$T/u" >/dev/null 2>&1
}

# After a failure that is over, resuming ends with all three blobs.
finish()
{
	if [ -s "$(echo "$T/o"/*.work)/state" ]; then
		# shellcheck disable=SC2086
		timeout 60 "$B/azcustody-collect" resume "$T/o"/*.work \
		    --sign "$T/k.key" $WORDS >"$T/run.out" 2>"$T/run.err" ||
		    return 1
		unpack "$(the_package "$T/o")" "$T/u" >/dev/null 2>&1 &&
		    test "$(fact "$T/u" meta/objects.jsonl 'len(d)')" -eq 3
	fi
}

while read -r call fault codes; do
	bad=0
	for number in 1 2 3 5 8 13 20; do
		run "$call" "$fault" "$number"
		code=$?
		case " $codes " in
		*" $code "*) ;;
		*) echo "# $call $fault at $number: exit $code"; bad=1 ;;
		esac
		judge || { echo "# $call $fault at $number: broken"; bad=1; }
		# What a lying disk lost is lost.
		[ "$fault" = retval=1 ] || finish ||
		    { echo "# $call $fault at $number: not resumed"; bad=1; }
	done
	ok "$call, $fault, anywhere: said, nothing broken, resumed" \
	    test "$bad" -eq 0
done <<'END'
write error=ENOSPC 0 74
write error=EDQUOT 0 74
write error=EIO 0 71 74
fdatasync error=EIO 0 71 74
fsync error=EIO 0 71 74
renameat2 error=EIO 0 71
ftruncate error=EIO 0 71
unlinkat error=EIO 0 71
write retval=1 0 65
END

# ---- A disk that cannot hold what was listed ----

# A small file system; without one, fstatvfs that tells of one.
cat >"$T/s2.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {
 "blobs": [{"name": "big.json", "size": 1500000000, "seed": 4}]}}}
END
mkdir "$T/s2" "$T/small"
cp "$T/s2.json" "$T/s2/account.json"
serve "$T/s2"
if mount -t tmpfs -o size=200m azcustody-test "$T/small" 2>/dev/null; then
	set -- --case D --exhibit E --examiner T --sign "$T/k.key" --account acct \
	    --sas-file "$T/sas.secret" --logs activity \
	    --endpoint "http://127.0.0.1:$PORT/acct" --out "$T/small"
	exits 74 "what will not fit is refused before the first blob" \
	    timeout 60 "$B/azcustody-collect" run "$@"
	cp "$T/.err" "$T/said"
	ok "in one line that says how much is missing" grep -q \
	    ': 2[0-9][0-9] MB are missing: about 421 MB are needed, 1[0-9]* MB are free; .*--accept-low-space' \
	    "$T/said"
	ok "no blob was asked for" test "$(requests "$T/s2" big.json)" -eq 0
	exits 0 "that it may not fit can be accepted" timeout 120 \
	    "$B/azcustody-collect" resume "$T/small"/*.work --sign "$T/k.key" \
	    --account acct --sas-file "$T/sas.secret" --accept-low-space
	_package=$(the_package "$T/small")
	# The refusal came before any checkpoint: the listing that counts is that of the
	# resumed run.
	ok "the package says what was needed and what was free" sh -c "tar \
	    --zstd -xOf '$_package' --wildcards '*/meta/journal.jsonl' |
	    grep -q '\"bytes\":1500000000,\"disk_needed\":442108864,\"disk_free\":[0-9]*,\"low_space_accepted\":true'"
	ok "and that it was accepted" sh -c "tar --zstd -xOf '$_package' \
	    --wildcards '*/meta/journal.jsonl' | grep '\"resumed\"' |
	    grep -q '\"low_space_accepted\":true'"
	umount "$T/small"
else
	skip "what will not fit is refused" "no tmpfs can be mounted"
fi
