"""Some objects of a package, proved under its seal.  FORMAT.md, Disclosure."""
from __future__ import annotations

import datetime
import hashlib
import os
import re
import stat
from typing import Any, Callable

from . import cms
from .content import BAGIT, TAGMANIFEST
from .names import PAYLOAD, SOURCE, part_is_safe
from .profile import Invalid, parse
from .revocation import Revoked
from .report import QUESTIONS, Report
from .sense import read
from .trust import Trust, comment_of, judge_demand, note, one_signature

Line = dict[str, Any]
ROW = re.compile(r"([0-9a-f]{64})  ([^\n]+)\n")
MAX_TAGS, MAX_SIGNATURE = 8 << 20, 256 << 10
MAX_STATEMENT, MAX_SEAL, MAX_LINE, MAX_PATH = 64 << 10, 256 << 10, 1 << 20, 8 << 10
LONG_AGO = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MAX_CASE, MAX_CERTIFICATES = 1 << 20, 8 << 20
STATEMENT, OBJECTS, PATHS = "disclosure.json", "meta/objects.jsonl", \
    "meta/paths.jsonl"
SEAL, MANIFEST = "original/seal.json", "manifest-sha256.txt"
NEEDED = ("bagit.txt", MANIFEST, OBJECTS, PATHS, SEAL, "original/case.json",
          "original/sources.json", "original/" + TAGMANIFEST)


def rows(text: bytes) -> list[tuple[str, str]]:
    """Digest and path of each line of a manifest."""
    out = []
    for line in text.decode("utf-8", "replace").splitlines(True):
        match = ROW.fullmatch(line)
        if not match:
            raise Invalid("a line that is none of a manifest")
        out.append((match[1], match[2]))
    return out


def root_of(line: bytes, number: int, size: int, path: list[str]) -> str:
    """RFC 9162, 2.1.3.2: the root that this path gives; "" if it fits none."""
    have = hashlib.sha256(b"\0" + line).digest()
    first, last = number, size - 1
    for step in map(bytes.fromhex, path):
        if last == 0:
            return ""
        if first & 1 or first == last:
            have = hashlib.sha256(b"\1" + step + have).digest()
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            have = hashlib.sha256(b"\1" + have + step).digest()
        first, last = first >> 1, last >> 1
    return have.hex() if last == 0 else ""


def original(file: str) -> str:
    """Where a file of the package's seal stands in a disclosure."""
    return "original/" + os.path.basename(file)


