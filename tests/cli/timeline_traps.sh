#!/bin/sh
# Goal of this test: every trap that the log formats hold gives exactly the rows
# it should.  The tables in tests/timeline/traps list trap, input and rows.
. tests/lib.sh

mkdir "$T/traps"
/usr/bin/python3 tests/cli/timeline_traps.py "$B/azcustody-timeline" \
    "$T/traps" tests/timeline/traps/*.tsv || FAILED=1
