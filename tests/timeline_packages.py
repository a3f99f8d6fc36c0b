"""A case in one package and the same case in two that overlap."""

from __future__ import annotations

import collections
import json
import os
import random
import shutil
import sqlite3
import sys


def split(whole: str, first: str, second: str) -> int:
    """Deal the files of ${whole} to two folders: some to both, some to the first as a mere beginning."""
    dice = random.Random(3)
    both = cut = 0
    for folder, _, files in os.walk(whole):
        for name in sorted(files):
            path = os.path.join(folder, name)
            rest = os.path.relpath(path, whole)
            lot = dice.random()
            for to, has in ((first, lot < 0.6), (second, lot > 0.4)):
                if has:
                    os.makedirs(os.path.dirname(os.path.join(to, rest)), exist_ok=True)
                    shutil.copyfile(path, os.path.join(to, rest))
            both += 0.4 < lot < 0.6
            with open(path, "rb") as file:
                content = file.read()
            lines = content.split(b"\n")
            if 0.45 < lot < 0.55 and len(lines) > 6 and all(line[:1] == b"{" for line in lines[:6]):
                # It was open still when the first package was made.
                with open(os.path.join(first, rest), "wb") as file:
                    file.write(b"\n".join(lines[:len(lines) // 2]) + b"\n")
                cut += 1
    print(f"# {both} files in both, {cut} of them cut")
    return 0 if both and cut else 1


def rows(out: str) -> list[dict]:
    """Return the rows of a timeline."""
    with open(os.path.join(out, "data/timeline.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def facts(out: str) -> collections.Counter:
    """Return what the findings say, without the places of their rows."""
    with open(os.path.join(out, "data/findings.json"), encoding="utf-8") as file:
        findings = json.load(file)["findings"]
    return collections.Counter(
        json.dumps([f["rule"], [[link["link"], link.get("facts"), link.get("more_facts"),
                                 sorted([r["record_sha256"], r.get("tuple_index", -1), r.get("role", "")]
                                        for r in link.get("rows", ()))]
                                for link in f["links"]]], sort_keys=True) for f in findings)


def check(one: str, two: str) -> int:
    """Two packages that overlap say what one says, with the rest kept and marked."""
    whole, both = rows(one), rows(two)
    marked = [r for r in both if "duplicate_of" in r]
    first = [r for r in both if "duplicate_of" not in r]
    by_id = {r["event_id"]: r for r in both}
    if len(by_id) != len(both) or not marked:
        print("# ids, or nothing is marked", len(by_id), len(both), len(marked))
        return 1
    for row in marked:
        other = by_id[row["duplicate_of"]]
        if ("duplicate" not in row["flags"] or other["record_sha256"] != row["record_sha256"] or other["row"] >= row["row"]
                or "duplicate_of" in other or other.get("tuple_index") != row.get("tuple_index")
                or "tag" in row or (other["package"], other["member"]) == (row["package"], row["member"])):
            print("#", row, other)
            return 1
    key = lambda r: (r["record_sha256"], r.get("tuple_index"), r["message"], r["tied"])  # noqa: E731
    same = collections.Counter(map(key, whole)) == collections.Counter(map(key, first))
    have, want = facts(two), facts(one)
    print(f"# {len(whole)} rows in one; in two {len(both)}, {len(marked)} marked; findings {have.total()}, "
          f"{(have - want).total()} others")
    for text in list((have - want))[:2] + list((want - have))[:2]:
        print("#", text[:300])
    return 0 if same and have == want and want else 1


def coverage(one: str, two: str) -> int:
    """The hours that are covered are the same; files are counted as they are."""
    found = []
    for out in (one, two):
        with sqlite3.connect(f"file:{out}/data/case.db?mode=ro", uri=True) as db:
            found.append(db.execute("SELECT kind, resource, hour, state, events FROM coverage ORDER BY 1, 2, 3").fetchall())
    print(f"# {len(found[0])} hours of resources", [pair for pair in zip(*found) if pair[0] != pair[1]][:3])
    return 0 if found[0] and found[0] == found[1] else 1


if __name__ == "__main__":
    sys.exit({"split": split, "check": check, "coverage": coverage}[sys.argv[1]](*sys.argv[2:]))
