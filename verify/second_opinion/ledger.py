"""The custody ledger beside a package: chain, signatures, pairs, silences."""
from __future__ import annotations

import datetime
import hashlib
import os
import re
from typing import Any

from . import cms, minisign
from .names import ROLE
from .package import Package
from .profile import Invalid, moment, parse
from .report import Report
from .trust import Trust

Line = dict[str, Any]
ENTRY = re.compile(r"(\d{6})-([a-z]+)\.json")
SIGNATURE = re.compile(rf"(\d{{6}})-([a-z]+)\.{ROLE}\.(?:minisig|p7s)")
MAX_ENTRY, MAX_ENTRIES, MAX_FILES, MAX_BYTES = 256 << 10, 10000, 60000, 32 << 20
DAY = datetime.timedelta(days=1)
WORDS = ("noted", "corrected", "timestamped")
RELEASES = ("released", "returned")


def base_of(path: str) -> str:
    return re.sub(r"\.tar(\.zst)?$", "", path.rstrip("/"))


def check(p: Package, trust: Trust) -> None:
    """Judge the checksum file and the ledger that stand beside the package."""
    checksum(p)
    folder = base_of(p.path) + ".custody"
    if not os.path.isdir(folder):
        p.report.undecided("custody", "no-ledger",
                           "there is no custody ledger beside the package")
        return
    Ledger(p, folder, trust).check()


def checksum(p: Package) -> None:
    name = p.path + ".sha256"
    if p.is_folder or not os.path.isfile(name):
        return
    with open(name, "rb") as file:
        have = file.read(4096)
    want = f"{p.file_sha256}  {os.path.basename(p.path)}\n".encode()
    if have != want:
        p.report.broken("checksum", "is not of this file", os.path.basename(name))


