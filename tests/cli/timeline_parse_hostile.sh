#!/bin/sh
# Goal of this test: logs are written by whoever is under investigation.  parse
# shows what is in them without obeying it, loses no row, and stays small.
. tests/lib.sh

TIMELINE=$B/azcustody-timeline
PYTHON=/usr/bin/python3

# Hostile texts as agent, caller, operation and object: the Big List of Naughty
# Strings where it is at hand, and our own.
"$PYTHON" tests/cli/hostile_log.py write "$T/hostile.jsonl" \
    "$SHARED/suites/blns"
exits 0 "a log of hostile texts is read" "$TIMELINE" parse "$T/hostile.jsonl"
mv "$T/.out" "$T/hostile.out"
ok "every text comes back as it was, and none acts on a terminal" \
    "$PYTHON" tests/cli/hostile_log.py check "$T/hostile.jsonl" "$T/hostile.out"

# Errors, too, are printable: the name of the file is hostile here.
name=$(printf '\033[2Jx\302\233')
exits 66 "a hostile file name that is not there is 66" \
    "$TIMELINE" parse "$T/$name"
mv "$T/.err" "$T/name.err"
not_ok "and the message holds no control byte" \
    grep -q "$(printf '[\001-\010\013-\037\177-\377]')" "$T/name.err"

# A record cut in its middle costs itself, in a file of one line.
"$PYTHON" - "$T/cut.json" <<'PYTHON'
import json
import sys
records = [json.dumps({"time": "2024-12-24T10:30:%02dZ" % i,
                       "category": "Administrative",
                       "operationName": "a/b/write",
                       "identity": {"claims": {"upn": "u%d" % i}}})
           for i in range(50)]
records[20] = records[20][:90]
records[35] = records[35].replace("claims", 'cla"ims')
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write('{"records":[' + ",".join(records) + "]}")
PYTHON
exits 3 "a damaged envelope is 3" "$TIMELINE" parse "$T/cut.json"
mv "$T/.out" "$T/cut.out"
ok "two damaged records of fifty cost two" \
    grep -q '"events":48,.*"quarantined":2,' "$T/cut.out"

# Flat memory: 160 MB of one string, and of ordinary lines, in 256 MiB.
"$PYTHON" - "$T/long.jsonl" "$T/lines.jsonl" <<'PYTHON'
import sys
with open(sys.argv[1], "wb") as out:
    out.write(b'{"a":"')
    for _ in range(160):
        out.write(b"x" * 1000000)
line = (b'{"time":"2024-12-24T10:30:00Z","category":"StorageRead",'
        b'"operationName":"GetBlob","x":"' + b"y" * 900 + b'"}\n') * 1000
with open(sys.argv[2], "wb") as out:
    for _ in range(160):
        out.write(line)
PYTHON
in_little_memory()
{
	prlimit --as=268435456 "$TIMELINE" parse "$1" >"$T/memory.out"
}
in_little_memory "$T/long.jsonl"
code=$?
ok "a string of 160 MB is quarantined (3, have $code)" [ "$code" -eq 3 ]
ok "whole, as one row" grep -q '"quarantine_bytes":160000006,' "$T/memory.out"
rm "$T/long.jsonl"
in_little_memory "$T/lines.jsonl"
code=$?
ok "160,000 lines are read in the same memory (0, have $code)" \
    [ "$code" -eq 0 ]
ok "all of them" grep -q '"events":160000,' "$T/memory.out"
rm "$T/lines.jsonl" "$T/memory.out"
