#!/bin/sh
# Goal of this test: SharedKey and SAS requests as a real blob service takes
# them: listings, properties, ranges, pins, refusals.
. tests/lib.sh

NODE=tests/azurite/node_modules
if [ ! -x "$NODE/.bin/azurite-blob" ]; then
	skip "requests against Azurite" "tests/azurite is not installed"
	exit 0
fi
export HOME="$T"
mkdir "$T/up"
head -c 100000 /dev/urandom >"$T/up/block"
head -c 5000 /dev/urandom >"$T/up/append"
: >"$T/up/empty"
cat >"$T/up/upload.jsonl" <<'END'
{"account": "evidacct", "container": "logs", "name": "a/b c+d%20e&f=é.json", "type": "block", "file": "block", "length": 100000, "cuts": [0, 12, 99998]}
{"account": "evidacct", "container": "logs", "name": "grow.json", "type": "append", "file": "append", "length": 5000, "cuts": [0, 100]}
{"account": "evidacct", "container": "logs", "name": "empty", "type": "block", "file": "empty", "length": 0, "cuts": [0]}
END
D=$T/azurite
ok "the service starts" tests/azurite/azurite.sh start "$D" evidacct
trap 'tests/azurite/azurite.sh stop "$D" >/dev/null 2>&1; teardown' EXIT
ENDPOINT=$(cat "$D/endpoint")
canary "$(cat "$D/evidacct.key")"
ok "another client uploads" node tests/azurite/upload.mjs --endpoint \
    "$ENDPOINT" --keys "$D/keys.json" --manifest "$T/up/upload.jsonl"
ok "another client makes a SAS" node tests/azurite/sas.mjs --keys \
    "$D/keys.json" --account evidacct --out "$T/acct.secret"
ok "and one of a container" node tests/azurite/sas.mjs --keys \
    "$D/keys.json" --account evidacct --out "$T/cont.secret" --container logs
NAME='a/b c+d%20e&f=é.json'

get()
{
	timeout 30 "$B/tests/tools/httpget" --account evidacct --endpoint \
	    "$ENDPOINT/evidacct" "$@" >"$T/out" 2>"$T/err"
}
check()
{
	get "$@" || { cat "$T/out" "$T/err"; return 1; }
}

for how in "--key-file $D/evidacct.key" "--accept-excess --sas-file $T/acct.secret" \
    "--accept-excess --sas-file $T/cont.secret"; do
	word=$(basename "${how##* }")
	case $how in
	*cont*) ;;
	*)
		# shellcheck disable=SC2086
		ok "$word: containers are listed" check $how containers
		ok "$word: the container is among them" \
		    grep -q '^entry logs ' "$T/out"
		;;
	esac
	# shellcheck disable=SC2086
	ok "$word: blobs are listed" check $how list logs
	ok "$word: with their names and lengths" \
	    grep -qF "entry $NAME 100000 " "$T/out"
	etag=$(sed -n "s/^entry a.b c.* 100000 \([^ ]*\).*/\1/p" "$T/out" | tr -d '"')
	# shellcheck disable=SC2086
	ok "$word: properties" check $how --etag "$etag" --total 100000 \
	    --type BlockBlob head logs "$NAME"
	# shellcheck disable=SC2086
	ok "$word: a range with its MD5" check $how --etag "$etag" --total \
	    100000 --md5 --out "$T/part" range logs "$NAME" 12 99997
	ok "$word: the MD5 matched" grep -q '^ok fine matched' "$T/out"
	tail -c +13 "$T/up/block" | head -c 99986 >"$T/want"
	ok "$word: the bytes are those uploaded" cmp "$T/part" "$T/want"
	# shellcheck disable=SC2086
	ok "$word: an append blob without a pin" check $how --grow --total 4000 \
	    --type AppendBlob --out "$T/part" range logs grow.json 0 3999
	# shellcheck disable=SC2086
	ok "$word: an empty blob, whole" check $how --total 0 --body-max 0 \
	    whole logs empty
	# shellcheck disable=SC2086
	get $how --etag 0xdead --total 100000 range logs "$NAME" 0 99
	ok "$word: another ETag is a change" \
	    grep -q '^changed precondition' "$T/out"
	# shellcheck disable=SC2086
	get $how range logs "$NAME" 200000 200009
	ok "$word: a range beyond the end is a change" \
	    grep -q '^changed shrunk' "$T/out"
	# shellcheck disable=SC2086
	get $how head logs nothing
	ok "$word: a blob that is not there is a gap" \
	    grep -q '^gap not-found' "$T/out"
done
ok "the container's SAS lists no containers" sh -c \
    "! '$B/tests/tools/httpget' --account evidacct --endpoint \
    '$ENDPOINT/evidacct' --accept-excess --sas-file '$T/cont.secret' \
    containers | tee '$T/out' | grep -q '^ok'"
ok "and that is a refusal" grep -q '^denied' "$T/out"
head -c 64 /dev/urandom | base64 -w0 >"$T/wrong.key"
chmod 600 "$T/wrong.key"
get --key-file "$T/wrong.key" containers
ok "a wrong key is a refusal" grep -q '^denied' "$T/out"
