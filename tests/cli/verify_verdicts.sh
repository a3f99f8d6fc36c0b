#!/bin/sh
# Goal of this test: exit codes, report and JSON of azcustody-verify for intact
# packages, under every locale, zone and umask; what it refuses; and that it
# writes nothing but what it is asked for.
. tests/lib.sh

VERIFY=$B/azcustody-verify
mkdir "$T/in" "$T/out" "$T/x" "$T/s"
echo '{"a":1}' >"$T/in/a.json"
seq 1 200000 >"$T/in/b.txt"
head -c 9000000 /dev/urandom >"$T/in/c.bin"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/azcustody-ledger" keygen --no-password "$T/other" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    >/dev/null || exit 1
P=$(echo "$T"/out/*.tar.zst)
NAME=$(basename "$P" .tar.zst)
SHA=$(sha256sum "$P" | cut -d' ' -f1)

# As exits, and what was said is kept in $T/said.
said()
{
	exits "$@"
	cp "$T/.out" "$T/said"
}

# same FILE COMMAND...: standard output is that of FILE.
same()
{
	_file=$1
	shift
	"$@" >"$T/now" 2>"$T/now.err" && cmp "$T/now" "$_file" &&
	    [ ! -s "$T/now.err" ]
}

said 0 "the intact package with its ledger and key" \
    "$VERIFY" --trust "$T/k.pub" "$P"
cp "$T/said" "$T/report"
ok "the verdict is the first line and the last" sh -c \
    'head -n 1 "$1" | grep -q "^VERIFIED: " &&
    [ "$(head -n 1 "$1")" = "$(tail -n 1 "$1")" ]' - "$T/report"
said 2 "without a key it is undecided" "$VERIFY" "$P"
said 1 "with another key it fails" "$VERIFY" --trust "$T/other.pub" "$P"
said 0 "with both keys it passes" \
    "$VERIFY" --trust "$T/other.pub" --trust "$T/k.pub" "$P"
said 0 "the expected digest" \
    "$VERIFY" --trust "$T/k.pub" --expect-sha256 "$SHA" "$P"
said 1 "another expected digest" "$VERIFY" --trust "$T/k.pub" \
    --expect-sha256 "$(echo "$SHA" | tr 0-9a-f 1-9a-f0)" "$P"
said 0 "custody may be required" \
    "$VERIFY" --trust "$T/k.pub" --require custody "$P"
said 2 "required time is undecided" \
    "$VERIFY" --trust "$T/k.pub" --require time,custody "$P"
said 2 "all that can be required" \
    "$VERIFY" package --trust "$T/k.pub" --require all "$P"
mkdir "$T/alone"
cp "$P" "$T/alone"
said 0 "without its ledger custody is undecided, and that is no failure" \
    "$VERIFY" --trust "$T/k.pub" "$T/alone/$NAME.tar.zst"
ok "and it says so" grep -q 'UNDECIDED \[no-ledger\]' "$T/said"
said 2 "unless it is required" "$VERIFY" --trust "$T/k.pub" \
    --require custody "$T/alone/$NAME.tar.zst"
echo "$SHA x" >"$T/alone/$NAME.tar.zst.sha256"
said 1 "a checksum file that is none" \
    "$VERIFY" --trust "$T/k.pub" "$T/alone/$NAME.tar.zst"
ok "fails the check of that name" grep -q 'FAIL \[checksum\]' "$T/said"
rm "$T/alone/$NAME.tar.zst.sha256"
ln -s nowhere "$T/alone/$NAME.custody"
exits 66 "a ledger that leads nowhere is not taken for none" \
    "$VERIFY" --trust "$T/k.pub" "$T/alone/$NAME.tar.zst"
rm "$T/alone/$NAME.custody"
cp -r "$T/out/$NAME.custody" "$T/alone/$NAME.custody"
echo x >>"$T/alone/$NAME.custody/000001-sealed.json"
said 1 "an edited ledger" "$VERIFY" --trust "$T/k.pub" "$T/alone/$NAME.tar.zst"
ok "fails in custody and nowhere else" sh -c \
    'grep -q "FAIL \[ledger\]" "$1" && grep -q "^integrity: PASS" "$1" &&
    grep -q "^authenticity: PASS" "$1" && grep -q "^completeness: PASS" "$1"' \
    - "$T/said"
said 1 "of several packages the worst decides" \
    "$VERIFY" --trust "$T/k.pub" "$P" "$T/alone/$NAME.tar.zst"
# each PATH...: what --json says of each alone, the summaries aside.
each()
{
	for _p in "$@"; do
		"$VERIFY" --json --trust "$T/k.pub" "$_p"
	done | grep -v '"type":"summary"'
}
each "$P" "$T/alone/$NAME.tar.zst" "$P" >"$T/each"
"$VERIFY" --json --trust "$T/k.pub" "$P" "$T/alone/$NAME.tar.zst" "$P" \
    >"$T/several"
ok "of several JSON says what it says of each, and one summary" sh -c \
    'head -n -1 "$1/several" | cmp - "$1/each" && tail -n 1 "$1/several" |
    grep -qx "{\"type\":\"summary\",\"packages\":3,\"verified\":2,\"failed\":1,\"undecided\":0,\"exit_code\":1}"' \
    - "$T"
all_at_once()
{
	i=0
	while [ $i -lt 256 ]; do
		set -- "$@" "$P"
		i=$((i + 1))
	done
	(ulimit -v 1000000; "$VERIFY" --json --trust "$T/k.pub" "$@" |
	    tail -n 1 | grep -q '"verified":256,')
}
[ -z "${LONG:-}" ] || ok "256 packages at once" all_at_once

for how in LC_ALL=C.UTF-8 LC_ALL=tr_TR.UTF-8 LANG=C TZ=Pacific/Apia \
    TZ=:/etc/localtime NO_COLOR=1 OPENSSL_CONF=/nonexistent; do
	ok "the same report with $how" \
	    same "$T/report" env "$how" "$VERIFY" --trust "$T/k.pub" "$P"
done
ok "the same report with umask 777" \
    same "$T/report" sh -c 'umask 777; exec "$@"' - \
    "$VERIFY" --trust "$T/k.pub" "$P"
for jobs in 1 2 8; do
	ok "the same report with $jobs threads" same "$T/report" \
	    "$VERIFY" --trust "$T/k.pub" --jobs $jobs "$P"
done
cp "$T/report" "$T/keep"

said 0 "JSON" "$VERIFY" --json --trust "$T/k.pub" "$P"
ok "is one object a line, the last a summary with the exit code" \
    /usr/bin/python3 -c 'import json, sys
lines = [json.loads(x) for x in open(sys.argv[1])]
assert lines[-1] == {"type": "summary", "packages": 1, "verified": 1,
    "failed": 0, "undecided": 0, "exit_code": 0}, lines[-1]
facts = [x for x in lines if x["type"] == "package"][0]
assert facts["listed"] == facts["taken"] + sum(facts["gaps"].values()) == 3
assert facts["objects"] == facts["objects_intact"] == 3
assert facts["file_sha256"] == sys.argv[2]
assert len([x for x in lines if x["type"] == "verdict"]) == 5' \
    "$T/said" "$SHA"

said 64 "no package" "$VERIFY" --trust "$T/k.pub"
said 64 "an unknown option" "$VERIFY" --frob "$P"
said 64 "a shortened option" "$VERIFY" --tru "$T/k.pub" "$P"
said 64 "an option given twice" "$VERIFY" --json --json "$P"
said 64 "a digest in capitals" "$VERIFY" --expect-sha256 \
    "$(echo "$SHA" | tr a-f A-F)" "$P"
said 66 "a package that is not there" "$VERIFY" "$T/none.tar.zst"
mkfifo "$T/fifo.tar"
said 66 "a FIFO" timeout 10 "$VERIFY" "$T/fifo.tar"
said 66 "a key that is not there" "$VERIFY" --trust "$T/none.pub" "$P"
: >"$T/empty.tar.zst"
said 1 "an empty file" "$VERIFY" "$T/empty.tar.zst"

said 0 "extracting" "$VERIFY" --trust "$T/k.pub" --extract "$T/x" "$P"
mkdir "$T/t"
tar --zstd -xf "$P" -C "$T/t"
ok "gives what tar gives" diff -r "$T/t/$NAME" "$T/x/$NAME"
said 64 "extracting again overwrites nothing" \
    "$VERIFY" --trust "$T/k.pub" --extract "$T/x" "$P"
ok "every file under its sealed digest" sh -c \
    'cd "$1" && sha256sum --quiet -c manifest-sha256.txt &&
    sha256sum --quiet -c tagmanifest-sha256.txt' - "$T/x/$NAME"

# A hole in the large member: what is left can still be proved and written.
cp "$P" "$T/hole.tar.zst"
printf '\377\377\377' | dd of="$T/hole.tar.zst" bs=1 seek=3000000 conv=notrunc \
    2>/dev/null
mkdir "$T/none"
said 1 "a damaged package" \
    "$VERIFY" --trust "$T/k.pub" --salvage "$T/s" "$T/hole.tar.zst"
ok "says what is provably intact" \
    grep -q '2 payload members proved intact' "$T/said"
ok "names the member that is hit" \
    grep -q 'FAIL \[member\].*000000003-c.bin' "$T/said"
ok "its intact members are written, and only they" sh -c \
    'cd "$1" && cmp a "$2/a.json" && cmp b "$2/b.txt" && [ ! -e c ]' - \
    "$(mkdir "$T/w" && cp "$T/s/$NAME"/data/*/000000001-* "$T/w/a" &&
    cp "$T/s/$NAME"/data/*/000000002-* "$T/w/b" &&
    { cp "$T/s/$NAME"/data/*/000000003-* "$T/w/c" 2>/dev/null; echo "$T/w"; })" \
    "$T/in"
