"""Checks of content: bag, manifests, documents, catalogue, journal, seal."""
from __future__ import annotations

import hashlib
import re
from typing import Any, Callable

from .names import REQUIRED
from .package import Package

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAGMANIFEST = "tagmanifest-sha256.txt"
Line = dict[str, Any]


def check(p: Package) -> None:
    """All checks of integrity that need no other file."""
    documents(p)
    for one in (required, bag, oxum, manifests, certificates, case, catalogue,
                gaps, requests, journal, seal):
        one(p)


def documents(p: Package) -> None:
    for kind in ("case", "tool", "sources", "footprint"):
        p.document(f"meta/{kind}.json", kind)
    for name, kind in (("objects", "object"), ("gaps", "gap"),
                       ("requests", "request"), ("clock", "clock"),
                       ("journal", "journal")):
        p.all_lines(f"meta/{name}.jsonl", kind)
    p.document("seal/seal.json", "seal")
    for below in ("README-VERIFY.txt", "bag-info.txt"):
        text = p.get(below) or b""
        try:
            if "\0" in text.decode():
                raise ValueError
        except ValueError:
            p.report.broken("document", "is no text", below)


def required(p: Package) -> None:
    for below in REQUIRED:
        if below not in p.members:
            p.report.broken("missing", "is not here", below)
    if "seal/seal.json" not in p.members or "seal" not in p.documents:
        p.report.fail("authenticity", "no-seal", "there is no seal to judge")


def bag(p: Package) -> None:
    if p.get("bagit.txt") not in (None, BAGIT):
        p.report.broken("bagit", "is not what the format says", "bagit.txt")


def oxum(p: Package) -> None:
    text = p.get("bag-info.txt")
    if text is None:
        return
    have = re.findall(rb"^Payload-Oxum: (.*)$", text, re.M)
    payload = p.payload()
    want = b"%d.%d" % (sum(m.size for m in payload), len(payload))
    if have != [want]:
        p.report.broken("oxum", f"Payload-Oxum is not {want.decode()}",
                        "bag-info.txt")


def manifests(p: Package) -> None:
    """Both are made again and compared whole."""
    compare(p, "manifest-sha256.txt", "manifest",
            lambda b: b.startswith("data/"))
    compare(p, TAGMANIFEST, "tagmanifest", lambda b: not b.startswith(
        ("data/", "seal/")) and b != TAGMANIFEST)


def compare(p: Package, name: str, code: str,
            belongs: Callable[[str], bool]) -> None:
    if name not in p.members:
        return
    want = (f"{m.sha256}  {m.below}\n".encode() for m in p.members.values()
            if belongs(m.below))
    for number, line in enumerate(p.members[name].lines(), 1):
        if line != next(want, None):
            p.report.broken(code, f"line {number} is not what was read", name)
            return
    if next(want, None) is not None:
        p.report.broken(code, "a file is not named", name)


def certificates(p: Package) -> None:
    for member in p.below("meta/tls/"):
        if member.below != f"meta/tls/{member.sha256}.der":
            p.report.broken("certificate", "is not what its name says",
                            member.below)


def case(p: Package) -> None:
    doc, the_seal = p.document("meta/case.json", "case"), p.documents.get("seal")
    if doc is None:
        return
    wrong = []
    if doc["package"] != p.top:
        wrong.append("package")
    compression = doc["algorithms"]["compression"]
    if not p.is_folder and \
            compression != ("none" if p.path.endswith(".tar") else "zstd"):
        wrong.append("compression")
    if doc["algorithms"]["manifests"] != ["sha256"]:
        wrong.append("manifests")
    if the_seal:
        wrong += [n for n in ("case", "exhibit") if doc[n] != the_seal[n]]
        previous = the_seal["previous"]
        if doc["previous"] != (previous["package"] if previous else None):
            wrong.append("previous")
    for name in wrong:
        p.report.broken("case", f"another {name}", "meta/case.json")


def source_of(p: Package, line: Line) -> Line | None:
    doc, index = p.documents.get("sources"), line["source"]
    if doc is None or index is None or index >= len(doc["sources"]):
        return None
    return doc["sources"][index]


