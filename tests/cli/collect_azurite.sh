#!/bin/sh
# Goal of this test: what the collector takes out of a real blob service is,
# byte for byte, what another client downloads: with an account key and with
# SAS, over HTTP and HTTPS, all kinds of log, names and sizes at every border;
# ordinary tools accept every package; no secret is left anywhere; what was
# not taken is declared.
. tests/lib.sh
. tests/cli/collect_lib.sh

if [ ! -x tests/azurite/node_modules/.bin/azurite-blob ]; then
	skip "collecting from Azurite" "tests/azurite is not installed"
	exit 0
fi
export HOME="$T"
D=$T/azurite
S=$T/azurite-tls
trap 'tests/azurite/azurite.sh stop "$D" >/dev/null 2>&1
tests/azurite/azurite.sh stop "$S" >/dev/null 2>&1
teardown' EXIT

"$PYTHON" tests/scenario/generate.py --seed 11 --days 1 --scale 0.05 \
    --out "$T/inc" >/dev/null || exit 1
ACCOUNTS=$("$PYTHON" -c 'import json, sys
print(*sorted({json.loads(l)["account"] for l in open(sys.argv[1])}))' \
    "$T/inc/upload.jsonl")
"$PYTHON" tests/cli/make_blobs.py "$T/edge" edgeacct || exit 1
# shellcheck disable=SC2086
tests/azurite/azurite.sh start "$D" $ACCOUNTS >/dev/null || exit 1
tests/azurite/azurite.sh start "$S" --https edgeacct >/dev/null || exit 1
E=$(cat "$D/endpoint")
ES=$(cat "$S/endpoint")
node tests/azurite/upload.mjs --endpoint "$E" --keys "$D/keys.json" \
    --manifest "$T/inc/upload.jsonl" >/dev/null || exit 1
node tests/azurite/upload.mjs --endpoint "$ES" --keys "$S/keys.json" \
    --ca "$S/tls.crt" --manifest "$T/edge/upload.jsonl" >/dev/null || exit 1
for a in $ACCOUNTS; do
	canary "$(cat "$D/$a.key")"
	node tests/azurite/download.mjs --endpoint "$E" --keys "$D/keys.json" \
	    --account "$a" --out "$T/dl.$a" >/dev/null || exit 1
done
canary "$(cat "$S/edgeacct.key")"
node tests/azurite/download.mjs --endpoint "$ES" --keys "$S/keys.json" \
    --ca "$S/tls.crt" --account edgeacct --out "$T/dl.edgeacct" \
    >/dev/null || exit 1
make_key

# make_sas NAME OPTIONS...: a SAS of the account edgeacct; its signature is noted.
make_sas()
{
	_name=$1
	shift
	node tests/azurite/sas.mjs --keys "$S/keys.json" --account edgeacct \
	    --out "$T/$_name.secret" "$@" || exit 1
	_sig=$(sed 's/.*sig=\([^&]*\).*/\1/' "$T/$_name.secret")
	canary "$_sig"
	canary "$(printf %s "$_sig" | sed 's/%2B/+/g; s/%2F/\//g; s/%3D/=/g')"
}
make_sas good --protocol https
make_sas wide --protocol https --permissions rwdl
make_sas one --protocol https --container insights-logs-storageread
make_sas old --protocol https --minutes -5

# ---- Several accounts, account keys, HTTP ----
set --
for a in $ACCOUNTS; do
	set -- "$@" --account "$a" --endpoint "$E/$a" --key-file "$D/$a.key"
done
mkdir "$T/o1" "$T/o2" "$T/o3" "$T/o4" "$T/o5" "$T/o6" "$T/o7" "$T/o8"
exits 0 "flow, storage and activity logs of several accounts are taken" \
    collect "$@" --out "$T/o1"
cp "$T/.out" "$T/o1.stdout"
P=$(the_package "$T/o1")
ok "the last line on standard output names the package" \
    test "$(tail -n 1 "$T/o1.stdout")" = "$P"
ok "ordinary tools accept the package" unpack "$P" "$T/u"
for a in $ACCOUNTS; do
	echo "$T/dl.$a/index.jsonl"
done >"$T/indexes"
payload "$T/u" >"$T/have"
# shellcheck disable=SC2046
"$PYTHON" tests/cli/payload.py index $(cat "$T/indexes") >"$T/want"
ok "each blob is what the other client downloads" cmp "$T/have" "$T/want"
ok "there are some" test -s "$T/have"
ok "every blob carries a digest of the service that matched" test "$(fact \
    "$T/u" meta/objects.jsonl \
    'all(o["digest_check"] == "matched" for o in d)')" = True
ok "the second listing found nothing changed" test "$(fact "$T/u" \
    meta/journal.jsonl '[j["facts"]["same"] for j in d
    if "same" in j["facts"]] == [int(open("'"$T/have"'").read().count("\n"))]'
    )" = True
