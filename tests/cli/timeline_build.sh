#!/bin/sh
# Goal of this test: build writes every output of a timeline, the same bytes
# whatever the surroundings, refuses what is altered, and says on every output
# when it was told to go on with it.
. tests/lib.sh
. tests/timeline_lib.sh

ok "a small incident is generated and sealed" \
    incident small 7 --days 4 --scale 0.03
exits 3 "a timeline is built; broken lines in the logs make it exit 3" \
    build small "$T/one"
cp "$T/.out" "$T/summary"
ok "the summary says the verdict" grep -q "^package .*: intact" "$T/summary"

all_there()
{
	for f in case.db timeline.csv timeline.jsonl undated.jsonl \
	    findings.json coverage.csv report.html attack-layer.json \
	    certificate-draft.txt case.jsonld; do
		[ -s "$T/one/data/$f" ] || { echo "$f is missing"; return 1; }
		grep -q "  data/$f\$" "$T/one/manifest-sha256.txt" || return 1
	done
}
ok "every output is there and listed" all_there
ok "the lists of digests are right" \
    sh -c "cd '$T/one' && sha256sum -c --quiet --strict manifest-sha256.txt tagmanifest-sha256.txt"
ok "the folder is a valid bag" "$B/azcustody-verify" bag "$T/one"
cp -r "$T/one" "$T/changed"
sed -i '1s/"/ "/' "$T/changed/derived.json"
exits 1 "which it is not once what binds it was changed" \
    "$B/azcustody-verify" bag "$T/changed"
rm -r "$T/changed"

# By tar and sha256sum: the seal that derived.json names is the package's.
bound()
{
	p=$(basename "$(package small)" .tar.zst)
	seal=$(tar -xOf "$(package small)" --zstd "$p/seal/seal.json" |
	    sha256sum | cut -d ' ' -f 1)
	grep -q "\"packages\":\[{\"package\":\"$p\",\"seal_sha256\":\"$seal\",\"verdict\":\"intact\"}\]" \
	    "$T/one/derived.json" &&
	    [ "$("$B/tests/tools/document" derived <"$T/one/derived.json")" = same ]
}
ok "derived.json names the seal it came from, and its schema's parser reads it" \
    bound
rule_digests()
{
	n=0
	for f in timeline/rules/*.sql; do
		hex=$(sha256sum "$f" | cut -d ' ' -f 1)
		grep -q "\"file\":\"$(basename "$f")\",\"sha256\":\"$hex\"" \
		    "$T/one/derived.json" || { echo "$f"; return 1; }
		n=$((n + 1))
	done
	[ "$n" -gt 0 ]
}
ok "and each rule with the digest of its file" rule_digests
ok "nothing is left of the unfinished folder" test ! -e "$T/one.partial"

exits 64 "a folder that exists is not touched" build small "$T/one"
exits 3 "it is built again, elsewhere, in another zone and language" \
    env TZ=Asia/Kathmandu LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 \
    "$TIMELINE" build "$(package small)" --out "$T/two" \
    --trust "$T/signer.pub"
ok "equal input gives equal bytes" \
    cmp "$T/one/tagmanifest-sha256.txt" "$T/two/tagmanifest-sha256.txt"

for n in 1 2 3 7; do
	exits 3 "it is built again with $n workers" \
	    build small "$T/jobs" --jobs $n
	ok "which gives the same bytes" \
	    cmp "$T/one/tagmanifest-sha256.txt" "$T/jobs/tagmanifest-sha256.txt"
	rm -r "$T/jobs"
done
exits 64 "no worker is too few" build small "$T/jobs" --jobs 0
exits 64 "and 17 are too many" build small "$T/jobs" --jobs 17

outputs()
{
	/usr/bin/python3 tests/timeline_outputs.py "$1" "$T/one" \
	    "$(package small)" "$seal"
}
ok "the layer for Navigator counts the findings of each technique" \
    outputs layer
ok "the CASE bundle is whole and names the seal" outputs case
ok "the certificate is a draft, with the digests and without a signature" \
    outputs certificate
ok "of an intact package it may be one" sh -c \
    "! grep -q 'NOT FIT' '$T/one/data/certificate-draft.txt'"

ok "the CSV agrees with the JSON Lines, row by row" $LIB csv "$T/one"
ok "each field has one type" $LIB types "$T/one"
ok "the findings are whole: no key twice, alternatives, places of rows" \
    $LIB findings "$T/one"

count()
{
	sqlite3 -readonly "$T/one/data/case.db" "$1"
}
agree()
{
	rows=$(wc -l <"$T/one/data/timeline.jsonl")
	[ "$rows" -gt 0 ] && [ "$rows" -eq "$(count 'SELECT COUNT(*) FROM place')" ] &&
	    [ "$rows" -eq "$(count 'SELECT COUNT(*) FROM timeline')" ] &&
	    [ "$(count 'SELECT (SELECT COUNT(*) FROM event) + (SELECT COUNT(*) FROM flow)')" -ge "$rows" ]
}
ok "the store opens anywhere and holds as many rows" agree

shows()
{
	head -n 20 "$T/one/data/timeline.jsonl" | tail -n 1 >"$T/row"
	id=$(sed 's/.*"event_id":"\([0-9a-f]*\)".*/\1/' "$T/row")
	want=$(sed 's/.*"record_sha256":"\([0-9a-f]*\)".*/\1/' "$T/row")
	place=$(/usr/bin/python3 -c "import json; r = json.load(open('$T/row')); print(r['member'], r['offset'], r['length'], sep=':')")
	for row in "$id" "$place"; do
		have=$("$TIMELINE" show "$row" --package "$(package small)" \
		    --trust "$T/signer.pub" | sha256sum | cut -d ' ' -f 1)
		[ "$have" = "$want" ] || { echo "$row: $have"; return 1; }
	done
}
ok "show prints the exact bytes of a row, by id and by place" shows
exits 64 "show knows no row that is not there" "$TIMELINE" show \
    00000000000000000000000000000000 --package "$(package small)"
