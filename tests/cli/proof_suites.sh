#!/bin/sh
# Goal of this test: signatures and time stamps that others made for testing
# (NIST PKITS, the kits of OpenSSL and rfc3161-client, signify) are judged as
# their authors say, each with its reason.
. tests/lib.sh

VERIFY=$B/azcustody-verify
SUITES=$SHARED/suites

if [ -d "$SUITES/pkits" ]; then
	python3 tests/cli/proof_suites.py "$VERIFY" "$SUITES" "$T"
	[ $? -eq 0 ] || FAILED=1
else
	skip "PKITS and the kits of time stamps" "$SUITES is not here"
fi