def catalogue(p: Package) -> None:
    """Line by line against the payload that was read."""
    payload, lines = p.payload(), p.lines["object"]
    name = "meta/objects.jsonl"
    for number, line in enumerate(lines, 1):
        for problem in object_problems(p, line):
            p.report.broken("catalogue", f"line {number}: {problem}", name)
        check_source(p, line, number)
        if number > len(payload):
            continue
        member = payload[number - 1]
        same = (line["seq"] == number, line["size"] == member.size,
                line["path"] == f"{p.top}/{member.below}",
                line["sha256"] == member.sha256,
                p.is_folder or line["offset"] == member.offset)
        if not all(same):
            p.report.broken("catalogue",
                            f"line {number} is not what was read", name)
    if len(lines) != len(payload):
        p.report.broken("catalogue", f"{len(lines)} lines for {len(payload)} "
                        "members of payload", name)


def object_problems(p: Package, line: Line) -> list[str]:
    out = []
    if "sha512" in line:
        out.append("a digest that no manifest proves")
    if line["tls"] is not None and \
            f"meta/tls/{line['tls']}.der" not in p.members:
        out.append("a certificate that is not here")
    return out


def check_source(p: Package, line: Line, number: int) -> None:
    source = source_of(p, line)
    folder = line["path"].split("/")[-2] if "/" in line["path"] else ""
    if source is None:
        if "sources" in p.documents:
            p.report.broken("source", f"line {number}: no such source",
                            "meta/objects.jsonl")
    elif source["name"] != folder:
        p.report.broken("source", f"line {number}: in another's folder",
                        "meta/objects.jsonl")
    elif (source["service"] == "folder") != (line["http"] is None):
        p.report.broken("source", f"line {number}: a file with an answer, or "
                        "a blob without", "meta/objects.jsonl")


def gaps(p: Package) -> None:
    for number, line in enumerate(p.lines["gap"], 1):
        if line["seq"] != number or (
                line["source"] is not None and "sources" in p.documents and
                source_of(p, line) is None):
            p.report.broken("gap", f"line {number} does not hold together",
                            "meta/gaps.jsonl")


def requests(p: Package) -> None:
    """Numbers, connections, and the certificates they showed."""
    highest, name = 0, "meta/requests.jsonl"
    for number, line in enumerate(p.lines["request"], 1):
        connection, opening = line.get("connection"), line.get("opening")
        wrong = line["seq"] != number
        if opening is not None:
            highest += 1
            wrong |= connection != highest
            for digest in opening["chain"]:
                if f"meta/tls/{digest}.der" not in p.members:
                    p.report.broken("certificate", f"line {number}: one that "
                                    "is not here", name)
        elif connection is not None:
            wrong |= not 1 <= connection <= highest
        if wrong:
            p.report.broken("request", f"line {number}", name)
    footprint = p.documents.get("footprint")
    if footprint and footprint["requests"] != len(p.lines["request"]):
        p.report.broken("footprint", "another number of requests",
                        "meta/footprint.json")


def journal(p: Package) -> None:
    """The chain, then the story it tells of the objects."""
    member, lines = p.members.get("meta/journal.jsonl"), p.lines["journal"]
    first = p.members.get("meta/case.json")
    if member is None or first is None or p.report.has("journal"):
        return  # Nothing is built on a story that is not whole.
    prev = first.sha256
    for number, (raw, line) in enumerate(zip(member.lines(), lines), 1):
        if line["seq"] != number or line["prev"] != prev:
            p.report.broken("journal", f"the chain breaks at line {number}",
                            member.below)
            return
        prev = hashlib.sha256(raw).hexdigest()
    events = [line["event"] for line in lines]
    if events[:1] != ["started"] or events.count("started") != 1 or \
            events[-1:] != ["sealing"]:
        p.report.broken("journal-story", "does not go from one start to one "
                        "sealing", member.below)
    batches(p, lines)
    stamped(p, lines)