class Disclosure:
    """A folder, and what is found about it."""

    def __init__(self, folder: str, trust: Trust) -> None:
        self.folder, self.trust = folder, trust
        self.report = Report(folder, (), QUESTIONS[:2], QUESTIONS[:2])
        self.files: dict[str, str] = {}
        self.named: set[str] = set()
        self.seal: Line = {}
        self.statement: Line = {}

    def walk(self) -> None:
        for folder, folders, files in os.walk(self.folder):
            for name in folders + files:
                full = os.path.join(folder, name)
                mode, below = os.lstat(full).st_mode, os.path.relpath(
                    full, self.folder)
                if stat.S_ISREG(mode):
                    self.files[below] = full
                elif not stat.S_ISDIR(mode):
                    self.report.broken("file", "a link, device, or pipe", below)

    def get(self, below: str, most: int) -> bytes:
        if below not in self.files:
            raise Invalid(f"{below} is not here")
        if os.path.getsize(self.files[below]) > most:
            raise Invalid(f"{below} is larger than its limit")
        self.named.add(below)
        with open(self.files[below], "rb") as file:
            return file.read()

    def digest(self, below: str) -> tuple[str, int]:
        if below not in self.files:
            return "", -1
        self.named.add(below)
        with open(self.files[below], "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), \
                os.path.getsize(self.files[below])

    def check(self) -> Report:
        self.walk()
        try:
            for check in (self.documents, self.tags, self.signers, self.sealed,
                          self.objects):
                check()
        except Invalid as error:
            self.report.broken("disclosure", str(error))
        for below in sorted(self.files.keys() - self.named):
            self.report.broken("file", "nothing names it", below)
        return self.report

    def documents(self) -> None:
        self.statement = parse(self.get(STATEMENT, MAX_STATEMENT), "disclosure")
        data = self.get(SEAL, MAX_SEAL)
        self.seal = read(data, "seal")
        if (self.statement["package"], self.statement["seal_sha256"]) != (
                self.seal["package"], hashlib.sha256(data).hexdigest()):
            self.report.broken("seal", "is another seal", SEAL)

    def tags(self) -> None:
        tags = self.get(TAGMANIFEST, MAX_TAGS)
        if hashlib.sha256(tags).hexdigest() != \
                self.statement["tagmanifest_sha256"]:
            self.report.broken("tagmanifest", "is another", TAGMANIFEST)
        found = rows(tags)
        names = [name for _, name in found]
        if len(set(names)) != len(names) or \
                set(names) != set(NEEDED) | self.declared():
            self.report.broken("tagmanifest", "names a file twice, or others than it should",
                               TAGMANIFEST)
        for digest, name in found:
            if name.startswith("data/") or not all(
                    map(part_is_safe, name.split("/"))):
                raise Invalid(f"{name} is no tag file")
            if self.digest(name)[0] != digest:
                self.report.broken("tagmanifest", "has another digest", name)
        if self.get("bagit.txt", MAX_TAGS) != BAGIT:
            self.report.broken("bagit", "is another", "bagit.txt")

    def declared(self) -> set[str]:
        """All that stands in original/ because the seal declares it."""
        files = [f["file"] for f in self.seal["signers"] + self.seal["tokens"]]
        if "certificates" in self.seal:
            files.append(self.seal["certificates"]["file"])
        return {original(file) for file in files}

    def carried(self) -> bytes:
        """Certificates and lists that help to judge the seal."""
        if "certificates" not in self.seal:
            return b""
        name = original(self.seal["certificates"]["file"])
        data = self.get(name, MAX_CERTIFICATES)
        if hashlib.sha256(data).hexdigest() != \
                self.seal["certificates"]["sha256"]:
            self.report.broken("original", "is not the declared one", name)
            return b""
        return data

    def signers(self) -> None:
        extra = self.carried()
        seal, data = self.seal, self.get(SEAL, MAX_SEAL)
        moments = self.tokens(extra)
        worth = self.judge(seal, data, "original/", extra, moments,
                           lambda role: comment_of(seal, role))
        for demand in self.trust.demands:
            judge_demand(self.report, demand, worth)
        stem = f"azcustody/disclosure/1 {self.statement['package']} "
        self.judge(self.statement, self.get(STATEMENT, MAX_STATEMENT), "", b"",
                   {}, lambda role: stem + role)

    def tokens(self, extra: bytes) -> dict[str, datetime.datetime]:
        """By when each stamped signature existed."""
        moments: dict[str, datetime.datetime] = {}
        if not self.seal["tokens"]:
            return moments
        case = parse(self.get("original/case.json", MAX_CASE), "case")
        for token in self.seal["tokens"]:
            file = original(token["file"])
            try:
                proved = cms.verify_token(
                    self.get(original(token["over"]), MAX_SIGNATURE),
                    self.get(file, MAX_SIGNATURE), self.trust, extra)
                if not cms.is_possible(proved, case, self.seal):
                    raise Invalid("from before the collection began")
                note(moments, token["over"], proved.at)
            except Invalid as error:
                # The package's ledger, which is not here, may show more.
                self.report.add(
                    "authenticity", "UNDECIDED" if isinstance(error, Revoked) and
                    self.may_be_renewed(token, extra) else "FAIL", "token",
                    str(error), file)
            except cms.Stranger:
                pass  # It shows no time.
        return moments

    def may_be_renewed(self, token: Line, extra: bytes) -> bool:
        """Would it stand if it were known to have existed for long?"""
        try:
            cms.verify_token(self.get(original(token["over"]), MAX_SIGNATURE),
                             self.get(original(token["file"]), MAX_SIGNATURE),
                             self.trust, extra, LONG_AGO)
        except Invalid:
            return False
        return True

    def judge(self, doc: Line, data: bytes, folder: str, extra: bytes,
              moments: dict[str, datetime.datetime],
              comment: Callable[[str], str]) -> list[tuple[str, str]]:
        """What the signature in each role is worth."""
        say, worth, wrong = self.report.add, [], 0
        if not doc["signers"]:
            say("authenticity", "FAIL", "unsigned", "nobody signed it", folder)
        for s in doc["signers"]:
            file = folder + os.path.basename(s["file"])
            try:
                worth.append((s["role"], one_signature(
                    data, self.get(file, MAX_SIGNATURE), s, self.trust,
                    comment(s["role"]), extra,
                    doc.get("sealed_at", doc.get("at")),
                    moments.get(s["file"]))))
            except Invalid as error:
                say("authenticity", "FAIL", "signature", str(error), file)
                wrong += 1
        have = [w for _, w in worth]
        if cms.UNTIMED in have:
            say("authenticity", "UNDECIDED", "expired",
                "nothing shows that it was made in time", folder)
        if cms.STRANGER in have:
            nobody = have.count(cms.STRANGER) == len(have)
            say("authenticity", "FAIL" if nobody and folder and self.trust.any()
                else "UNDECIDED", "untrusted" if nobody else "signer",
                "not all signers' keys were brought", folder)
        return worth

    def sealed(self) -> None:
        name = "original/" + TAGMANIFEST
        tags = self.get(name, MAX_TAGS)
        if hashlib.sha256(tags).hexdigest() != \
                self.seal["tagmanifests"][0]["sha256"]:
            self.report.broken("original", "is not the one of the seal", name)
        sealed = {path: digest for digest, path in rows(tags)}
        for below in ("case.json", "sources.json"):
            if self.digest("original/" + below)[0] != sealed.get("meta/" + below):
                self.report.broken("original", "is not what was sealed",
                                   "original/" + below)

    def objects(self) -> None:
        """The three lists side by side; each object proves itself."""
        lists = [self.get(name, 1 << 40).splitlines(True)
                 for name in (OBJECTS, PATHS, MANIFEST)]
        if len(set(map(len, lists))) != 1:
            self.report.broken("objects", "lists of different lengths")
        count = size = last = 0
        for raw, path_line, row in zip(*lists):
            line = self.one(raw, path_line, row, last)
            count, size, last = count + 1, size + line["size"], line["seq"]
        have, seal = self.statement, self.seal["payload"]
        if (have["disclosed"], have["withheld"]) != (
                {"objects": count, "bytes": size},
                {"objects": seal["objects"] - count,
                 "bytes": seal["bytes"] - size}):
            self.report.broken("count", "counts otherwise", STATEMENT)

    def one(self, raw: bytes, path_line: bytes, row: bytes, last: int) -> Line:
        if len(raw) > MAX_LINE or len(path_line) > MAX_PATH:
            raise Invalid("a line longer than its limit")
        line, path = read(raw, "object"), parse(path_line, "path")
        below = line["path"].partition("/")[2]
        if line["seq"] <= last or path["seq"] != line["seq"] or \
                row != f"{line['sha256']}  {below}\n".encode() or \
                not re.fullmatch(rf"data/{SOURCE}/{PAYLOAD}", below):
            raise Invalid(f"the lists do not agree at object {line['seq']}")
        if root_of(raw, line["seq"] - 1, self.seal["payload"]["objects"],
                   path["path"]) != self.seal["merkle_root"]:
            raise Invalid(f"object {line['seq']} is not under the seal")
        if self.digest(below) != (line["sha256"], line["size"]):
            self.report.broken("object", "is not what was sealed", below)
        return line
