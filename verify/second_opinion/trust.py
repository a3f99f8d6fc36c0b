"""What the examiner brought, and the seal's signatures by it."""
from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from . import cms, minisign
from .package import Package
from .profile import Invalid
from .report import Report

Line = dict[str, Any]
CASE_LENGTH = 120
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                       b"0123456789-._~")


@dataclass
class Trust:
    """Keys and roots, all from outside."""
    keys: dict[str, minisign.PublicKey] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    stamp_roots: list[str] = field(default_factory=list)

    def any(self) -> bool:
        return bool(self.keys or self.roots)


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
    for signer in seal["signers"]:
        signature = p.get(signer["file"])
        if signature is None:
            report.fail("authenticity", "signature-missing",
                        "is declared and not here", signer["file"])
            judged += signer["key_sha256"] in trust.keys
            continue
        at = stamped.get(signer["file"])
        try:
            good = one_signature(data, signature, signer, trust,
                                 comment_of(seal, signer["role"]), extra,
                                 seal["sealed_at"], at)
        except Invalid as error:
            report.fail("authenticity", "signature", str(error), signer["file"])
            judged += 1
            continue
        judged += good
        if good:
            report.add("authenticity", "note", "signed-by",
                       f"{signer['role']}: by a trusted key", signer["file"])
        elif trust.any():
            report.undecided("authenticity", "signer", "its key was not brought",
                             signer["file"])
    if trust.any() and not judged:
        report.fail("authenticity", "untrusted",
                    "none of the declared signers is among the keys brought")


def one_signature(data: bytes, signature: bytes, signer: Line, trust: Trust,
                  comment: str, extra: bytes, sealed_at: str,
                  at: datetime.datetime | None) -> bool:
    """True: good and trusted; False: cannot be judged; Invalid: wrong."""
    if signer["kind"] == "cms":
        return cms.verify(data, signature, signer["key_sha256"], trust.roots,
                          extra, at, sealed_at)
    key = trust.keys.get(signer["key_sha256"])
    if key is None:
        minisign.check_form(signature, comment)
        return False
    minisign.verify(data, signature, key, comment)
    return True


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
        p.report.broken("seal", "is not the declared one", member.below)
        return b""
    return member.bytes()


def time(p: Package, trust: Trust) -> dict[str, datetime.datetime]:
    """Judge all tokens; give the moment each stamped file is proved to exist."""
    report, seal = p.report, p.documents.get("seal")
    moments: dict[str, datetime.datetime] = {}
    if seal is None:
        report.undecided("time", "not-judged", "there is no seal to judge")
        return moments
    if not seal["tokens"]:
        report.undecided("time", "no-token", "the seal has no time stamp")
        return moments
    for token in seal["tokens"]:
        data, over = p.get(token["file"]), p.get(token["over"])
        if data is None:
            report.fail("time", "token-missing", "is declared and not here",
                        token["file"])
        elif over is not None:
            one_token(report, token, data, over, trust, moments, p)
    for signer in seal["signers"]:
        if signer["file"] not in moments and report.verdict("time") == "PASS":
            report.undecided("time", "unstamped", "has no trusted time stamp",
                             signer["file"])
    return moments


def one_token(report: Report, token: Line, data: bytes, over: bytes,
              trust: Trust, moments: dict[str, datetime.datetime],
              p: Package) -> None:
    try:
        at = cms.verify_token(over, data, trust.stamp_roots,
                              carried_quietly(p), p.documents.get("case"),
                              p.documents["seal"])
    except Invalid as error:
        report.fail("time", "token", str(error), token["file"])
        return
    except cms.Stranger:
        report.add("time", "FAIL" if trust.stamp_roots else "UNDECIDED",
                   "stamp-untrusted", "no authority that was brought made it",
                   token["file"])
        return
    known = moments.get(token["over"])
    moments[token["over"]] = at if known is None else min(at, known)


def carried_quietly(p: Package) -> bytes:
    return p.get("seal/certs.pem") or b""
