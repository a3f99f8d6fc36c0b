#!/bin/sh
# Goal of this test: every signature of a collection is stamped by the authorities
# that were named, openssl and our verifier agree about each token, and an answer
# that is not the time stamp that was asked for is never stored: the run then ends
# resumable, or says what it left out.
. tests/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/tsa_lib.sh

make_key
make_tsa "$T/a" || { echo "not ok - a world of certificates"; exit 1; }
serve_tsa "$T/a"
mkdir "$T/in" "$T/c"
echo '{"a":1}' >"$T/in/a.json"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$T/c/key" -out "$T/c/pem" -subj /CN=notary -days 90 \
    -addext keyUsage=critical,digitalSignature 2>/dev/null
chmod 600 "$T/c/key"

# take WORDS...: one collection into $T/o.
take()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	collect --folder "$T/in" --out "$T/o" "$@"
}

# judge VERDICT WORDS...: the verifier says it of authenticity, custody and time.
judge()
{
	_verdict=$1
	shift
	"$B/azcustody-verify" "$(the_package "$T/o")" --trust "$T/k.pub" \
	    --require custody "$@" >"$T/verdict"
	grep -q "integrity PASS, authenticity PASS, .*, custody PASS, time $_verdict" \
	    "$T/verdict"
}

is()
{
	ok "$1" test "$2" = "$3"
}

has()
{
	printf '%s\n' "$3" >"$T/text"
	ok "$1" grep -q -- "$2" "$T/text"
}

# tokens: what openssl accepts, each over its signature file; fails if any is not.
tokens()
{
	unpack "$(the_package "$T/o")" "$T/u" >/dev/null 2>&1
	for _token in "$T/u"/seal/*.tsr; do
		[ -e "$_token" ] || continue
		openssl ts -verify -in "$_token" -CAfile "$T/a/root.pem" \
		    -data "${_token%.[1-9].tsr}" >/dev/null 2>&1 || return 1
		basename "$_token"
	done
}

exits 0 "a collection is stamped" take --tsa "$TSA/good"
ok "its time passes" judge PASS --tsa-ca "$T/a/root.pem"
is "openssl accepts the token" collector.minisig.1.tsr "$(tokens)"
has "entry 1 says who stamped" "time stamps by $TSA/good, at 20" \
    "$(cat "$T/o"/*.custody/000001-sealed.json)"
has "the journal says who was asked" "\"time_stamps_asked_of\":\\[\"$TSA/good\"\\]" \
    "$(tail -1 "$T/u/meta/journal.jsonl")"
has "a digest is sent, and no more" '^POST /good application/timestamp-query [67][0-9]$' \
    "$(cat "$T/a/requests")"

# ---- At the start ----
exits 0 "the start is stamped as well" test -s "$T/u/meta/start.tsr"
ok "openssl accepts it over case.json" openssl ts -verify \
    -in "$T/u/meta/start.tsr" -CAfile "$T/a/root.pem" -data "$T/u/meta/case.json"
is "the journal tells of it before anything is taken" \
    "$(fact "$T/u" meta/journal.jsonl '[(j["event"], j["facts"].get("sha256"))
    for j in d if j["event"] in ("stamped", "objects_committed")][0]')" \
    "('stamped', '$(sha256sum <"$T/u/meta/start.tsr" | cut -d' ' -f1)')"
has "the verifier says since when" 'what the journal tells was done after 20' \
    "$("$B/azcustody-verify" "$(the_package "$T/o")" --trust "$T/k.pub" \
    --tsa-ca "$T/a/root.pem" 2>&1)"
exits 2 "the other verifier accepts it, as far as received files go" \
    "$PYTHON" verify/second-opinion "$(the_package "$T/o")" \
    --trust "$T/k.pub" --tsa-ca "$T/a/root.pem"

exits 0 "two signers and two authorities" take --tsa "$TSA/good" \
    --tsa "$TSA/flaky" --cms-key "$T/c/key" --cms-cert "$T/c/pem"
ok "their time passes" judge PASS --tsa-ca "$T/a/root.pem" \
    --ca "$T/c/pem"
is "openssl accepts four tokens" "collector.minisig.1.tsr
collector.minisig.2.tsr
examiner.p7s.1.tsr
examiner.p7s.2.tsr" "$(tokens)"

for mode in other nonce nononce mods rejected forged long empty page huge \
    short away; do
	take --tries 1 --tsa "$TSA/$mode" >"$T/out" 2>&1
	code=$?
	ok "an answer is refused: $mode (exit $code)" sh -c \
	    '[ "$1" = 69 ] || [ "$1" = 75 ]' sh $code
	ok "and no package is made" sh -c '! ls "$1"/*.tar.zst' sh "$T/o"
done
exits 75 "an authority that is gone: come back later" take --tries 2 \
    --tsa "$TSA/gone"
exits 75 "one that says nothing" take --tries 1 --timeout 1 \
    --tsa "$TSA/silent"
exits 75 "one that is not there" take --tries 1 --tsa http://127.0.0.1:1/x
resume=$(echo "$T/o"/*.work)
exits 0 "what it stopped is resumed with another one" \
    "$B/azcustody-collect" resume "$resume" --sign "$T/k.key" \
    --tsa "$TSA/good"
ok "and its time passes" judge PASS --tsa-ca "$T/a/root.pem"

exits 0 "without an optional authority" take --tries 1 --tsa-optional \
    --tsa "$TSA/gone" --tsa "$TSA/good"
is "the other one's token is the first" collector.minisig.1.tsr "$(tokens)"
ok "and its time passes as well" judge PASS \
    --tsa-ca "$T/a/root.pem"
has "entry 1 says who was left out" "no time stamp by $TSA/gone, left out" \
    "$(cat "$T/o"/*.custody/000001-sealed.json)"
exits 0 "one that fails half-way is left out as a whole" take --tries 1 \
    --tsa-optional --tsa "$TSA/once" --tsa "$TSA/good" \
    --cms-key "$T/c/key" --cms-cert "$T/c/pem"
is "no token of it is there" "collector.minisig.1.tsr
examiner.p7s.1.tsr" "$(tokens)"
exits 0 "no authority at all is left" take --tries 1 --tsa-optional \
    --tsa "$TSA/gone"
is "no token is there" "" "$(tokens)"
ok "and the package is sound" judge UNDECIDED

exits 64 "a URL with a password is refused" take --tsa http://a:b@127.0.0.1/
exits 64 "a URL of another kind is refused" take --tsa ftp://127.0.0.1/
exits 64 "--tsa-optional alone is refused" take --tsa-optional
