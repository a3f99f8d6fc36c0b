#!/bin/sh
# Goal of this test: on a terminal of any width one line says how far a
# collection is, with blobs, bytes, rate, time left, retries and gaps, and never
# wraps; elsewhere nothing is said about it, and with -v little.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

mkdir "$T/s" "$T/o"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {"blobs": [
  {"name": "a.json", "size": 40000},
  {"name": "b.json", "size": 50000, "seed": 2},
  {"name": "gone.json", "size": 400, "seed": 3},
  {"name": "large.json", "size": 10000000, "seed": 4}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"
rule "$T/s" '[{"phase": "range", "match": "/gone.json", "mode": "status",
    "status": 404, "code": "BlobNotFound"},
    {"phase": "range", "match": "/b.json", "mode": "status", "status": 503,
    "times": 1}]'

# take WORDS...: what it costs is limited, so that it lasts some seconds.
take()
{
	collect --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
	    --sas-file "$T/sas.secret" --out "$T/o" --logs activity \
	    --cap-mbps 160 "$@"
}

# on_terminal COLUMNS TERM WORDS...: the same with a terminal of this width; all
# that it got is in $T/seen.
on_terminal()
{
	"$PYTHON" - "$T/seen" "$@" <<'END'
import fcntl, os, pty, struct, sys, termios
seen, columns, term, *words = sys.argv[1:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(columns), 0, 0))
    os.environ["TERM"] = term
    os.execvp(words[0], words)
with open(seen, "wb") as out:
    while True:
        try:
            got = os.read(fd, 65536)
        except OSError:
            break
        if not got:
            break
        out.write(got)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
}

# lines EXPRESSION: over the lines of progress in $T/seen as a list.
lines()
{
	"$PYTHON" - "$T/seen" "$1" <<'END'
import re, sys
text = open(sys.argv[1], "rb").read().decode("ascii")
# What stands between two carriage returns that begin a line anew.
lines = [p.split("\r")[0].split("\n")[0] for p in text.split("\r\x1b[K")[1:]]
lines = [line for line in lines if re.match(r"fetching|listing|asking|packing", line)]
print(len(lines), lines[-3:])
sys.exit(not eval("(" + sys.argv[2] + ")"))
END
}

set -- "$B/azcustody-collect" run --case C-1 --exhibit E-1 --examiner X \
    --sign "$T/k.key" --account acct --endpoint \
    "http://127.0.0.1:$PORT/acct" --sas-file "$T/sas.secret" --out "$T/o" \
    --logs activity
exits 3 "a run on a wide terminal" on_terminal 120 xterm "$@" \
    --cap-mbps 40
ok "says all in one line" lines 'any(re.fullmatch(r"fetching, 3/4 blobs, "
    r"[0-9.]+ [kM]B of 10\.1 MB, [0-9.]+ [kM]B/s, 0:00:0[0-9] left, "
    r"1 retry, 1 gap", line) for line in lines)'
ok "that is not as wide as the terminal, at most ten times a second" lines \
    '4 <= len(lines) < 100 and max(map(len, lines)) < 120'
rule "$T/s" '[]'
for columns in 10 33 60; do
	exits 0 "a run on a terminal of $columns columns" \
	    on_terminal "$columns" xterm "$@" --cap-mbps 160
	ok "keeps to its width, and cuts no word" lines "lines and
	    max(map(len, lines)) < $columns and ($columns == 10 or
	    any(re.match('fetching, [0-4]/4 blobs', line) for line in lines))"
done
exits 0 "on a dumb terminal" on_terminal 120 dumb "$@"
ok "nothing is said" lines 'not lines'
exits 0 "quiet on a terminal" on_terminal 120 xterm "$@" -q
ok "nothing is said" lines 'not lines'
exits 0 "where there is no terminal" take
ok "nothing is said either" test "$(grep -cE 'fetching|listing' "$T/.err")" = 0
exits 0 "with -v" take -v
cp "$T/.err" "$T/said"
ok "each phase is said once" test "$(sed -n 's/^azcustody-collect: //p' \
    "$T/said" | head -n 6 | tr '\n' ';')" = \
    "listing;fetching;packing files;listing again;asking accounts;sealing;"
