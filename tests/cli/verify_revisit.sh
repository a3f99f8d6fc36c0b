#!/bin/sh
# Goal of this test: what an earlier package took of hours that were open is
# proved, by the bytes of both packages alone, to stand at the front of what a
# later one took; a history that was rewritten, cut, or deleted is told by name,
# and what was not taken again is never called proved.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

# account FILE EDIT: a storage account in this hour, after the Python EDIT.
account()
{
	"$PYTHON" - "$1" "$2" <<'END'
import json, sys, time
FLOW = "insights-logs-networksecuritygroupflowevent"
READ = "insights-logs-storageread"
hour = time.strftime("y=%Y/m=%m/d=%d/h=%H/m=00/", time.gmtime(
    int(open(sys.argv[1] + ".hour").read())))
def row(n):
    return '{"time":"t%02d","rows":"%s"}' % (n, "x" * 400)
def flow(rows):
    return '{"records":[' + ",".join(map(row, rows)) + "]}"
def lines(rows):
    return "".join(row(n) + "\n" for n in rows)
flows = {"NSG-%s" % n: flow(range(20)) for n in
         ("GROWN", "SAME", "EDITED", "CUT", "GONE", "SMALL")}
reads = {n: lines(range(30)) for n in ("grown", "edited", "closed")}
exec(sys.argv[2])
def blobs(texts, name, kind):
    return {"blobs": [{"name": name(n), "text": t, "type": kind,
                       "seed": len(t)} for n, t in texts.items()]}
old = "y=2026/m=01/d=02/h=03/m=00/"
json.dump({"account": "acct", "containers": {
    FLOW: blobs(flows, lambda n: "NAME=%s/%smacAddress=0/PT1H.json"
                % (n, hour), "BlockBlob"),
    READ: blobs(reads, lambda n: "NAME=%s/%sPT1H.json"
                % (n, old if n == "closed" else hour), "AppendBlob")}},
    open(sys.argv[1], "w"))
END
}

# taken NAME EDIT: what is collected of such an account is the package $T/NAME.
taken()
{
	_name=$1
	mkdir -p "$T/s-$1" "$T/$1" || return 1
	cp "$T/hour" "$T/s-$1/account.json.hour"
	account "$T/s-$1/account.json" "$2" || return 1
	shift 2
	serve "$T/s-$_name"
	collect --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
	    --sas-file "$T/sas.secret" --out "$T/$_name" --tries 3 "$@" \
	    >/dev/null
}

revisit()
{
	"$B/azcustody-verify" revisit "$(the_package "$T/$1")" \
	    "$(the_package "$T/$2")" --trust "$T/k.pub" --json >"$T/out"
}

# became NAME: state, bytes compared and needed of the blob that is NAME.
became()
{
	"$PYTHON" -c 'import json, sys
for line in open(sys.argv[1]):
    d = json.loads(line)
    if "NAME%3D" + sys.argv[2] + "/" in d.get("name_pct", ""):
        print(d["state"], d.get("compared", "-"), d.get("needed", "-"))' \
	    "$T/out" "$1"
}

# front CONTAINER NAME: is the digest said that of the front of both blobs?
front()
{
	"$PYTHON" - "$T" "$1" "$2" <<'END'
import hashlib, json, sys
said = [json.loads(line) for line in open(sys.argv[1] + "/out")]
said = [d for d in said if "NAME%3D" + sys.argv[3] + "/" in
        d.get("name_pct", "") and d["container"].endswith(sys.argv[2])][0]
for which in ("s-first", "s-second"):
    d = json.load(open("%s/%s/account.json" % (sys.argv[1], which)))
    text = [b["text"].encode() for c, v in d["containers"].items()
            if c.endswith(sys.argv[2]) for b in v["blobs"]
            if "NAME=" + sys.argv[3] + "/" in b["name"]][0]
    if hashlib.sha256(text[:said["compared"]]).hexdigest() != \
            said["front_sha256"]:
        sys.exit(1)
END
}

write_sas "$T/sas.secret"
make_key
date +%s >"$T/hour"
both='--logs flow,storage'

# shellcheck disable=SC2086 # Two words.
{
exits 0 "open hours are taken" taken first '' $both
exits 0 "and once more, unchanged" taken again '' $both
exits 0 "and when they have grown" taken grown '
flows["NSG-GROWN"] = flow(range(25)); reads["grown"] = lines(range(40))' $both
exits 0 "and when some were rewritten" taken second '
flows["NSG-GROWN"] = flow(range(25)); reads["grown"] = lines(range(40))
flows["NSG-EDITED"] = flows["NSG-EDITED"].replace("t07", "t_7", 1)
reads["edited"] = lines(range(40)).replace("t09", "t_9", 1)
flows["NSG-CUT"] = flow(range(9)); del flows["NSG-GONE"]
flows["NSG-SMALL"] = flow(range(21))
reads["closed"] = "another"' $both
exits 0 "and of one container only" taken narrow '' --logs storage
}

