#!/bin/sh
# Goal of this test: hostile archives of other people's suites are judged 1 with
# a reason, quickly, in bounded memory, without a crash and without a file
# written; so are bombs, and packages mixed from two.
. tests/lib.sh

VERIFY=$B/azcustody-verify
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

# refused FILE: exit 1 with a failed structure or name, within 10 s and 300 MB
# of address space, nothing in $T/x, nothing said on standard error.
refused()
{
	(ulimit -v 1000000; exec timeout 10 "$VERIFY" --json --trust "$T/k.pub" \
	    --extract "$T/x" "$1") >"$T/said" 2>"$T/said.err"
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