exits 64 "show wants a row" "$TIMELINE" show --package "$(package small)"
exits 64 "a row that is none is refused" "$TIMELINE" show x \
    --package "$(package small)"

exits 3 "a baseline is taken" build small "$T/based" \
    --baseline 2026-01-01T00:00:00Z..2027-01-01T00:00:00Z
ok "the derived document says which baseline" grep -qF \
    '"options":[{"name":"--baseline","value":"2026-01-01T00:00:00.0000000Z..2027-01-01T00:00:00.0000000Z"}]' \
    "$T/based/derived.json"
ok "the findings say which baseline" grep -q "the span that was given" \
    "$T/based/data/findings.json"
exits 64 "a baseline that ends before it begins is refused" build small \
    "$T/none" --baseline 2027-01-01T00:00:00Z..2026-01-01T00:00:00Z
exits 64 "an engine that is not there is refused" build small "$T/none" \
    --engine postgresql
exits 64 "an unknown option is refused" build small "$T/none" --frobnicate
exits 64 "build wants a package" "$TIMELINE" build --out "$T/none"
exits 66 "a package that is not there is said" "$TIMELINE" build \
    "$T/nothing.tar.zst" --out "$T/none"
ok "nothing was made by a refused build" test ! -e "$T/none"

mkdir "$T/rules"
cat >"$T/rules/99-mine.sql" <<'RULE'
-- id: mine
-- title: Containers were listed
-- question: Who listed containers?
-- rests-on: the operation
-- alternative: somebody's work
-- contradiction: none
SELECT 1 AS finding, 'all' AS link, id AS event FROM event
WHERE action = 'list-containers' ORDER BY id;
SELECT 1 AS finding, 'all' AS link, 5 AS number UNION ALL SELECT 1, 'all', 6;
RULE
exits 3 "a rule of the analyst's own is run" build small "$T/mine" \
    --rules "$T/rules"
ok "its findings are there" grep -q '"rule":"mine"' "$T/mine/data/findings.json"
ok "two lines of facts stand apart" grep -q \
    '"facts":{"number":5},"more_facts":\[{"number":6}\]' "$T/mine/data/findings.json"
ok "and the findings stay whole" $LIB findings "$T/mine"
sed -i '/alternative/d' "$T/rules/99-mine.sql"
exits 64 "a rule that names no alternative is not run" build small "$T/none" \
    --rules "$T/rules"

# A flipped bit in the middle of the data.
mkdir "$T/bad"
cp "$(package small)" "$T/bad/bad.tar.zst"
/usr/bin/python3 - "$T/bad/bad.tar.zst" <<'FLIP'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(100_000)
    byte = file.read(1)
    file.seek(100_000)
    file.write(bytes([byte[0] ^ 4]))
FLIP
exits 1 "an altered package ends with 1" "$TIMELINE" build \
    "$T/bad/bad.tar.zst" --out "$T/none" --trust "$T/signer.pub"
ok "and leaves nothing" test ! -e "$T/none"
exits 3 "it is read all the same when that is accepted" "$TIMELINE" build \
    "$T/bad/bad.tar.zst" --out "$T/damaged" --trust "$T/signer.pub" \
    --accept-damaged
warned()
{
	grep -q '"verdict":"altered"' "$T/damaged/derived.json" &&
	    grep -q "NOT FIT TO BE CERTIFIED" \
		"$T/damaged/data/certificate-draft.txt" &&
	    grep -q "altered or damaged" "$T/damaged/data/case.jsonld" &&
	    grep -q "altered or damaged" "$T/damaged/data/report.html" &&
	    grep -q "altered or damaged" "$T/damaged/data/findings.json" &&
	    grep -q "altered or damaged" "$T/damaged/data/timeline.jsonl" &&
	    grep -q "altered or damaged" "$T/damaged/data/timeline.csv"
}
ok "and every output says so" warned
exits 3 "without a trusted key the verdict is undecided, and it goes on" \
    "$TIMELINE" build "$(package small)" --out "$T/untrusted"
ok "which the report says" grep -q "undecided" "$T/untrusted/data/report.html"

# Files that somebody handed over: said wherever the verdict is.
mkdir "$T/handed"
"$B/azcustody-collect" run --case C --exhibit E --examiner X \
    --sign "$T/signer.key" --folder "$T/small.files" --out "$T/handed" -q \
    >"$T/.out" 2>&1
RECEIVED=$(echo "$T"/handed/*.tar.zst)
exits 3 "a timeline is built of files that were received" "$TIMELINE" build \
    "$RECEIVED" --out "$T/received" --trust "$T/signer.pub"
for f in report.html findings.json timeline.jsonl timeline.csv coverage.csv \
    case.jsonld certificate-draft.txt; do
	ok "$f says that they were received" \
	    grep -qi "received, not acquired" "$T/received/data/$f"
	not_ok "and $f of an acquisition does not" \
	    grep -qi "received, not acquired" "$T/one/data/$f"
done
ok "a verdict with a comma is one cell of a table" $LIB csv "$T/received"