row=$("$PYTHON" -c 'print(len("""{"time":"t00","rows":""}""") + 400)')
size=$((14 - 2 + 20 * row + 19 + 2))

exits 0 "what did not change is proved" revisit first again
ok "all of it" test "$(grep -c '"state":"same"' "$T/out")" = 8
ok "and only open hours" test -z "$(became closed)"
exits 0 "what grew is proved" revisit first grown
ok "a flow log but for its closing" test "$(became NSG-GROWN)" = \
    "prefix $((size - 2)) $((size - 2))"
ok "an append blob to its end" test "$(became grown)" = \
    "prefix $((30 * (row + 1))) $((30 * (row + 1)))"
ok "what did not grow is the same" test "$(became NSG-SAME)" = \
    "same $size $size"

exits 1 "a rewritten history fails" revisit first second
ok "one of the same length is told, and where" test "$(became NSG-EDITED)" = \
    "rewritten $((12 + 7 * (row + 1) + 10)) $((size - 2))"
ok "an append blob that grew as well" test "$(became edited)" = \
    "rewritten $((9 * (row + 1) + 10)) $((30 * (row + 1)))"
ok "what is shorter" test "$(became NSG-CUT | cut -d' ' -f1)" = shorter
ok "what is gone" test "$(became NSG-GONE)" = "vanished - -"
ok "what only grew is still proved" test \
    "$(became NSG-SMALL | cut -d' ' -f1)" = prefix
for one in "event NSG-GROWN" "event NSG-EDITED" "event NSG-CUT" \
    "read grown" "read edited"; do
	# shellcheck disable=SC2086 # Two words.
	ok "the digest of $one is that of both fronts" front $one
done
exits 1 "the other way round it fails as well" revisit second first
exits 2 "what was not taken again is not proved" revisit first narrow
ok "and not called gone" test "$(became NSG-SAME)" = "unread - -"

# ---- Blobs of several frames: what must stay ends at a border of theirs ----
size=8388609
rm -rf "$T/s-first" "$T/s-second" "$T/second"
mv "$T/first" "$T/first.kept"
exits 0 "large ones are taken" taken first "
flows['NSG-GROWN'] = '{\"records\":[' + 'q' * ($size - 14) + ']}'
flows['NSG-EDITED'] = flows['NSG-GROWN']; reads['grown'] = 'z' * $size" \
    --logs flow,storage
exits 0 "and once more" taken second "
flows['NSG-GROWN'] = '{\"records\":[' + 'q' * ($size - 14) + ',abc]}'
flows['NSG-EDITED'] = '{\"records\":[' + 'q' * ($size - 15) + 'pab]}'
reads['grown'] = 'z' * $size + 'y' * 3" --logs flow,storage
exits 1 "they are compared to their last byte" revisit first second
ok "a flow log that grew" test "$(became NSG-GROWN)" = \
    "prefix $((size - 2)) $((size - 2))"
ok "one whose last byte that must stay did not" test "$(became NSG-EDITED)" = \
    "rewritten $((size - 3)) $((size - 2))"
ok "an append blob that grew" test "$(became grown)" = "prefix $size $size"
ok "the digest is that of both fronts" front event NSG-GROWN
rm -rf "$T/first"
mv "$T/first.kept" "$T/first"

# ---- Packages that are not what they were ----
mkdir "$T/flipped"
cp "$(the_package "$T/grown")" "$T/flipped/flipped.tar.zst"
chmod u+w "$T/flipped/flipped.tar.zst"
printf 'X' | dd of="$T/flipped/flipped.tar.zst" bs=1 seek=3000 conv=notrunc \
    2>/dev/null
exits 1 "an altered package is not compared" revisit first flipped
ok "and that is said" grep -q '"compared":false' "$T/out"
# ---- A package that says what it continues ----
first=$(the_package "$T/first")
mkdir "$T/s-named"
rule "$T/s-named" '[{"phase": "any", "mode": "status", "status": 403,
    "code": "AuthorizationFailure"}]'
exits 77 "a run that continues a package is held up" taken named \
    'reads["grown"] = lines(range(40))' --logs flow,storage --previous "$first"
