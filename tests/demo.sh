#!/bin/sh
# make demo: a whole case on a real blob service, from nothing to a report.
#
# Starts Azurite on a free loopback port, puts the logs of an incident into it
# with another client, runs the four programs as a user would type them, says
# what was found, and ends the service.  What is left stands in build/demo/.
set -eu
cd "$(dirname "$0")/.."
B=${B:-build}
D=$B/demo
SEED=${SEED:-1}
export LC_ALL=C

bold=
plain=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m')
	plain=$(printf '\033[0m')
fi

say()
{
	printf '\n%s== %s%s\n' "$bold" "$*" "$plain"
}

# Echo a command as a user would type it, then run it.
as_user()
{
	printf '%s$' "$bold"
	for word in "$@"; do
		case $word in
		*[!A-Za-z0-9_./:=@,+-]*) printf " '%s'" "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '%s\n' "$plain"
	PATH="$PWD/$B:$PATH" "$@"
}

cleanup()
{
	code=$?
	trap - EXIT INT TERM HUP
	[ ! -d "$D/service" ] || tests/azurite/azurite.sh stop "$D/service" ||
	    true
	rm -rf "$D/incident/files" "$D/service"
	rm -f "$D"/*.sas
	exit "$code"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

[ ! -d "$D" ] || chmod -R u+w "$D"
rm -rf "$D"
mkdir -p "$D/evidence"
begun=$(date +%s)

say "The incident: five days of logs with one intrusion inside (seed $SEED)"
python3 tests/scenario/generate.py --seed "$SEED" --out "$D/incident"
accounts=$(python3 -c 'import json, sys
print(*json.load(open(sys.argv[1]))["log_accounts"])' "$D/incident/scenario.json")
from=$(python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["from"][:10])' "$D/incident/scenario.json")
to=$(python3 -c 'import json, sys
print(json.load(open(sys.argv[1]))["to"][:10])' "$D/incident/scenario.json")

say "The blob service: Azurite on loopback, filled by Microsoft's own client"
# shellcheck disable=SC2086
tests/azurite/azurite.sh start "$D/service" --https $accounts
endpoint=$(cat "$D/service/endpoint")
node tests/azurite/upload.mjs --endpoint "$endpoint" \
    --keys "$D/service/keys.json" --manifest "$D/incident/upload.jsonl" \
    --ca "$D/service/tls.crt"
sources=
for account in $accounts; do
	node tests/azurite/sas.mjs --keys "$D/service/keys.json" \
	    --account "$account" --protocol https --out "$D/$account.sas"
	sources="$sources --account $account --endpoint $endpoint/$account"
	sources="$sources --sas-file $D/$account.sas"
done

say "1. A signing key"
as_user azcustody-ledger keygen --no-password "$D/examiner"

say "2. Collect"
# shellcheck disable=SC2086
as_user azcustody-collect run --case 2026-0042 --exhibit AZ-01 \
    --examiner 'A. Examiner' --organisation 'Example Forensics' \
    --authority 'Order 17/2026' \
    --purpose 'unauthorised access to storage' \
    $sources --logs flow,storage,activity --from "$from" --to "$to" \
    --tls-ca "$D/service/tls.crt" \
    --out "$D/evidence" --sign "$D/examiner.key"
package=$(ls "$D"/evidence/*.tar.zst)

say "3. Verify, offline"
code=0
as_user azcustody-verify "$package" --trust "$D/examiner.pub" \
    >"$D/verdict.txt" || code=$?
cat "$D/verdict.txt"
[ "$code" -eq 0 ]

say "4. Timeline"
as_user azcustody-timeline build "$package" --trust "$D/examiner.pub" \
    --out "$D/timeline" || code=$?
case $code in
0) ;;
3) echo "(exit 3: done; the lines that no parser can read are rows of their own)" ;;
*) exit "$code" ;;
esac

say "The verdict"
tail -n 1 "$D/verdict.txt"

say "What was found"
python3 tests/demo_summary.py "$D/timeline/data/findings.json"

say "Done in $(($(date +%s) - begun)) s"
echo "package   $package"
echo "report    $PWD/$D/timeline/data/report.html"
echo "findings  $PWD/$D/timeline/data/findings.json"
echo "rows      $PWD/$D/timeline/data/timeline.jsonl"
