#!/bin/sh
# Goal of this test: a SAS goes to the endpoint as it was given, and nowhere
# else: no redirect, proxy, or name takes it along, and no output has it.
. tests/lib.sh
. tests/faults/lib.sh

GET="$B/tests/tools/httpget --account acct"
mkdir "$T/s" "$T/elsewhere"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"logs": {"blobs": [
  {"name": "../x", "text": "climbs"}, {"name": "x", "text": "other!"},
  {"name": "a/./b", "text": "dot"}, {"name": "a//b", "text": "empty"},
  {"name": ".", "text": "one"}, {"name": "..", "text": "two"},
  {"name": "q?r#s%2e+t &=", "text": "marks"},
  {"name_hex": "6c0d0a583a20795c", "text": "lines"},
  {"name": "é€😀", "text": "wide"}]}}}
END
echo '{}' >"$T/elsewhere/account.json"
write_sas "$T/sas.secret"
serve "$T/elsewhere"
ELSEWHERE=$PORT
serve "$T/s"
SERVICE="--sas-file $T/sas.secret --endpoint http://127.0.0.1:$PORT/acct"

# shellcheck disable=SC2086
exits 0 "a listing is got" $GET $SERVICE list logs
cp "$T/.out" "$T/list.out"
ok "the SAS was sent byte for byte" \
    grep -qF "&$(cat "$T/sas.secret") HTTP/1.1" "$T/s/requests.secret"
ok "what is shown of the URL has the signature taken out" \
    grep -q '^url .*&sig=-REDACTED-$' "$T/list.out"

# Names go over the wire as they are, percent-encoded, and nothing is squashed.
check_name()
{
	: >"$T/s/requests.secret.old"
	_before=$(wc -l <"$T/s/requests.secret")
	# shellcheck disable=SC2086
	$GET $SERVICE --body-max 100 --out "$T/body" whole logs "$1" \
	    >"$T/out" 2>&1
	tail -n "+$((_before + 1))" "$T/s/requests.secret" |
	    grep -qF "\"GET /acct/logs/$2?sv=" && [ "$(cat "$T/body")" = "$3" ]
}
ok "../x is not x" check_name '../x' '../x' 'climbs'
ok "x is x" check_name 'x' 'x' 'other!'
ok "a/./b keeps its dot" check_name 'a/./b' 'a/./b' 'dot'
ok "a//b keeps both" check_name 'a//b' 'a//b' 'empty'
ok ". is a name" check_name '.' '.' 'one'
ok ".. is a name" check_name '..' '..' 'two'
ok "marks are encoded" \
    check_name 'q?r#s%2e+t &=' 'q%3Fr%23s%252e%2Bt%20%26%3D' 'marks'
ok "line ends and backslashes are encoded" \
    check_name "$(printf 'l\r\nX: y\\')" 'l%0D%0AX%3A%20y%5C' 'lines'
ok "UTF-8 is encoded byte by byte" \
    check_name 'é€😀' '%C3%A9%E2%82%AC%F0%9F%98%80' 'wide'

# Redirects: five statuses, to another server that must see nobody.
for status in 301 302 303 307 308; do
	rule "$T/s" "[{\"mode\": \"status\", \"status\": $status,
	    \"location\": \"http://127.0.0.1:$ELSEWHERE/acct/logs/x\"}]"
	# shellcheck disable=SC2086
	exits 1 "a redirect ($status) is refused" $GET $SERVICE list logs
done
ok "nobody followed one" [ ! -s "$T/elsewhere/requests.secret" ]
rule "$T/s" '[]'

# Proxies and configuration of the surroundings.
mkdir "$T/home"
printf 'proxy = http://127.0.0.1:%s\nheader = "X-Curlrc: 1"\n' "$ELSEWHERE" \
    >"$T/home/.curlrc"
printf 'machine 127.0.0.1 login a password b\n' >"$T/home/.netrc"
chmod 600 "$T/home/.netrc"
for name in http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY; do
	# shellcheck disable=SC2086
	exits 0 "$name is not followed" env "$name=http://127.0.0.1:$ELSEWHERE" \
	    HOME="$T/home" CURL_HOME="$T/home" $GET $SERVICE list logs
done
ok "nobody asked the proxy" [ ! -s "$T/elsewhere/requests.secret" ]
not_ok "no header of a .curlrc or .netrc was sent" \
    grep -qiE 'x-curlrc|authorization' "$T/s/requests.secret"

# Plain HTTP leaves this machine never.
for host in example.org 10.0.0.1 127.0.0.1.example.org 0.0.0.0 169.254.169.254; do
	exits 2 "plain HTTP to $host is refused" $GET \
	    --sas-file "$T/sas.secret" --endpoint "http://$host/acct" containers
done

# The environment's own form of credential, wiped and said.
exits 0 "a SAS of the environment works" env \
    AZURE_STORAGE_SAS_TOKEN="$(cat "$T/sas.secret")" \
    $GET --endpoint "http://127.0.0.1:$PORT/acct" list logs
cp "$T/.err" "$T/said"
ok "and the user is told that a file is safer" grep -q safer "$T/said"

chmod 644 "$T/sas.secret"
# shellcheck disable=SC2086
exits 2 "a file that others can read is refused" $GET $SERVICE list logs
chmod 600 "$T/sas.secret"
sed 's/sp=rl/sp=rwdl/' "$T/sas.secret" >"$T/wide.secret"
chmod 600 "$T/wide.secret"
exits 2 "a SAS that can write and delete is refused" $GET --sas-file \
    "$T/wide.secret" --endpoint "http://127.0.0.1:$PORT/acct" list logs
cp "$T/.err" "$T/said"
ok "in words" grep -q 'can write, can delete' "$T/said"
exits 0 "unless it is accepted" $GET --accept-excess --sas-file \
    "$T/wide.secret" --endpoint "http://127.0.0.1:$PORT/acct" list logs
printf 'sv=2021-12-02&sr=c&sp=rl&se=2020-01-01&spr=https&sig=x\n' \
    >"$T/old.secret"
chmod 600 "$T/old.secret"
exits 2 "an expired SAS is refused before anything is asked" $GET --sas-file \
    "$T/old.secret" --endpoint "http://127.0.0.1:$PORT/acct" list logs

# Many in flight on one thread, connections used again, bodies paused.
# shellcheck disable=SC2086
exits 0 "200 requests with 16 in flight" $GET $SERVICE --quiet --times 200 \
    --jobs 16 --body-max 100 whole logs x
cp "$T/.out" "$T/many"
ok "all of them are right" [ "$(grep -c '^ok fine' "$T/many")" -eq 200 ]
ok "over at most 16 connections" [ "$(grep -c 'new=1' "$T/many")" -le 16 ]
