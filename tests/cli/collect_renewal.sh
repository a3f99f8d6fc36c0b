#!/bin/sh
# Goal of this test: a credential that ends or is taken back while the work
# goes on costs nothing: the run stops durably, or asks on a terminal, takes a
# new one, and the package holds everything and says so; one that can do less
# or is of another account is refused with the reason.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

make_key
mkdir "$T/s"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {
  "insights-activity-logs": {"blobs": [
    {"name": "a.json", "size": 5000}, {"name": "b.json", "size": 900000},
    {"name": "big.json", "size": 30000000, "seed": 9}]},
  "insights-logs-storageread": {"blobs": [{"name": "c.json", "size": 700}]}}}
END
serve "$T/s"
write_sas "$T/sas.secret"
write_sas "$T/new.secret"
write_sas "$T/third.secret"
sed 's/srt=sco/srt=co/' "$T/new.secret" >"$T/less.secret"
(umask 077
printf 'BlobEndpoint=https://other.blob.core.windows.net;SharedAccessSignature=%s' \
    "$(cat "$T/new.secret")" >"$T/other.secret"
printf 'sv=2021-12-02&sr=c&sp=rl&se=%s&spr=https&sig=x\n' \
    "$(date -ud '+2 days' +%Y-%m-%dT%H:%M:%SZ)" >"$T/one.secret")
chmod 600 "$T"/*.secret

# The ends of the server's 403s for a token that is not known any more.
GONE='"mode": "status", "status": 403, "code": "AuthenticationFailed"'

run()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	collect --account acct --logs activity,storage --endpoint \
	    "http://127.0.0.1:$PORT/acct" --out "$T/o" --tries 3 "$@"
}
resume()
{
	"$B/azcustody-collect" resume "$T/o"/*.work --sign "$T/k.key" \
	    --account acct --tries 3 --sas-file "$1"
}
# The SHA-256 of the signature of the SAS in a file, as the documents have it.
hash_of()
{
	sed 's/.*sig=\([^&]*\).*/\1/; s/%2F/\//g; s/%3D/=/g' "$1" |
	    tr -d '\n' | sha256sum | cut -d' ' -f1
}
whole()
{
	unpack "$(the_package "$T/o")" "$T/u" &&
	    test "$(fact "$T/u" meta/objects.jsonl \
	    'sorted(o["name"] for o in d)')" = \
	    "['a.json', 'b.json', 'big.json', 'c.json']"
}
renewed()
{
	test "$(fact "$T/u" meta/sources.json \
	    '[c["log_hash"] for c in d[0]["credentials"]]')" = "['$(hash_of \
	    "$1")', '$(hash_of "$2")']" &&
	    fact "$T/u" meta/journal.jsonl '[j["facts"]["credential"]["log_hash"]
	    for j in d if j["event"] == "credential_renewed"]' |
	    grep -q "$(hash_of "$2")"
}

# ---- Taken back, without a terminal, in each phase ----
for phase in list range; do
	after=1
	[ $phase = range ] && after=2
	rule "$T/s" "[{\"phase\": \"$phase\", $GONE, \"after\": $after}]"
	exits 77 "a token taken back while in phase $phase stops the run" \
	    run --sas-file "$T/sas.secret" --jobs 1
	cp "$T/.err" "$T/said"
	ok "and says how to go on" grep -q 'resume .*--sas-file' "$T/said"
	ok "nothing has the final name" test -z "$(the_package "$T/o")"
	rule "$T/s" '[]'
	exits 77 "a token that cannot list containers cannot go on with it" \
	    resume "$T/less.secret"
	cp "$T/.err" "$T/said"
	ok "for that reason" grep -q 'less than is needed' "$T/said"
	exits 64 "nor one of another account" resume "$T/other.secret"
	exits 0 "a new one does" resume "$T/new.secret"
	ok "everything is in the package" whole
	ok "which names both tokens" renewed "$T/sas.secret" "$T/new.secret"
done

