"""The custody ledger beside a package: chain, signatures, pairs, silences."""
from __future__ import annotations

import datetime
import functools
import hashlib
import os
import re
from dataclasses import dataclass
from typing import Any, Callable

from . import cms
from .names import ROLE
from .package import Package
from .profile import Invalid, moment, parse
from .report import Report
from .trust import Trust, one_signature

Line = dict[str, Any]
ENTRY = re.compile(r"(\d{6})-([a-z]+)\.json")
SIGNATURE = re.compile(rf"(\d{{6}})-([a-z]+)\.{ROLE}\.(?:minisig|p7s)")
MAX_RECEIPT, MAX_SEQ = 64 << 10, 1000000
MAX_ENTRY, MAX_ENTRIES, MAX_FILES, MAX_BYTES = 256 << 10, 10000, 60000, 32 << 20
DAY = datetime.timedelta(days=1)
WORDS = ("noted", "corrected", "timestamped")
RELEASES = ("released", "returned")


def base_of(path: str) -> str:
    return re.sub(r"\.tar(\.zst)?$", "", path.rstrip("/"))


def load(p: Package, trust: Trust) -> "Ledger | None":
    """The ledger beside the package, if there is one."""
    folder = base_of(p.path) + ".custody"
    if not os.path.lexists(folder):
        return None
    seal = p.members.get("seal/seal.json")
    about = About(p.top, None if seal is None else seal.sha256)
    if not p.is_folder:
        about.file = p.file_sha256, p.file_size
    return Ledger(p.report, folder, trust, about)


def check(p: Package, ledger: "Ledger | None", receipts: list[str],
          expected: str) -> None:
    """Judge the checksum file and the ledger that stand beside the package."""
    checksum(p)
    if expected and expected != p.file_sha256:
        p.report.broken("expected", "is not the file that was expected")
    if ledger is not None:
        ledger.check(receipts)
        return
    p.report.undecided("custody", "no-ledger",
                       "there is no custody ledger beside the package")
    for path in receipts:
        p.report.fail("custody", "receipt", "for a ledger that is not here", path)


def checksum(p: Package) -> None:
    """HEX, two blanks, a name, LF: one line of sha256sum."""
    name = p.path + ".sha256"
    if p.is_folder or not os.path.isfile(name):
        return
    with open(name, "rb") as file:
        have = file.read(4096)
    if not re.fullmatch(rb"%s  [^\n]+\n" % p.file_sha256.encode(), have):
        p.report.broken("checksum", "is not of this file", os.path.basename(name))


@dataclass
class About:
    """What a ledger must be about, as far as that is known."""
    package: str | None = None
    seal_sha256: str | None = None
    file: tuple[str, int] | None = None  # Digest and size.


