"""Write a log of hostile texts; check what parse made of it.

hostile_log.py write LOG FOLDER     one storage record for each text
hostile_log.py check LOG OUTPUT     each comes back, and nothing hostile does
"""
import glob
import json
import os
import re
import sys

OWN = [
    "\x1b[2J\x1b]0;title\x07", "\x9b31m", "\u202etxt.exe", "a\u2028b\u2029c",
    "\x00nul\x00", "\r\noverwritten", "=cmd|' /C calc'!A0", "@SUM(1)", "+1",
    "-1", "\t=1", "</script><script>alert(1)</script>", "{{7*7}}", "%s%n%d",
    "e\u0301\u0302\u0303", "\U000e0041\U0001f600", "\ufeffbom", "'; DROP",
    "\\", "\"", "\x7f", "\u200b", "\ud7ff\ue000", "x" * 30000,
]

# Printable ASCII, and non-ASCII but controls and what reorders or hides.
SAFE = re.compile("^[\x20-\x7e\xa0-\u0300\u0370-\u200a\u2010-\u2027\u202f-"
                  "\u205f\u2070-\ud7ff\uf900-\uffff\U00010000-\U000dffff]*$")


def texts(folder):
    found = list(OWN)
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path, encoding="utf-8") as stream:
            whole = json.load(stream)
        found += [text for text in whole if isinstance(text, str)]
    return found


def record(text):
    return {"time": "2024-12-24T10:30:00Z", "category": "StorageRead",
            "operationName": "Get" + text, "correlationId": text,
            "properties": {"userAgentHeader": text,
                           "objectKey": "/acct/cont/" + text}}


def write(log, folder):
    with open(log, "w", encoding="utf-8") as out:
        for number, text in enumerate(texts(folder)):
            # Raw UTF-8 and escapes in turn.
            out.write(json.dumps(record(text), ensure_ascii=number % 2 == 0))
            out.write("\n")


def check(log, output):
    with open(log, encoding="utf-8") as stream:
        sent = [json.loads(line) for line in stream.read().split("\n") if line]
    with open(output, encoding="utf-8", newline="\n") as stream:
        lines = stream.read().split("\n")
    assert lines.pop() == "", "the output ends with a line feed"
    for line in lines:
        assert SAFE.match(line), ascii(line)
    rows = [json.loads(line) for line in lines]
    rows.pop()
    assert rows.pop()["type"] == "file"
    assert len(rows) == len(sent), (len(rows), len(sent))
    for row, one in zip(rows, sent):
        text = one["correlationId"].replace("\0", "\u2400")
        assert row["type"] == "event", row
        assert row["correlation_id"] == text, ascii(text)
        assert row["operation"] == "Get" + text
        assert row["user_agent"] == text
        assert row["container"] == "cont"
        assert row.get("object", "") == text
        assert ("nul" in row.get("flags", [])) == ("\0" in
                                                   one["correlationId"])


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](*sys.argv[2:])
