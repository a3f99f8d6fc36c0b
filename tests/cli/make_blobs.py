#!/usr/bin/python3
"""Write blobs at the borders of the collector, for tests/azurite/upload.mjs.

usage: make_blobs.py OUT ACCOUNT

Sizes around a range and around what counts as small, block and append blobs,
and names that differ only by case, that climb, or that need every kind of
escaping.  OUT gets files/ and upload.jsonl.
"""
import hashlib
import json
import os
import random
import sys

RANGE = 4 << 20
SMALL = 8 << 20
READ = "insights-logs-storageread"
FLOW = "insights-logs-flowlogflowevent"
ACTIVITY = "insights-activity-logs"


def body(seed, length):
    """Lines like those of a log, LENGTH bytes, always the same for a seed."""
    chance = random.Random(seed)
    parts, have = [], 0
    while have < length:
        block = b"".join(
            b'{"time":"2026-06-01T00:00:00.0000000Z","n":"%x"}\n'
            % chance.getrandbits(64) for _ in range(500))
        parts.append(block)
        have += len(block)
    return b"".join(parts)[:length]


def cuts(kind, length):
    """Where the blocks begin; a flow log's first has 12 bytes, its last 2."""
    if kind == "append":
        return list(range(0, length, 4000000))
    return [0, 12, length - 2] if length > 40 else [0]


def main():
    out, account = sys.argv[1], sys.argv[2]
    os.makedirs(os.path.join(out, "files"))
    manifest = open(os.path.join(out, "upload.jsonl"), "w", encoding="utf-8")

    def add(container, name, kind, length):
        add.count += 1
        data = body(add.count, length)
        file = "files/%06d.bin" % add.count
        with open(os.path.join(out, file), "wb") as f:
            f.write(data)
        manifest.write(json.dumps({
            "account": account, "container": container, "name": name,
            "type": kind, "file": file, "length": length,
            "sha256": hashlib.sha256(data).hexdigest(),
            "cuts": cuts(kind, length)}) + "\n")

    add.count = 0
    hour = "y=2026/m=06/d=01/h=%02d/m=00/"
    for h, length in enumerate([0, 1, 5000, RANGE, SMALL, SMALL + 1,
                                3 * RANGE - 1, 40000000]):
        add(READ, "resourceId=/x/" + hour % h + "PT1H.json", "append", length)
    for h, length in enumerate([14, RANGE - 1, RANGE, RANGE + 1, SMALL,
                                SMALL + 1, 30000000]):
        add(FLOW, "flowLogResourceID=/x/" + hour % h +
            "macAddress=000D3A/PT1H.json", "block", length)
    for name in ["twin/Case.json", "twin/case.json", "a b+c%41&d=e.json",
                 "quote\"apos'<tag>&amp;.json", "\u00e9/\u0065\u0301.json",
                 "emoji \U0001f600.json", "semi;colon?query#hash.json",
                 "CON", "manifest-sha256.txt", "data/000000001-x.json",
                 "$(id);`id`", "-rf", "long/" + "n" * 900]:
        add(ACTIVITY, name, "block", 100)
    manifest.close()


main()
