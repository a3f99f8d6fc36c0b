#!/bin/sh
# Goal of this test: access says what each kind of credential can do, plan says
# what a run would take, both keep nothing; tokens that the SDK makes work as
# they are, connection strings and URLs too; whoever brings the wrong thing is
# told so at once; no secret is left anywhere.
. tests/lib.sh
. tests/cli/collect_lib.sh

if [ ! -x tests/azurite/node_modules/.bin/azurite-blob ]; then
	skip "access and plan against Azurite" "tests/azurite is not installed"
	exit 0
fi
D=$T/azurite
S=$T/azurite-tls
trap 'tests/azurite/azurite.sh stop "$D" >/dev/null 2>&1
tests/azurite/azurite.sh stop "$S" >/dev/null 2>&1
teardown' EXIT
tests/azurite/azurite.sh start "$D" logacct >/dev/null || exit 1
tests/azurite/azurite.sh start "$S" --https logacct >/dev/null || exit 1
E=$(cat "$D/endpoint")
ES=$(cat "$S/endpoint")
canary "$(cat "$D/logacct.key")"
canary "$(cat "$S/logacct.key")"

# Two resources over 30 hours of storage logs: the second without 05:00 to
# 06:00, and from 10:00 on.
C=insights-logs-storageread
"$PYTHON" - "$T/up" "$C" <<'END'
import json, os, sys
folder, container = sys.argv[1:]
os.makedirs(folder)
open(folder + "/one", "w").write("{}\n")
with open(folder + "/upload.jsonl", "w") as out:
    for resource in ("A", "B"):
        for hour in range(30):
            if resource == "B" and (hour in (5, 6) or hour >= 10):
                continue
            day, at = 1 + hour // 24, hour % 24
            name = ("resourceId=/SUB/%s/y=2026/m=06/d=%02d/h=%02d/m=00/PT1H.json"
                    % (resource, day, at))
            json.dump({"account": "logacct", "container": container,
                       "name": name, "type": "block", "file": "one",
                       "length": 3, "sha256": "ca3d163bab055381827226140568f3b"
                       "ef7eaac187cebd76878e0b63e9e442356", "cuts": [0]}, out)
            out.write("\n")
END
for where in "$E $D" "$ES $S"; do
	# shellcheck disable=SC2086
	set -- $where
	set -- "$1" "$2" $([ "$2" = "$S" ] && echo --ca "$S/tls.crt")
	node tests/azurite/upload.mjs --endpoint "$1" --keys "$2/keys.json" \
	    ${3:+"$3" "$4"} --manifest "$T/up/upload.jsonl" >/dev/null || {
		echo "not ok - logs are uploaded"
		exit 1
	}
done

# make_sas NAME OPTIONS...: a SAS by the SDK; its signature is noted.
make_sas()
{
	_name=$1
	shift
	node tests/azurite/sas.mjs --keys "$S/keys.json" --account logacct \
	    --out "$T/$_name.secret" "$@" || exit 1
	_sig=$(sed 's/.*sig=\([^&]*\).*/\1/' "$T/$_name.secret")
	canary "$_sig"
	canary "$(printf %s "$_sig" | sed 's/%2B/+/g; s/%2F/\//g; s/%3D/=/g')"
}
B1="resourceId=/SUB/A/y=2026/m=06/d=01/h=00/m=00/PT1H.json"
make_sas account --protocol https
make_sas nolist --protocol https --types co
make_sas container --protocol https --container "$C"
make_sas blob --protocol https --container "$C" --blob "$B1" --permissions r
make_sas snapshot --protocol https --container "$C" --blob "$B1" \
    --permissions r --snapshot 2026-06-01T00:00:00.0000000Z
make_sas version --protocol https --container "$C" --blob "$B1" \
    --permissions r --version 2026-06-01T00:00:00.0000000Z
make_sas delegation --protocol https --container "$C" --delegation yes
make_sas policy --container "$C" --policy readers
make_sas wide --protocol https --permissions rwdl
make_sas loose
make_sas long --protocol https --minutes 60000
make_sas old --protocol https --minutes -5
make_sas queues --protocol https --services q
make_sas elsewhere --protocol https --ip 192.0.2.1-192.0.2.9
sed 's/sig=./sig=A/' "$T/account.secret" >"$T/altered.secret"
chmod 600 "$T/altered.secret"

access()
{
	timeout 20 "$B/azcustody-collect" access --account logacct \
	    --endpoint "$ES/logacct" --tls-ca "$S/tls.crt" "$@"
}

# said KEY VALUE: what the first JSON line of the last access has.
said()
{
	"$PYTHON" -c 'import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
assert lines[-1]["type"] == "summary" and lines[-1]["exit"] == int(sys.argv[2])
d = lines[0]
s = {one["container"]: one for one in d["sources"]}
sys.exit(not eval(sys.argv[3]))' "$T/said.json" "$@"
}

