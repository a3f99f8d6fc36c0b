#!/bin/sh
# make bench, the part of the verifier: packages of three shapes, each against
# zstd -dc | sha256sum, which is the least that any check costs, in the same run.
#
#	logs    2,000 members of 100 kB of log lines
#	tiny    200,000 members of up to 300 bytes, as the collector takes them
#	large   one member of 2 GiB
#
# TINY and LARGE may be smaller numbers of members and bytes.
set -eu
cd "$(dirname "$0")/../.."
export LC_ALL=C
B=${B:-build}
D=${D:-$B/bench-verify}
RUNS=${RUNS:-5}
TINY=${TINY:-200000}
LARGE=${LARGE:-2147483648}
SERVER=

cleanup()
{
	code=$?
	trap - EXIT INT TERM HUP
	[ -z "$SERVER" ] || kill "$SERVER" 2>/dev/null || true
	exit "$code"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

rm -rf "$D"
mkdir -p "$D/in" "$D/logs" "$D/tiny" "$D/large"
"$B/azcustody-ledger" keygen --no-password "$D/k" >/dev/null

# measure NAME FOLDER: the package in it.
measure()
{
	package=$(ls "$D/$2"/*.tar.zst)
	python3 tests/bench/ratio.py "verify $1 against zstd -dc | sha256sum" \
	    "$RUNS" "$B/azcustody-verify $package --trust $D/k.pub" -- \
	    "zstd -dcq $package | sha256sum"
}

python3 tests/bench/lines.py "$D/in" 2000 100000
"$B/tests/tools/pack" --folder "$D/in" --out "$D/logs" --key "$D/k.key" >/dev/null
measure "2,000 members of 100 kB" logs
"$B/tests/tools/pack" --synthetic "$LARGE" --out "$D/large" --key "$D/k.key" \
    >/dev/null
measure "one member of $LARGE bytes" large

"$B/tests/tools/manyserve" "$D/port" "$TINY" 300 2>/dev/null &
SERVER=$!
tries=0
while [ ! -s "$D/port" ]; do
	tries=$((tries + 1))
	[ "$tries" -le 100 ] || { echo "bench: no server" >&2; exit 1; }
	sleep 0.1
done
(umask 077
echo "sv=2021-12-02&ss=b&srt=sco&sp=rl&se=2099-01-01T00:00:00Z&sig=bench%3D" \
    >"$D/sas")
"$B/azcustody-collect" run -q --case bench --exhibit 1 --examiner bench \
    --accept-excess-permissions --sign "$D/k.key" --account acct \
    --sas-file "$D/sas" --logs activity \
    --endpoint "http://127.0.0.1:$(cat "$D/port")/acct" --out "$D/tiny" >/dev/null
measure "$TINY members of up to 300 bytes" tiny
