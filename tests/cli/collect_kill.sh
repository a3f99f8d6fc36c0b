#!/bin/sh
# Goal of this test: a collection that is killed with SIGKILL at any system
# call - before the first object, inside one, between data and journal, while
# the tags are written, at each rename - and then resumed, has the payload of
# an undisturbed one; and never is there a file under the final name that
# ordinary tools do not accept.  KILLS says at how many calls (20; in the long
# check 200); a part of the resumed runs is killed again.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

KILLS=${KILLS:-20}
[ -n "${LONG:-}" ] && [ "$KILLS" -lt 200 ] && KILLS=200
if ! strace -f -o /dev/null true 2>/dev/null; then
	skip "killing at system calls" "strace may not trace here"
	exit 0
fi

mkdir "$T/s"
"$PYTHON" - "$T/s/account.json" <<'END'
import json, sys
def hours(prefix, kind, sizes):
    return [{"name": "%s/y=2026/m=06/d=01/h=%02d/m=00/PT1H.json" % (prefix, h),
             "size": size, "type": kind, "seed": h + 7} for h, size in
            enumerate(sizes)]
json.dump({"account": "acct", "containers": {
    "insights-logs-storageread": {"page": 5, "blobs": hours(
        "resourceId=/x", "AppendBlob",
        [0, 1, 300, 70000, 400000, 8500000, 5, 9000000])},
    "insights-activity-logs": {"page": 3, "blobs": hours(
        "resourceId=/s", "AppendBlob", [100 * i for i in range(24)])},
    "insights-logs-flowlogflowevent": {"blobs": hours(
        "flowLogResourceID=/y", "BlockBlob",
        [14, 300000, 12000000, 90000, 8388608, 8388609])}}},
    open(sys.argv[1], "w"))
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"
WORDS="--account acct --sas-file $T/sas.secret"
CALLS=write,pwrite64,fdatasync,fsync,rename,renameat,renameat2,unlinkat
CALLS=$CALLS,ftruncate,openat,mkdirat,recvfrom

# run DIR [STRACE WORDS...]: a new collection into DIR.
run()
{
	_out=$1
	shift
	mkdir -p "$_out"
	if [ $# -gt 0 ]; then
		set -- strace -f -qq -o "$T/trace" "$@"
	fi
	# shellcheck disable=SC2086
	timeout 120 "$@" "$B/azcustody-collect" run --case K --exhibit E \
	    --examiner "A. Tester" --sign "$T/k.key" $WORDS \
	    --endpoint "http://127.0.0.1:$PORT/acct" --jobs 4 --out "$_out"
}

# resume DIR [STRACE WORDS...]: go on with what is in DIR.
resume()
{
	_out=$1
	shift
	if [ $# -gt 0 ]; then
		set -- strace -f -qq -o "$T/trace" "$@"
	fi
	# shellcheck disable=SC2086
	timeout 120 "$@" "$B/azcustody-collect" resume "$_out"/*.work \
	    --sign "$T/k.key" $WORDS
}

mkdir "$T/whole"
ok "the undisturbed run is complete" run "$T/whole" -e "trace=$CALLS"
cp "$T/trace" "$T/calls"
ok "ordinary tools accept it" unpack "$(the_package "$T/whole")" "$T/u"
payload "$T/u" >"$T/want"
ok "it has all blobs" test "$(wc -l <"$T/want")" -eq 38

# Where to kill: "CALL NUMBER", spread over all calls of the undisturbed run in
# the order in which they were made, each rename and removal among them.
"$PYTHON" - "$T/calls" "$KILLS" >"$T/points" <<'END'
import collections, re, sys
met, points = collections.Counter(), []
for line in open(sys.argv[1], errors="replace"):
    found = re.match(r"(\d+) +(\w+)\(", line)
    if found:
        met[found.groups()] += 1
        points.append((found.group(2), met[found.groups()]))
want = int(sys.argv[2])
special = [p for p in points if p[0] in ("renameat2", "mkdirat")]
special += [p for p in points if p[0] == "unlinkat"][-6:]
rest = [p for p in points if p not in special]
share = min(len(special), want // 3)
chosen = [special[i * len(special) // share] for i in range(share)]
left = want - len(chosen)
chosen += [rest[(2 * i + 1) * len(rest) // (2 * left)] for i in range(left)]
for call, number in chosen:
    print(call, number)
END

# judge DIR: the package in DIR, if there is one, is whole.
judge()
{
	_package=$(the_package "$1")
	[ -z "$_package" ] || unpack "$_package" "$T/u"
}

killed=0
began=0
again=0
number=0
bad=0
while read -r call at; do
	number=$((number + 1))
	rm -rf "$T/o"
	run "$T/o" -e "trace=$call" -e "inject=$call:signal=SIGKILL:when=$at" \
	    >"$T/run.out" 2>&1
	code=$?
	[ "$code" -eq 137 ] && killed=$((killed + 1))
	if ! judge "$T/o" >"$T/judge.out" 2>&1; then
		echo "# $call $at: the final name holds a broken package"
		bad=$((bad + 1))
		continue
	fi
	# Every third resumed run is killed as well, somewhere on its way.
	if [ $((number % 3)) -eq 0 ] && [ -d "$(echo "$T/o"/*.work)" ]; then
		resume "$T/o" -e trace=write -e \
		    "inject=write:signal=SIGKILL:when=$((number % 40 + 1))" \
		    >"$T/run.out" 2>&1
		[ $? -eq 137 ] && again=$((again + 1))
		judge "$T/o" >"$T/judge.out" 2>&1 || {
			echo "# $call $at, then again: a broken package"
			bad=$((bad + 1))
			continue
		}
	fi
	if [ -d "$(echo "$T/o"/*.work)" ]; then
		if [ ! -s "$(echo "$T/o"/*.work)/state" ]; then
			# Killed while the folder was made: nothing was begun.
			began=$((began + 1))
			rm -rf "$T/o"
			run "$T/o" >"$T/run.out" 2>&1
		else
			resume "$T/o" >"$T/run.out" 2>&1
		fi
	elif [ -z "$(the_package "$T/o")" ]; then
		began=$((began + 1))
		run "$T/o" >"$T/run.out" 2>&1
	fi
	if ! unpack "$(the_package "$T/o")" "$T/u" >"$T/judge.out" 2>&1; then
		echo "# $call $at: no good package after resuming"
		sed 's/^/# /' "$T/run.out" "$T/judge.out" | tail -n 6
		bad=$((bad + 1))
		continue
	fi
	payload "$T/u" >"$T/have" 2>&1
	if ! cmp -s "$T/have" "$T/want"; then
		echo "# $call $at: another payload after resuming"
		bad=$((bad + 1))
	fi
done <"$T/points"
echo "# killed $killed times, $again of them twice, $began before a checkpoint"
ok "$number kills left no wrong package and lost no blob" test "$bad" -eq 0
ok "most of them did kill" test "$killed" -gt $((number * 3 / 4))
