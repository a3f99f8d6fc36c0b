#!/bin/sh
# Goal of this test: every line that --json prints, of every verb and however it
# ends, is as schemas/collect-output.schema.json says, by another validator (ajv).
# tests/cli/collect_access.sh adds the lines that only a real service brings.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

if [ ! -d tests/azurite/node_modules/ajv ]; then
	skip "what --json prints is as its schema says" \
	    "tests/azurite is not installed"
	exit 0
fi
mkdir "$T/s" "$T/o" "$T/files"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {"blobs": [
  {"name": "resourceId=/A/y=2026/m=11/d=01/h=00/m=00/PT1H.json", "size": 1000},
  {"name": "resourceId=/A/y=2026/m=11/d=01/h=03/m=00/PT1H.json", "size": 9,
   "etag": "0xB", "seed": 2}]}}}
END
write_sas "$T/sas.secret"
make_key
echo '{"records":[]}' >"$T/files/a.json"
serve "$T/s"

# lines EXIT SENTENCE VERB WORDS...: run it; its lines are kept for the schema.
lines()
{
	_code=$1
	shift
	exits "$_code" "$@"
	cat "$T/.out" >>"$T/lines.jsonl"
	tail -n 1 "$T/.out" >"$T/last"
	ok "the last line is the summary, with the exit code" \
	    grep -q "\"type\":\"summary\".*\"exit\":$_code}\$" "$T/last"
}
reach()
{
	_verb=$1
	shift
	"$B/azcustody-collect" "$_verb" --json --account acct --endpoint \
	    "http://127.0.0.1:$PORT/acct" --sas-file "$T/sas.secret" \
	    --logs activity --tries 2 "$@"
}
take()
{
	reach run --case C --exhibit E --examiner X --sign "$T/k.key" \
	    --out "$T/o" "$@"
}
rule "$T/s" '[]'
lines 0 "a run" take
lines 0 "a run that says much" take -v
lines 3 "a run with a gap" take --container no-such-container
lines 0 "a run with a warning" env AZURE_STORAGE_SAS_TOKEN="$(cat \
    "$T/sas.secret")" "$B/azcustody-collect" run --json --case C --exhibit E \
    --examiner X --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
    --logs activity --sign "$T/k.key" --out "$T/o"
lines 0 "access" reach access
lines 0 "plan" reach plan --from 2026-11-01 --to 2026-11-02
lines 0 "a folder" collect --json --folder "$T/files" --out "$T/o"
lines 64 "a word that is wrong" "$B/azcustody-collect" plan --json --jobs 0
lines 66 "a config that is not there" "$B/azcustody-collect" run --json \
    --config "$T/nosuchfile"
lines 66 "a credential that is not there" "$B/azcustody-collect" access --json \
    --account acct --sas-file "$T/nosuchfile"
lines 66 "an attached file that is not there" take --attach "$T/nosuchfile"
# The service fails when the first blob is read, and is well again for resume.
rm -rf "$T/o"
mkdir "$T/o"
rule "$T/s" '[{"phase": "range", "mode": "status", "status": 403,
    "code": "AuthenticationFailed"}]'
lines 77 "a run whose credential is taken back" take
rule "$T/s" '[]'
lines 0 "its resumption" "$B/azcustody-collect" resume "$T"/o/*.work --json \
    --account acct --sas-file "$T/sas.secret" --sign "$T/k.key"
ok "each line is valid" node tests/azurite/validate.mjs \
    schemas/collect-output.schema.json "$T/lines.jsonl"
cp "$T/.out" "$T/parts"
ok "and there were lines of every sort" sh -c "! grep '/.* 0\$' '$T/parts'"
# The schema can refuse: a member more, one less, one of another type.
for change in 's/"type":"summary"/&,"more":1/' 's/"exit":[0-9]*/"exit":2/' \
    's/"verb":"[a-z]*",//'; do
	sed "$change" "$T/last" >"$T/changed.jsonl"
	not_ok "the schema refuses $change" node tests/azurite/validate.mjs \
	    schemas/collect-output.schema.json "$T/changed.jsonl"
done
