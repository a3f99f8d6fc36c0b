#!/bin/sh
# Goal of this test: every wrong answer of the fault model, in each phase in
# which it can come, is judged as what it is, within its deadline, and never
# as what was asked for.
. tests/lib.sh
. tests/faults/lib.sh

mkdir "$T/s"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"logs": {"page": 2, "blobs": [
  {"name": "a", "size": 1000, "etag": "0xA"},
  {"name": "b", "size": 500, "etag": "0xB", "md5": true, "seed": 2},
  {"name": "c", "size": 900, "etag": "0xC", "seed": 3}]}}}
END
write_sas "$T/sas.secret"
serve "$T/s"

# ask PHASE: one request of that phase, its verdict in $T/out.
ask()
{
	case $1 in
	containers) set -- containers ;;
	list) set -- list logs ;;
	head) set -- --etag 0xA --total 1000 head logs a ;;
	get) set -- --etag 0xB --total 500 --body-max 500 whole logs b ;;
	range) set -- --etag 0xA --total 1000 --md5 range logs a 100 899 ;;
	other) set -- --etag 0xC --total 900 --md5 range logs c 0 899 ;;
	esac
	timeout 20 "$B/tests/tools/httpget" --quiet --account acct \
	    --endpoint "http://127.0.0.1:$PORT/acct" --sas-file "$T/sas.secret" \
	    --deadline 1200 --low-speed 1 "$@" >"$T/out" 2>"$T/err"
}

# Without a rule everything is right; else nothing below would mean anything.
rule "$T/s" '[]'
for phase in containers list head get range; do
	ask "$phase"
	ok "a right answer in phase $phase is taken" grep -q '^ok fine' "$T/out"
done

# PHASES | MODE and its values | OUTCOME REASON
cases()
{
	cat <<'END'
containers list get range|"mode": "pc"|retry short-body
containers list get range|"mode": "pc", "at": "last"|retry short-body
containers list get range|"mode": "pc", "at": "headers"|retry short-body
containers list head get range|"mode": "pc", "at": 1|retry
containers list head get range|"mode": "pc", "at": 40|retry
containers list get range|"mode": "pa"|retry
containers list get range|"mode": "p"|retry timeout
get|"mode": "pn"|changed wrong-length
range|"mode": "pn"|retry wrong-length
list|"mode": "pn"|retry
containers list head get range|"mode": "n"|retry timeout
containers list head get range|"mode": "nc"|retry network
containers list head get range|"mode": "na"|retry network
containers list|"mode": "length-long"|retry short-body
get|"mode": "length-long"|changed wrong-length
range|"mode": "length-long"|retry wrong-length
get|"mode": "length-short"|changed wrong-length
range|"mode": "length-short"|retry wrong-length
containers list|"mode": "length-short"|retry
containers list get range|"mode": "no-length"|retry bad-framing
containers list get range|"mode": "no-length", "end": "abort"|retry bad-framing
containers list get range|"mode": "http10"|retry bad-framing
containers list get range|"mode": "chunk-cut"|retry
containers list get range|"mode": "chunk-no-last"|retry
get range|"mode": "chunked"|retry bad-framing
containers list|"mode": "chunked"|ok fine
containers list get range|"mode": "length-and-chunks"|retry bad-framing
containers list get range|"mode": "trailer"|retry bad-framing
containers list get range|"mode": "two-lengths"|retry bad-framing
containers list get range|"mode": "two-lengths", "value": "800"|retry bad-framing
containers list head get range|"mode": "negative-length"|retry bad-framing
range|"mode": "ok-for-range"|retry wrong-status
get|"mode": "partial-for-whole"|retry wrong-status
range|"mode": "wrong-range"|retry bad-range
range|"mode": "corrupt", "md5": "right"|retry bad-digest
get|"mode": "corrupt", "md5": "right"|retry bad-digest
range|"mode": "other-body"|retry bad-digest
get|"mode": "other-blob"|retry
containers list head get range|"mode": "big-headers"|retry limit
containers list head get range|"mode": "many-headers"|retry limit
containers list head get range|"mode": "raw-lines", "lines": "X-A: 1\r\n folded\r\n"|retry bad-framing
containers list head get range|"mode": "raw-lines", "lines": "no colon here\r\n"|retry
containers list head get range|"mode": "raw-lines", "lines": "ETag: \"x\"\r\nETag: \"y\"\r\n"|retry bad-framing
containers list head get range|"mode": "raw-lines", "lines": "x-nul: a\u0000b\r\n"|retry
containers list head get range|"mode": "http09"|retry
containers list head get range|"mode": "garbage"|retry
containers list head get range|"mode": "garbage", "text": "\u0000\u0001\u0002\u0003"|retry
containers list head get range|"mode": "continue"|ok fine
containers list head get range|"mode": "close-after"|ok fine
get range|"mode": "slow", "seconds": 0.5|retry timeout
containers list head get range|"mode": "stall", "seconds": 3|retry timeout
get range|"mode": "endless"|retry bad-framing
containers list head get range|"mode": "header", "name": "x-ms-request-id"|retry bad-header
containers list head get range|"mode": "header", "name": "x-ms-version"|retry bad-header
head get range|"mode": "header", "name": "ETag"|retry bad-header
head get range|"mode": "header", "name": "x-ms-blob-type"|retry bad-header
containers list head get range|"mode": "header", "name": "x-ms-client-request-id", "value": "other"|retry crossed
get range|"mode": "header", "name": "Content-Encoding", "value": "gzip"|ok fine
containers list|"mode": "header", "name": "Content-Encoding", "value": "br"|ok fine
range|"mode": "header", "name": "Content-Range"|retry bad-range
get|"mode": "header", "name": "Content-MD5", "value": "xx"|retry bad-digest
list containers|"mode": "body", "text": "<html>sign in</html>"|retry
list|"mode": "body-cut", "at": 700|retry
list|"mode": "body", "text": "<!DOCTYPE r [<!ENTITY a 'b'>]><EnumerationResults><Blobs/><NextMarker/></EnumerationResults>"|retry
containers list head get range|"mode": "status", "status": 301, "location": "http://169.254.169.254/"|gap redirect
containers list head get range|"mode": "status", "status": 302, "location": "file:///etc/passwd"|gap redirect
containers list head get range|"mode": "status", "status": 307, "location": "/acct/logs/c"|gap redirect
containers list head get range|"mode": "status", "status": 308|gap redirect
containers list head get range|"mode": "status", "status": 400, "code": "InvalidHeaderValue"|gap bad-request
containers list head get range|"mode": "status", "status": 401, "code": "NoAuthenticationInformation"|denied not-allowed
containers list head get range|"mode": "status", "status": 403, "code": "AuthenticationFailed"|denied not-allowed
containers list head get range|"mode": "status", "status": 403, "code": "AuthorizationPermissionMismatch"|denied not-allowed
containers list head get range|"mode": "status", "status": 404, "code": "BlobNotFound"|gap not-found
containers list head get range|"mode": "status", "status": 404, "no_request_id": true, "body": "html"|retry bad-header
containers list head get range|"mode": "status", "status": 409, "code": "BlobArchived"|gap archived
containers list head get range|"mode": "status", "status": 409, "code": "LeaseIdMissing"|gap leased
containers list head get range|"mode": "status", "status": 410|gap gone
containers list|"mode": "status", "status": 412, "code": "ConditionNotMet"|retry wrong-status
head get range|"mode": "status", "status": 412, "code": "ConditionNotMet"|changed precondition
containers list|"mode": "status", "status": 416, "code": "InvalidRange"|retry wrong-status
head get range|"mode": "status", "status": 416, "code": "InvalidRange"|changed shrunk
containers list head get range|"mode": "status", "status": 429, "body": "empty"|retry busy
containers list head get range|"mode": "status", "status": 500, "code": "OperationTimedOut"|retry server-error
containers list head get range|"mode": "status", "status": 502, "body": "html"|retry server-error
containers list head get range|"mode": "status", "status": 503, "code": "ServerBusy", "retry_after": "7"|retry busy
containers list head get range|"mode": "status", "status": 504|retry server-error
containers list head get range|"mode": "status", "status": 304, "body": "empty"|retry wrong-status
containers list head get range|"mode": "status", "status": 204, "body": "empty"|retry wrong-status
range|"mode": "change"|changed precondition
head|"mode": "change"|changed precondition
get|"mode": "change"|changed precondition
END
}