rule "$T/s-named" '[]'
resume()
{
	"$B/azcustody-collect" resume "$T/named"/*.work --sign "$T/k.key" \
	    --account acct --sas-file "$T/sas.secret" --tries 3 >/dev/null
}
exits 0 "and is resumed" resume
exits 0 "what grew is proved" revisit first named
ok "and the seal names the earlier package" grep -q '"link":"named"' "$T/out"
exits 1 "held against another one, it fails" revisit again named
ok "and says so" grep -q '"link":"another"' "$T/out"
exits 0 "ordinary tools accept it" unpack "$(the_package "$T/named")" "$T/u"
ok "case.json names it, too" test "$(fact "$T/u" meta/case.json \
    'd[0]["previous"]').tar.zst" = "$(basename "$first")"
exits 1 "an altered package is not continued" taken refused '' \
    --logs flow,storage --previous "$T/flipped/flipped.tar.zst"
ok "and nothing was asked" test ! -s "$T/s-refused/requests.secret"

exits 64 "two packages are needed" "$B/azcustody-verify" revisit \
    "$(the_package "$T/first")"

# ---- The collector looks again by itself ----
# looked NAME EDIT: as taken, by --revisit of the first package, its last words
# in $T/said.json.
looked()
{
	mkdir -p "$T/s-$1" "$T/$1" || return 1
	cp "$T/hour" "$T/s-$1/account.json.hour"
	account "$T/s-$1/account.json" "$2" || return 1
	serve "$T/s-$1"
	collect --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
	    --sas-file "$T/sas.secret" --out "$T/$1" --tries 3 --json \
	    --logs flow,storage --revisit "$(the_package "$T/first")" \
	    >"$T/said.json" 2>"$T/said"
}
said()
{
	"$PYTHON" -c 'import json, sys
d = [json.loads(line) for line in open(sys.argv[1])][-1]
print(" ".join("%s=%d" % i for i in d["revisited"].items()))' "$T/said.json"
}
# note NAME: the remarks of the ledger's second entry.
note()
{
	"$PYTHON" -c 'import glob, json, sys
print(json.load(open(glob.glob(sys.argv[1] + "/*.custody/000002-*.json")[0]))
    ["remarks"])' "$T/$1"
}
exits 0 "--revisit takes the open hours again" looked better '
flows["NSG-GROWN"] = flow(range(25)); reads["grown"] = lines(range(40))'
ok "what became of each is told" test "$(said)" = \
    "same=6 prefix=2 rewritten=0 shorter=0 vanished=0 unread=0"
ok "and stands in the ledger" test "$(note better)" = "open hours of $(basename \
    "$(the_package "$T/first")" .tar.zst) revisited: 6 same, 2 prefix, 0 rewritten, 0 shorter, 0 vanished, 0 unread"
exits 0 "which the verifier accepts" "$B/azcustody-verify" --trust "$T/k.pub" \
    "$(the_package "$T/better")"
rm -rf "$T/u"
exits 0 "ordinary tools accept the package" unpack \
    "$(the_package "$T/better")" "$T/u"
ok "an hour that was over is not asked for" test "$(fact "$T/u" \
    meta/objects.jsonl 'sum("closed" in o["path"] for o in d)')" = 0
exits 3 "a history that was rewritten is not complete" looked worse '
flows["NSG-EDITED"] = flows["NSG-EDITED"].replace("t07", "t_7", 1)
del flows["NSG-GONE"]'
ok "it is told" test "$(said)" = \
    "same=6 prefix=0 rewritten=1 shorter=0 vanished=1 unread=0"
ok "by name" grep -q "revisited: rewritten: acct/.*NSG-EDITED" "$T/said.json"
ok "and stands in the ledger as well" sh -c 'echo "$1" | grep -q "1 rewritten"' \
    - "$(note worse)"
exits 64 "it says the hours itself" collect --account acct --sas-file \
    "$T/sas.secret" --from 2026-01-01 --out "$T/worse" \
    --revisit "$(the_package "$T/first")"

# An account with a scope of its own is asked for these hours only, too; and a
# run that is held up says as much when it is resumed.
mkdir "$T/s-own" "$T/own"
cp "$T/hour" "$T/s-own/account.json.hour"
account "$T/s-own/account.json" 'reads["grown"] = lines(range(40))'
rule "$T/s-own" '[{"phase": "any", "mode": "status", "status": 403,
    "code": "AuthorizationFailure"}]'
serve "$T/s-own"
own()
{
	printf '{"format":"azcustody/config/1","accounts":[{"name":"acct",' &&
	    printf '"endpoint":"http://127.0.0.1:%s/acct","sas_file":"%s",' \
		"$PORT" "$T/sas.secret" &&
	    printf '"logs":["storage"]%s}]}\n' "$1"
}
own ',"from":"2026-01-01"' >"$T/own.json"
again_own()
{
	collect --config "$T/own.json" --out "$T/own" --tries 3 \
	    --revisit "$(the_package "$T/first")" >/dev/null
}
exits 64 "hours of its own are refused" again_own
own '' >"$T/own.json"
exits 77 "a run with --revisit is held up" again_own
rule "$T/s-own" '[]'
resume_own()
{
	"$B/azcustody-collect" resume "$T/own"/*.work --sign "$T/k.key" \
	    --config "$T/own.json" --tries 3 >/dev/null
}
exits 3 "resumed, it says that flow logs were not looked at" resume_own
ok "in the ledger" sh -c 'echo "$1" | grep -q "1 same, 1 prefix, 0 rewritten, 0 shorter, 0 vanished, 6 unread" || { echo "$1"; exit 1; }' \
    - "$(note own)"
rm -rf "$T/u"
exits 0 "ordinary tools accept it" unpack "$(the_package "$T/own")" "$T/u"
ok "and no hour that was over is in it" test "$(fact "$T/u" \
    meta/objects.jsonl 'len(d)')" = 2
