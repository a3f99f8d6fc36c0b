"""What the examiner brought, and the seal's signatures by it."""
from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, field
from typing import Any

from . import cms, minisign, openssl
from .package import Package
from .profile import Invalid, moment, parse
from .report import Report

Line = dict[str, Any]
CASE_LENGTH = 120
MAX_FILE = 1 << 20
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                       b"0123456789-._~")


@dataclass(frozen=True)
class Pin:
    """One key or certificate that is named, and what it is good for."""
    kind: str
    sha256: str
    key: minisign.PublicKey | None
    roles: tuple[str, ...] | None = None
    start: datetime.datetime | None = None
    end: datetime.datetime | None = None
    revoked: datetime.datetime | None = None

    def allows(self, role: str, at: datetime.datetime | None) -> bool:
        if self.roles is not None and role not in self.roles:
            return False
        if at is None:
            return self.start is None and self.end is None
        return (self.start is None or self.start <= at) and \
            (self.end is None or at < self.end)


@dataclass(frozen=True)
class Demand:
    """So many signers of a seal, each in one of these roles, must be trusted."""
    count: int
    roles: tuple[str, ...] | None


@dataclass
class Trust:
    """Keys, roots, and lists of what is revoked: all from outside."""
    pins: list[Pin] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    stamp_roots: list[str] = field(default_factory=list)
    lists: bytes = b""
    need_revocation: bool = False

    def any(self) -> bool:
        return bool(self.pins or self.roots)

    def add_key(self, path: str) -> None:
        key = minisign.read_public_key(path)
        self.pins.append(Pin("ed25519", key.sha256, key))

    def add_lists(self, path: str) -> None:
        with open(path, "rb") as file:
            self.lists += openssl.as_pem(file.read()) + b"\n"

    def add_file(self, path: str) -> None:
        """The file azcustody/trust/1 that an examiner writes."""
        with open(path, "rb") as file:
            data = file.read(MAX_FILE + 1)
        document = parse(data, "trust")
        for s in document["signers"]:
            key = minisign.public_key(s["public"], s["name"]) \
                if s["kind"] == "ed25519" else None
            self.pins.append(Pin(
                s["kind"], key.sha256 if key else s["certificate_sha256"], key,
                None if s["roles"] is None else tuple(s["roles"]),
                moment(s["from"]), moment(s["to"]),
                moment(s.get("revoked"))))
        for d in document.get("demands", []):
            if not 1 <= d["count"] <= 16:
                raise Invalid("a demand is of 1 to 16 signers")
            self.demands.append(Demand(d["count"], None if d["roles"] is None
                                       else tuple(d["roles"])))

    def find(self, signer: Line, at: datetime.datetime | None) -> Pin | None:
        """Who may sign so; Invalid if named, and not for this."""
        named = [p for p in self.pins if (p.kind, p.sha256) ==
                 (signer["kind"], signer["key_sha256"])]
        for pin in named:
            if pin.allows(signer["role"], at):
                return pin
        if named:
            raise Invalid("is trusted for another role or time")
        return None

    def is_timely(self, signer: Line, claimed: str,
                  at: datetime.datetime | None) -> bool:
        """Is it shown to be from before its key was revoked? Invalid: it is not
        even said to be."""
        revoked = min((p.revoked for p in self.pins if p.revoked and
                       (p.kind, p.sha256) ==
                       (signer["kind"], signer["key_sha256"])), default=None)
        if revoked is None:
            return True
        then = at or moment(claimed)
        if then is None or then >= revoked:
            raise Invalid("its key was revoked by then")
        return at is not None


def comment_of(seal: Line, role: str) -> str:
    """What the trusted comment of a seal's signature must be."""
    case = ""
    for byte in seal["case"].encode():
        one = chr(byte) if byte in UNRESERVED else "%%%02X" % byte
        if len(case) + len(one) > CASE_LENGTH:
            break
        case += one
    return f"azcustody/seal/1 {seal['package']} {role} case={case}"


def authenticity(p: Package, trust: Trust,
                 stamped: dict[str, datetime.datetime]) -> None:
    seal = p.documents.get("seal")
    if seal is None:
        p.report.fail("authenticity", "no-seal", "no seal can be read")
        return
    report, data = p.report, p.get("seal/seal.json")
    if not seal["signers"]:
        report.fail("authenticity", "unsigned", "nobody signed this seal")
        return
    if not trust.any():
        report.undecided("authenticity", "no-trust",
                         "no key and no root was brought")
    extra = carried(p, seal)
    judged = 0
    worth = []
    for signer in seal["signers"]:
        signature = p.get(signer["file"])
        if signature is None:
            report.fail("authenticity", "signature-missing",
                        "is declared and not here", signer["file"])
            judged += 1
            continue
        try:
            good = one_signature(data, signature, signer, trust,
                                 comment_of(seal, signer["role"]), extra,
                                 seal["sealed_at"], stamped.get(signer["file"]))
        except Invalid as error:
            report.fail("authenticity", "signature", str(error), signer["file"])
            judged += 1
            continue
        judged += good != cms.STRANGER
        worth.append((signer["role"], good))
        if good == cms.GOOD:
            report.add("authenticity", "note", "signed-by",
                       f"{signer['role']}: by a trusted key", signer["file"])
        elif good == cms.UNTIMED:
            report.undecided("authenticity", "expired", "nothing shows that it "
                             "was made in time", signer["file"])
        elif trust.any():
            report.undecided("authenticity", "signer", "its key was not brought",
                             signer["file"])
    if trust.any() and not judged:
        report.fail("authenticity", "untrusted",
                    "none of the declared signers is among the keys brought")
    for demand in trust.demands:
        judge_demand(report, demand, worth)


