"""What is read of a package: tag files whole, of payload its digests."""
from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Iterable, Iterator

from .frames import Damaged, open_stream
from .names import Order, kind_of
from .profile import Invalid
from .report import Report
from .sense import read
from .tar import Reader

IN_MEMORY = 1 << 20
SEAL, TAGMANIFEST = "seal/seal.json", "tagmanifest-sha256.txt"
PAYLOAD_RANK = kind_of("data/0001-a/000000001-a")[0]
MANIFEST_LINE = re.compile(rb"[0-9a-f]{64}  ([A-Za-z0-9._/-]{1,150})\n")
LIMITS = {"meta/case.json": 1 << 20, "meta/tool.json": 1 << 20,
          "meta/footprint.json": 1 << 20, "meta/sources.json": 4 << 20,
          "seal/seal.json": 256 << 10, "seal/certs.pem": 8 << 20}
LINE_LIMITS = {"object": 1 << 20, "gap": 64 << 10, "request": 64 << 10,
               "journal": 64 << 10, "clock": 16 << 10}


@dataclass
class Read:
    """A member as it was read; ${text} is None for payload."""
    below: str
    size: int
    offset: int
    sha256: str
    text: BinaryIO | None = None

    def bytes(self) -> bytes:
        self.text.seek(0)
        return self.text.read()

    def lines(self) -> Iterator[bytes]:
        self.text.seek(0)
        return iter(self.text)


@dataclass
class Package:
    """Everything the checks look at."""
    path: str  # As it was named; what stands beside it is found by it.
    report: Report
    content: str = ""  # The file that is read, if it is another.
    top: str | None = None
    is_folder: bool = False
    members: dict[str, Read] = field(default_factory=dict)
    damaged: bool = False
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    file_sha256: str = ""
    file_size: int = 0
    seal_at: int = -1  # Where in the file the seal's frame, or header, starts.

    def get(self, below: str) -> bytes | None:
        member = self.members.get(below)
        return None if member is None else member.bytes()

    def payload(self) -> list[Read]:
        return [m for m in self.members.values() if m.below.startswith("data/")]

    def below(self, folder: str) -> list[Read]:
        return [m for m in self.members.values() if m.below.startswith(folder)]

    def document(self, below: str, kind: str) -> dict[str, Any] | None:
        """Parse a document once; what is invalid is a finding."""
        if below in self.members and kind not in self.documents:
            try:
                if self.members[below].size > LIMITS.get(below, 1 << 20):
                    raise Invalid("larger than its limit")
                self.documents[kind] = read(self.get(below), kind)
            except Invalid as error:
                self.report.broken("seal" if kind == "seal" else "document",
                                   str(error), below)
        return self.documents.get(kind)

    def all_lines(self, below: str, kind: str) -> list[dict[str, Any]]:
        """Parse a file of lines; a bad one counts for nothing."""
        if kind not in self.lines:
            out = self.lines[kind] = []
            for number, line in enumerate(self.members[below].lines()
                                          if below in self.members else (), 1):
                try:
                    if len(line) > LINE_LIMITS[kind]:
                        raise Invalid("a line longer than its limit")
                    out.append(read(line, kind))
                except Invalid as error:
                    self.report.broken(
                        "journal" if kind == "journal" else "document",
                        f"line {number}: {error}", below)
        return self.lines[kind]


def hold(below: str, offset: int, size: int, parts: Iterable[bytes]) -> Read:
    """Hash a member; keep its bytes unless it is payload."""
    digest = hashlib.sha256()
    text = None if below.startswith("data/") else \
        tempfile.SpooledTemporaryFile(IN_MEMORY)
    for part in parts:
        digest.update(part)
        if text is not None:
            text.write(part)
    return Read(below, size, offset, digest.hexdigest(), text)


def read_file(path: str, report: Report) -> Package:
    """Read a packed package from its first byte to its last."""
    package = Package(path, report)
    stream = open_stream(path)
    reader, order = Reader(stream), Order(None)
    try:
        while (member := reader.next()) is not None:
            below = member.path.partition("/")[2]
            problem = order.problem(member.path)
            try:
                read = hold(below, member.offset, member.size, reader.data())
            except Damaged as error:
                reader.troubles.append(f"{member.path}: {error}")
                if reader.go_on():
                    continue
                break
            if problem:
                report.broken("name", problem, member.path)
            else:
                package.members[below] = read
                if below == "seal/seal.json":
                    package.seal_at = stream.file_offset(member.offset)
    finally:
        stream.close()
    for trouble in reader.troubles + reader.slips:
        report.broken("structure", trouble)
    package.damaged = bool(reader.troubles)
    package.top = order.top
    with open(path, "rb") as file:
        package.file_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        package.file_size = file.tell()
    return package


def parts_of(path: str) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while part := file.read(1 << 16):
            yield part


def read_folder(path: str, report: Report) -> Package:
    """Read a package that was unpacked: what the lists name, and seal/."""
    package = Package(path, report, is_folder=True)
    found = walk(path, report)

    def take(below: str) -> None:
        package.members[below] = hold(below, 0, os.path.getsize(found[below]),
                                      parts_of(found[below]))

    if SEAL in found:
        take(SEAL)
    seal = package.document(SEAL, "seal")
    package.members.clear()
    package.top = seal["package"] if seal else None
    order, named = Order(package.top), set()
    for below in in_order(found):
        named.add(below)
        problem = order.problem(f"{package.top}/{below}") if package.top \
            else "" if kind_of(below) else "no name of this format"
        if problem:
            report.broken("name", problem, below)
        elif below in found:
            take(below)
        else:
            report.broken("missing", "a list names it", below)
    for below in sorted(found.keys() - named):
        report.broken("extra", "no list names it", below)
    return package


def walk(path: str, report: Report) -> dict[str, str]:
    """All files below a folder, by their path below it."""
    found: dict[str, str] = {}
    for folder, folders, files in os.walk(path):
        for name in folders + files:
            full = os.path.join(folder, name)
            mode, below = os.lstat(full).st_mode, os.path.relpath(full, path)
            if stat.S_ISREG(mode):
                found[below] = full
            elif not stat.S_ISDIR(mode):
                report.broken("name", "a link, a device, or a pipe", below)
    return found


def in_order(found: dict[str, str]) -> Iterator[str]:
    """Archive order: tag files by the tag manifest, payload by the manifest."""
    payload = named_by(found.get("manifest-sha256.txt"))
    for below in named_by(found.get(TAGMANIFEST)):
        rank = (kind_of(below) or (0, ""))[0]
        if rank > PAYLOAD_RANK:
            yield from payload
            payload = []
        yield below
    yield from payload
    yield TAGMANIFEST
    yield SEAL
    yield from sorted((b for b in found if b.startswith("seal/") and b != SEAL
                       and kind_of(b)), key=lambda b: (kind_of(b)[0], b))


def named_by(path: str | None) -> list[str]:
    """The paths in a manifest, as far as its lines are such."""
    out: list[str] = []
    if path is None:
        return out
    with open(path, "rb") as file:
        for line in file:
            match = MANIFEST_LINE.fullmatch(line)
            if not match:
                break
            out.append(match[1].decode("ascii"))
    return out
