#!/bin/sh
# Goal of this test: the real azcopy and our collector take the same bytes out
# of the same containers.
. tests/lib.sh
. tests/cli/collect_lib.sh

AZCOPY=$PWD/tests/azurite/node_modules/@azure-tools/azcopy-linux/dist/bin/azcopy_linux_amd64
[ ! -f "$AZCOPY" ] || chmod u+x "$AZCOPY" 2>/dev/null
if ! "$AZCOPY" --version >/dev/null 2>&1 </dev/null; then
	skip "azcopy takes the same bytes" "azcopy does not run here"
	exit 0
fi
D=$T/azurite
trap 'tests/azurite/azurite.sh stop "$D" >/dev/null 2>&1
teardown' EXIT
"$PYTHON" tests/scenario/generate.py --seed 12 --days 1 --scale 0.05 \
    --out "$T/inc" >/dev/null || exit 1
A=$("$PYTHON" -c 'import json, sys
print(json.load(open(sys.argv[1]))["log_accounts"][0])' "$T/inc/scenario.json")
ALL=$("$PYTHON" -c 'import json, sys
print(*json.load(open(sys.argv[1]))["log_accounts"])' "$T/inc/scenario.json")
# shellcheck disable=SC2086
tests/azurite/azurite.sh start "$D" $ALL >/dev/null || exit 1
E=$(cat "$D/endpoint")
node tests/azurite/upload.mjs --endpoint "$E" --keys "$D/keys.json" \
    --manifest "$T/inc/upload.jsonl" >/dev/null || exit 1
node tests/azurite/sas.mjs --keys "$D/keys.json" --account "$A" \
    --out "$T/sas.secret" || exit 1
make_key
mkdir "$T/out"
exits 0 "our collector takes the logs of an account" \
    collect --account "$A" --endpoint "$E/$A" --sas-file "$T/sas.secret" \
    --accept-excess-permissions --out "$T/out"
ok "its package passes the ordinary tools" \
    unpack "$(echo "$T/out"/*.tar.zst)" "$T/pkg"

# azcopy has no other way to take a SAS than its arguments.
azcopy_all()
{
	for c in $("$PYTHON" -c 'import json, sys
print(*sorted({s["container"] for s in json.load(open(sys.argv[1]))["sources"]}))' \
	    "$T/pkg/meta/sources.json"); do
		HOME=$T AZCOPY_DISABLE_SYSLOG=true AZCOPY_LOG_LOCATION=$T/azlog \
		    AZCOPY_LOG_LEVEL=NONE AZCOPY_JOB_PLAN_LOCATION=$T/azplan \
		    timeout 120 "$AZCOPY" copy "$E/$A/$c?$(cat "$T/sas.secret")" \
		    "$T/az" --from-to BlobLocal --recursive \
		    --output-level essential </dev/null || return 1
	done
}
ok "azcopy takes the same containers" azcopy_all

cat >"$T/same.py" <<'EOF'
import hashlib
import json
import os
import sys

package, other = sys.argv[1:]
with open(f"{package}/meta/sources.json", encoding="utf-8") as file:
    sources = json.load(file)["sources"]


def digest(path):
    with open(path, "rb") as opened:
        return hashlib.sha256(opened.read()).hexdigest()


ours = {}
with open(f"{package}/meta/objects.jsonl", encoding="utf-8") as file:
    for line in map(json.loads, file):
        path = package + "/" + line["path"].split("/", 1)[1]
        name = sources[line["source"]]["container"] + "/" + line["name"]
        ours[name] = digest(path)
theirs = {os.path.relpath(os.path.join(top, f), other):
          digest(os.path.join(top, f))
          for top, _, files in os.walk(other) for f in files}
print(len(ours), "objects,", len(theirs), "files")
sys.exit(0 if ours and ours == theirs else 1)
EOF
ok "name for name and byte for byte they are the same" \
    "$PYTHON" "$T/same.py" "$T/pkg" "$T/az"