# ---- An end that is seen coming ----
rule "$T/s" '[{"phase": "range", "match": "big", "mode": "slow",
    "seconds": 0.00002}]'
# Made now: a slow machine must not have used its life up before.
(umask 077
sed "s/se=[^&]*/se=$(date -ud '+15 seconds' +%Y-%m-%dT%H:%M:%SZ)/" \
    "$T/sas.secret" >"$T/short.secret")
exits 77 "a token that ends while the work goes on stops it before its end" \
    run --sas-file "$T/short.secret" --jobs 1
cp "$T/.err" "$T/said"
ok "in words" grep -q 'ends before all was fetched' "$T/said"
rule "$T/s" '[]'
exits 0 "a new one goes on" resume "$T/new.secret"
ok "everything is in the package" whole

# ---- On a terminal ----
# A pseudo terminal answers each prompt with the next of the files; "" is an
# empty line, and before it the token in the file is replaced by a new one.
cat >"$T/terminal.py" <<'END'
import os, pty, shutil, sys, time
control, new, file, answers, command = (sys.argv[1], sys.argv[2], sys.argv[3],
                                        sys.argv[4].split(","), sys.argv[5:])
pid, fd = pty.fork()
if pid == 0:
    os.execv(command[0], command)
seen = b""
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    try:
        some = os.read(fd, 4096)
    except OSError:
        break
    if not some:
        break
    seen += some
    sys.stdout.buffer.write(some)
    sys.stdout.buffer.flush()
    if b"stop here): " in seen and answers:
        seen = b""
        answer = answers.pop(0)
        with open(control + ".new", "w") as f:
            f.write("[]")
        os.replace(control + ".new", control)
        time.sleep(0.2)
        if answer == "file":
            shutil.copyfile(new, file)
            os.write(fd, b"\n")
        elif answer == "stop":
            os.write(fd, b"\x03")
        else:
            with open(answer, "rb") as f:
                os.write(fd, f.read().strip() + b"\n")
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(code if code >= 0 else 99)
END
# on_terminal ANSWERS
on_terminal()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	cp "$T/sas.secret" "$T/used.secret"
	chmod 600 "$T/used.secret"
	rule "$T/s" "[{\"phase\": \"range\", $GONE, \"after\": 2}]"
	timeout 90 "$PYTHON" "$T/terminal.py" "$T/s/control.json" \
	    "$T/new.secret" "$T/used.secret" "$1" "$B/azcustody-collect" run \
	    --case C-1 --exhibit E-1 --examiner "A. Tester" --sign "$T/k.key" \
	    --account acct --logs activity,storage --endpoint \
	    "http://127.0.0.1:$PORT/acct" --out "$T/o" --tries 3 --jobs 1 \
	    --sas-file "$T/used.secret" >"$T/terminal.out"
}
exits 0 "on a terminal it asks, takes a new token, and goes on" \
    on_terminal "$T/new.secret"
ok "everything is in the package" whole
ok "which names both tokens" renewed "$T/sas.secret" "$T/new.secret"
exits 0 "an empty answer reads the file again" on_terminal file
ok "everything is in the package" whole
ok "which names both tokens" renewed "$T/sas.secret" "$T/new.secret"
exits 0 "what is not fit is refused, and asked for again" on_terminal \
    "$T/less.secret,$T/other.secret,$T/new.secret"
ok "everything is in the package" whole
ok "with both reasons" test "$(grep -cE \
    'less than is needed|of account other, not acct' "$T/terminal.out")" -eq 2
exits 77 "after three that are not fit it ends" on_terminal \
    "$T/less.secret,$T/other.secret,$T/one.secret"
ok "nothing has the final name" test -z "$(the_package "$T/o")"
exits 0 "and can be resumed" resume "$T/third.secret"
ok "everything is in the package" whole
exits 130 "ctrl-C at the prompt stops it" on_terminal stop
exits 0 "and it can be resumed" resume "$T/third.secret"
ok "everything is in the package" whole