# EXIT | SAS | EXPRESSION over the account's line d and its sources s.
# (Azurite does not look at sip.)
table()
{
	cat <<END
0|account|d["outcome"] == "fine" and d["limits"] == "" and d["excess"] == "" and s["$C"]["read"] == "granted" and s["insights-activity-logs"]["list"] == "absent" and 3500 < d["seconds_left"] <= 3600
3|nolist|d["outcome"] == "limited" and d["containers"] == "denied" and "cannot list containers" in d["limits"] and s["$C"]["list"] == "granted"
3|container|d["credential"]["kind"] == "service-sas" and "one container only" in d["limits"] and s["$C"]["read"] == "granted"
77|blob|"one blob only" in d["limits"] and "single blob" in d["unfit"] and s["$C"]["list"] == "denied"
77|snapshot|"one snapshot only" in d["limits"] and d["outcome"] == "refused"
77|version|"one version only" in d["limits"] and d["outcome"] == "refused"
3|delegation|d["credential"]["kind"] == "user-delegation-sas" and s["$C"]["read"] == "granted"
77|policy|"stored policy" in d["limits"] and d["stored_policy"] == "readers"
3|wide|d["excess"] == "can write, can delete" and d["unfit"] != None and s["$C"]["read"] == "granted"
3|loose|d["excess"] == "is good over plain HTTP" and s["$C"]["read"] == "granted"
3|long|d["excess"] == "lives 41 days"
77|old|"expired" in d["unfit"] and d["seconds_left"] < 0 and d["outcome"] == "refused"
77|queues|"not for blobs" in d["unfit"]
0|elsewhere|"certain addresses only (192.0.2.1-192.0.2.9)" in d["limits"]
77|altered|d["unfit"] is None and d["outcome"] == "refused" and d["containers"] == "denied"
END
}
while IFS='|' read -r code sas expression; do
	begun=$(date +%s%N)
	exits "$code" "access with the SAS $sas exits $code" \
	    access --sas-file "$T/$sas.secret" --json
	took=$((($(date +%s%N) - begun) / 1000000))
	cp "$T/.out" "$T/said.json"
	cat "$T/said.json" >>"$T/lines.jsonl"
	ok "and says what it can do" said "$code" "$expression"
	[ "$took" -lt 3000 ] || { echo "not ok - in time: $took ms"; FAILED=1; }
done <<END
$(table)
END
exits 0 "access in text" access --sas-file "$T/account.secret"
cp "$T/.out" "$T/access.txt"
ok "names the shape, the end, TLS, and each container" test "$(grep -cE \
    'account-sas sv=.* sp=rl|ends .* in 0 d 00:|TLSv1.3|be listed, its blobs' \
    "$T/access.txt")" -eq 4
exits 0 "access with a key says its excess and is fine" access \
    --key-file "$S/logacct.key"
cp "$T/.out" "$T/access.txt"
ok "in words" grep -q 'excess .*can write, can delete' "$T/access.txt"

# ---- Whoever brings the wrong thing is told so within a second or so ----
access69()
{
	timeout 20 "$B/azcustody-collect" access --account "$1" --endpoint \
	    "$2" --sas-file "$T/account.secret" --json
}
exits 69 "an untrusted certificate" access69 logacct "$ES/logacct"
cp "$T/.out" "$T/said.json"
ok "is named" said 69 'd["fault"] == "certificate" and not d["reached"]'
exits 69 "a host that is not there" access69 nosuchaccount \
    https://nosuchaccount.invalid
cp "$T/.out" "$T/said.json"
ok "is named" said 69 'd["fault"] == "no-host"'
exits 69 "a port where nobody listens" access69 logacct \
    http://127.0.0.1:1/logacct
cp "$D/logacct.key" "$T/wrong.secret"
exits 77 "the key of another account" access --key-file "$T/wrong.secret"
make_key
mkdir "$T/o1"
begun=$(date +%s%N)
exits 77 "a run with a wrong key ends" collect --account logacct --endpoint \
    "$ES/logacct" --tls-ca "$S/tls.crt" --key-file "$T/wrong.secret" \
    --out "$T/o1"
took=$((($(date +%s%N) - begun) / 1000000))
cp "$T/.err" "$T/said"
ok "at once" test "$took" -lt 3000
ok "with what to look at" grep -q 'credential is of another account' "$T/said"
mkdir "$T/o2"
begun=$(date +%s%N)
exits 69 "a run against an untrusted certificate ends" collect --account \
    logacct --endpoint "$ES/logacct" --sas-file "$T/account.secret" \
    --out "$T/o2"
took=$((($(date +%s%N) - begun) / 1000000))
cp "$T/.err" "$T/said"
ok "at once" test "$took" -lt 3000
ok "naming the certificate" grep -qi 'certificate' "$T/said"

