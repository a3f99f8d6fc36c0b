#!/bin/sh
# Goal of this test: whatever keeps a blob from being read while all others are
# can be told apart afterwards: each has a reason of its own in the package, in
# the last words of the program and in the verdict, and nothing else is lost.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

mkdir "$T/s"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {"blobs": [
  {"name": "archive.json", "size": 100, "tier": "Archive", "seed": 1},
  {"name": "changed.json", "size": 200, "seed": 2},
  {"name": "customer.json", "size": 300, "seed": 3},
  {"name": "denied.json", "size": 400, "seed": 4},
  {"name": "gone.json", "size": 500, "seed": 5},
  {"name": "good.json", "size": 600, "seed": 6},
  {"name": "leased.json", "size": 700, "seed": 7},
  {"name": "removed.json", "size": 800, "seed": 8},
  {"name": "soft.json", "size": 900, "seed": 9, "deleted": true},
  {"name": "vault.json", "size": 1000, "seed": 10}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"
code()
{
	printf '{"phase": "range", "match": "/%s", "mode": "status",
	    "status": %s, "code": "%s"}' "$@"
}
rule "$T/s" "[$(code customer 409 BlobUsesCustomerSpecifiedEncryption),
    $(code denied 403 AuthorizationPermissionMismatch),
    $(code gone 404 BlobNotFound), $(code leased 412 LeaseIdMissing),
    $(code removed 410 Gone), $(code vault 403 KeyVaultEncryptionKeyNotFound),
    $(code changed 412 ConditionNotMet)]"
mkdir "$T/o"
exits 3 "what cannot be read leaves the rest" collect --account acct \
    --endpoint "http://127.0.0.1:$PORT/acct" --sas-file "$T/sas.secret" \
    --out "$T/o" --tries 3 --logs activity
cp "$T/.err" "$T/said"
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "each has its reason" test "$(fact "$T/u" meta/gaps.jsonl \
    'sorted((g["name"], g["reason"]) for g in d if g["what"] == "object")')" = \
    "[('archive.json', 'archived'), ('changed.json', 'changed'), \
('customer.json', 'customer-key'), ('denied.json', 'denied'), \
('gone.json', 'gone'), ('leased.json', 'leased'), ('removed.json', 'removed'), \
('soft.json', 'deleted'), ('vault.json', 'customer-key')]"
ok "and the service's own code" test "$(fact "$T/u" meta/gaps.jsonl \
    'sorted({g["error"] for g in d if g["status"] == 409})')" = \
    "['BlobArchived', 'BlobUsesCustomerSpecifiedEncryption']"
ok "what can be read is there" test "$(fact "$T/u" meta/objects.jsonl \
    '[o["name"] for o in d]')" = "['good.json']"
for reason in archived changed customer-key denied gone leased removed \
    deleted; do
	ok "the last words name $reason" grep -q "MISSING:.* $reason (" \
	    "$T/said"
done
"$B/azcustody-verify" "$(the_package "$T/o")" --trust "$T/k.pub" >"$T/verdict"
ok "the verdict has the numbers" grep -q 'GAPS' "$T/verdict"
