"""Stored names, and the order in which members stand.  FORMAT.md, Names."""
from __future__ import annotations

import re

PACKAGE = re.compile(r"(?=.{1,50}\Z)(?=[^-]+(-[^-]+)*\Z)"
                     r"[a-z0-9]+(?:-[a-z0-9]+)*-\d{8}t\d{6}z-[0-9a-f]{8}")
ROLE = r"[a-z][a-z0-9-]{0,23}"
SOURCE = r"(?!0000)\d{4}-[a-z0-9._-]{1,43}"
PAYLOAD = r"(\d{9})-[a-z0-9._-]{1,32}"
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
SIGNATURE = rf"seal/{ROLE}\.(?:minisig|p7s)"

# Each kind of member in its order: pattern, how often it must be there.
MEMBERS: list[tuple[str, bool]] = [
    (r"bagit\.txt", True), (r"meta/case\.json", True),
    (r"meta/tool\.json", True), (r"meta/start\.tsr", False),
    (r"meta/listing/(\d{6})\.xml", False),
    (rf"data/{SOURCE}/{PAYLOAD}", False),
    (r"meta/relisting/(\d{6})\.xml", False),
    (r"meta/answer/(\d{6})\.http", False), (r"meta/sources\.json", True),
    (r"meta/objects\.jsonl", True), (r"meta/gaps\.jsonl", True),
    (r"meta/requests\.jsonl", True), (r"meta/clock\.jsonl", True),
    (r"meta/tls/[0-9a-f]{64}\.der", False), (r"meta/footprint\.json", True),
    (r"meta/journal\.jsonl", True), (r"README-VERIFY\.txt", True),
    (r"bag-info\.txt", True), (r"manifest-sha256\.txt", True),
    (r"tagmanifest-sha256\.txt", True), (r"seal/seal\.json", True),
    (SIGNATURE, False), (rf"{SIGNATURE}\.[1-9]\.tsr", False),
    (r"seal/certs\.pem", False)]
REQUIRED = [p.replace("\\", "") for p, must in MEMBERS
            if must and p != r"seal/seal\.json"]


def part_is_safe(part: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9_][a-z0-9._-]*", part)) and \
        not part.endswith(".") and not DEVICE.fullmatch(part)


def kind_of(below: str) -> tuple[int, str] | None:
    """Which row of MEMBERS a path is of, and its number if it has one."""
    for rank, (pattern, _) in enumerate(MEMBERS):
        match = re.fullmatch(pattern, below)
        if match:
            return rank, match[1] if match.groups() else ""
    return None


class Order:
    """Judges each path as it comes: its form, its top folder, its place."""

    def __init__(self, top: str | None) -> None:
        self.top = top
        self.rank = -1
        self.last = ""
        self.count = 0

    def problem(self, path: str) -> str:
        """Why this path may not stand here; "" if it may."""
        top, _, below = path.partition("/")
        if self.top is None:
            self.top = top
        if not PACKAGE.fullmatch(top) or top != self.top:
            return "another top folder"
        found = kind_of(below)
        if found is None or len(path) > 150 or not (
                below == "README-VERIFY.txt"
                or all(part_is_safe(p) for p in below.split("/"))):
            return "no name of this format"
        rank, number = found
        if rank < self.rank or (rank == self.rank and not number
                                and below <= self.last):
            return "not in its place"
        count = self.count + 1 if rank == self.rank else 1
        if number and int(number) != count:
            return f"its number is not {count}"
        self.rank, self.last, self.count = rank, below, count
        return ""
