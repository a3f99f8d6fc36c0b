#!/bin/sh
# Goal of this test: a package that somebody unpacked is judged like the file,
# as far as there is something to judge: whatever is changed, taken away, put
# beside, or turned into a link is found by name, wherever the folder lies.
. tests/lib.sh

VERIFY=$B/azcustody-verify
mkdir "$T/in" "$T/out" "$T/un"
for i in 1 2 3 4; do echo "{\"a\":$i}" >"$T/in/$i.json"; done
seq 1 5000 >"$T/in/b.txt"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    >/dev/null || exit 1
P=$(echo "$T"/out/*.tar.zst)
NAME=$(basename "$P" .tar.zst)
tar --zstd -xf "$P" -C "$T/un"
chmod -R u+w "$T/un"
D=$T/un/$NAME

# judged CODE "CODES" PATH: exit and failed checks.
judged()
{
	"$VERIFY" --json --trust "$T/k.pub" "$3" >"$T/said" 2>"$T/said.err"
	_rc=$?
	_codes=$(/usr/bin/python3 - "$T/said" <<'PYTHON'
import json, sys
print(*sorted({x["code"] for x in map(json.loads, open(sys.argv[1]))
               if x["type"] == "finding" and x["weight"] == "FAIL"}))
PYTHON
)
	[ "$_rc" -eq "$1" ] && [ "$_codes" = "$2" ] && return 0
	echo "exit $_rc, not $1: $_codes, not $2"
	cat "$T/said.err"
	return 1
}

# fails MEMBER: exit 1, and some finding names the member.
fails()
{
	"$VERIFY" --json --trust "$T/k.pub" "$T/try" >"$T/said" 2>"$T/said.err"
	[ $? -eq 1 ] && [ ! -s "$T/said.err" ] &&
	    grep '"weight":"FAIL"' "$T/said" | grep -q "$1"
}

ok "an unpacked package is verified" judged 0 "" "$D"
ok "it says what cannot be judged" grep -q '"code":"folder"' "$T/said"
ok "with a slash behind it" judged 0 "" "$D/"
cp -r "$T/out/$NAME.custody" "$T/un/"
ok "with its ledger beside it" sh -c '"$1" --trust "$2" --require custody "$3" |
    head -n 1 | grep -q "custody PASS"' - "$VERIFY" "$T/k.pub" "$D"
cp -r "$D" "$T/renamed"
ok "under another name, with other times" judged 0 "" "$T/renamed"
exits 2 "without a key it stays open" "$VERIFY" "$D"
exits 64 "there is nothing to unpack" "$VERIFY" --extract "$T" "$D"
exits 64 "there is no digest to expect" "$VERIFY" "$D" \
    --expect-sha256 "$(sha256sum "$P" | cut -d' ' -f1)"
mkdir "$T/empty"
exits 1 "an empty folder" "$VERIFY" --trust "$T/k.pub" "$T/empty"
exits 1 "a folder of anything" "$VERIFY" --trust "$T/k.pub" "$PWD/man"

# each COMMAND [NAME]: do it to every member in turn; each must be found, by
# its name or NAME.
each()
{
	_n=0
	_bad=
	for _m in $(cd "$D" && find . -type f | sed 's,^\./,,' | sort); do
		rm -rf "$T/try"
		cp -r "$D" "$T/try"
		(cd "$T/try" && eval "$1")
		_n=$((_n + 1))
		# The seal names itself nowhere; whoever signed it does.
		_name=${2:-$_m}
		[ "$_name" != seal/seal.json ] || _name=seal
		[ "$_name" != tagmanifest-sha256.txt ] || _name='seal\|tagmanifest'
		fails "$_name" || _bad="$_bad $_m"
	done
	echo "$_n members; wrong:$_bad"
	[ "$_n" -ge 20 ] && [ -z "$_bad" ]
}
# shellcheck disable=SC2016
{
ok "a byte put behind any member is found" each 'printf x >>"$_m"'
ok "a byte changed in any member is found" each \
    'if [ -s "$_m" ]; then
	printf "\001" | dd of="$_m" bs=1 seek=$(($(wc -c <"$_m") / 2)) conv=notrunc 2>/dev/null
    else printf y >"$_m"; fi'
ok "any member taken away is found" each 'rm "$_m"'
ok "any member made a link to its own bytes is found" each \
    'cp "$_m" "$T/aside" && ln -sf "$T/aside" "$_m"'
ok "any member made a pipe is found" each 'rm "$_m" && mkfifo "$_m"'
ok "a file put beside any member is found" each \
    'echo >"$(dirname "$_m")/zzz"' zzz
}
rm -rf "$T/try"
cp -r "$D" "$T/try"
set -- "$T"/try/data/*/*
mv "$1" "$T/aside" && mv "$2" "$1" && mv "$T/aside" "$2"
ok "two payload files changed for one another" judged 1 \
    "catalogue manifest member" "$T/try"
rm -rf "$T/try"
cp -r "$D" "$T/try"
mv "$T/try/meta" "$T/away" && ln -s "$T/away" "$T/try/meta"
ok "a folder that is a link" fails meta
rm -rf "$T/try"
cp -r "$D" "$T/try"
rm "$T/try/tagmanifest-sha256.txt"
"$VERIFY" --trust "$T/k.pub" "$T/try" >"$T/said" 2>&1
ok "without its tag manifest the seal is judged all the same" sh -c '
    grep -q "^authenticity: PASS" "$1" && grep -q "^integrity: FAIL" "$1"' - \
    "$T/said"
# 150 more, made in no order: the first 100 by name are shown, the rest counted.
rm -rf "$T/try"
cp -r "$D" "$T/try"
seq 100 249 | sort -t: -k1.3,1.3 -k1.2,1.2 | while read -r i; do : >"$T/try/x$i"; done
"$VERIFY" --json --trust "$T/k.pub" "$T/try" >"$T/said" 2>&1
ok "what belongs to nothing is told by name, not as the file system has it" \
    /usr/bin/python3 - "$T/said" <<'PYTHON'
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
extra = [x["member"] for x in rows if x.get("code") == "extra"]
assert extra == [f"x{i}" for i in range(100, 200)] + [""], extra
verdict = [x for x in rows if x.get("question") == "integrity" and
           x["type"] == "verdict"]
assert verdict[0]["findings"] >= 150, verdict
PYTHON