class Ledger:
    """All entries, read once; each method judges one rule of the format."""

    def __init__(self, p: Package, folder: str, trust: Trust) -> None:
        self.package, self.folder, self.trust = p, folder, trust
        self.report: Report = p.report
        self.files: dict[str, bytes] = {}
        self.entries: list[tuple[str, Line]] = []

    def fail(self, code: str, text: str, member: str = "") -> None:
        self.report.fail("custody", code, text, member)

    def undecided(self, code: str, text: str, member: str = "") -> None:
        self.report.undecided("custody", code, text, member)

    def check(self) -> None:
        if not self.read():
            return
        for rule in (self.chain, self.identity, self.signatures, self.pairs,
                     self.after_destruction, self.silences):
            rule()

    def read(self) -> bool:
        total = 0
        for name in sorted(os.listdir(self.folder)):
            path = os.path.join(self.folder, name)
            if not os.path.isfile(path) or os.path.islink(path):
                self.fail("ledger-file", "is no file", name)
                continue
            if re.fullmatch(r"\..*\.new", name):
                self.report.add("custody", "note", "ledger-new",
                                "was being written", name)
                continue
            total += os.path.getsize(path)
            if len(self.files) >= MAX_FILES or total > MAX_BYTES:
                self.fail("ledger-limit", "the ledger is too large")
                return False
            with open(path, "rb") as file:
                self.files[name] = file.read()
        for name, data in self.files.items():
            if not ENTRY.fullmatch(name):
                continue
            try:
                if len(data) > MAX_ENTRY:
                    raise Invalid("larger than its limit")
                entry = parse(data, "custody")
                self.hold_together(name, entry)
                self.entries.append((name, entry))
            except Invalid as error:
                self.fail("ledger-entry", str(error), name)
        declared = {s["file"] for _, e in self.entries for s in e["signers"]}
        for name in self.files:
            if not ENTRY.fullmatch(name) and name not in declared:
                self.fail("ledger-file", "no entry declares it", name)
        if not self.entries:
            self.fail("ledger-empty", "there is no entry")
        return bool(self.entries) and len(self.entries) <= MAX_ENTRIES

    def hold_together(self, name: str, e: Line) -> None:
        """What members of one entry demand of each other."""
        seq, event = e["seq"], e["event"]
        wrong = name != f"{seq:06d}-{event}.json"
        wrong |= (event == "sealed") != (seq == 1)
        wrong |= seq == 1 and ("archive" not in e or bool(e["prev_sigs"])
                               or e["prev"] != e["seal_sha256"])
        for member, of, exact in (("release", ("received",), False),
                                  ("corrects", ("corrected",), True),
                                  ("about", ("noted",), False)):
            wrong |= member in e and event not in of
            wrong |= exact and event in of and member not in e
            number = e["release"]["seq"] if member == "release" and member in e \
                else e.get(member, 0)
            wrong |= member in e and not 1 <= number < seq
        producing = event in ("derived", "encrypted", "disclosed")
        wrong |= producing and "product" not in e
        wrong |= "product" in e and not producing and event != "copied"
        for s in e["signers"]:
            suffix = "minisig" if s["kind"] == "ed25519" else "p7s"
            wrong |= s["file"] != f"{seq:06d}-{event}.{s['role']}.{suffix}"
        for key in ("role", "key_sha256"):
            values = [s[key] for s in e["signers"]]
            wrong |= len(set(values)) != len(values)
        if wrong:
            raise Invalid("does not hold together")

    def digest(self, name: str) -> str:
        return hashlib.sha256(self.files[name]).hexdigest()

    def chain(self) -> None:
        """Numbers without a hole; each entry names the one before, and its
        signatures."""
        for i, (name, e) in enumerate(self.entries):
            if e["seq"] != i + 1:
                self.fail("ledger-chain", f"its number is not {i + 1}", name)
            if i == 0:
                continue
            before_name, before = self.entries[i - 1]
            if e["prev"] != self.digest(before_name):
                self.fail("ledger-chain", "does not follow the one before", name)
            sigs = [{"file": s["file"], "sha256": self.digest(s["file"])}
                    for s in before["signers"] if s["file"] in self.files]
            if e["prev_sigs"] != sigs:
                self.fail("ledger-chain", "another set of signatures before it",
                          name)
            if e["at"] < before["at"]:
                self.fail("ledger-time", "dated before the one it follows", name)

    def identity(self) -> None:
        p = self.package
        seal = p.members.get("seal/seal.json")
        size = 0 if p.is_folder else os.path.getsize(p.path)
        first = self.entries[0][1].get("archive")
        for name, e in self.entries:
            if e["package"] != p.top or seal is None or \
                    e["seal_sha256"] != seal.sha256:
                self.fail("ledger-other", "is about another package", name)
            archive = e.get("archive")
            if archive is None:
                continue
            if not p.is_folder and (archive["sha256"], archive["size"]) != (
                    p.file_sha256, size):
                self.fail("ledger-archive", "the file is another", name)
            elif first and (archive["sha256"], archive["size"]) != (
                    first["sha256"], first["size"]):
                self.fail("ledger-archive", "another than the first", name)

    def signatures(self) -> None:
        for name, e in self.entries:
            self.entry_signatures(name, e)

    def entry_signatures(self, name: str, e: Line) -> None:
        trusted = unknown = 0
        for s in e["signers"]:
            signature = self.files.get(s["file"])
            if signature is None:
                self.fail("ledger-signature", "is declared and not here",
                          s["file"])
                continue
            comment = f"azcustody/custody/1 {e['package']} {e['seq']:06d} " \
                f"{s['role']}"
            try:
                good = self.one(name, s, signature, comment, e["at"])
                trusted, unknown = trusted + good, unknown + (not good)
            except Invalid as error:
                self.fail("ledger-signature", str(error), s["file"])
                trusted += 1  # It is a failure already.
        if trusted == 0 and self.trust.any():
            self.fail("ledger-untrusted", "nobody who is trusted signed it", name)
        elif unknown or not trusted:
            self.undecided("ledger-signer", "not all signers' keys were brought",
                           name)

    def one(self, name: str, s: Line, signature: bytes, comment: str,
            at: str) -> bool:
        data = self.files[name]
        if s["kind"] == "cms":
            return cms.verify(data, signature, s["key_sha256"], self.trust.roots,
                              b"", None, at)
        key = self.trust.keys.get(s["key_sha256"])
        if key is None:
            minisign.check_form(signature, comment)
            return False
        minisign.verify(data, signature, key, comment)
        return True

    def pairs(self) -> None:
        """Each release with the receipt that quotes it."""
        by_seq = {e["seq"]: (name, e) for name, e in self.entries}
        answered: set[int] = set()
        for name, e in self.entries:
            if e["event"] != "received":
                continue
            if "release" not in e:
                self.undecided("half-pair", "quotes no release", name)
                continue
            given_name, given = by_seq.get(e["release"]["seq"], ("", {}))
            if given.get("event") not in RELEASES or \
                    self.digest(given_name) != e["release"]["sha256"] or \
                    e["release"]["seq"] in answered or not self.fits(given, e):
                self.fail("pair", "does not fit the release it quotes", name)
            answered.add(e["release"]["seq"])
        for name, e in self.entries:
            if e["event"] in RELEASES and e["seq"] not in answered:
                self.undecided("half-pair", "nobody has signed for it", name)

    def fits(self, given: Line, taken: Line) -> bool:
        givers = {s["key_sha256"] for s in given["signers"]}
        takers = {s["key_sha256"] for s in taken["signers"]}
        return "to" in given and given["to"]["name"] == taken["by"]["name"] \
            and "archive" in taken and bool(takers - givers)

    def after_destruction(self) -> None:
        gone = False
        for name, e in self.entries:
            if gone and e["event"] not in WORDS:
                self.fail("after-destroyed", "after the package was destroyed",
                          name)
            gone |= e["event"] == "destroyed"

    def silences(self) -> None:
        explained = {e[k] for _, e in self.entries for k in ("about", "corrects")
                     if k in e}
        told = [(n, e) for n, e in self.entries if e["event"] not in WORDS]
        for (_, before), (name, e) in zip(told, told[1:]):
            if before["event"] in ("stored", "destroyed") or \
                    e["seq"] in explained:
                continue
            release = before["event"] in RELEASES
            if release and ("transport" in before or "transport" in e):
                continue
            span = moment(e["at"]) - moment(before["at"])
            if span >= (DAY if release else 30 * DAY):
                self.undecided("silence", f"nothing is said of {span} before it",
                               name)