def stamped(p: Package, lines: list[Line]) -> None:
    """The token over case.json is told of before anything was taken."""
    member, told, taking = p.members.get("meta/start.tsr"), 0, False
    for line in lines:
        taking |= line["event"] in ("listed", "objects_committed", "gap", "answered")
        facts = line["facts"]
        if line["event"] != "stamped" or facts.get("member") is None:
            continue
        told += 1
        if taking or told > 1 or member is None or \
                (facts["member"], facts.get("sha256")) != (
                    "meta/start.tsr", member.sha256):
            p.report.broken("journal-story", f"line {line['seq']} does not tell "
                            "of the time stamp that is here", "meta/journal.jsonl")
    if member is not None and not told:
        p.report.broken("journal-story", "no line tells of the time stamp",
                        "meta/start.tsr")


def batches(p: Package, lines: list[Line]) -> None:
    """Each objects_committed goes on where the last ended, to the last object."""
    at, told = 0, bytes(32).hex()
    for line in lines:
        if line["event"] != "objects_committed":
            continue
        first, last = (line["facts"].get(n) for n in ("first", "last"))
        if first != at + 1 or not isinstance(last, int) or last < first:
            p.report.broken("journal-story", f"line {line['seq']}: objects that "
                            "do not follow", "meta/journal.jsonl")
            return
        at, told = last, line["facts"].get("running_sha256")
    running = bytes(32)
    if "meta/objects.jsonl" in p.members:
        for raw in p.members["meta/objects.jsonl"].lines():
            running = hashlib.sha256(running + raw).digest()
    if at != len(p.lines["object"]) or told != running.hex():
        p.report.broken("journal-story", f"commits {at} objects, or others",
                        "meta/journal.jsonl")


def merkle(leaves: list[bytes]) -> str:
    """RFC 9162, 2.1, one level after the other."""
    level = leaves or [hashlib.sha256(b"").digest()]
    while len(level) > 1:
        above = [hashlib.sha256(b"\1" + a + b).digest()
                 for a, b in zip(level[::2], level[1::2])]
        level = above + level[len(above) * 2:]
    return level[0].hex()


def seal(p: Package) -> None:
    doc = p.documents.get("seal")
    if doc is None:
        undeclared(p, {})
        return
    name = "seal/seal.json"
    if doc["package"] != p.top:
        p.report.broken("seal", "another package", name)
    payload = p.payload()
    if doc["payload"] != {"objects": len(payload),
                          "bytes": sum(m.size for m in payload)}:
        p.report.broken("payload", "another number of objects or bytes", name)
    tags = [{"file": TAGMANIFEST, "sha256": p.members[TAGMANIFEST].sha256}] \
        if TAGMANIFEST in p.members else None
    if tags is not None and doc["tagmanifests"] != tags:
        p.report.broken("seal-tagmanifest", "another tag manifest", name)
    if "meta/objects.jsonl" in p.members:
        root = merkle([hashlib.sha256(b"\0" + x).digest()
                       for x in p.members["meta/objects.jsonl"].lines()])
        if doc["merkle_root"] != root:
            p.report.broken("merkle", f"the root is {root}", name)
    stream(p, doc)
    undeclared(p, doc)


def undeclared(p: Package, doc: Line) -> None:
    files = {"seal/seal.json"} | {x["file"] for x in
                                  doc.get("signers", []) + doc.get("tokens", [])}
    if "certificates" in doc:
        files.add("seal/certs.pem")
    for member in p.below("seal/"):
        if member.below not in files:
            p.report.broken("seal-file", "is not declared", member.below)


def stream(p: Package, doc: Line) -> None:
    """The digest of the file's bytes in front of the seal."""
    if p.is_folder:
        return
    digest, left = hashlib.sha256(), doc["stream"]["bytes"]
    with open(p.content or p.path, "rb") as file:
        while left and (part := file.read(min(left, 1 << 20))):
            digest.update(part)
            left -= len(part)
    if left or doc["stream"]["bytes"] != p.seal_at or \
            digest.hexdigest() != doc["stream"]["sha256"]:
        p.report.broken("stream", "the bytes before the seal are others",
                        "seal/seal.json")
