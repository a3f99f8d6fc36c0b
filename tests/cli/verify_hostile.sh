#!/bin/sh
# Goal of this test: hostile archives of other people's suites are judged 1 with
# a reason, quickly, in bounded memory, without a crash and without a file
# written; so are bombs, and packages mixed from two.
. tests/lib.sh

VERIFY=$BUILT/azcustody-verify
mkdir "$T/in" "$T/out" "$T/x" "$T/in2" "$T/out2"
echo '{"a":1}' >"$T/in/a.json"
echo '{"a":2}' >"$T/in2/a.json"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    >/dev/null || exit 1
"$B/tests/tools/pack" --folder "$T/in2" --out "$T/out2" --key "$T/k.key" \
    --random 0000000b >/dev/null || exit 1
P=$(echo "$T"/out/*.tar.zst)
Q=$(echo "$T"/out2/*.tar.zst)

# refused FILE: exit 1 with a failed structure or name, within 20 s (in which the
# second verifier may judge it too) and 1 GB
# of address space, nothing in $T/x, nothing said on standard error.
refused()
{
	(ulimit -v 1000000; exec timeout 20 "$B/azcustody-verify" --json \
	    --trust "$T/k.pub" --extract "$T/x" "$1") >"$T/said" 2>"$T/said.err"
	[ $? -eq 1 ] || { echo "exit $?"; cat "$T/said.err"; return 1; }
	[ ! -s "$T/said.err" ] || return 1
	[ -z "$(ls -A "$T/x")" ] || return 1
	grep -qE '"weight":"FAIL","code":"(structure|name)"' "$T/said" ||
	    return 1
	tail -n 1 "$T/said" | grep -q '"type":"summary".*"exit_code":1}'
}

exits 0 "the positive control" "$VERIFY" --trust "$T/k.pub" "$P" "$Q"

# $1 SUITE: every file below it is refused.
suite()
{
	_bad=
	_n=0
	for _f in $(find "$SHARED/suites/$1" -type f ! -name SOURCE \
	    ! -name README.txt | sort); do
		_n=$((_n + 1))
		refused "$_f" || _bad="$_bad $_f"
	done
	echo "$_n files; wrong:$_bad"
	[ "$_n" -gt 0 ] && [ -z "$_bad" ]
}

# not_bags SUITE: no file of it is a bag, each for a reason, in one call.
not_bags()
{
	find "$SHARED/suites/$1" -type f ! -name SOURCE ! -name README.txt |
	    sort | (ulimit -v 1000000; xargs -n 200 timeout 60 "$VERIFY" bag \
	    --json) >"$T/said" 2>"$T/said.err"
	[ ! -s "$T/said.err" ] || { cat "$T/said.err"; return 1; }
	/usr/bin/python3 - "$T/said" <<'PYTHON'
import json, sys
reasons, bags, wrong = set(), 0, []
for line in map(json.loads, open(sys.argv[1])):
    if line["type"] == "finding" and line["weight"] == "FAIL":
        reasons.add(line["path"])
    elif line["type"] == "bag":
        bags += 1
        if line["exit_code"] != 1 or line["path"] not in reasons:
            wrong.append(line["path"])
print(bags, "files; wrong:", wrong)
sys.exit(bags == 0 or bool(wrong))
PYTHON
}

# quiet VERB SUITE: by the system calls: no program, no network, no file
# opened for writing, no name opened twice.
quiet()
{
	find "$SHARED/suites/$2" -type f ! -name SOURCE ! -name README.txt |
	    sort | head -n 250 >"$T/names"
	# shellcheck disable=SC2046
	strace -f -qq -o "$T/trace" -e trace=%file,%network,%process \
	    "$VERIFY" "$1" --json $(cat "$T/names") >"$T/said" 2>&1
	/usr/bin/python3 - "$T/trace" "$T/names" <<'PYTHON'
import collections, re, sys
names = set(open(sys.argv[2]).read().split())
opened, bad = collections.Counter(), []
for line in open(sys.argv[1], errors="replace"):
    call = re.sub(r"^\d+ +", "", line)
    name = call.split("(")[0]
    if name in ("socket", "connect", "bind", "sendto", "fork", "vfork"):
        bad.append(line)
    if name == "execve":
        opened["execve"] += 1
    if name in ("open", "openat", "openat2", "creat"):
        if re.search(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC", call) and \
                "/dev/null" not in call:
            bad.append(line)
        for path in re.findall(r'"([^"]*)"', call):
            opened[path] += path in names
    if name in ("unlink", "rename", "renameat2", "mkdir", "mkdirat", "link",
                "symlink", "chmod", "truncate"):
        bad.append(line)
once = all(opened[n] == 1 for n in names)
print(bad[:5], len(names), "files opened once:", once, opened["execve"])
sys.exit(bool(bad) or not once or not names or opened["execve"] != 1)
PYTHON
}

for s in probes traversal-tar zstd libarchive; do
	if [ -d "$SHARED/suites/$s" ]; then
		ok "nothing in $s is a bag, each for a reason" not_bags "$s"
	else
		skip "nothing in $s is a bag" "no $SHARED/suites/$s"
		continue
	fi
	if strace -f -o /dev/null true 2>/dev/null; then
		ok "$s: as packages: no program, network or writing, opened once" \
		    quiet package "$s"
		ok "$s: as bags: no program, network or writing, opened once" \
		    quiet bag "$s"
	else
		skip "$s: system calls" "strace may not trace here"
	fi
done

for s in probes traversal-tar zstd libarchive; do
	if [ -d "$SHARED/suites/$s" ]; then
		ok "every archive of $s is refused" suite "$s"
	else
		skip "every archive of $s is refused" "no $SHARED/suites/$s"
	fi
done

# A frame that says it holds 8 MiB and does, 4,000 times over: 32 GB.
/usr/bin/python3 - "$T/bomb.tar.zst" <<'PYTHON'
import struct, subprocess, sys
sys.path.insert(0, "tests/tools")
from package_parts import frame, seek_table
one = frame(bytes(8 << 20))
n = 4000
open(sys.argv[1], "wb").write(
    one * n + seek_table([(len(one), 8 << 20)] * n))
PYTHON
ok "a bomb of 32 GB in 4 MB is refused at once" refused "$T/bomb.tar.zst"

cat "$P" "$Q" >"$T/both.tar.zst"
ok "two packages in one file" refused "$T/both.tar.zst"
cat "$P" >"$T/more.tar.zst"
printf x >>"$T/more.tar.zst"
ok "a package with a byte behind it" refused "$T/more.tar.zst"
zstd -dcq "$P" >"$T/one.tar"
exits 1 "the same stream without its frames is another package" \
    "$VERIFY" --trust "$T/k.pub" "$T/one.tar"
zstd -dcq "$P" | zstd -q >"$T/one.tar.zst"
ok "the same stream in one frame" refused "$T/one.tar.zst"

# The ledger of one package beside another.
mkdir "$T/mix"
cp "$P" "$T/mix/"
cp -r "${Q%.tar.zst}.custody" \
    "$T/mix/$(basename "$P" .tar.zst).custody"
exits 1 "the ledger of another package" \
    "$VERIFY" --trust "$T/k.pub" "$T/mix/$(basename "$P")"

# A file that changes or goes on growing while it is read.
cp "$P" "$T/name.tar.zst"
esc=$(printf 'a\033[32mVERIFIED\nx.tar.zst')
cp "$T/more.tar.zst" "$T/$esc"
"$VERIFY" --trust "$T/k.pub" "$T/$esc" >"$T/said" 2>&1
ok "a file's name cannot speak for the verdict" sh -c \
    '! grep -q "^VERIFIED" "$1" && ! grep -q "$(printf "\033")" "$1" &&
    tail -n 1 "$1" | grep -q "^NOT VERIFIED: "' - "$T/said"

# What is no regular file is refused without waiting; a link given by name is
# the examiner's own choice.
mkfifo "$T/pipe.tar.zst"
exits 66 "a pipe as a package" timeout 5 "$VERIFY" "$T/pipe.tar.zst"
exits 66 "a pipe as a bag" timeout 5 "$VERIFY" bag "$T/pipe.tar.zst"
exits 66 "a device as a package" timeout 5 "$VERIFY" /dev/zero

# Somebody who goes on swapping and growing what is read: whatever is judged is
# one of the files that were there, never a mixture of two that passes.
head -c 20000000 /dev/urandom >"$T/in/large.bin"
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    --random 0000000c >/dev/null || exit 1
L=$(echo "$T"/out/*0000000c.tar.zst)
changing()
{
	_i=0
	_these=$(sha256sum "$L" "$Q" | sed 's/ .*//;s/.*/"file_sha256":"&"/' |
	    tr '\n' '|' | sed 's/|$//;s/|/\\|/g')
	while [ $_i -lt 10 ]; do
		_i=$((_i + 1))
		cp "$L" "$T/change.tar.zst"
		"$VERIFY" --json --trust "$T/k.pub" "$T/change.tar.zst" \
		    >"$T/said" 2>"$T/said.err" &
		_pid=$!
		$1 "$T/change.tar.zst"
		wait $_pid
		_code=$?
		case $_code in
		0 | 1) ;;
		*) echo "exit $_code"; cat "$T/said.err"; return 1 ;;
		esac
		[ $_code -eq 1 ] || grep -q "$_these" "$T/said" || {
			cat "$T/said"; return 1; }
	done
}
grow() { printf x >>"$1"; }
swap() { cp "$Q" "$1.new"; mv "$1.new" "$1"; }
ok "a file that grows while it is read" changing grow
ok "a name that is given to another file meanwhile" changing swap
