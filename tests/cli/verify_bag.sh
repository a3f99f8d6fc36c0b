#!/bin/sh
# Goal of this test: bags of anybody are judged right and for the right reason:
# the BagIt conformance suite, 60 of 60 with the reason, in directories and in
# archives; what is hostile is refused, and nothing is followed or fetched.
. tests/lib.sh

VERIFY=$B/azcustody-verify
SUITE=$SHARED/suites/bagit-conformance

# codes FILE: the codes of failures, and of warnings behind "w:", sorted.
codes()
{
	/usr/bin/python3 - "$1" <<'PYTHON'
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert lines[-1]["type"] == "summary" and lines[-2]["type"] == "bag"
print(" ".join(sorted({("w:" if x["weight"] == "warning" else "") + x["code"]
                       for x in lines if x["type"] == "finding"}
                      - {"w:weak-digest"})))
PYTHON
}

# judged CODE "CODES" PATH
judged()
{
	"$VERIFY" bag --json "$3" >"$T/said" 2>"$T/said.err"
	_rc=$?
	[ "$_rc" -eq "$1" ] && [ ! -s "$T/said.err" ] || {
		echo "$3: exit $_rc, not $1"; cat "$T/said.err"; return 1; }
	_codes=$(codes "$T/said")
	[ "$_codes" = "$2" ] || { echo "$3: $_codes, not $2"; return 1; }
}

# What each bag that is not simply valid must be said to be.
cat >"$T/reasons" <<'EOT'
1:digest encoding:v0.97/invalid/baginfo-missing-encoding
1:byte-order-mark:v0.97/invalid/bom-in-bagit.txt
1:digest oxum:v0.97/invalid/corrupt-data-file
1:digest:v0.97/invalid/corrupt-tag-file
1:oxum unlisted:v0.97/invalid/extra-file-in-bag
1:digest version:v0.97/invalid/invalid-version-number
1:missing:v0.97/invalid/missing-baginfo
1:declaration missing:v0.97/invalid/missing-bagit.txt
1:path:v0.97/invalid/out-of-scope-file-paths-using-dot-notation
1:path w:fetch:v0.97/invalid/out-of-scope-file-paths-using-dot-notation-for-fetch
1:duplicate:v0.97/invalid/same-filename-listed-twice-with-different-hashes
1:path:v0.97/linux-only/out-of-scope-file-paths-using-absolute-path
1:path w:fetch:v0.97/linux-only/out-of-scope-file-paths-using-absolute-path-for-fetch
1:path:v0.97/linux-only/out-of-scope-file-paths-using-shortcut
1:path w:fetch:v0.97/linux-only/out-of-scope-file-paths-using-shortcut-for-fetch
1:path:v0.97/linux-only/out-of-scope-file-paths-using-shortcut-username
1:path w:fetch:v0.97/linux-only/out-of-scope-file-paths-using-shortcut-username-for-fetch
1:path:v0.97/windows-only/out-of-scope-file-paths-using-absolute-path
1:path w:fetch:v0.97/windows-only/out-of-scope-file-paths-using-absolute-path-for-fetch
1:path:v0.97/windows-only/out-of-scope-file-paths-using-shortcut
1:path w:fetch:v0.97/windows-only/out-of-scope-file-paths-using-shortcut-for-fetch
1:path:v0.97/windows-only/out-of-scope-file-paths-using-unc
1:path w:fetch:v0.97/windows-only/out-of-scope-file-paths-using-unc-for-fetch
1:declaration:v1.0/invalid/bagit-with-invalid-whitespace
1:unlisted:v1.0/invalid/notAllManifestsListAllFiles
1:digest duplicate w:spacing:v1.0/invalid/same-filename-listed-twice-with-different-hashes
1:digest duplicate:v1.0/invalid/same-filename-listed-twice-with-the-same-hash
0:w:fetch:v0.96/valid/holey-bag
0:w:fetch:v0.97/valid/holey-bag
0:w:relative-path:v0.96/valid/bag-with-leading-dot-slash-in-manifest
0:w:relative-path:v0.97/valid/bag-with-leading-dot-slash-in-manifest
0:w:case-twin w:oxum-twin:v0.97/warning/duplicate-file-with-different-case
0:w:md5sum-style:v0.97/warning/made-with-md5sum-tools
0:w:relative-path:v0.97/warning/relative-path
0:w:normalisation-twin:v0.97/warning/same-filename-listed-twice-with-different-normalization
0:w:repeated:v0.97/warning/same-filename-listed-twice-with-the-same-hash
0:w:system-file:v0.97/warning/special-system-files
EOT

