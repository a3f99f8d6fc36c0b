#!/bin/sh
# Goal of this test: build, show and parse give up their rights before they
# read evidence: the kernel holds a filter for them, and they open no file for
# writing outside the output folder, no socket, and run nothing.
. tests/lib.sh
. tests/timeline_lib.sh

traced()
{
	rm -f "$T/trace"
	strace -f -o "$T/trace" -e \
	    trace=openat,open,creat,socket,connect,execve,seccomp,prctl,rename,renameat2,unlink,unlinkat,mkdir,mkdirat \
	    "$@" >"$T/traced.out" 2>"$T/traced.err"
	_traced=$?
	[ "$_traced" -eq 0 ] || [ "$_traced" -eq 3 ]
}

# What was done after the filter was loaded.
after()
{
	awk '/seccomp\(SECCOMP_SET_MODE_FILTER|prctl\(PR_SET_SECCOMP/ { on = 1; next } on' \
	    "$T/trace"
}

holds()
{
	grep -q 'seccomp(SECCOMP_SET_MODE_FILTER\|prctl(PR_SET_SECCOMP' "$T/trace" &&
	    [ "$(after | grep -cE 'socket\(|connect\(|execve\(')" -eq 0 ]
}

reads_only()
{
	[ "$(after | grep -E 'open(at)?\(|creat\(' |
	    grep -cE 'O_WRONLY|O_RDWR|O_CREAT|creat\(')" -eq 0 ]
}

if ! command -v strace >/dev/null; then
	skip "the sandbox of the timeline" "strace is not installed"
	exit 0
fi
incident one 1 --days 4 --scale 0.03
ok "build runs" traced "$B/azcustody-timeline" build "$(package one)" \
    --out "$T/out"
ok "build holds a filter, and needs neither socket nor program" holds
ok "a report is there" test -s "$T/out/data/report.html"
row=$(sed -n 's/.*"event_id":"\([0-9a-f]*\)".*/\1/p' "$T/out/data/timeline.jsonl" |
    head -n 1)
ok "show runs" traced "$B/azcustody-timeline" show "$row" \
    --package "$(package one)"
ok "show holds a filter" holds
ok "show writes no file" reads_only
echo '{}' >"$T/log.json"
traced "$B/azcustody-timeline" parse "$T/log.json"
ok "parse holds a filter" holds
ok "parse writes no file" reads_only
