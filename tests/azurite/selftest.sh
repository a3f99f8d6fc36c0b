#!/bin/sh
# Goal of this test: the service starts and stops side by side and leaves nothing behind,
# what is uploaded comes back byte for byte by two clients, and secrets stay in files.
#
# usage: selftest.sh [SCENARIO]; without one, a small scenario is generated.
# shellcheck disable=SC2317 # check calls the functions by name
set -u
umask 077

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
failed=0
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

clean_up() {
	for name in one two tls; do
		"$here/azurite.sh" stop "$work/$name"
	done
	rm -rf "$work"
}

# check SENTENCE COMMAND...: run the command and print one line.
check() {
	sentence=$1
	shift
	if "$@" >"$work/out" 2>&1; then
		echo "ok - $sentence"
	else
		echo "not ok - $sentence: $(tail -n 1 "$work/out")"
		failed=1
	fi
}

# same OUT ACCOUNT: whether OUT/index.jsonl has what the manifest says for ACCOUNT, and all of it.
same() {
	python3 - "$scenario/upload.jsonl" "$1/index.jsonl" "$2" <<'EOF'
import json, sys
def rows(path):
    return [json.loads(line) for line in open(path)]
def blobs(found):
    return sorted((r["container"], r["name"], r["length"], r["sha256"]) for r in found)
want = blobs(r for r in rows(sys.argv[1]) if r["account"] == sys.argv[3])
sys.exit(0 if want and want == blobs(rows(sys.argv[2])) else "the sets differ")
EOF
}

