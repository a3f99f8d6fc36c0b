#!/bin/sh
# Goal of this test: whose key may sign in which role from when to when, and
# whose was revoked, is asked of every signature: of entries of a ledger, of
# receipts, of derived evidence, and of one that stands alone.
. tests/lib.sh
. tests/cli/judge_lib.sh
. tests/cli/certify_lib.sh

LEDGER=$B/azcustody-ledger
VERIFY=$B/azcustody-verify
mkdir -p "$T/in/src" "$T/out" "$T/r"
echo x >"$T/in/src/a"
for k in k lab; do
	"$LEDGER" keygen --no-password "$T/$k" >/dev/null
done
P=$T/out/$("$B/tests/tools/pack" --folder "$T/in" --out "$T/out" \
    --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --key "$T/k.key") || exit 1
D=${P%.tar.zst}.custody
cp -r "$D" "$T/one"
"$LEDGER" receipt "$P" --by-name L --sign "$T/lab.key" \
    --sign "witness=$T/k.key" --out "$T/r" >/dev/null &&
    "$LEDGER" note "$P" --remarks x --by-name L --sign "clerk=$T/lab.key" \
	>/dev/null && "$LEDGER" receipt "$P" --by-name L --sign "$T/lab.key" --out "$T/r" \
	>/dev/null || { echo "not ok - a ledger and a receipt"; exit 1; }
R=$T/r/000002-receipt.json

ANY='"from":null,"to":null'
PAST='"from":null,"to":"2026-01-01T00:00:00.0000000Z"'
COMING='"from":"2100-01-01T00:00:00.0000000Z","to":null'

# trust ROLES BOUNDS [MORE]: what the file says of the lab; k is free.
trust()
{
	printf '{"format":"azcustody/trust/1","signers":[{"name":"Lab","kind":"ed25519","public":"%s","roles":%s,%s}%s]}\n' \
	    "$(sed -n 2p "$T/lab.pub")" "$1" "$2" "${3:-}" >"$T/trust.json"
	BY="--trust $T/k.pub --trust-file $T/trust.json"
}

# ---- Entries and receipts -------------------------------------------------------
trust null "$ANY"
ok "a key that may sign anything" judge_both 0 ledger $BY --receipt "$R" "$D"
trust '["clerk","receiver"]' "$ANY"
ok "in its roles" judge_both 0 ledger $BY --receipt "$R" "$D"
trust '["receiver"]' "$ANY"
ok "an entry in another role" judge_both 1 ledger $BY "$D"
says 'FAIL \[signature\] 000002-noted.clerk.minisig: .*Lab.*in the role clerk'
trust '["clerk"]' "$ANY"
ok "a receipt in another role" judge_both 1 ledger $BY --receipt "$R" "$D"
says 'FAIL \[receipt\] .*in the role receiver'
trust null "$PAST"
ok "an entry by a key whose time was over" judge_both 1 ledger $BY "$D"
says '000002-noted.clerk.minisig: .*not trusted at that time'
trust null "$COMING"
ok "or had not come" judge_both 1 ledger $BY "$D"
trust '["receiver"]' "$ANY" \
    ",{\"name\":\"Lab\",\"kind\":\"ed25519\",\"public\":\"$(sed -n 2p \
    "$T/lab.pub")\",\"roles\":[\"clerk\"],$ANY}"
ok "a key that is named twice may do either" judge_both 0 ledger $BY \
    --receipt "$R" "$D"
SOON=$(date -u -d +1hour +%FT%T.0000000Z)
trust null "$ANY,\"revoked\":\"$SOON\""
ok "a key that was revoked later, and nothing shows what came first" \
    judge_both 2 ledger $BY "$D"
says 'UNDECIDED \[signer\] 000002-noted.clerk.minisig'
ok "a receipt by such a key proves no more" judge_both 2 ledger $BY \
    --receipt "$R" "$D"
says 'UNDECIDED \[signer\] .*000002-receipt.json'
says 'no receipt that holds was given'
ok "a receipt one of whose signers is not known leaves it open" judge_both 2 ledger \
    --trust "$T/k.pub" --receipt "$T/r/000001-receipt.json" "$T/one"
says 'UNDECIDED \[signer\] .*000001-receipt.json'

