#!/bin/sh
# make bench: each of our programs against a named peer, in the same run.
#
#	collect   azcopy, which hashes, seals and signs nothing
#	verify    zstd -dc | sha256sum, which is the least that any check costs
#	          (verify.sh has packages of other shapes)
#	timeline  jq, which reads the same flow logs and writes them again
set -eu
cd "$(dirname "$0")/../.."
export LC_ALL=C
B=${B:-build}
D=$B/bench
RUNS=${RUNS:-5}
AZCOPY=$PWD/tests/azurite/node_modules/@azure-tools/azcopy-linux/dist/bin/azcopy_linux_amd64

cleanup()
{
	code=$?
	trap - EXIT INT TERM HUP
	[ ! -d "$D/service" ] || tests/azurite/azurite.sh stop "$D/service" || true
	exit "$code"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

[ ! -d "$D" ] || chmod -R u+w "$D"
rm -rf "$D"
mkdir -p "$D/evidence" "$D/home"
python3 tests/scenario/generate.py --seed 1 --out "$D/incident"
accounts=$(python3 -c 'import json, sys
print(*json.load(open(sys.argv[1]))["log_accounts"])' "$D/incident/scenario.json")
account=${accounts%% *}
# shellcheck disable=SC2086
tests/azurite/azurite.sh start "$D/service" $accounts
endpoint=$(cat "$D/service/endpoint")
node tests/azurite/upload.mjs --endpoint "$endpoint" \
    --keys "$D/service/keys.json" --manifest "$D/incident/upload.jsonl"
node tests/azurite/sas.mjs --keys "$D/service/keys.json" \
    --account "$account" --out "$D/$account.sas"
"$B/azcustody-ledger" keygen --no-password "$D/bench" >/dev/null
collect="$B/azcustody-collect run -q --case bench --account $account \
--endpoint $endpoint/$account --sas-file $D/$account.sas \
--logs flow,storage,activity --out $D/evidence --sign $D/bench.key \
--exhibit 1 --examiner bench --accept-excess-permissions"

if [ -x "$AZCOPY" ]; then
	# azcopy has no other way to take a SAS than its arguments.
	cat >"$D/azcopy.sh" <<EOF
export HOME=$D/home AZCOPY_LOG_LOCATION=$D/home AZCOPY_LOG_LEVEL=NONE
export AZCOPY_JOB_PLAN_LOCATION=$D/home AZCOPY_DISABLE_SYSLOG=true
rm -rf $D/azcopy
for c in insights-logs-networksecuritygroupflowevent insights-logs-flowlogflowevent \\
    insights-logs-storageread insights-logs-storagewrite \\
    insights-logs-storagedelete insights-activity-logs; do
	$AZCOPY copy "$endpoint/$account/\$c?\$(cat $D/$account.sas)" \\
	    $D/azcopy/\$c --from-to BlobLocal --recursive \\
	    --output-level quiet || true
done
EOF
	python3 tests/bench/ratio.py "collect against azcopy" "$RUNS" \
	    "$collect" -- "sh $D/azcopy.sh"
else
	echo "collect: azcopy is not installed, nothing to compare with"
fi

sh -c "$collect" >/dev/null
package=$(ls "$D"/evidence/*.tar.zst | tail -n 1)
python3 tests/bench/ratio.py "verify against zstd -dc | sha256sum" "$RUNS" \
    "$B/azcustody-verify $package --trust $D/bench.pub" -- \
    "zstd -dcq $package | sha256sum"

mkdir "$D/logs"
tar --zstd -xf "$package" -C "$D/logs" --strip-components=1
# Flow logs only: jq gives up at the first line that is no JSON.
find "$D/logs/data" -path '*-flow/*' -type f | sort >"$D/files.txt"
if command -v jq >/dev/null; then
	python3 tests/bench/ratio.py "timeline parse against jq -c ." "$RUNS" \
	    "xargs $B/azcustody-timeline parse <$D/files.txt >$D/events.jsonl 2>/dev/null; [ \$? -le 123 ]" -- \
	    "xargs cat <$D/files.txt | jq -c . >$D/jq.jsonl"
fi
