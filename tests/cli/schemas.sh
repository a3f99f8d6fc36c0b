#!/bin/sh
# Goal of this test: the JSON Schemas, their examples and our own parsers say
# the same (tests/cli/schemas.py).
. tests/lib.sh

python3 tests/cli/schemas.py "$B/tests/tools/document" schemas || FAILED=1
