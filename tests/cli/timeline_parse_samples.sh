#!/bin/sh
# Goal of this test: azcustody-timeline parse reads every log sample with
# exactly as many events as the file holds, accounts for every byte, and lets
# every row be traced back to its bytes.  The counts were taken from the files
# by other means (tests/cli/check_parse.py counts them again).
. tests/lib.sh

SAMPLES=$SHARED/samples
TIMELINE=$B/azcustody-timeline

if [ ! -d "$SAMPLES" ]; then
	skip "parse reads the samples" "no $SAMPLES (set AZCUSTODY_SHARED)"
	exit 0
fi

# file, events, quarantined rows, exit code
cat >"$T/expected" <<TABLE
activity.eventhub.sumologic.json 1 0 0
activity.sdk-dump.plaso.jsonl 4 0 0
azure_diagnostic_settings_deleted.panther.jsonl 3 0 0
azure_network_watcher_deleted.panther.jsonl 3 0 0
azure_nsg_deleted_or_modified.panther.jsonl 8 0 0
azure_storage_account_key_regenerated.panther.jsonl 3 0 0
azure_storage_account_keys_listed.panther.jsonl 3 0 0
azure_storage_account_public_network_access_enabled.panther.jsonl 3 0 0
azure_storage_blob_bulk_extraction.panther.jsonl 4 0 0
azure_storage_sas_external_access.panther.jsonl 5 0 0
classic-storage-analytics.log 12 0 0
nsg-flow-v2.sumologic.json 153 0 0
storage-read.opentelemetry.json 1 0 0
vnet-flow-v4.sumologic.json 166 0 0
TABLE

for f in "$SAMPLES"/*; do
	ok "$(basename "$f") is in the table" \
	    grep -q "^$(basename "$f") " "$T/expected"
done

while read -r name events quarantined code; do
	file=$SAMPLES/$name
	exits "$code" "$name: exit code $code" "$TIMELINE" parse "$file"
	mv "$T/.out" "$T/$name.out"
	ok "$name: $events events, $quarantined quarantined" \
	    /usr/bin/python3 tests/cli/check_parse.py \
	    "$file" "$T/$name.out" "$events" "$quarantined" "$code"
done <"$T/expected"

exits 66 "a file that is not there is 66" "$TIMELINE" parse "$T/none"
mv "$T/.out" "$T/none.out"
ok "and the summary is there all the same" \
    grep -q '"exit_code":66}$' "$T/none.out"
exits 64 "parse without a file is 64" "$TIMELINE" parse
exits 64 "a kind that is none is 64" "$TIMELINE" parse --kind x "$T/expected"
exits 64 "no verb is 64" "$TIMELINE"
exits 0 "--help is 0" "$TIMELINE" --help