# azcopy_same DIR ACCOUNT CONTAINER: whether the real azcopy downloads the same bytes.
azcopy_same() {
	sas=$(cat "$work/account.sas")
	AZCOPY_DISABLE_SYSLOG=true AZCOPY_LOG_LOCATION=$work/azlog AZCOPY_JOB_PLAN_LOCATION=$work/azplan \
	    HOME=$work timeout 60 "$azcopy" copy "$(cat "$1/endpoint")/$2/$3?$sas" "$work/az" \
	    --from-to BlobLocal --recursive --output-level essential </dev/null >/dev/null || return 1
	python3 - "$scenario/upload.jsonl" "$work/az/$3" "$2" "$3" <<'EOF'
import hashlib, json, os, sys
for row in map(json.loads, open(sys.argv[1])):
    if (row["account"], row["container"]) == (sys.argv[3], sys.argv[4]):
        with open(os.path.join(sys.argv[2], row["name"]), "rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == row["sha256"], row["name"]
EOF
}

# block_sizes DIR ACCOUNT: whether a flow log's committed blocks are 12 bytes first and 2 last.
block_sizes() {
	name=$(python3 -c 'import json, sys
print(next(r["container"] + "/" + r["name"] for r in map(json.loads, open(sys.argv[1]))
    if r["account"] == sys.argv[2] and r["type"] == "block" and len(r["cuts"]) > 3))' "$scenario/upload.jsonl" "$2")
	printf 'url = "%s/%s/%s?comp=blocklist&blocklisttype=committed&%s"\n' \
	    "$(cat "$1/endpoint")" "$2" "$name" "$(cat "$work/account.sas")" |
	    curl -sS --fail --path-as-is -K - >"$work/blocks.xml" &&
	    grep -o '<Size>[0-9]*</Size>' "$work/blocks.xml" | sed -n '1p;$p' | tr -d '\n' |
	    grep -qx '<Size>12</Size><Size>2</Size>'
}

upload() {
	node "$here/upload.mjs" --endpoint "$(cat "$1/endpoint")" --keys "$1/keys.json" \
	    --manifest "$scenario/upload.jsonl" --ca "${2-}"
}

download() {
	node "$here/download.mjs" --endpoint "$(cat "$1/endpoint")" --keys "$1/keys.json" \
	    --account "$2" --out "$3" --ca "${4-}"
}

sas() {
	node "$here/sas.mjs" --keys "$work/one/keys.json" --account "$first" "$@"
}

secrets_are_private() {
	[ -z "$(find "$work/one" "$work/account.sas" -type f -perm /077)" ] &&
	    [ "$(stat -c %a "$work/account.sas")" = 600 ] && [ "$(stat -c %a "$work/one/$first.key")" = 600 ]
}

# code SAS-FILE PATH: the HTTP status of a GET with the SAS, which never stands in argv.
code() {
	printf 'url = "%s/%s/%s&%s"\n' "$(cat "$work/one/endpoint")" "$first" "$2" "$(cat "$1")" |
	    curl -s -o "$work/body" -w '%{http_code}' -K -
}

# is_gone PID: whether no such process runs; a dead one may wait for its parent.
is_gone() {
	[ -z "$(tr -d '\0' 2>/dev/null <"/proc/$1/cmdline")" ]
}

is() {
	[ "$1" = "$2" ] || { echo "got $1, not $2"; return 1; }
}

scenario=${1-$work/scenario}
if [ $# -eq 0 ]; then
	python3 "$here/../scenario/generate.py" --seed 5 --days 1 --scale 0.02 --out "$scenario" >/dev/null || exit 1
fi
accounts=$(python3 -c 'import json, sys; print(*json.load(open(sys.argv[1]))["log_accounts"])' "$scenario/scenario.json")
first=${accounts%% *}
azcopy=$here/node_modules/@azure-tools/azcopy-linux/dist/bin/azcopy_linux_amd64

# shellcheck disable=SC2086 # the names are words
{
check "a service starts" "$here/azurite.sh" start "$work/one" $accounts
check "another starts beside it" "$here/azurite.sh" start "$work/two" $accounts
check "one with a certificate starts" "$here/azurite.sh" start "$work/tls" --https $accounts
}
check "a second start in the same folder is refused" sh -c "! '$here/azurite.sh' start '$work/one'"
check "the scenario is uploaded" upload "$work/one"
check "the independent client gets every byte back" download "$work/one" "$first" "$work/dl"
check "and they are the bytes of the manifest" same "$work/dl" "$first"
check "a SAS is written" sas --out "$work/account.sas"
check "keys and SAS are readable by the user only" secrets_are_private
check "the account SAS opens the account" is "$(code "$work/account.sas" '?comp=list')" 200
sas --out "$work/cont.sas" --container insights-activity-logs
check "a container SAS opens its container" is \
    "$(code "$work/cont.sas" 'insights-activity-logs?restype=container&comp=list')" 200
check "and not the account" is "$(code "$work/cont.sas" '?comp=list')" 403
sas --out "$work/old.sas" --minutes -10
check "an expired SAS opens nothing" is "$(code "$work/old.sas" '?comp=list')" 403
check "flow logs have a first block of 12 bytes and a last of 2" block_sizes "$work/one" "$first"
[ ! -f "$azcopy" ] || chmod u+x "$azcopy" 2>/dev/null
if [ -x "$azcopy" ] && "$azcopy" --version >/dev/null 2>&1 </dev/null; then
	check "azcopy gets the same bytes" azcopy_same "$work/one" "$first" insights-activity-logs
else
	echo "skip - azcopy gets the same bytes: it does not run here"
fi
check "the upload works over https" upload "$work/tls" "$work/tls/tls.crt"
check "so does the download" download "$work/tls" "$first" "$work/dl2" "$work/tls/tls.crt"
check "with the same bytes" same "$work/dl2" "$first"
check "a certificate that nobody trusts is refused" sh -c \
    "! node '$here/download.mjs' --endpoint '$(cat "$work/tls/endpoint")' --keys '$work/tls/keys.json' --account $first --out '$work/dl3'"
for name in one two tls; do
	pid=$(cat "$work/$name/azurite.pid")
	check "service $name stops" "$here/azurite.sh" stop "$work/$name"
	check "its process is gone" is_gone "$pid"
	check "and so is its folder" test ! -e "$work/$name"
done
check "stopping what does not run is fine" "$here/azurite.sh" stop "$work/one"
exit $failed
