"""What the accounts say of themselves.  FORMAT.md, Answers."""
from __future__ import annotations

import re

from .package import Package, Read

HEAD = 128 << 10
STATUS = re.compile(rb"HTTP/1\.1 ([2-9]\d\d)(?: [^\r\n\0]*)?")
HEADER = re.compile(rb"[^:\r\n\0]+:[^\r\n\0]*")


def status_of(member: Read) -> int | None:
    """The status of an answer that has the form of one."""
    member.text.seek(0)
    head, end, _ = member.text.read(HEAD).partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    match = STATUS.fullmatch(first)
    if not end or not match or not all(map(HEADER.fullmatch, headers)):
        return None
    return int(match[1])


def check(p: Package) -> None:
    """The journal's lines name the answers, in their order and as they are."""
    if p.report.has("journal"):
        return
    told = [line["facts"] for line in p.lines["journal"]
            if line["event"] == "answered"
            and line["facts"].get("member") is not None]
    stored = p.below("meta/answer/")
    for member, facts in zip(stored, told):
        if (facts["member"], facts.get("status"), facts.get("sha256")) != (
                member.below, status_of(member), member.sha256):
            p.report.broken("answer", "is not what the journal tells of",
                            member.below)
    for member in stored:
        if status_of(member) is None:
            p.report.broken("answer", "has not the form of one", member.below)
    if len(stored) != len(told):
        p.report.broken("answer", f"the journal tells of {len(told)} answers",
                        "meta/answer/")