class Ledger:
    """All entries, read once; each method judges one rule of the format."""

    def __init__(self, report: Report, folder: str, trust: Trust,
                 about: About) -> None:
        self.report, self.folder, self.trust = report, folder, trust
        self.about = about
        self.files: dict[str, bytes] = {}
        self.entries: list[tuple[str, Line]] = []
        self.ways: dict[int, list[str]] = {}
        self.is_read = self.read()

    def fail(self, code: str, text: str, member: str = "") -> None:
        self.report.fail("custody", code, text, member)

    def undecided(self, code: str, text: str, member: str = "") -> None:
        self.report.undecided("custody", code, text, member)

    def check(self, receipts: list[str]) -> None:
        if self.is_read:
            for rule in (self.chain, self.identity, self.signatures, self.pairs,
                         self.after_destruction, self.silences, self.tokens):
                rule()
        for path in receipts:
            self.receipt(path)

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
        declared |= {e["token"]["file"] for _, e in self.entries if "token" in e}
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
                                  ("about", ("noted", "timestamped"), False)):
            wrong |= member in e and event not in of
            wrong |= exact and event in of and member not in e
            number = e["release"]["seq"] if member == "release" and member in e \
                else e.get(member, 0)
            wrong |= member in e and not 1 <= number < seq
        stamping = event == "timestamped"
        wrong |= stamping != ("token" in e) or stamping and "about" not in e
        wrong |= stamping and "token" in e and \
            e["token"]["file"] != f"{seq:06d}-timestamped.tsr"
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
        """All entries are about one package, and that is the one at hand."""
        first = self.entries[0][1]
        package = self.about.package or first["package"]
        seal = self.about.seal_sha256 or first["seal_sha256"]
        archive = first.get("archive")
        file = self.about.file or \
            (archive and (archive["sha256"], archive["size"]))
        for name, e in self.entries:
            if (e["package"], e["seal_sha256"]) != (package, seal):
                self.fail("ledger-other", "is about another package", name)
            own = e.get("archive")
            if own and file and (own["sha256"], own["size"]) != file:
                self.fail("ledger-archive", "the file is another", name)

    def signatures(self) -> None:
        for name, e in self.entries:
            self.entry_signatures(name, e)

    def entry_signatures(self, name: str, e: Line) -> None:
        comment = f"azcustody/custody/1 {e['package']} {e['seq']:06d} "
        trusted, unknown = self.judge_signers(
            "ledger-signature", self.files[name], e, comment, self.files.get,
            self.signed_by(name))
        if trusted == 0 and self.trust.any():
            self.fail("ledger-untrusted", "nobody who is trusted signed it", name)
        elif unknown or not trusted:
            self.undecided("ledger-signer", "not all signers' keys were brought",
                           name)

    def judge_signers(self, code: str, data: bytes, e: Line, comment: str,
                      get: Callable[[str], bytes | None],
                      at: datetime.datetime | None = None) -> tuple[int, int]:
        """How many are trusted, or wrong, which is said; how many unknown."""
        trusted = unknown = 0
        for s in e["signers"]:
            signature = get(s["file"])
            if signature is None:
                self.fail(code, "is declared and not here", s["file"])
                trusted += 1
                continue
            try:
                good = one_signature(data, signature, s, self.trust,
                                     comment + s["role"], b"", e["at"], at)
                if good == cms.UNTIMED:
                    self.undecided("ledger-signer", "nothing shows that it was "
                                   "made in time", s["file"])
                trusted, unknown = trusted + (good != cms.STRANGER), \
                    unknown + (good == cms.STRANGER)
            except Invalid as error:
                self.fail(code, str(error), s["file"])
                trusted += 1  # It is a failure already.
        return trusted, unknown

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
                    self.is_taken_back(given, e["seq"]) or \
                    self.digest(given_name) != e["release"]["sha256"] or \
                    e["release"]["seq"] in answered or not self.fits(given, e):
                self.fail("pair", "does not fit the release it quotes", name)
            answered.add(e["release"]["seq"])
        for name, e in self.entries:
            if e["event"] in RELEASES and e["seq"] not in answered and \
                    not self.is_taken_back(e, MAX_SEQ):
                self.undecided("half-pair", "nobody has signed for it", name)

    def is_taken_back(self, given: Line, before: int) -> bool:
        """Did somebody who signed this release correct it?"""
        givers = {s["key_sha256"] for s in given["signers"]}
        return any(e.get("corrects") == given["seq"] and e["seq"] < before
                   and not givers.isdisjoint(s["key_sha256"] for s in e["signers"])
                   for _, e in self.entries)

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

    def stamp_of(self, e: Line, existed: datetime.datetime | None) -> cms.Proved:
        """The moment that an entry's token proves for the one it is over; it
        ${existed} by then itself, if that is known."""
        over = next((n for n, x in self.entries if x["seq"] == e["about"]), None)
        token = self.files.get(e["token"]["file"])
        if over is None or token is None or \
                hashlib.sha256(token).hexdigest() != e["token"]["sha256"]:
            raise Invalid("the time stamp is missing, or another")
        return cms.verify_token(self.files[over], token, self.trust, b"", existed)

    @functools.cached_property
    def judged(self) -> list[tuple[str, int, cms.Proved | Invalid | None]]:
        """Of each token, the last first: whose it is, which entry it is over,
        and what it proves, why nothing, or None, by a stranger.  A later one shows
        that an earlier one existed: its entry names that."""
        out: list[tuple[str, int, cms.Proved | Invalid | None]] = []
        for name, e in reversed(self.entries):
            if "token" not in e:
                continue
            existed = min((p.at for _, about, p in out
                           if name in self.behind(about)
                           and isinstance(p, cms.Proved)), default=None)
            result: cms.Proved | Invalid | None = None
            try:
                result = self.stamp_of(e, existed)
            except Invalid as error:
                result = error
            except cms.Stranger:
                pass
            out.append((name, e["about"], result))
        return out

    def behind(self, about: int) -> list[str]:
        """The entry with this number and all that it leads back to."""
        if about not in self.ways:
            by_digest = {self.digest(n): (n, e) for n, e in self.entries}
            way: list[str] = []
            step = next(((n, e) for n, e in self.entries if e["seq"] == about),
                        None)
            while step is not None:
                way.append(step[0])
                step = by_digest.get(step[1]["prev"])
            self.ways[about] = way
        return self.ways[about]

    def signed_by(self, name: str) -> datetime.datetime | None:
        """By when the signatures of an entry existed: what follows names them."""
        return min((p.at for _, about, p in self.judged
                    if isinstance(p, cms.Proved)
                    and name in self.behind(about)[1:]), default=None)

    def tokens(self) -> None:
        by_seq = {e["seq"]: (n, e) for n, e in reversed(self.entries)}
        for _, about, result in self.judged:
            over, entry = by_seq.get(about, ("", {}))
            if isinstance(result, cms.Proved) and \
                    result.at < moment(entry["at"]) - cms.SKEW:
                self.fail("ledger-time", "dated after a time stamp over it", over)
        for name, _, result in self.judged:
            if isinstance(result, Invalid):
                self.fail("ledger-token", str(result), name)

    def stamps(self) -> list[cms.Proved | None]:
        """The tokens over an entry that pins the file at hand, or over one that
        follows such an entry."""
        pins = {name for name, e in self.entries if self.about.file and
                e.get("archive", {}).get("sha256") == self.about.file[0]}
        return [result for _, about, result in self.judged
                if not isinstance(result, Invalid)
                and not pins.isdisjoint(self.behind(about))]

    def receipt(self, path: str) -> None:
        """A head receipt contradicts a ledger that was cut or written anew."""
        def get(name: str) -> bytes | None:
            full = os.path.join(os.path.dirname(path), name)
            if not os.path.isfile(full):
                return None
            with open(full, "rb") as file:
                return file.read()

        try:
            with open(path, "rb") as file:
                data = file.read()
            if len(data) > MAX_RECEIPT:
                raise Invalid("larger than its limit")
            r = parse(data, "receipt")
            hold_receipt_together(r)
        except Invalid as error:
            self.fail("receipt", str(error), path)
            return
        first = self.entries[0][1] if self.entries else {}
        for have, want in ((r["package"], self.about.package or
                            first.get("package")),
                           (r["seal_sha256"], self.about.seal_sha256 or
                            first.get("seal_sha256"))):
            if want is not None and have != want:
                self.fail("receipt", "is about another package or seal", path)
                return
        comment = f"azcustody/receipt/1 {r['package']} {r['seq']:06d} "
        trusted, unknown = self.judge_signers("receipt", data, r, comment, get)
        if not trusted:
            self.report.add("custody", "FAIL" if self.trust.any() else
                            "UNDECIDED", "receipt-untrusted",
                            "nobody who is trusted signed it", path)
        elif unknown:
            self.undecided("ledger-signer", "not all signers' keys were brought",
                           path)
        if not any(e["seq"] == r["seq"] and self.digest(n) == r["head"]
                   for n, e in self.entries):
            self.fail("receipt", "the ledger has no such entry: it was cut short "
                      "or written anew", path)


def hold_receipt_together(r: Line) -> None:
    for s in r["signers"]:
        suffix = "minisig" if s["kind"] == "ed25519" else "p7s"
        if s["file"] != f"{r['seq']:06d}-receipt.{s['role']}.{suffix}":
            raise Invalid("a signature of another name")
    for key in ("role", "key_sha256"):
        values = [s[key] for s in r["signers"]]
        if len(set(values)) != len(values):
            raise Invalid(f"one {key} twice")


def judge_alone(folder: str, trust: Trust, receipts: list[str]) -> Report:
    """A ledger without its package, which may be named in its place."""
    if os.path.isfile(folder):
        folder = base_of(folder.removesuffix(".age")) + ".custody"
    report = Report(folder, (), ("custody",), ("custody",))
    Ledger(report, folder, trust, About()).check(receipts)
    return report
