#!/usr/bin/python3
"""Say what payload there is, one line a blob, sorted: for comparing.

usage: payload.py package DIR       an unpacked package
       payload.py index FILE...     what tests/azurite/download.mjs wrote

A line is: account, container, percent-encoded name, SHA-256.  For a package
the digests are computed here from the unpacked files, and the catalogue must
have one line for each of them and agree with it.
"""
import hashlib
import json
import os
import sys
import urllib.parse


def digest(path):
    """The SHA-256 of a file."""
    h = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            h.update(block)
    return h.hexdigest()


def package(top):
    """The lines of an unpacked package."""
    with open(os.path.join(top, "meta/sources.json"), encoding="utf-8") as f:
        sources = json.load(f)["sources"]
    seen = set()
    with open(os.path.join(top, "meta/objects.jsonl"), encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            o = json.loads(line)
            path = o["path"].split("/", 1)[1]
            have = digest(os.path.join(top, path))
            size = os.path.getsize(os.path.join(top, path))
            if have != o["sha256"] or size != o["size"] or o["seq"] != number:
                sys.exit("%s: the catalogue is wrong about it" % path)
            if urllib.parse.unquote(o["name_pct"]) != o["name"]:
                sys.exit("%s: its names differ" % path)
            seen.add(path)
            source = sources[o["source"]]
            yield (source["account"], source["container"],
                   urllib.parse.quote(o["name"], safe=""), have)
    for folder, _, files in os.walk(os.path.join(top, "data")):
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), top)
            if path not in seen:
                sys.exit("%s: no catalogue line" % path)


def index(files):
    """The lines of another client's downloads."""
    for file in files:
        with open(file, encoding="utf-8") as f:
            for line in f:
                o = json.loads(line)
                have = digest(os.path.join(os.path.dirname(file), o["file"]))
                yield (o["account"], o["container"],
                       urllib.parse.quote(o["name"], safe=""), have)


def main():
    lines = package(sys.argv[2]) if sys.argv[1] == "package" \
        else index(sys.argv[2:])
    for line in sorted(lines):
        print(*line)


main()