# ---- Plan ----
plan()
{
	timeout 60 "$B/azcustody-collect" plan --account logacct \
	    --endpoint "$ES/logacct" --tls-ca "$S/tls.crt" \
	    --sas-file "$T/account.secret" --logs storage "$@"
}
planned()
{
	"$PYTHON" -c 'import json, sys
d = [json.loads(line) for line in open(sys.argv[1])]
r = {l["resource"]: l for l in d if l["type"] == "resource"}
hours = lambda l: [(m["from"][5:13], m["to"][5:13], m["hours"])
                   for m in l["missing"]]
sys.exit(not eval("(" + sys.argv[2] + ")"))' "$T/planned.json" "$1"
}
exits 0 "plan lists what there is" plan --json
cp "$T/.out" "$T/planned.json"
ok "all of it" planned 'd[-1]["type"] == "summary" and d[-1]["exit"] == 0 and
    (d[-1]["blobs"], d[-1]["bytes"], d[-1]["listed"]) == (38, 114, 38)'
ok "and the hours that are missing between the first and the last" planned \
    'hours(r["resourceId=/SUB/A/"]) == [] and
    hours(r["resourceId=/SUB/B/"]) == [("06-01T05", "06-01T07", 2)]'
cat "$T/planned.json" >>"$T/lines.jsonl"
exits 0 "plan within --from and --to" plan --json --from 2026-06-01T02:00:00Z \
    --to 2026-06-01T14:00:00Z
cp "$T/.out" "$T/planned.json"
ok "says what is missing in there" planned \
    'hours(r["resourceId=/SUB/A/"]) == [] and hours(r["resourceId=/SUB/B/"])
    == [("06-01T05", "06-01T07", 2), ("06-01T10", "06-01T14", 4)]
    and d[-1]["missing_hours"] == 6'
cat "$T/planned.json" >>"$T/lines.jsonl"
if [ -d tests/azurite/node_modules/ajv ]; then
	ok "every line in JSON is as its schema says" node \
	    tests/azurite/validate.mjs schemas/collect-output.schema.json \
	    "$T/lines.jsonl"
fi
exits 0 "plan in text" plan
cp "$T/.out" "$T/plan.txt"
ok "has the same numbers" grep -q '38 blobs, 114 bytes, 2026-06-01 00:00 to 2026-06-02 06:00, 2 hours without' \
    "$T/plan.txt"
exits 3 "plan says what a run would lack" plan --container nosuchcontainer
exits 77 "plan with a SAS that ended" timeout 60 "$B/azcustody-collect" plan \
    --account logacct --endpoint "$ES/logacct" --sas-file "$T/old.secret"
ok "nothing was kept" test -z "$(find /tmp -maxdepth 1 \
    -name 'azcustody-plan.*' -newer "$T/account.secret" 2>/dev/null)"

# ---- Connection strings and URLs, to a package ----
KEY=$(cat "$D/logacct.key")
(umask 077
printf 'accountkey=%s;BlobEndpoint=%s/logacct;accountname=logacct;\r\n' \
    "$KEY" "$E" >"$T/string.secret"
printf 'BlobEndpoint=%s/logacct/;SharedAccessSignature=?%s' "$ES" \
    "$(cat "$T/account.secret")" >"$T/sasstring.secret"
printf '%s/logacct/%s?%s\n' "$ES" "$C" "$(cat "$T/container.secret")" \
    >"$T/url.secret")
take()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	collect --out "$T/o" "$@"
}
exits 0 "a connection string with a key, without any other word" take \
    --account logacct --key-file "$T/string.secret" --logs storage
ok "ordinary tools accept the package" unpack "$(the_package "$T/o")" "$T/u"
exits 0 "a connection string with a SAS" take --account logacct \
    --sas-file "$T/sasstring.secret" --tls-ca "$S/tls.crt" --logs storage
exits 0 "the URL of a container, pasted whole, is all that is needed" take \
    --account logacct --sas-file "$T/url.secret" --tls-ca "$S/tls.crt"
ok "ordinary tools accept the package" unpack "$(the_package "$T/o")" "$T/u"
ok "that container is in it, and the journal says what the SAS cannot do" \
    test "$(fact "$T/u" meta/journal.jsonl '([j["facts"]["limits"][:26]
    for j in d if j["event"] == "credential_described"] +
    [len(open("'"$T/u"'/meta/objects.jsonl").readlines())])')" = \
    "['reaches one container only', 38]"
exits 0 "an environment as other Azure tools read it" env \
    AZURE_STORAGE_CONNECTION_STRING="$(cat "$T/string.secret")" sh -c \
    "'$B/azcustody-collect' access --logs storage"
exits 64 "a string of another account is refused" take --account otheracct \
    --key-file "$T/string.secret"