answers()
{
	"$PYTHON" - "$T/u" "$ACCOUNTS" <<'END'
import json, sys
u, accounts = sys.argv[1], sys.argv[2].split()
told = [f for f in (json.loads(l) for l in open(u + "/meta/journal.jsonl"))
        if f["event"] == "answered"]
told = [f["facts"] for f in told]
for account in accounts:
    mine = [f for f in told if f["account"] == account]
    for what, want in (("account", b"x-ms-sku-name: "),
                       ("blob-service", b"<StorageServiceProperties>"),
                       ("container", b"x-ms-lease-state: "),
                       ("container-access", b"<SignedIdentifiers")):
        some = [f for f in mine if f["what"] == what]
        assert some, (account, what)
        for f in some:
            assert f["status"] == 200, f
            assert want in open(u + "/" + f["member"], "rb").read(), f
END
}
ok "the service's answers about accounts and containers are there" answers
ok "each request of the journal's count has its line" test "$(fact "$T/u" \
    meta/requests.jsonl 'len(d)')" = "$(fact "$T/u" meta/journal.jsonl \
    '[j["facts"]["requests"] for j in d if j["event"] == "sealing"][0]')"
ok "no request writes" test "$(fact "$T/u" meta/requests.jsonl \
    '{r["method"] for r in d} <= {"GET", "HEAD"}')" = True

exits 0 "the same again gives another package" collect "$@" --out "$T/o2" \
    --compress none --jobs 3
ok "plain tar, accepted" unpack "$(the_package "$T/o2")" "$T/u2"
payload "$T/u2" >"$T/have2"
ok "with the same payload" cmp "$T/have" "$T/have2"

# ---- SAS, HTTPS, borders ----
set -- --account edgeacct --endpoint "$ES/edgeacct"
exits 0 "sizes and names at every border are taken over HTTPS with a SAS" \
    collect "$@" --sas-file "$T/good.secret" --tls-ca "$S/tls.crt" \
    --out "$T/o3" -v
cp "$T/.err" "$T/o3.stderr"
ok "ordinary tools accept the package" unpack "$(the_package "$T/o3")" "$T/u"
payload "$T/u" >"$T/have"
"$PYTHON" tests/cli/payload.py index "$T/dl.edgeacct/index.jsonl" >"$T/want"
ok "each blob is what the other client downloads" cmp "$T/have" "$T/want"
ok "the peer's certificate is kept, and each object names it" test "$(fact \
    "$T/u" meta/objects.jsonl '{o["tls"] for o in d}')" = \
    "{'$(openssl x509 -in "$S/tls.crt" -outform DER | sha256sum |
    cut -c1-64)'}"
ok "its file is what the digest says" sh -c "cd '$T/u/meta/tls' &&
    for f in *.der; do echo \"\${f%.der}  \$f\"; done | sha256sum --quiet -c"

exits 69 "a certificate that is not trusted ends it" collect "$@" \
    --sas-file "$T/good.secret" --out "$T/o4" --tries 1
ok "and nothing has the final name" test -z "$(the_package "$T/o4")"
exits 77 "a SAS that can write and delete is refused" collect "$@" \
    --sas-file "$T/wide.secret" --tls-ca "$S/tls.crt" --out "$T/o5"