said 1 "a damaged package is not extracted" \
    "$VERIFY" --trust "$T/k.pub" --extract "$T/none" "$T/hole.tar.zst"
ok "not a file of it" sh -c '[ -z "$(ls -A "$1")" ]' - "$T/none"

if command -v strace >/dev/null; then
	strace -f -o "$T/trace" -e \
	    trace=execve,socket,connect,openat,open,creat,unlink,mkdir,rename \
	    "$BUILT/azcustody-verify" --trust "$T/k.pub" "$P" >/dev/null 2>&1
	ok "no program, no socket, nothing opened for writing" sh -c \
	    '! grep -v exited "$1" | grep -v "/dev/null" |
	    grep -E "socket\(|connect\(|creat\(|O_WRONLY|O_RDWR|O_CREAT|unlink|mkdir|rename" &&
	    [ "$(grep -c execve "$1")" -eq 1 ]' - "$T/trace"
else
	skip "no program, no socket, nothing opened for writing" "no strace"
fi

# libarchive ends the program by exit(1) when memory runs out: no verdict.
echo 'void exit(int); void * archive_write_new(void); void * archive_write_new(void) { exit(1); }' \
    >"$T/ends.c"
if "${CC:-cc}" -shared -fPIC -o "$T/ends.so" "$T/ends.c" 2>/dev/null; then
	exits 71 "a library that ends the program gives no verdict" env \
	    LD_PRELOAD="$T/ends.so" "$BUILT/azcustody-verify" "$P"
else
	skip "a library that ends the program gives no verdict" "no compiler"
fi
