#!/bin/sh
# Goal of this test: names that climb, repeat, imitate or hide are collected from
# Azurite exactly as they are, proved by its own log of requests.  They are put
# there by raw requests, since every SDK tidies an URL up.  What Azurite itself
# cannot hold is named below; tests/cli/collect_walk.sh and collect_twins.sh have
# those names on a server of our own.
. tests/lib.sh
. tests/cli/collect_lib.sh

if [ ! -x tests/azurite/node_modules/.bin/azurite-blob ]; then
	skip "awkward names in Azurite" "tests/azurite is not installed"
	exit 0
fi
D=$T/azurite
trap 'tests/azurite/azurite.sh stop "$D" >/dev/null 2>&1
teardown' EXIT
AZURITE_LOG=access tests/azurite/azurite.sh start "$D" logacct >/dev/null ||
    exit 1
E=$(cat "$D/endpoint")
canary "$(cat "$D/logacct.key")"
node tests/azurite/sas.mjs --keys "$D/keys.json" --account logacct \
    --out "$T/write.secret" --permissions rwlc || exit 1
make_key

# Puts each name and asks for it: what comes back as it was put, under the name
# that the listing has (as another parser reads it), is held.
cat >"$T/put.py" <<'END'
import http.client, json, sys, urllib.parse, xml.etree.ElementTree
endpoint, sas, out = sys.argv[1:]
sas = open(sas).read().strip()
NAMES = ["plain", "../x", "../../etc/passwd", "a/../b", "a//b", "a///b", "//c",
         "/abs", "./dot", "a/./b", "..", "...", "a/..", "CON", "con", "nul.txt",
         "AUX/lpt1.log", "trailing.", "trailing ", "trailing/", "trailing",
         " leading", "back\\slash", "..\\up", "C:\\x", "Case", "case", "CASE",
         "\u00e9", "e\u0301", "\ufb01", "fi", "%2e%2e/y", "100%", "%", "%00",
         "a?b", "a#b", "a&b=c", "a+b", "a b", "semi;colon", "quote\"'", "<x>",
         "star*", "pipe|", "\u202egnp.exe", "zero\u200bwidth", "\U0001f600",
         "\U0001f600" * 250, "\U0001f600" * 1024, "x" * 1024, "tab\tin",
         "line\nfeed", "del\x7f", "seal/seal.json",
         "data/0001-x", "manifest-sha256.txt"]
# Azurite takes these, and then makes a listing of them that is no XML.
UNLISTED = ["control\x01", "nul\x00in", "\ufffe"]
at = urllib.parse.urlsplit(endpoint)
def ask(method, name, body=None, container="torture", more="", **headers):
    line = http.client.HTTPConnection(at.hostname, at.port, timeout=20)
    path = "/logacct/" + container + ("" if name is None else "/" + urllib.parse.quote(
        name.encode(), safe="/-._~"))
    more += "restype=container&" if name is None else ""
    line.putrequest(method, path + "?" + more + sas, skip_accept_encoding=True)
    for key, value in {**headers, "x-ms-version": "2021-12-02",
                       "Content-Length": str(len(body or b""))}.items():
        line.putheader(key.replace("_", "-"), value)
    line.endheaders(body)
    answer = line.getresponse()
    return answer.status, answer.read()
assert ask("PUT", None)[0] == 201
state = {}
for number, name in enumerate(NAMES):
    body = b'{"records":[],"n":%d}' % number
    try:
        put = ask("PUT", name, body, x_ms_blob_type="BlockBlob")[0]
    except (OSError, http.client.HTTPException):
        put = 0
    state[name] = [number, put]
for name, (number, put) in state.items():
    if put == 201:
        status, body = ask("GET", name)
        if status != 200 or body != b'{"records":[],"n":%d}' % number:
            state[name][1] = -status
listing = ask("GET", None, more="comp=list&")[1]
listed = {name.text for name in xml.etree.ElementTree.fromstring(
    listing.decode("utf-8-sig")).iter("Name")}
for name in set(state) - listed:
    state[name][1] = 0
assert ask("PUT", None, container="unlisted")[0] == 201
for name in UNLISTED:
    assert ask("PUT", name, b"{}", "unlisted", x_ms_blob_type="BlockBlob")[0] == 201
json.dump([[n, *s] for n, s in state.items()], open(out, "w"))
END
ok "names are put by raw requests" "$PYTHON" "$T/put.py" "$E" \
    "$T/write.secret" "$T/state.json"
mkdir "$T/o"
collect --account logacct --endpoint "$E/logacct" --key-file "$D/logacct.key" \
    --out "$T/o" --container torture >"$T/out" 2>"$T/said"
code=$?
sed 's/^/# /' "$T/said" | cut -c1-300
ok "they are collected" test "$code" -eq 0
ok "ordinary tools accept the package" unpack "$(the_package "$T/o")" "$T/u"

# names EXPRESSION: over held {name: number}, refused [name], taken {name:
# number} and asked {path of a request}.
names()
{
	"$PYTHON" - "$T" "$D/azurite.log" "$1" <<'END'
import json, re, sys, urllib.parse
folder, log, expression = sys.argv[1:]
state = json.load(open(folder + "/state.json"))
held = {n: k for n, k, put in state if put == 201}
refused = sorted(ascii(n[:20]) for n, k, put in state if put != 201)
taken = {}
for line in open(folder + "/u/meta/objects.jsonl", encoding="utf-8"):
    o = json.loads(line)
    name = urllib.parse.unquote_to_bytes(o["name_pct"]).decode()
    body = json.load(open("%s/u/%s" % (folder, o["path"].split("/", 1)[1]
        if not o["path"].startswith("data/") else o["path"])))
    taken[name] = body["n"]
asked = set(re.findall(r'"GET (/logacct/torture/[^? "]*)', open(log).read()))
path = lambda n: "/logacct/torture/" + urllib.parse.quote(n.encode(), safe="/-._~")
print(refused, ascii([(n[:20], k) for n, k in set(held.items()) ^ set(taken.items())]))
sys.exit(not eval("(" + expression + ")"))
END
}
ok "all that it holds, and each with its own bytes" names 'taken.items() >= held.items() and len(taken) - len(held) == len(refused)'
ok "its log has each name as it is" names \
    'len(held) > 40 and all(path(n) in asked for n in held)'
# It makes a slash of each backslash.
ok "and what it cannot hold is known" names \
    'refused == [ascii(n) for n in ("..\\up", "C:\\x", "back\\slash")]'

# ---- What Azurite holds and cannot list: control\x01, nul\x00in, U+FFFE ----
mkdir "$T/o2"
exits 3 "a listing that is no XML is a gap, and not a guess" collect \
    --account logacct --endpoint "$E/logacct" --key-file "$D/logacct.key" \
    --out "$T/o2" --container unlisted --tries 2
unpack "$(the_package "$T/o2")" "$T/u2" >"$T/verdict" 2>&1
ok "with its reason" test "$(fact "$T/u2" meta/gaps.jsonl \
    '[(g["what"], g["container"], g["reason"]) for g in d]')" = \
    "[('container', 'logacct/unlisted', 'listing')]"