ok "before anything is begun" test -z "$(ls "$T/o5")"
exits 77 "a SAS that has ended is refused" collect "$@" \
    --sas-file "$T/old.secret" --tls-ca "$S/tls.crt" --out "$T/o5"
exits 0 "the first one can be accepted" collect "$@" \
    --sas-file "$T/wide.secret" --tls-ca "$S/tls.crt" --out "$T/o5" \
    --accept-excess-permissions --container insights-activity-logs
ok "ordinary tools accept the package" unpack "$(the_package "$T/o5")" "$T/u"
ok "and the journal says what it can do" grep -q 'can write' \
    "$T/u/meta/journal.jsonl"

# ---- Less than everything ----
exits 0 "a SAS of one container takes that one" collect "$@" --sas-file \
    "$T/one.secret" --tls-ca "$S/tls.crt" --out "$T/o6" \
    --container insights-logs-storageread
ok "ordinary tools accept the package" unpack "$(the_package "$T/o6")" "$T/u"
payload "$T/u" >"$T/have"
grep ' insights-logs-storageread ' "$T/want" >"$T/part"
ok "each of its blobs is what the other client downloads" \
    cmp "$T/have" "$T/part"
exits 3 "asked for more, it says what it may not see" collect "$@" \
    --sas-file "$T/one.secret" --tls-ca "$S/tls.crt" --out "$T/o7"
ok "ordinary tools accept the package" unpack "$(the_package "$T/o7")" "$T/u"
ok "each other container is a gap that was denied" test "$(fact "$T/u" \
    meta/gaps.jsonl 'len(d) == 8 and all(g["reason"] == "denied" for g in d)'
    )" = True
exits 0 "a window of time takes the hours in it and one on each side" \
    collect "$@" --sas-file "$T/good.secret" --tls-ca "$S/tls.crt" \
    --out "$T/o8" --logs storage --from 2026-06-01T03:00:00Z \
    --to 2026-06-01T05:00:00Z --json
cp "$T/.out" "$T/o8.json"
ok "ordinary tools accept the package" unpack "$(the_package "$T/o8")" "$T/u"
ok "the hours 2 to 5, and the others are declared by their folders" test "$(fact \
    "$T/u" meta/objects.jsonl 'sorted(o["name"].split("/")[5] for o in d)')$(fact \
    "$T/u" meta/gaps.jsonl 'sorted((g["name"].split("/")[5], g["what"],
    g["reason"]) for g in d) == [("h=%02d" % h, "folder", "out-of-scope")
    for h in (0, 1, 6, 7)]')" = "['h=02', 'h=03', 'h=04', 'h=05']True"
ok "the summary in JSON adds up" test "$(fact "$T" o8.json \
    '(d[-1]["type"], d[-1]["exit"], d[-1]["listed"], d[-1]["taken"],
    d[-1]["object_gaps"])')" = "('summary', 0, 4, 4, 0)"
rm -rf "$T/o8"
mkdir "$T/o8"
exits 3 "a container that is not there is a gap" collect "$@" --sas-file \
    "$T/good.secret" --tls-ca "$S/tls.crt" --out "$T/o8" \
    --container no-such-container --container insights-activity-logs

# ---- Secrets ----
# Its command line and the memory of its environment, as often as can be.
rm -rf "$T/o8"
mkdir "$T/o8"
collect "$@" --key-file - --tls-ca "$S/tls.crt" --out "$T/o8" \
    <"$S/edgeacct.key" >"$T/spy.out" 2>"$T/spy.err" &
RUN=$!
while kill -0 "$RUN" 2>/dev/null; do
	for p in $(pgrep -P "$RUN") "$RUN"; do
		cat "/proc/$p/cmdline" "/proc/$p/environ" 2>/dev/null
	done >>"$T/spy"
done
wait "$RUN"
ok "a key on standard input works, and was watched" test -s "$T/spy"
ok "ordinary tools accept that package, too" \
    unpack "$(the_package "$T/o8")" "$T/u"
