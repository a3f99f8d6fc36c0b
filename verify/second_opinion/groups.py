"""Several packages of one collection: one alone, and those that are here."""
from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import Any

from .listing import line_key, of_a_folder, read_pages
from .package import Package
from .report import Report

Line = dict[str, Any]
ID, COUNT = rb"^Bag-Group-Identifier: (.*)$", rb"^Bag-Count: (.*)$"


def name_of(group_id: str, number: int) -> str:
    """The name of package ${number} of a group."""
    if number == 1:
        return group_id
    text = f"azcustody/group/1 {group_id} {number}"
    return group_id[:-8] + hashlib.sha256(text.encode()).hexdigest()[:8]


def check(p: Package) -> None:
    """What one package says of its group, without the others."""
    seal, info = p.documents.get("seal"), p.get("bag-info.txt")
    own = p.documents.get("case", {}).get("package", p.top)
    for line in p.lines["gap"]:
        elsewhere = line["reason"] == "elsewhere"
        if elsewhere != ("package" in line) or line.get("package") == own or \
                (elsewhere and line["what"] != "object"):
            p.report.broken("group", f"line {line['seq']}: elsewhere, and not "
                            "in another package", "meta/gaps.jsonl")
    if seal is None:
        return
    group = seal.get("group")
    have = (re.findall(ID, info or b"", re.M), re.findall(COUNT, info or b"", re.M))
    want: tuple[list[bytes], list[bytes]] = ([], [])
    if group is not None:
        want = ([group["id"].encode()],
                [b"%d of %d" % (group["number"], group["count"])])
        if group["number"] > group["count"] or \
                name_of(group["id"], group["number"]) != seal["package"]:
            p.report.broken("seal", "it cannot be of that group",
                            "seal/seal.json")
    elif any(line["reason"] == "elsewhere" for line in p.lines["gap"]):
        p.report.broken("group", "elsewhere, and of no group", "meta/gaps.jsonl")
    if info is not None and have != want:
        p.report.broken("group", "another group than the seal's", "bag-info.txt")


def holders(p: Package) -> Counter[tuple[str, ...]]:
    """Which package has which object of the listing, as ${p} says."""
    own, out = p.documents["seal"]["package"], Counter()
    for line in p.lines["object"]:
        if line["listed"] is not None and not of_a_folder(p, line):
            out[(own, *line_key(p, line, line["listed"]["etag"],
                                line["listed"]["size"]))] += 1
    for line in p.lines["gap"]:
        if line["what"] == "object" and "name_pct" in line and \
                line["reason"] != "out-of-scope" and not of_a_folder(p, line):
            out[(line.get("package", own),
                 *line_key(p, line, line.get("etag"), line.get("size")))] += 1
    return out


def listed(p: Package) -> Counter[Any]:
    silent = Report(p.path)
    silent_package = Package(p.path, silent, members=p.members)
    return Counter(key for page in read_pages(silent_package, "meta/listing/")
                   for key in page.blobs)


def judge(packages: list[Package]) -> list[Report]:
    """A report on each group of those that have one."""
    groups: dict[str, list[Package]] = {}
    for p in packages:
        group = p.documents.get("seal", {}).get("group")
        if group is not None and not p.report.has("seal"):
            groups.setdefault(group["id"], []).append(p)
    return [one(name, members) for name, members in groups.items()]


def one(name: str, members: list[Package]) -> Report:
    report = Report(f"group {name}")
    seals = [p.documents["seal"] for p in members]
    count, first, numbers = seals[0]["group"]["count"], members[0], {}
    weight = "UNDECIDED" if len(members) > 1 else "note"
    for p, seal in zip(members, seals):
        number = seal["group"]["number"]
        other = numbers.setdefault(number, p)
        if other is p:
            continue
        if digest(other) == digest(p):
            report.undecided("integrity", "group-twice", f"package {number}")
        else:
            report.fail("integrity", "group-foreign", f"two packages {number}")
    missing = [k for k in range(1, count + 1) if k not in numbers]
    for k in missing:
        report.add("completeness", weight, "group-missing",
                   f"package {k}, {name_of(name, k)}")
    for p in members:
        between(report, p, first, numbers)
    sound = all(p.report.verdict("integrity") == "PASS" for p in members)
    if sound and not missing:
        whole = sum((Counter({k: n for k, n in holders(p).items()
                              if k[0] == p.documents["seal"]["package"]})
                     for p in numbers.values()), Counter())
        if whole != holders(first):
            report.fail("completeness", "group-objects", "objects are lost or "
                        "counted twice")
    return report


def digest(p: Package) -> str:
    return p.members["seal/seal.json"].sha256


def between(report: Report, p: Package, first: Package,
            numbers: dict[int, Package]) -> None:
    """Do ${p}, the first one given and the one before it agree?"""
    seal, other = p.documents["seal"], first.documents["seal"]
    number = seal["group"]["number"]
    if p.report.verdict("integrity") != "PASS":
        report.undecided("integrity", "group-damaged", f"package {number}")
        return
    if seal["group"]["count"] != other["group"]["count"] or \
            seal["case"] != other["case"]:
        report.fail("integrity", "group-foreign", f"package {number}")
    before, previous = numbers.get(number - 1), seal["previous"]
    if before is not None and (
            previous is None or previous["seal_sha256"] != digest(before)):
        report.fail("integrity", "group-foreign", f"package {number} does not "
                    "continue the one before it")
    if first.report.verdict("integrity") != "PASS":
        return
    if listed(p) != listed(first):
        report.fail("completeness", "group-listing", f"package {number}")
    elif holders(p) != holders(first):
        report.fail("completeness", "group-objects", f"package {number} says "
                    "otherwise where objects are")


def exit_code(report: Report) -> int:
    """1 if a group fails, 2 if it is not whole here, else 0."""
    weights = {f.weight for f in report.findings}
    return 1 if "FAIL" in weights else 2 if "UNDECIDED" in weights else 0
