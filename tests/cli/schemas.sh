#!/bin/sh
# Goal of this test: the JSON Schemas, their examples and our own parsers say
# the same (tests/cli/schemas.py), and another validator, ajv, finds every
# document valid that our programs write.  (What other tests leave and print:
# validate_all in tests/lib.sh.)
. tests/lib.sh

python3 tests/cli/schemas.py "$B/tests/tools/document" schemas || FAILED=1
if [ ! -d tests/azurite/node_modules/ajv ]; then
	skip "what our programs write is valid" "ajv is not installed"
	exit 0
fi
ok "every example is valid by its schema" node tests/azurite/validate.mjs \
    --examples schemas
mkdir "$T/in" "$T/out" "$T/keys"
cat >"$T/in/a.json" <<'END'
{"time":"2026-11-01T10:00:00.0000000Z","resourceId":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/blobServices/default","category":"StorageRead","operationName":"GetBlob","operationVersion":"2023-11-03","schemaVersion":"1.0","statusCode":200,"statusText":"Success","durationMs":3,"callerIpAddress":"192.0.2.4:1234","correlationId":"c","uri":"https://a.blob.core.windows.net/c/b","protocol":"HTTPS","properties":{"accountName":"a","serviceType":"blob","objectKey":"/a/c/b"}}
{"time":"never","category":"StorageRead","operationName":"GetBlob"}
END
echo 'x' >"$T/in/b"
for k in k lab; do
	"$B/azcustody-ledger" keygen --no-password "$T/keys/$k" >/dev/null 2>&1
done
P=$T/out/$("$B/tests/tools/pack" --folder "$T/in" --out "$T/out" \
    --key "$T/keys/k.key") || exit 1
D=${P%.tar.zst}.custody
TRUST="--trust $T/keys/k.pub --trust $T/keys/lab.pub"
echo 2 >"$T/list"
for words in "release --by-name K --to-name Lab --sign $T/keys/k.key $P" \
    "receive --by-name Lab --sign $T/keys/lab.key $P" \
    "receipt --by-name Lab --sign $T/keys/lab.key --out $T $D" \
    "disclose --objects $T/list --by-name K --sign $T/keys/k.key --out $T/dis $P"
do
	# shellcheck disable=SC2086
	ok "azcustody-ledger ${words%% *}" "$B/azcustody-ledger" $words
done
# shellcheck disable=SC2086
exits 3 "azcustody-timeline build, with one record that is none" "$B/azcustody-timeline" build "$P" \
    $TRUST --out "$T/tl"
ok "every document is valid: package, ledger, receipt, disclosure, timeline" \
    node tests/azurite/documents.mjs all schemas "$BUILT/tests" "$T"
cp "$T/.out" "$T/said"
sed 's/^/# /' "$T/said"
ok "and they are of fifteen types and more" grep -q \
    'of 1[5-9] types valid' "$T/said"
cp "$P" "$T/bad.tar.zst"
printf '\377' | dd of="$T/bad.tar.zst" bs=1 seek=1500 conv=notrunc 2>/dev/null
for words in "package --json --secrets $T/secrets $TRUST $P" "package --json $TRUST $T/bad.tar.zst" \
    "ledger --json $TRUST $D" "disclosure --json $TRUST $T/dis" \
    "disclosure --json $T/dis" "bag --json $T/tl" \
    "timeline --json $TRUST $T/tl --package $P"; do
	# shellcheck disable=SC2086
	"$BUILT/azcustody-verify" $words >>"$T/reports.jsonl" 2>>"$T/reports.err"
done
ok "every report is valid" node tests/azurite/validate.mjs \
    schemas/verify-report.schema.json "$T/reports.jsonl"
sed 's/^/# /' "$T/.out" | tail -n 1
ok "nothing went wrong meanwhile" test ! -s "$T/reports.err"
sed 's/"exit_code":[0-9]/"exit_code":7/' "$T/reports.jsonl" >"$T/other.jsonl"
not_ok "the schema can refuse" node tests/azurite/validate.mjs \
    schemas/verify-report.schema.json "$T/other.jsonl"
