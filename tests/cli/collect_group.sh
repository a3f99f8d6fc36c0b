#!/bin/sh
# Goal of this test: --max-package-size cuts a run into whole packages of one
# group.  Each verifies alone; together they are judged as a group, in which a
# missing, doubled or foreign package is never passed over; no listed blob is
# lost or taken twice; a run that is killed in any of the packages, or between
# two, is resumed.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

mkdir "$T/s"
"$PYTHON" - "$T/s/account.json" <<'END'
import json, sys
def blobs(kind, sizes):
    return [{"name": "resourceId=/x/y=2026/m=06/d=01/h=%02d/m=00/PT1H.json" % h,
             "size": size, "type": kind, "seed": h + 7}
            for h, size in enumerate(sizes)]
json.dump({"account": "acct", "containers": {
    "insights-logs-storageread": {"page": 5, "blobs": blobs(
        "AppendBlob", [700000 + 7 * i for i in range(12)])},
    "insights-logs-flowlogflowevent": {"blobs": blobs(
        "BlockBlob", [14, 300000, 9000000, 90000, 1500000])},
    "insights-activity-logs": {"page": 3, "blobs": blobs(
        "AppendBlob", [100 * i for i in range(9)]) + [
        {"name": "gone.json", "size": 10, "fault": "gone"}]}}},
    open(sys.argv[1], "w"))
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"
echo "a policy" >"$T/policy.txt"
SIZE=8M

# run DIR WORDS...
run()
{
	mkdir -p "$1"
	_out=$1
	shift
	timeout 120 "$B/azcustody-collect" run --case G --exhibit E \
	    --examiner "A. Tester" --sign "$T/k.key" --account acct \
	    --sas-file "$T/sas.secret" \
	    --endpoint "http://127.0.0.1:$PORT/acct" --out "$_out" "$@"
}
verify()
{
	"$B/azcustody-verify" --trust "$T/k.pub" "$@"
}

resume()
{
	_out=$1
	shift
	timeout 120 "$@" "$B/azcustody-collect" resume "$_out"/*.work \
	    --sign "$T/k.key" --account acct --sas-file "$T/sas.secret"
}
opinion()
{
	verify/second-opinion --trust "$T/k.pub" "$@"
}

# files DIR: the packages in DIR in the order of their numbers.
files()
{
	for _file in "$1"/*.tar.zst "$1"/*.tar; do
		[ -e "$_file" ] || continue
		_number=$(tar -xOf "$_file" --wildcards '*/bag-info.txt' |
		    sed -n 's/^Bag-Count: \([0-9]*\) of .*/\1/p')
		echo "$_number $_file"
	done | sort -n | cut -d' ' -f2
}

# all_payload DIR: what is in all packages of DIR, unpacked by ordinary tools.
all_payload()
{
	for _file in $(files "$1"); do
		unpack "$_file" "$T/u" >/dev/null 2>"$T/unpack.err" ||
		    { echo "$_file cannot be unpacked"; cat "$T/unpack.err"; }
		payload "$T/u"
	done | sort
}

# whole DIR: the group in DIR is whole and is what an undivided run has.
whole()
{
	# shellcheck disable=SC2046
	set -- "$1" $(files "$1")
	[ $# -eq 5 ] || { echo "$# words"; return 1; }
	all_payload "$1" >"$T/have"
	cmp "$T/want" "$T/have" || { diff "$T/want" "$T/have"; return 1; }
	shift
	verify "$@" >"$T/whole.out" || { cat "$T/whole.out"; return 1; }
	grep -q '^GROUP COMPLETE: .* 4 given, 4 of 4 packages; 27 objects' \
	    "$T/whole.out"
}

exits 0 "a run without the option is one package" \
    run "$T/one" --attach "$T/policy.txt" -q
unpack "$(the_package "$T/one")" "$T/u1" >/dev/null
payload "$T/u1" | sort >"$T/want"
exits 0 "a run is cut into packages" run "$T/o" --max-package-size "$SIZE" \
    --attach "$T/policy.txt"
cp "$T/.err" "$T/said"
cp "$T/.out" "$T/told"
ok "each is named on standard output" \
    sh -c "tr ' ' '\n' <'$T/told' | grep -c tar.zst | grep -qx 4"
ok "a blob larger than that is said to go whole into one of its own" grep -q \
    '^azcustody-collect: 1 blobs are larger than --max-package-size' "$T/said"
ok "they hold together what an undivided run holds, each object once" \
    whole "$T/o"
# shellcheck disable=SC2046
set -- $(files "$T/o")
# both SENTENCE CODE PATTERN OPINION FILE...: both verifiers give this exit
# code and say this.
both()
{
	_sentence=$1
	_code=$2
	_pattern=$3
	_opinion=$4
	shift 4
	exits "$_code" "$_sentence" verify "$@"
	cp "$T/.out" "$T/text"
	ok "and that is said" grep -q "$_pattern" "$T/text"
	exits "$_code" "so the second verifier" opinion "$@"
	cp "$T/.out" "$T/text"
	ok "and says it" grep -q "$_opinion" "$T/text"
}
for number in 1 2 3 4; do
	eval "file=\$$number"
	[ $((number % 2)) -eq 0 ] || [ -n "${LONG:-}" ] || continue
	both "package $number verifies alone" 0 \
	    "^GROUP NOT JUDGED: package $number of 4 .*the others were not given" \
	    'NOT JUDGED, ALONE' "$file"
done
ok "the blob of 9 MB is alone in its package" sh -c \
    "tar -xOf '$2' --wildcards '*/meta/objects.jsonl' | grep -c . | grep -qx 1"
ok "only the last lists again" sh -c "for f in '$1' '$2' '$3'; do
    tar -tf \$f | grep relisting && exit 1; done; tar -tf '$4' | grep -q relisting"
ok "the others name the same requests never twice" test -z "$(for f in "$@"; do
    tar -xOf "$f" --wildcards '*/meta/requests.jsonl'; done |
    grep -o '"client_request_id":"[^"]*"' | sort | uniq -d)"

