#!/bin/sh
# Goal of this test: the commands that README-VERIFY.txt gives, run just as they
# stand there, accept a good package and notice what was done to a bad one.
. tests/lib.sh

if ! command -v minisign >/dev/null; then
	skip "the commands of README-VERIFY.txt" "no minisign"
	exit 0
fi
mkdir -p "$T/in/src/sub" "$T/out"
printf 'first\n' >"$T/in/src/a.json"
printf 'second\n' >"$T/in/src/sub/b.json"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null
P=$("$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key") ||
	exit 1
P=${P%.tar.zst}

# commands README KEY: a shell script of what stands behind "  $ ".
commands()
{
	awk '
	/^  \$ / { if (c != "") print c; c = substr($0, 5); next }
	/^        / && c != "" && c ~ /[|\\]$/ {
		sub(/\\$/, "", c); sub(/^ +/, ""); c = c " " $0; next }
	{ if (c != "") print c; c = "" }
	END { if (c != "") print c }' "$1" | sed "s|KEY.pub|$2|"
}

# follow DIR KEY: run the commands in DIR; what they print is kept in $T/said.
follow()
{
	commands "$T/README" "$2" >"$T/script"
	(cd "$1" && sh -e "$T/script") >"$T/said" 2>&1
}

# The README comes out of the package by tar alone.
mkdir "$T/look"
tar --zstd -xf "$T/out/$P.tar.zst" -C "$T/look"
cp "$T/look/$P/README-VERIFY.txt" "$T/README"
commands "$T/README" x >"$T/script"
ok "it gives eleven commands" test "$(wc -l <"$T/script")" = 11
ok "none of its lines is over 80 characters but those with the name" sh -c '
	! grep -v "$2" "$1" | grep -q ".\{81\}"' sh "$T/README" "$P"
# No PowerShell is in Debian: what its lines would compute is computed here, with
# the numbers that stand in them.
ok "for Windows it gives five, whose numbers are right" /usr/bin/python3 - \
    "$T/README" "$T/out/$P.tar.zst" "$T/look/$P" <<'PYTHON'
import hashlib, os, re, sys
readme, package, bag = sys.argv[1:]
text = open(readme).read()
lines = [re.sub(r"\n +", " ", x) for x in
         re.findall(r"^  PS> (.*(?:\n        .*)*)", text, re.M)]
name = os.path.basename(package)
digest = lambda path: hashlib.sha256(open(path, "rb").read()).hexdigest()
whole, tar, cd, each, seal = lines
assert tar == f"tar.exe -xf {name}" and cd == "cd " + name[:-8], lines
match = re.fullmatch(r"\(Get-FileHash (\S+)\)\.Hash -eq "
                     r"\(Get-Content (\S+)\)\.Substring\((\d+), (\d+)\)", whole)
assert match[1] == name and match[2] == name + ".sha256", whole
start, length = int(match[3]), int(match[4])
assert open(package + ".sha256").read()[start:start + length] == digest(package)
match = re.fullmatch(r"Get-Content (\S+), (\S+) \| Where-Object { "
                     r"\$_\.Substring\((\d+), (\d+)\) -ne "
                     r"\(Get-FileHash \$_\.Substring\((\d+)\)\)\.Hash }", each)
start, length, path = map(int, match.groups()[2:])
seen = 0
for line in [x for m in match.groups()[:2]
             for x in open(os.path.join(bag, m)).read().splitlines()]:
    assert digest(os.path.join(bag, line[path:])) == line[start:start + length]
    seen += 1
assert seen > 15, seen
match = re.fullmatch(r"\(Get-Content -Raw (\S+)\)\.Contains\( "
                     r"\(Get-FileHash (\S+)\)\.Hash\.ToLower\(\)\)", seal)
assert digest(os.path.join(bag, match[2])) in open(
    os.path.join(bag, match[1])).read()
# No statement may end before its time: a line is continued behind these only.
for broken in re.findall(r"^  PS> .*(?:\n        .*)+", text, re.M):
    assert all(re.search(r"(-eq|-ne|\||\()$", x)
               for x in broken.split("\n")[:-1]), broken
PYTHON
ok "they accept a good package" follow "$T/out" "$T/k.pub"
ok "and say what it says they say" sh -c '
	grep -q "^Trusted comment: " "$1" &&
	grep "^Trusted comment: " "$1" | while read -r line; do
		grep -qxF "$line" "$2" || exit 1
	done' sh "$T/README" "$T/said"
ok "and nothing else" sh -c '
	grep -v -e "^Trusted comment: " -e "^Signature and comment" \
	    -e "^1\$" -e ": OK\$" "$1" && exit 1
	test "$(grep -cx 1 "$1")" = 1' sh "$T/said"
rm -rf "$T/out/$P" "$T/out/named.txt"

"$B/azcustody-ledger" keygen --no-password "$T/other" >/dev/null
not_ok "another key is noticed" follow "$T/out" "$T/other.pub"
rm -rf "$T/out/$P"

# alter SENTENCE COMMAND...: the steps behind unpacking, on a changed folder.
alter()
{
	_what=$1
	shift
	rm -rf "$T/bad"
	mkdir "$T/bad"
	cp -r "$T/out/$P.custody" "$T/bad/"
	tar --zstd -xf "$T/out/$P.tar.zst" -C "$T/bad"
	chmod -R u+w "$T/bad"
	(cd "$T/bad/$P" && "$@") || exit 1
	commands "$T/README" "$T/k.pub" | sed '/^sha256sum -c /d; /^tar /d' \
	    >"$T/script"
	if (cd "$T/bad" && sh -e "$T/script") >"$T/said" 2>&1 &&
	    ! grep -q '^\./' "$T/said"; then
		echo "not ok - $_what is noticed"
		FAILED=1
	else
		echo "ok - $_what is noticed"
	fi
}

alter "a changed payload file" sh -c 'printf X >>"$(find data -type f |
	head -n 1)"'
alter "a removed payload file" sh -c 'rm "$(find data -type f | head -n 1)"'
alter "an added payload file" sh -c 'echo x >data/added'
alter "an added tag file" sh -c 'echo x >meta/added'
alter "a changed case" sh -c 'printf " " >>meta/case.json'
alter "a payload file changed together with its manifest" sh -c '
	f=$(find data -type f | head -n 1); printf X >>"$f"
	sha256sum $(cut -c 67- manifest-sha256.txt) >m &&
	mv m manifest-sha256.txt'
alter "and with both manifests" sh -c '
	f=$(find data -type f | head -n 1); printf X >>"$f"
	sha256sum $(cut -c 67- manifest-sha256.txt) >m &&
	mv m manifest-sha256.txt
	sha256sum $(cut -c 67- tagmanifest-sha256.txt) >m &&
	mv m tagmanifest-sha256.txt'
alter "and with the seal" sh -c '
	f=$(find data -type f | head -n 1); printf X >>"$f"
	old=$(sha256sum <tagmanifest-sha256.txt | cut -c 1-64)
	sha256sum $(cut -c 67- manifest-sha256.txt) >m &&
	mv m manifest-sha256.txt
	sha256sum $(cut -c 67- tagmanifest-sha256.txt) >m &&
	mv m tagmanifest-sha256.txt
	new=$(sha256sum <tagmanifest-sha256.txt | cut -c 1-64)
	sed -i "s/$old/$new/" seal/seal.json'
alter "a changed ledger" sh -c 'chmod u+w ../*.custody/*;
	sed -i "s/Test/Best/" ../*.custody/000001-sealed.json'