def judge_demand(report: Report, demand: Demand,
                 worth: list[tuple[str, str]]) -> None:
    here = [w for role, w in worth
            if demand.roles is None or role in demand.roles]
    if here.count(cms.GOOD) >= demand.count:
        return
    report.add("authenticity",
               "UNDECIDED" if len(here) >= demand.count else "FAIL",
               "demand-open" if len(here) >= demand.count else "demand",
               f"{demand.count} trusted signers are demanded")


def one_signature(data: bytes, signature: bytes, signer: Line, trust: Trust,
                  comment: str, extra: bytes, claimed: str,
                  at: datetime.datetime | None) -> str:
    """cms.GOOD, STRANGER, or UNTIMED; Invalid: wrong."""
    if signer["kind"] == "cms":
        found = cms.examine(signature, signer["key_sha256"], extra)
        pin = trust.find(signer, at or moment(claimed))
        good = cms.verify(data, found, trust, extra, at, claimed,
                          pin is not None)
        if good == cms.GOOD and not trust.is_timely(signer, claimed, at):
            return cms.UNTIMED
        return good
    minisign.check_form(signature, comment)
    pin = trust.find(signer, at or moment(claimed))
    if pin is None:
        return cms.STRANGER
    minisign.verify(data, signature, pin.key, comment)
    return cms.GOOD if trust.is_timely(signer, claimed, at) else cms.UNTIMED


def carried(p: Package, seal: Line) -> bytes:
    """The content of seal/certs.pem, if it is the declared one."""
    if "certificates" not in seal:
        return b""
    member = p.members.get("seal/certs.pem")
    if member is None:
        p.report.fail("authenticity", "signature-missing",
                      "is declared and not here", "seal/certs.pem")
        return b""
    if member.sha256 != seal["certificates"]["sha256"]:
        p.report.broken("seal-file", "is not the declared one", member.below)
        return b""
    return member.bytes()


def time(p: Package, trust: Trust, beside: list[cms.Proved | None]
         ) -> dict[str, datetime.datetime]:
    """Judge all tokens, those over the whole file that stand ${beside} it too
    (None: by a stranger); give the moment each stamped file is proved to exist."""
    report, seal = p.report, p.documents.get("seal")
    existed = min((b.at for b in beside if b is not None), default=None)
    moments: dict[str, datetime.datetime] = {}
    if seal is None:
        report.undecided("time", "not-judged", "there is no seal to judge")
        return moments
    if not seal["tokens"] and not beside:
        report.undecided("time", "no-token", "nothing has a time stamp")
        return moments
    strangers = 0
    for token in seal["tokens"]:
        data, over = p.get(token["file"]), p.get(token["over"])
        if data is None:
            report.fail("time", "token-missing", "is declared and not here",
                        token["file"])
        elif over is not None:
            strangers += not one_token(report, token, data, over, trust, moments,
                                       p, existed)
    strangers += not start_token(p, trust, moments, existed)
    strangers += beside.count(None)
    for proved in filter(None, beside):
        if cms.is_possible(proved, p.documents.get("case"), seal):
            for signer in seal["signers"]:
                note(moments, signer["file"], proved.at)
    judge_strangers(report, trust, strangers, moments)
    for signer in seal["signers"]:
        if signer["file"] not in moments and report.verdict("time") == "PASS":
            report.undecided("time", "unstamped", "has no trusted time stamp",
                             signer["file"])
    return moments


def start_token(p: Package, trust: Trust,
                moments: dict[str, datetime.datetime],
                existed: datetime.datetime | None) -> bool:
    """The token over case.json is from before the seal's; as one_token."""
    token, case = p.get("meta/start.tsr"), p.get("meta/case.json")
    if token is None or case is None:
        return True
    try:
        proved = cms.verify_token(case, token, trust,
                                  carried(p, p.documents["seal"]), existed)
        slack = datetime.timedelta(seconds=2) + (
            proved.accuracy or datetime.timedelta(0))
        if any(proved.at - slack > at for at in moments.values()):
            raise Invalid("time: from after the seal was stamped")
    except Invalid as error:
        p.report.fail("time", "token", str(error), "meta/start.tsr")
    except cms.Stranger:
        return False
    return True


def note(moments: dict[str, datetime.datetime], file: str,
         at: datetime.datetime) -> None:
    moments[file] = min(at, moments.get(file, at))


def judge_strangers(report: Report, trust: Trust, strangers: int,
                    moments: dict[str, datetime.datetime]) -> None:
    """One by an authority that was not brought shows nothing."""
    if strangers and not trust.stamp_roots:
        report.undecided("time", "no-stamp-trust", "no authority was brought")
    elif strangers and not moments:
        report.fail("time", "stamp-untrusted",
                    "none is by an authority that was brought")


def one_token(report: Report, token: Line, data: bytes, over: bytes,
              trust: Trust, moments: dict[str, datetime.datetime],
              p: Package, existed: datetime.datetime | None) -> bool:
    """Whether an authority that was brought made it, or it is wrong."""
    extra = p.get("seal/certs.pem") or b""
    seal = p.documents["seal"]
    if "certificates" not in seal or hashlib.sha256(extra).hexdigest() != \
            seal["certificates"]["sha256"]:
        extra = b""
    try:
        proved = cms.verify_token(over, data, trust, extra, existed)
        if not cms.is_possible(proved, p.documents.get("case"), seal):
            raise Invalid("time: before the collection started")
    except Invalid as error:
        report.fail("time", "token", str(error), token["file"])
        return True
    except cms.Stranger:
        return False
    note(moments, token["over"], proved.at)
    return True