both "all of them are a whole group" 0 '^GROUP COMPLETE: ' '^group .*: COMPLETE$' \
    "$@"
both "one package less is not passed over" 2 'group-missing. package 2,' \
    'group-missing: package 2,' "$1" "$3" "$4"
both "nor one that is given twice" 2 'group-twice. package 3' \
    'group-twice: package 3' "$1" "$2" "$3" "$4" "$3"
# A group of another run, with the third package put into the first.
exits 0 "another run" run "$T/p" --max-package-size "$SIZE" -q
# shellcheck disable=SC2046
set -- "$@" $(files "$T/p")
both "two groups are judged apart" 0 'GROUP COMPLETE' COMPLETE "$@"
both "and what is missing of each" 2 'group-missing' \
    group-missing "$1" "$2" "$3" "$8"

ok "json has the group" sh -c "'$B/azcustody-verify' --json '$1' '$2' \
    --trust '$T/k.pub' | grep '\"type\":\"group\"' |
    grep '\"count\":4,\"given\":2,\"missing\":2' |
    grep -q '\"verdict\":\"UNDECIDED\"'"
exits 64 "a size under 4M is refused" run "$T/no" --max-package-size 3M
exits 64 "and one for a folder" "$B/azcustody-collect" run --case G \
    --exhibit E --examiner T --sign "$T/k.key" --folder "$T/s" \
    --out "$T/no" --max-package-size 8M

# A timeline takes the group, and knows what is missing of it.
if [ -x "$B/azcustody-timeline" ]; then
	"$B/azcustody-timeline" build "$1" "$2" "$3" "$4" --trust "$T/k.pub" \
	    --out "$T/t1" >"$T/t1.out" 2>&1
	"$B/azcustody-timeline" build "$1" "$2" "$4" --trust "$T/k.pub" \
	    --out "$T/t2" >"$T/t2.out" 2>&1
	ok "a timeline of the whole group has no gap" grep -q \
	    'gaps declared by the package: 0' "$T/t1.out"
	ok "one of a part of it tells what is elsewhere" grep -q \
	    'gaps declared by the package: 10' "$T/t2.out"
fi

# ---- Kills ------------------------------------------------------------------

if ! strace -f -o /dev/null true 2>/dev/null; then
	skip "killing at system calls" "strace may not trace here"
	exit 0
fi
# killed CALL WHEN: a run that is killed there, then resumed to its end.
killed()
{
	rm -rf "$T/q"
	mkdir "$T/q"
	timeout 120 strace -f -qq -o /dev/null -e "trace=$1" \
	    -e "inject=$1:signal=SIGKILL:when=$2" "$B/azcustody-collect" run \
	    --case G --exhibit E --examiner "A. Tester" --sign "$T/k.key" \
	    --account acct --sas-file "$T/sas.secret" \
	    --attach "$T/policy.txt" --jobs 4 --max-package-size "$SIZE" \
	    --endpoint "http://127.0.0.1:$PORT/acct" --out "$T/q" -q \
	    >"$T/run.out" 2>&1
	[ $? -eq 137 ] || { echo "# $1 $2: not killed"; return 1; }
	for _try in 1 2 3; do
		# Where two are left, the first is sealed and comes first.
		for _work in "$T/q"/*.work; do
			[ -s "$_work/state" ] || continue
			grep -q '"phase":"sealed"' "$_work/state" && break
		done
		[ -d "$_work" ] || break
		timeout 120 "$B/azcustody-collect" resume "$_work" \
		    --sign "$T/k.key" --account acct \
		    --sas-file "$T/sas.secret" -q >"$T/run.out" 2>&1
	done
	whole "$T/q" >"$T/judge.out" 2>&1 ||
	    { echo "# $1 $2: not whole"; cat "$T/run.out" "$T/judge.out"; return 1; }
}

# Renames: three a package.  Links: two a package that follows.
points="linkat:2 renameat2:2 renameat2:4 write:150"
[ -n "${LONG:-}" ] && points="$points $(for n in 1 2 5 7 8 9 10 11 12; do
    echo "renameat2:$n"; done; for n in 4 5 6; do echo "linkat:$n"; done
    for n in $(seq 2 5 60); do echo "unlinkat:$n"; done
    for n in $(seq 3 37 300); do echo "write:$n recvfrom:$n"; done)"
bad=0
for point in $points; do
	killed "${point%:*}" "${point#*:}" || bad=$((bad + 1))
done
ok "killed anywhere in the group and resumed, it is whole" test "$bad" -eq 0