# The suite as it was made: a checkout lacks the twins of three names.
whole_suite()
{
	mkdir "$T/suite"
	cp -r "$SUITE"/v* "$T/suite/"
	chmod -R u+w "$T/suite"
	_w=$T/suite/v0.97/warning
	cp "$_w/duplicate-file-with-different-case/data/hello.txt" \
	    "$_w/duplicate-file-with-different-case/data/HELLO.txt"
	: >"$_w/special-system-files/data/.DS_Store"
	# In the normalisation that the checkout lacks.
	for _f in 'N\303\272\303\261ez' 'Nu\314\201n\314\203ez'; do
		: >"$_w/same-filename-listed-twice-with-different-normalization/data/$(printf "$_f")"
	done
}

# suite DIR|TAR|ZST: every bag of the suite, so packed, judged in one call.
suite()
{
	rm -rf "$T/packed"
	mkdir "$T/packed"
	set --  "$1"
	for _bag in "$T"/suite/v*/*/*/; do
		_bag=${_bag%/}
		_to=$T/packed/$(echo "${_bag#"$T"/suite/}" | tr / @)
		case $1 in
		DIR) ln -s "$_bag" "$_to" ;;
		TAR) tar -C "${_bag%/*}" --format=pax -cf "$_to" "${_bag##*/}" ;;
		ZST) tar -C "${_bag%/*}" --format=gnu --zstd -cf "$_to" \
			"${_bag##*/}" ;;
		esac
	done
	"$VERIFY" bag --json "$T"/packed/* >"$T/said" 2>"$T/said.err"
	[ $? -eq 1 ] && [ ! -s "$T/said.err" ] || return 1
	/usr/bin/python3 - "$T/reasons" "$T/said" <<'PYTHON'
import json, sys
want = {}
for line in open(sys.argv[1]):
    code, rest = line.rstrip("\n").split(":", 1)
    words, name = rest.rsplit(":", 1)
    want[name] = (int(code), set(words.split()))
found, have = {}, {}
for line in map(json.loads, open(sys.argv[2])):
    name = line.get("path", "").split("/")[-1].replace("@", "/")
    if line["type"] == "finding" and line["code"] != "weak-digest":
        mark = "w:" if line["weight"] == "warning" else ""
        found.setdefault(name, set()).add(mark + line["code"])
    elif line["type"] == "bag":
        have[name] = (line["exit_code"], found.get(name, set()))
wrong = {n: h for n, h in have.items() if h != want.get(n, (0, set()))}
print(len(have), "bags; wrong:", wrong)
sys.exit(len(have) != 60 or bool(wrong) or not set(want) <= set(have))
PYTHON
}

if [ -d "$SUITE" ]; then
	whole_suite
	ok "the conformance suite: 60 of 60, each for its reason" suite DIR
	ok "the same in .tar" suite TAR
	ok "the same in .tar.zst" suite ZST
	ok "a checkout that lacks a twin: missing, and the twin is named" \
	    judged 1 "missing w:case-twin" \
	    "$SUITE/v0.97/warning/duplicate-file-with-different-case"
else
	skip "the conformance suite" "no $SUITE"
fi

# bag DIR VERSION: a bag of one file, with the digests that are common.
bag()
{
	mkdir -p "$1/data"
	printf 'hello\n' >"$1/data/hello.txt"
	printf 'BagIt-Version: %s\nTag-File-Character-Encoding: UTF-8\n' "$2" \
	    >"$1/bagit.txt"
	for _d in md5 sha1 sha224 sha256 sha384 sha512; do
		(cd "$1" && "${_d}sum" data/hello.txt >"manifest-$_d.txt")
	done
	(cd "$1" && sha256sum bagit.txt manifest-*.txt >tagmanifest-sha256.txt)
}

bag "$T/good" 1.0
ok "six digests, each in a manifest" judged 0 "" "$T/good"
exits 0 "the text report" "$VERIFY" bag "$T/good"
cp "$T/.out" "$T/said"
ok "its first and last line are the verdict" sh -c '
    head -n 1 "$1" | grep -q "^VALID: " &&
    [ "$(head -n 1 "$1")" = "$(tail -n 1 "$1")" ]' - "$T/said"

# twisted NAME "CODES" COMMAND: a good bag in which COMMAND changes something.
twisted()
{
	rm -rf "$T/twist"
	cp -r "$T/good" "$T/twist"
	(cd "$T/twist" && eval "$3") || return 1
	judged 1 "$2" "$T/twist"
}
ok "a symbolic link is not followed" twisted link "special-file" \
    'mv data/hello.txt /tmp/../"$T"/away && ln -s "$T/away" data/hello.txt'
ok "a link to a folder is not followed" twisted dirlink "special-file" \
    'mkdir "$T/awaydir" && ln -s "$T/awaydir" data/sub'
ok "a pipe is not opened" twisted pipe "special-file" \
    'mkfifo data/pipe'
ok "a manifest that is a pipe is not opened" twisted pipe2 \
    "missing special-file" 'rm manifest-md5.txt && mkfifo manifest-md5.txt &&
    sed -i /manifest-md5/d tagmanifest-sha256.txt &&
    echo "$(printf x | sha256sum | cut -c1-64)  gone" >>tagmanifest-sha256.txt'
ok "a short digest" twisted short "digest manifest unlisted" \
    'sed -i "s/^.//" manifest-sha1.txt'
ok "a digest of nothing known leaves it open" sh -c '
    cp -r "$1/good" "$1/open" &&
    cp "$1/good/manifest-md5.txt" "$1/open/manifest-crc32.txt" &&
    '"$VERIFY"' bag "$1/open" >"$1/said" ; [ $? -eq 2 ] &&
    grep -q "^  UNDECIDED \[algorithm\] manifest-crc32.txt" "$1/said"' - "$T"
ok "a list that names itself away from data/" twisted away "digest path unlisted" \
    'sed -i "s,data/,,"  manifest-md5.txt'
ok "two lines in one by a carriage return" twisted cr "digest path" \
    'printf "%s  ../x\r" "$(cut -c1-32 manifest-md5.txt)" >>manifest-md5.txt'
ok "no manifest at all" twisted none "missing no-manifest unlisted" \
    'rm manifest-*'
ok "an encoding that needs a module of the C library" twisted gconv \
    "digest encoding" 'sed -i s/UTF-8/SHIFT_JIS/ bagit.txt'

mkdir "$T/percent"
bag "$T/percent" 1.0
mv "$T/percent/data/hello.txt" "$T/percent/data/a%
b.txt"
(cd "$T/percent" && sed -i 's,hello,a%25%0Ab,' manifest-*.txt &&
    sha256sum bagit.txt manifest-*.txt >tagmanifest-sha256.txt)
ok "a path with a line feed and a percent sign" judged 0 "" "$T/percent"

# Archives.
tar -C "$T" --format=pax -cf "$T/good.tar" good
ok "a bag in a pax archive" judged 0 "" "$T/good.tar"
tar -C "$T/good" --format=ustar -cf "$T/flat.tar" .
ok "a bag without a top folder" judged 0 "" "$T/flat.tar"
gzip -k "$T/good.tar"
exits 1 "a .tar.gz is refused, not tried" "$VERIFY" bag "$T/good.tar.gz"
head -c 4000 "$T/good.tar" >"$T/cut.tar"
exits 1 "an archive cut short" "$VERIFY" bag "$T/cut.tar"
cat "$T/good.tar" "$T/good.tar" >"$T/two.tar"
ok "a second archive behind the first" judged 1 "structure" "$T/two.tar"
tar -C "$T" --format=pax --append -f "$T/good.tar" good/data/hello.txt
ok "a file twice in an archive" judged 1 "duplicate" "$T/good.tar"
head -c 3000000000 /dev/zero | zstd -q >"$T/bomb.tar.zst"
ok "a bomb costs nothing" sh -c '(ulimit -v 400000; timeout 20 "$1" bag "$2") \
    >"$3" 2>&1; [ $? -eq 1 ] && grep -q "FAIL \[limit\]\|FAIL \[structure\]" "$3"' \
    - "$VERIFY" "$T/bomb.tar.zst" "$T/said"

# Opening twice by name would see the other file.
exits 66 "what is not there" "$VERIFY" bag "$T/nothing"
exits 64 "no bag" "$VERIFY" bag
exits 64 "an unknown option" "$VERIFY" bag --trust x "$T/good"