cases >"$T/cases"
count=0
bad=0
while IFS='|' read -r phases mode want; do
	for phase in $phases; do
		rule "$T/s" "[{\"phase\": \"$phase\", $mode}]"
		ask "$phase"
		count=$((count + 1))
		have=$(grep -E '^(ok|retry|gap|changed|expired|denied|stop) ' \
		    "$T/out" | tail -n 1)
		# A listing that cannot be read is not what was asked for.
		case $want in
		retry) grep -q '^listing ' "$T/out" && have="retry listing" ;;
		esac
		case $have in
		"$want" | "$want "*) ;;
		*)
			echo "# $phase $mode: want $want, have $have"
			sed 's/^/#   /' "$T/err"
			bad=$((bad + 1))
			;;
		esac
	done
done <"$T/cases"
ok "each of $count wrong answers is judged as what it is" [ "$bad" -eq 0 ]
ok "there are more than 250 of them" [ "$count" -gt 250 ]

rule "$T/s" '[{"phase": "range", "mode": "status", "status": 503,
    "code": "ServerBusy", "retry_after": "7"}]'
ask range
ok "Retry-After is handed on" grep -q 'after=7000' "$T/out"

# k times 503, and then the right answer.
rule "$T/s" '[{"phase": "range", "mode": "status", "status": 503, "times": 3}]'
for n in 1 2 3; do
	ask other
done
ask other
ok "after three times 503 the right answer is taken" \
    grep -q '^ok fine matched' "$T/out"

# The ETag changes after the k-th range, and the ranges before it do not count.
rule "$T/s" '[{"phase": "range", "mode": "change", "after": 2, "times": 1}]'
ask other
ask other
ok "two ranges come under the pinned ETag" grep -q '^ok fine' "$T/out"
ask other
ok "the third is refused, for the blob changed" \
    grep -q '^changed precondition absent status=412' "$T/out"
