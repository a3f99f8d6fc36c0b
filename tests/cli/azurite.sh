#!/bin/sh
# Goal of this test: the harness of the blob service and the independent client
# work, several at a time, over HTTP and HTTPS.
exec tests/azurite/selftest.sh
