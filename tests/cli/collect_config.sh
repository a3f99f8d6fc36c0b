#!/bin/sh
# Goal of this test: --config says what the command line would, which overrules
# it; its digest is in the package; a member that is not known, of the wrong
# sort, or a secret in it is refused by name; schema and parser agree.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

make_key
mkdir "$T/s" "$T/o" "$T/o2"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {
  "insights-activity-logs": {"blobs": [{"name": "a.json", "size": 500}]},
  "mine": {"blobs": [{"name": "m.json", "size": 700}]}}}
END
serve "$T/s"
write_sas "$T/sas.secret"
write_sas "$T/resume.secret"
cat >"$T/config.json" <<END
{
  "format": "azcustody/config/1",
  "case": "C-9", "exhibit": "E-9", "examiner": "A. Tester",
  "authority": "Order 9",
  "accounts": [
    { "name": "acct", "endpoint": "http://127.0.0.1:$PORT/acct",
      "sas_file": "$T/sas.secret" } ],
  "logs": ["activity"],
  "out": "$T/o", "sign": "$T/k.key", "compress": "none", "tries": 3
}
END
run()
{
	"$B/azcustody-collect" run --config "$T/config.json" "$@"
}
exits 0 "a config is all that a run needs" run
ok "ordinary tools accept the package" unpack "$(the_package "$T/o")" "$T/u"
ok "the case is that of the config" test "$(fact "$T/u" meta/case.json \
    '[d[0]["case"], d[0]["exhibit"], d[0]["authority"]]')" = \
    "['C-9', 'E-9', 'Order 9']"
ok "its logs are taken" test "$(fact "$T/u" meta/objects.jsonl \
    '[o["name"] for o in d]')" = "['a.json']"
SHA=$(sha256sum <"$T/config.json" | cut -d' ' -f1)
ok "tool.json has its digest" grep -q "$SHA" "$T/u/meta/tool.json"
ok "and so has the journal" test "$(fact "$T/u" meta/journal.jsonl \
    'd[0]["facts"]["config_sha256"]')" = "$SHA"
exits 0 "the command line overrules it" run --case C-10 --out "$T/o2" \
    --logs activity --container mine --compress zstd
ok "ordinary tools accept the package" unpack "$(the_package "$T/o2")" "$T/u"
ok "in each word" test "$(fact "$T/u" meta/case.json \
    '[d[0]["case"], d[0]["exhibit"]]') $(fact "$T/u" meta/objects.jsonl \
    'sorted(o["name"] for o in d)')" = \
    "['C-10', 'E-9'] ['a.json', 'm.json']"
exits 66 "an account of the command line is not that of the config" run \
    --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
    --sas-file "$T/nosuchfile"
exits 0 "plan takes it, too" "$B/azcustody-collect" plan --config \
    "$T/config.json"
rm -rf "$T/o"
mkdir "$T/o"
rule "$T/s" '[{"phase": "get", "mode": "status", "status": 403,
    "code": "AuthenticationFailed"}, {"phase": "range", "mode": "status",
    "status": 403, "code": "AuthenticationFailed"}]'
