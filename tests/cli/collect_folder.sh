#!/bin/sh
# Goal of this test: files of a folder are packed exactly as they are, under
# their own names, as received and without any network; what cannot be packed
# is a gap; a run that was stopped goes on; attached files lie beside blobs.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh
make_key
D=$T/in
L=insights-logs-networksecuritygroupflowevent
mkdir -p "$D/export/$L/resourceId=/y=2026" "$D/insights-activity-logs" "$D/deep"
printf '{"records":[]}' >"$D/export/$L/resourceId=/y=2026/PT1H.json"
printf '{"time":"2026-11-01T00:00:00Z"}\n' >"$D/insights-activity-logs/PT1H.json"
: >"$D/empty"
printf 'x' >"$D/$(printf 'new\nline \033\377.json')"
printf 'y' >"$D/manifest-sha256.txt"
printf 'z' >"$D/CON"
head -c 9000000 /dev/zero | tr '\0' 'a' >"$D/large.log"
touch -d 2026-11-01T01:02:03.456789Z "$D/large.log"
ln -s /etc/passwd "$D/link"
ln -s /etc "$D/linked-folder"
mkfifo "$D/pipe"
_deep=$D/deep
for i in $(seq 1 66); do _deep=$_deep/d; done
mkdir -p "$_deep"
printf 'no' >"$D/secret"
chmod 0 "$D/secret"
mkdir "$T/o"
exits 3 "a folder is packed, with gaps for what is no file" strace -f \
    -o "$T/calls" -e trace=network,open,openat "$B/azcustody-collect" run \
    --case C-1 --exhibit E-1 --examiner "A. Tester" --sign "$T/k.key" \
    --folder "$D" --out "$T/o"
not_ok "no network socket is made (a name service on this machine may be asked)" \
    grep -E "socket\\(AF_(INET|NETLINK|PACKET)" "$T/calls"
not_ok "nothing behind a link is opened" grep -q etc/passwd "$T/calls"
P=$(the_package "$T/o")
rm -rf "$T/u"
unpack "$P" "$T/u" >"$T/words" 2>&1
ok "the verifier says received, and that it cannot judge completeness" \
    grep -q 'RECEIVED, NOT ACQUIRED' "$T/words"
exits 2 "and so is undecided" "$B/azcustody-verify" "$P" --trust "$T/k.pub"
ok "so does the page for ordinary tools" grep -q 'RECEIVED, NOT ACQUIRED' \
    "$T/u/README-VERIFY.txt"
ok "and case.json" grep -q '"acquisition":"received"' "$T/u/meta/case.json"
ok "each file is there, byte for byte, with its exact name and time" \
    "$PYTHON" - "$D" "$T/u" <<'END_PY'
import json, os, sys, urllib.parse, datetime
folder, bag = os.fsencode(sys.argv[1]), sys.argv[2]
have = {}
for line in open(bag + "/meta/objects.jsonl", encoding="utf-8"):
    o = json.loads(line)
    assert o["http"] is None and not o["changed_since_listing"]
    body = open(bag + "/" + o["path"].split("/", 1)[1], "rb").read()
    have[urllib.parse.unquote_to_bytes(o["name_pct"])] = (
        body, o["listed"]["last_modified"])