# ---- One signature --------------------------------------------------------------
# alone EXIT REASON WORDS...: the verb signature.
alone()
{
	_want=$1
	_reason=$2
	shift 2
	"$VERIFY" signature "$@" >"$T/verdict" 2>&1
	[ $? -eq "$_want" ] && head -n 1 "$T/verdict" | grep -q " $_reason\b" ||
	    { cat "$T/verdict"; return 1; }
}
ENTRY="--data $D/000002-noted.json --minisig $D/000002-noted.clerk.minisig"
trust '["clerk"]' "$ANY"
ok "an entry's signature alone, in the role of its comment" \
    alone 0 good $ENTRY $BY
ok "which --role may repeat" alone 0 good $ENTRY $BY --role clerk
ok "but not contradict" alone 1 bounds $ENTRY $BY --role witness
ok "a key that was brought for anything asks nothing" alone 0 good $ENTRY \
    --trust "$T/lab.pub"
ok "but the comment is still what it was made for" alone 1 bounds $ENTRY \
    --trust "$T/lab.pub" --role witness
trust '["witness"]' "$ANY"
ok "a comment with another role than the key's" alone 1 bounds $ENTRY $BY
trust null "$PAST"
ok "a key whose time was over" alone 1 bounds $ENTRY $BY
ok "at a moment before" alone 0 good $ENTRY $BY --at 2025-06-01T00:00:00Z
trust null "$ANY,\"revoked\":\"2026-02-01T00:00:00.0000000Z\""
ok "a key that was revoked" alone 1 bounds $ENTRY $BY
ok "and was not at a moment before" alone 0 good $ENTRY $BY \
    --at 2026-01-31T23:59:59Z
ok "but was at that moment" alone 1 bounds $ENTRY $BY --at 2026-02-01T00:00:00Z
echo data >"$T/data"
"$B/tests/tools/signfile" "$T/lab.key" "" "any comment" "$T/data" >"$T/data.minisig"
OTHER="--data $T/data --minisig $T/data.minisig"
trust '["clerk"]' "$ANY"
ok "a signature that tells no role" alone 2 role $OTHER $BY
ok "is in the one that the examiner says" alone 0 good $OTHER $BY --role clerk
ok "or is not" alone 1 bounds $OTHER $BY --role witness
trust '["clerk"]' "$PAST"
ok "one that tells no role, too late for any" alone 1 bounds $OTHER $BY

make_root "$T/c" root && certify "$T/c" root notary ec \
    -pkeyopt ec_paramgen_curve:P-256 || { echo "not ok - certificates"; exit 1; }
openssl cms -sign -binary -in "$T/data" -outform DER -signer "$T/c/notary.pem" \
    -inkey "$T/c/notary.key" -cades -md sha256 -out "$T/data.p7s" 2>/dev/null
sha=$(openssl x509 -in "$T/c/notary.pem" -outform DER | sha256sum | cut -c -64)
named()
{
	printf '{"format":"azcustody/trust/1","signers":[{"name":"Notary","kind":"cms","certificate_sha256":"%s","roles":%s,%s}]}\n' \
	    "$sha" "$1" "$2" >"$T/trust.json"
	BY="--trust-file $T/trust.json"
}
OTHER="--data $T/data --cms $T/data.p7s"
named null "$ANY"
ok "a certificate that is named needs no root" alone 0 good $OTHER $BY
says 'Notary'
named '["notary"]' "$ANY"
ok "one that is named for a role" alone 2 role $OTHER $BY
ok "in it" alone 0 good $OTHER $BY --role notary
ok "in another, whatever its root" alone 1 bounds $OTHER $BY --role clerk \
    --ca "$T/c/root.pem"
named null "$PAST"
ok "one whose time was over, whatever its root" alone 1 bounds $OTHER $BY \
    --ca "$T/c/root.pem"
printf '{"format":"azcustody/trust/1","signers":[{"name":"Other","kind":"cms","certificate_sha256":"%064d","roles":null,%s}]}\n' \
    0 "$ANY" >"$T/trust.json"
ok "another one is named" alone 1 untrusted $OTHER $BY
ok "and the root was brought" alone 0 good $OTHER $BY --ca "$T/c/root.pem"
ok "nothing was brought" alone 2 untrusted $OTHER