exits 77 "a run that is refused" run
rule "$T/s" '[]'
exits 0 "is resumed with the accounts of a config" "$B/azcustody-collect" \
    resume "$T/o"/*.work --config "$T/config.json"
ok "ordinary tools accept the package" unpack "$(the_package "$T/o")" "$T/u"

# ---- Accounts that are not alike ----
# One has an own certificate authority, a proxy, and an own scope; of the other
# what is said for all is true.
(cd "$T" || exit 1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 \
    -keyout ca.pem.key -out ca.pem -subj "/CN=other ca" \
    -addext subjectAltName=IP:127.0.0.1 2>/dev/null)
mkdir "$T/other" "$T/proxy" "$T/o4" "$T/o5"
"$PYTHON" - "$T/other/account.json" <<'END'
import json, sys
names = ["resourceId=/%s/y=2026/m=11/d=%02d/h=05/m=00/PT1H.json" % (r, d)
         for r in "AB" for d in (1, 20)]
json.dump({"account": "other", "containers": {
    "insights-activity-logs": {"blobs": [{"name": n, "size": 9} for n in names]},
    "insights-logs-storageread": {"blobs": [{"name": names[0], "size": 8}]}}},
    open(sys.argv[1], "w"))
END
PLAIN=$PORT
serve "$T/other" --tls "$T/ca.pem" "$T/ca.pem.key"
start "$PYTHON" tests/faults/proxy.py "$T/proxy"
while [ ! -s "$T/proxy/port" ]; do sleep 0.1; done
PROXY=$(cat "$T/proxy/port")
two()
{
	cat <<END
{"format": "azcustody/config/1", "case": "C-3", "exhibit": "E-3",
 "examiner": "A. Tester", "sign": "$T/k.key", "out": "$T/o4", "tries": 3,
 "logs": ["activity"], "containers": ["mine"], "accounts": [
  {"name": "acct", "endpoint": "http://127.0.0.1:$PLAIN/acct",
   "sas_file": "$T/sas.secret"},
  {"name": "other", "endpoint": "https://127.0.0.1:$PORT/other",
   "sas_file": "$T/sas.secret", "tls_ca": "$T/ca.pem"$1,
   "logs": ["activity"], "prefixes": ["resourceId=/A/"],
   "from": "2026-11-01", "to": "2026-11-02"}]}
END
}
two ", \"proxy\": \"http://127.0.0.1:$PROXY\"" >"$T/two.json"
exits 0 "two accounts, each with its scope and its way" \
    "$B/azcustody-collect" run --config "$T/two.json"
ok "ordinary tools accept the package" unpack "$(the_package "$T/o4")" "$T/u4"
ok "the other verifier as well" "$PYTHON" verify/second-opinion \
    "$(the_package "$T/o4")" --trust "$T/k.pub"
ok "of each is taken what was asked of it" test "$(fact "$T/u4" \
    meta/objects.jsonl 'sorted(o["name"] for o in d)')" = "['a.json', 'm.json', \
'resourceId=/A/y=2026/m=11/d=01/h=05/m=00/PT1H.json']"
ok "the case says so" test "$(fact "$T/u4" meta/case.json \
    '[(o["account"], o["logs"], o["containers"], o["prefixes"], o["from"][:10])
    for o in d[0]["scope"]["own"]]')" = \
    "[('other', ['activity'], [], ['resourceId=/A/'], '2026-11-01')]"
ok "and the journal how it was reached" test "$(fact "$T/u4" \
    meta/journal.jsonl '[(j["facts"]["account"], j["facts"].get("proxy"))
    for j in d if j["event"] == "credential_described"]')" = \
    "[('acct', None), ('other', 'http://127.0.0.1:$PROXY')]"
ok "the proxy saw the one and not the other" sh -c \
    "grep -q ':$PORT' '$T/proxy/connects.secret' &&
    ! grep -q ':$PLAIN' '$T/proxy/connects.secret'"
exits 0 "access goes the same ways" "$B/azcustody-collect" access --json \
    --config "$T/two.json"
cp "$T/.out" "$T/said"
ok "and asks for the containers of each" test "$(fact "$T" said \
    '[sorted(s["container"] for s in a["sources"]) for a in d[:2]]')" = \
    "[['insights-activity-logs', 'insights-operational-logs', 'mine'], \
['insights-activity-logs', 'insights-operational-logs']]"
exits 3 "a word of the command line stands in place of all" \
    "$B/azcustody-collect" run --config "$T/two.json" --logs storage \
    --out "$T/o5"
ok "ordinary tools accept the package" unpack "$(the_package "$T/o5")" "$T/u5"
ok "of both accounts" test "$(fact "$T/u5" meta/objects.jsonl \
    'sorted(o["size"] for o in d)')$(fact "$T/u5" meta/gaps.jsonl \
    '[g["container"] for g in d]')" = "[8, 700]['other/mine']"
rule "$T/other" '[{"phase": "range", "mode": "status", "status": 403,
    "code": "AuthenticationFailed"}]'
rm -rf "$T/o4"
mkdir "$T/o4"
exits 77 "a run that is refused by one" "$B/azcustody-collect" run \
    --config "$T/two.json"
cp "$T/.err" "$T/said"
ok "says how to resume it" grep -qF -- "--config $T/two.json" "$T/said"
rule "$T/other" '[]'
exits 0 "is resumed by its config" "$B/azcustody-collect" resume \
    "$T"/o4/*.work --config "$T/two.json"
ok "ordinary tools accept the package" unpack "$(the_package "$T/o4")" "$T/u4"
ok "with the scope that each had" test "$(fact "$T/u4" meta/objects.jsonl \
    'len(d)')" = 3
two "" | sed "s/https:.*other\"/http:\/\/127.0.0.1:$PLAIN\/other\"/" >"$T/one.json"
exits 64 "two ways to one address are refused" "$B/azcustody-collect" plan \
    --config "$T/one.json"

# ---- What is refused ----
# EXIT | what the line says | a JSON member
table()
{
	cat <<'END'
65|"colour" is not known|"colour": "blue"
65|account acct: sas: this member of an account is not known|"accounts": [{"name": "acct", "sas": "x"}]
65|account acct: prefixes: it must be a list|"accounts": [{"name": "acct", "prefixes": "x"}]
64|account acct: from is not before to|"to": "2026-01-01", "accounts": [{"name": "acct", "from": "2026-02-01"}]
64|account acct: proxy_login_file needs proxy|"accounts": [{"name": "acct", "proxy_login_file": "x"}]
64|account acct: pin_sha256: |"accounts": [{"name": "acct", "pin_sha256": ["x"]}]
64|standard input can hold one secret only|"accounts": [{"name": "acct", "sas_file": "-", "proxy": "http://a:1", "proxy_login_file": "-"}]
65|accounts: it must be an object|"accounts": [{"sas_file": "x"}]
65|accounts: it must be a list|"accounts": {"name": "acct"}
65|jobs: it must be a number|"jobs": "8"
65|logs: it must be a list of texts|"logs": "flow"
65|case: it must be a text|"case": 9
65|accept_excess_permissions: it must be true|"accept_excess_permissions": 1
64|jobs: it is a number|"jobs": 1000
64|no kind of log|"logs": ["flow", "cow"]
64|account acct: key_file: account acct has both|"accounts": [{"name": "acct", "sas_file": "a", "key_file": "b"}]
64|acct is there twice|"accounts": [{"name": "acct"}, {"name": "acct"}]
77|a secret stands in it|"purpose": "?sv=1&sig=CANARYsecret"
77|a secret stands in it|"purpose": "AccountKey=CANARYsecret"
77|a secret stands in it|"cms_key": "pkcs11:object=k?pin-value=CANARYsecret"
65|attach: it must be a list|"attach": "a"
64|a is there twice|"attach": ["a", "a"]
64|folder is packed whole, by run|"folder": "a", "logs": ["la"], "case": "c", "exhibit": "e", "examiner": "x", "sign": "k", "out": "o"
77|a secret stands in it|"accounts": [{"name": "acct", "sas_file": "https://a/b?%73ig=CANARYsecret"}]
77|a secret stands in it|"purpose": "CANARYsecretAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
END
}
while IFS='|' read -r code said member; do
	printf '{"format": "azcustody/config/1", %s}\n' "$member" \
	    >"$T/bad.secret"
	exits "$code" "$said" "$B/azcustody-collect" access \
	    --config "$T/bad.secret"
	cp "$T/.err" "$T/said"
	ok "is said in one line" sh -c "grep -qF '$said' '$T/said' &&
	    test \"\$(wc -l <'$T/said')\" -eq 1"
	not_ok "which quotes no secret" grep -q CANARY "$T/said"
done <<END
$(table)
END
echo '{"format": "azcustody/config/2"}' >"$T/bad.secret"
exits 65 "another format is refused" "$B/azcustody-collect" access \
    --config "$T/bad.secret"
exits 66 "a file that is not there is refused" "$B/azcustody-collect" access \
    --config "$T/nosuchfile"
head -c 2000000 /dev/zero >"$T/bad.secret"
exits 65 "a file that is too long is refused" "$B/azcustody-collect" access \
    --config "$T/bad.secret"

# ---- Files of this machine, and a second signature ----
mkdir "$T/given" "$T/o3"
echo '{"records":[]}' >"$T/given/a.json"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 \
    -subj "/CN=A. Tester" -addext keyUsage=critical,digitalSignature \
    -keyout "$T/cms.key" -out "$T/cms.pem" 2>/dev/null
chmod 600 "$T/cms.key"
cat >"$T/given.json" <<END
{"format": "azcustody/config/1", "case": "C-2", "exhibit": "E-2",
 "examiner": "A. Tester", "sign": "$T/k.key", "out": "$T/o3",
 "folder": "$T/given", "cms_key": "$T/cms.key", "cms_cert": "$T/cms.pem",
 "cms_role": "auditor"}
END
exits 0 "a folder is packed as a config says, signed by two" \
    "$B/azcustody-collect" run --config "$T/given.json"
exits 2 "ordinary tools accept it; of the certificate nobody knows" unpack \
    "$(the_package "$T/o3")" "$T/u3"
ok "the second signature is there" test -s "$T/u3/seal/auditor.p7s"
"$B/azcustody-collect" run --config "$T/given.json" --cms-key "$T/cms.key" \
    --cms-cert "$T/cms.pem" --cms-role examiner \
    --folder "$T/given" --out "$T/o3" -q >"$T/.out" 2>&1
ok "a signer of the command line stands in place of that" sh -c "cat '$T'/o3/*.tar.zst |
    zstd -dcq 2>/dev/null | grep -aq seal/examiner.p7s"

# ---- The schema and its example ----
check_schema()
{
	"$PYTHON" - "$B/azcustody-collect" "$T" <<'END'
import json, subprocess, sys
sys.argv, (program, folder) = ["", "", ""], sys.argv[1:]
sys.path.insert(0, "tests/cli")
schema = json.load(open("schemas/config.schema.json"))
example = json.load(open("schemas/examples/config.json"))
source = open("tests/cli/schemas.py").read().split("\ndef places")[0]
exec(source)
assert valid(example, schema), "the example is not valid"
account = schema["properties"]["accounts"]["items"]["properties"]
missing = set(account) - {k for a in example["accounts"] for k in a}
assert not missing, missing
missing = set(schema["properties"]) - set(example) - {
    "accept_excess_permissions", "tls_ca", "pin_sha256", "proxy",
    "proxy_login_file", "tsa", "tsa_optional", "folder"}
assert not missing, missing
def accepted(config):
    path = folder + "/one.secret"
    open(path, "w").write(json.dumps(config))
    done = subprocess.run([program, "run", "--config", path], text=True,
                          capture_output=True)
    # What is not known or of the wrong sort is 65; the rest is about files.
    return done.returncode != 65, done.stderr
example["out"] = folder + "/nowhere"
assert accepted(example)[0], accepted(example)
for name in example:
    for value in (None, 7.5, {}, {"x": 1}):
        changed = dict(example, **{name: value})
        assert not valid(changed, schema), name
        assert not accepted(changed)[0], (name, value)
END
}
ok "the example is valid and taken, and schema and parser refuse alike" \
    check_schema
