#!/bin/sh
# Goal of this test: tokens as the Azure CLI writes them, of each kind, are known
# for what they are and collect what the same rights of the JavaScript SDK do.
# The CLI is built on the Python SDK, whose order of parameters stands below; in a
# long run, where az is installed, its own tokens are compared with that table.
. tests/lib.sh
. tests/cli/collect_lib.sh

if [ ! -x tests/azurite/node_modules/.bin/azurite-blob ]; then
	skip "tokens as the Azure CLI writes them" "tests/azurite is not installed"
	exit 0
fi
S=$T/azurite
trap 'tests/azurite/azurite.sh stop "$S" >/dev/null 2>&1
teardown' EXIT
tests/azurite/azurite.sh start "$S" --https logacct >/dev/null || exit 1
E=$(cat "$S/endpoint")
canary "$(cat "$S/logacct.key")"
C=insights-logs-storageread
B1=resourceId=/SUB/A/y=2026/m=06/d=01/h=00/m=00/PT1H.json
mkdir "$T/up"
printf '{}\n' >"$T/up/one"
printf '{"account": "logacct", "container": "%s", "name": "%s", "type": "block",
 "file": "one", "length": 3, "cuts": [0], "sha256": "%s"}\n' "$C" "$B1" \
    "$(sha256sum <"$T/up/one" | cut -d' ' -f1)" | tr -d '\n' \
    >"$T/up/upload.jsonl"
echo >>"$T/up/upload.jsonl"
ok "a log is uploaded" node tests/azurite/upload.mjs --endpoint "$E" \
    --keys "$S/keys.json" --ca "$S/tls.crt" --manifest "$T/up/upload.jsonl"
make_key

# KIND | order of the parameters that az writes
order()
{
	case $1 in
	account) echo "st se sp sip spr sv ss srt sig" ;;
	container | blob) echo "st se sp sip spr sv sr sig" ;;
	delegation) echo "st se sp sip spr sv sr skoid sktid skt ske sks skv sig" ;;
	esac
}

# as_az KIND: the SDK's token in that order, encoded as Python's quote does.
as_az()
{
	"$PYTHON" - "$T/$1.secret" "$T/az-$1.secret" "$(order "$1")" <<'END'
import os, sys, urllib.parse
have = dict(urllib.parse.parse_qsl(open(sys.argv[1]).read().strip()))
order = sys.argv[3].split()
assert set(have) <= set(order), set(have) - set(order)
text = "&".join(k + "=" + urllib.parse.quote(have[k], safe="/()$'!*")
                for k in order if k in have)
text = text.replace("sig=" + urllib.parse.quote(have["sig"], safe="/()$'!*"),
                    "sig=" + urllib.parse.quote(have["sig"], safe=""))
with os.fdopen(os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
    f.write(text + "\n")
END
}
for kind in account container blob delegation; do
	case $kind in
	account) set -- ;;
	container) set -- --container "$C" ;;
	blob) set -- --container "$C" --blob "$B1" --permissions r ;;
	delegation) set -- --container "$C" --delegation yes ;;
	esac
	node tests/azurite/sas.mjs --keys "$S/keys.json" --account logacct \
	    --protocol https --out "$T/$kind.secret" "$@" || exit 1
	ok "a token of $kind in the order of az" as_az "$kind"
	canary "$(sed 's/.*sig=\([^&]*\).*/\1/' "$T/az-$kind.secret")"
done

# KIND | what access calls it | exit of a collection
while IFS='|' read -r kind called code; do
	exits "$([ "$code" = 0 ] && [ "$kind" = account ] && echo 0 ||
	    { [ "$code" = 0 ] && echo 3 || echo 77; })" \
	    "access with az's token of $kind" "$B/azcustody-collect" access --json \
	    --account logacct --endpoint "$E/logacct" --tls-ca "$S/tls.crt" \
	    --sas-file "$T/az-$kind.secret"
	cp "$T/.out" "$T/said"
	ok "which is a $called" test "$(fact "$T" said \
	    'd[0]["credential"]["kind"]')" = "$called"
	rm -rf "$T/o"
	mkdir "$T/o"
	set --
	[ "$kind" = account ] || set -- --container "$C"
	exits "$code" "a collection with it ends with $code" collect \
	    --account logacct --endpoint "$E/logacct" --tls-ca "$S/tls.crt" \
	    --sas-file "$T/az-$kind.secret" --out "$T/o" "$@"
	[ "$code" = 77 ] && continue
	unpack "$(the_package "$T/o")" "$T/u" >"$T/verdict" 2>&1
	ok "and has the log" test "$(fact "$T/u" meta/objects.jsonl \
	    '[o["name"] for o in d]')" = "['$B1']"
done <<'END'
account|account-sas|0
container|service-sas|0
delegation|user-delegation-sas|0
blob|service-sas|77
END

# ---- The CLI itself: half a minute for each token ----
[ -n "${LONG:-}" ] || exit 0
if ! command -v az >/dev/null 2>&1; then
	skip "the order of az is that of the table" "az is not installed"
	exit 0
fi
# az_order KIND WORDS...: the parameters of az's own token.
az_order()
{
	_kind=$1
	shift
	AZURE_STORAGE_KEY=$(cat "$S/logacct.key") az storage "$@" -o tsv \
	    --account-name logacct --expiry 2030-01-01T00:00Z 2>/dev/null |
	    "$PYTHON" -c 'import sys
have = [p.split("=")[0] for p in sys.stdin.read().strip().split("&")]
want = [k for k in sys.argv[1].split() if k in have]
sys.exit(not have or have != want)' "$(order "$_kind")"
}
ok "az orders an account's token so" az_order account account generate-sas \
    --services b --resource-types sco --permissions rl
ok "and a container's" az_order container container generate-sas --name "$C" \
    --permissions rl
ok "and a blob's" az_order blob blob generate-sas -c "$C" -n "$B1" \
    --permissions r
