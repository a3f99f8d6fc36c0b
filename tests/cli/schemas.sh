#!/bin/sh
# Goal of this test: the JSON Schemas, their examples and our own parsers say
# the same (tests/cli/schemas.py), and so does another validator, ajv.
. tests/lib.sh

python3 tests/cli/schemas.py "$B/tests/tools/document" schemas || FAILED=1

if [ ! -d tests/azurite/node_modules/ajv ]; then
	skip "ajv accepts every schema and example" "tests/azurite is not installed"
	exit 0
fi
ok "ajv accepts every schema and its example, and refuses {} by each" \
    node tests/azurite/validate.mjs --examples schemas
cp "$T/.out" "$T/parts"
ok "all of them" grep -q \
    "^$(cat schemas/examples/*.jsonl | wc -l | awk -v n="$(echo \
    schemas/examples/*.json | wc -w)" '{ print $1 + n }') documents, 0" "$T/parts"
not_ok "each sort of line that the collector prints has an example" \
    grep -q ' 0$' "$T/parts"