want = {}
for at, _, names in os.walk(folder):
    for name in names:
        path = os.path.join(at, name)
        if os.path.islink(path) or not os.path.isfile(path):
            continue
        if not os.access(path, os.R_OK):
            continue
        ns = os.stat(path).st_mtime_ns
        t = datetime.datetime.fromtimestamp(ns // 10**9, datetime.timezone.utc)
        want[os.path.relpath(path, folder)] = (open(path, "rb").read(),
            t.strftime("%Y-%m-%dT%H:%M:%S") + ".%07dZ" % (ns % 10**9 // 100))
assert have == want, (sorted(have), sorted(want))
END_PY
gaps=$(fact "$T/u" meta/gaps.jsonl 'sorted((g["name"].split("/")[0], g["reason"],
    g["error"]) for g in d if g["name"] != "secret")')
ok "links, pipes and depth are gaps" test "$gaps" = \
    "[('deep', 'unreadable', 'a folder nested too deep to go into'), ('link', 'unreadable', 'a symbolic link'), ('linked-folder', 'unreadable', 'a symbolic link'), ('pipe', 'unreadable', 'a pipe')]"
ok "kinds are those that the paths suggest" test "$("$PYTHON" -c '
import json, sys
d = json.load(open(sys.argv[1]))
print(sorted((s["kind"], s["service"]) for s in d["sources"]))' \
    "$T/u/meta/sources.json")" = \
    "[('activity', 'folder'), ('nsg-flow', 'folder'), ('other', 'folder')]"
if [ "$(id -u)" -ne 0 ]; then
	ok "what may not be read is a gap" test "$(fact "$T/u" meta/gaps.jsonl \
	    '[g["reason"] for g in d if g["name"] == "secret"]')" = \
	    "['unreadable']"
else
	skip "what may not be read is a gap" "the superuser reads all"
fi

# ---- What is refused ----
exits 64 "a package is not made inside the folder it packs" collect \
    --folder "$D" --out "$D"
exits 64 "an account has no place beside a folder" collect --folder "$D" \
    --account acct --out "$T/o"
exits 64 "nor has a span of time" collect --folder "$D" --out "$T/o" \
    --from 2026-11-01

# ---- Stopped and resumed ----
mkdir "$T/big" "$T/o2"
for i in 1 2 3 4; do
	head -c 60000000 /dev/urandom >"$T/big/$i"
done
"$B/azcustody-collect" run --case C-1 --exhibit E-1 --examiner "A. Tester" \
    --sign "$T/k.key" --folder "$T/big" --out "$T/o2" --compress none \
    >"$T/run.out" 2>&1 &
_pid=$!
for i in $(seq 1 200); do
	_size=$(cat "$T"/o2/*.work/package 2>/dev/null | wc -c)
	[ "$_size" -gt 70000000 ] && break
	sleep 0.02
done
kill -KILL "$_pid" 2>/dev/null
wait "$_pid" 2>/dev/null
if [ -d "$(echo "$T"/o2/*.work)" ]; then
	exits 0 "a run that was killed goes on" "$B/azcustody-collect" resume \
	    "$(echo "$T"/o2/*.work)" --sign "$T/k.key"
else
	skip "a run that was killed goes on" "it was faster than the kill"
fi
unpack "$(the_package "$T/o2")" "$T/u2" >/dev/null 2>&1
ok "with every file once" test "$(cd "$T/big" && sha256sum * | cut -c 1-64 |
    sort)" = "$(fact "$T/u2" meta/objects.jsonl \
    '"\n".join(sorted(o["sha256"] for o in d))')"

# ---- Attached beside blobs ----
mkdir "$T/s" "$T/o3"
cat >"$T/s/account.json" <<'END_JSON'
{"account": "acct", "containers": {"insights-activity-logs": {"blobs": [
  {"name": "a.json", "size": 100}]}}}
END_JSON
write_sas "$T/sas.secret"
serve "$T/s"
printf 'a,b\n' >"$T/portal.csv"
exits 0 "attached files are taken with the blobs" collect --account acct \
    --endpoint "http://127.0.0.1:$PORT/acct" --sas-file "$T/sas.secret" \
    --out "$T/o3" --logs activity --attach "$T/portal.csv" \
    --attach tests/lib.sh
ok "and the package verifies" unpack "$(the_package "$T/o3")" "$T/u3"
ok "with their paths as given" test "$(fact "$T/u3" meta/objects.jsonl \
    '[(o["name"].split("/")[-1], o["size"]) for o in d if o["http"] is None]')" = \
    "[('portal.csv', 4), ('lib.sh', $(stat -c %s tests/lib.sh))]"
_asked=$(requests "$T/s" GET)
exits 66 "what is no file is said before anything is asked" collect \
    --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
    --sas-file "$T/sas.secret" --out "$T/o3" --attach "$T/nothing"
ok "and nothing was" test "$(requests "$T/s" GET)" -eq "$_asked"
