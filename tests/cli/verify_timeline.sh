#!/bin/sh
# Goal of this test: "azcustody-verify timeline" finds every row of a timeline in
# its package again, and sees a row that names other bytes, a bag that is bound to
# another seal, and a package that is not the one, in bags that are valid again.
. tests/lib.sh
. tests/timeline_lib.sh
VERIFY=$B/azcustody-verify

ok "an incident is generated and sealed" incident one 7 --days 4 --scale 0.03
ok "and another" incident two 8 --days 4 --scale 0.03
exits 3 "its timeline is built" build one "$T/tl"
P=$(package one)
rows=$(wc -l <"$T/tl/data/timeline.jsonl")

judge()
{
	"$VERIFY" timeline "$1" --package "${2:-$P}" --trust "$T/signer.pub" \
	    >"$T/said"
}
# mend BAG: make the manifests right again, as a forger would.
mend()
{
	(
		cd "$1" || exit 1
		sum=$(cat data/* | wc -c).$(find data -type f | wc -l)
		sed -i "s/^Payload-Oxum: .*/Payload-Oxum: $sum/" bag-info.txt
		for f in manifest tagmanifest; do
			cut -c 67- $f-sha256.txt >names
			xargs sha256sum <names >$f-sha256.txt || exit 1
		done
		rm names
		sha256sum -c --quiet --strict ./*manifest-sha256.txt
	)
}
# forged NAME FILE SED: a copy of the bag in which SED changed FILE, valid again.
forged()
{
	cp -r "$T/tl" "$T/$1" && sed -i "$3" "$T/$1/$2" &&
	    ! cmp -s "$T/tl/$2" "$T/$1/$2" && mend "$T/$1" &&
	    "$VERIFY" bag "$T/$1" >"$T/bag.out"
}
says()
{
	grep -q -- "$1" "$T/said"
}

exits 0 "every row is bytes of the package" judge "$T/tl"
ok "the first and last line say how many of how many" test \
    "$(grep -c "^VERIFIED: .*: $rows of $rows rows .* in 1 of 1 packages" \
	"$T/said")" = 2
in_json()
{
	"$VERIFY" timeline --json "$T/tl" --package "$P" \
	    --trust "$T/signer.pub" >"$T/said"
}
exits 0 "and JSON says it" in_json
ok "with the same numbers" /usr/bin/python3 -c '
import json, sys
last = [json.loads(line) for line in open(sys.argv[1])][-1]
sys.exit(last["type"] != "summary" or last["exit_code"] != 0 or
         not last["rows"] == last["rows_resolved"] == int(sys.argv[2]) > 0 or
         not last["undated"] == last["undated_resolved"] > 0 or
         not last["named"] == last["named_matched"] > 0)
' "$T/said" "$rows"
untrusted()
{
	"$VERIFY" timeline "$T/tl" --package "$P" >"$T/said"
}
exits 2 "without a trusted key it is undecided" untrusted
ok "though every row is found" says "UNDECIDED.* $rows of $rows rows"

half=$((rows / 2))
ok "a row gets another digest" forged digest data/timeline.jsonl \
    "${half}s/\"record_sha256\":\"[0-9a-f]\\{8\\}/\"record_sha256\":\"00000000/"
exits 1 "which is seen" judge "$T/digest"
ok "and the row is named" says "line $half: its bytes have another digest"
ok "the others are found all the same" says " $((rows - 1)) of $rows rows"

ok "a row gets another place" forged place data/timeline.jsonl \
    '3s/"offset":[0-9]*/"offset":1/'
exits 1 "which is seen" judge "$T/place"
ok "and that row is named" says "line 3: "
ok "a row gets a place behind the end" forged behind data/timeline.jsonl \
    '2s/"offset":[0-9]*/"offset":9007199254740992/'
exits 1 "which is seen" judge "$T/behind"
ok "and named" says "line 2: no such bytes"
ok "a row gets another package" forged other data/timeline.jsonl \
    '1s/"package":"/"package":"x/'
exits 1 "which is seen" judge "$T/other"
ok "and named" says "line 1: its package and seal are not in derived.json"
ok "a row is no JSON" forged text data/timeline.jsonl '4s/^{/[/'
exits 1 "which is seen" judge "$T/text"
rm -rf "$T/text" # No row of ours: what tests leave is held to the schemas.

ok "a row without a time gets another place" forged undated \
    data/undated.jsonl '1s/"offset":[0-9]*/"offset":1/'
exits 1 "which is seen" judge "$T/undated"
ok "and that row is named" says "undated.jsonl line 1: "

# finding NAME TEXT PATTERN REPLACEMENT: the first row that a finding names is
# changed, in a bag that is valid again; TEXT is what is said of it.
finding()
{
	cp -r "$T/tl" "$T/$1"
	/usr/bin/python3 - "$T/$1/data/findings.json" "$3" "$4" <<'END' &&
import json, re, sys
path, pattern, replacement = sys.argv[1:]
text = open(path, encoding="utf-8").read()
row = re.search(r'{"row":[^{}]*}', text)[0]
other = re.sub(pattern, replacement.replace("ROW", row), row, count=1)
assert other != row
open(path, "w", encoding="utf-8").write(text.replace(row, other, 1))
json.load(open(path, encoding="utf-8"))
END
	    mend "$T/$1" && "$VERIFY" bag "$T/$1" >"$T/bag.out" &&
	    ! judge "$T/$1" && says "findings.json byte [0-9]*: .*$2"
	_rc=$?
	rm -rf "${T:?}/$1"
	[ "$_rc" -eq 0 ] || cat "$T/said"
	return "$_rc"
}
while read -r name pattern replacement text; do
	ok "a finding names a row otherwise ($name): seen" \
	    finding "$name" "$text" "$pattern" "$replacement"
done <<'END'
row "row":[0-9]+ "row":1 another row of this number
high "row":[0-9]+ "row":9007199254740991 no row of this number
none "row":[0-9]+ "row":0 does not say which row
event "event_id":"[0-9a-f]{4} "event_id":"0000 another row of this number
member "member":" "member":"x another row of this number
offset "offset":[0-9]+ "offset":7 another row of this number
length "length":[0-9]+ "length":7 another row of this number
digest "record_sha256":"[0-9a-f]{4} "record_sha256":"0000 another row of
escape "event_id" "event\\u005fid" written with escapes
inner "offset" "x":{},"offset" holds something else
outer ^{ {"x":{}, in another form than rows are
more $ ,{"row":2,"event_id":"00"} does not say which row
END
mkdir "$T/without" && cp -r "$T/tl" "$T/without/tl" &&
    rm "$T/without/tl/data/findings.json" &&
    sed -i '/findings.json/d' "$T/without/tl/manifest-sha256.txt" &&
    mend "$T/without/tl"
exits 1 "without findings.json it is not whole" judge "$T/without/tl"

ok "the bag is bound to another seal" forged seal derived.json \
    's/"seal_sha256":"[0-9a-f]\{8\}/"seal_sha256":"00000000/'
exits 1 "which is seen" judge "$T/seal"
exits 1 "a package it was not made from is refused" judge "$T/tl" \
    "$(package two)"
ok "since its seal is not named" says "derived.json does not name it"
cp -r "$T/tl" "$T/loose" && echo >>"$T/loose/data/report.html"
exits 1 "a bag that is not valid is refused" judge "$T/loose"
mkdir "$T/none" && cp -r "$T/tl" "$T/none/tl" &&
    : >"$T/none/tl/data/timeline.jsonl" &&
    sed -i 's/"findings":.*/"findings":[]}/' "$T/none/tl/data/findings.json" &&
    mend "$T/none/tl"
exits 2 "no rows are not fine" judge "$T/none/tl"
cp -r "$T/tl" "$T/unbound" && rm "$T/unbound/derived.json" &&
    sed -i '/derived.json/d' "$T/unbound/tagmanifest-sha256.txt"
exits 1 "a bag that is bound to nothing is refused" judge "$T/unbound"
mkdir "$T/bad" && cp "$P" "$T/bad/" && chmod u+w "$T"/bad/*
printf 'x' | dd of="$(echo "$T"/bad/*.zst)" bs=1 seek=5000 conv=notrunc 2>/dev/null
exits 1 "an altered package is refused" judge "$T/tl" "$(echo "$T"/bad/*.zst)"

exits 3 "a timeline of two packages is built" "$TIMELINE" build "$P" \
    "$(package two)" --out "$T/both" --trust "$T/signer.pub"
exits 2 "one of two packages leaves it open" judge "$T/both"
exits 0 "both settle it" "$VERIFY" timeline "$T/both" --package "$P" \
    --package "$(package two)" --trust "$T/signer.pub"
exits 64 "a package is wanted" "$VERIFY" timeline "$T/tl"
exits 64 "one folder is wanted" "$VERIFY" timeline --package "$P"
