"""Lists of revoked certificates, and OCSP answers.  FORMAT.md, CMS."""
from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Iterator

from . import der, openssl
from .profile import Invalid

REASON, INVALIDITY = "2.5.29.21", "2.5.29.24"
COMPROMISE = {1, 2, 10}
# That the key of an authority was nobody else's is believed for these alone.
HARMLESS = {0, 3, 4, 5}
NO_REASON = -1
WORDS = {"unspecified": 0, "keycompromise": 1, "cacompromise": 2,
         "affiliationchanged": 3, "superseded": 4, "cessationofoperation": 5,
         "certificatehold": 6, "removefromcrl": 8, "privilegewithdrawn": 9,
         "aacompromise": 10}
DEPTH = 16
UTC = datetime.timezone.utc


@dataclass(frozen=True)
class Parts:
    """Of a certificate: its number and both names, as they are encoded."""
    serial: int
    issuer: bytes
    subject: bytes


def parts_of(certificate: bytes) -> Parts:
    fields = der.parse(certificate).children()[0].children()
    if fields[0].tag == 0xA0:
        fields = fields[1:]
    return Parts(fields[0].integer(), fields[2].raw, fields[4].raw)


def time_of(node: der.Node) -> datetime.datetime:
    form = "%y%m%d%H%M%SZ" if node.tag == 0x17 else "%Y%m%d%H%M%SZ"
    return datetime.datetime.strptime(node.content.decode("ascii"),
                                      form).replace(tzinfo=UTC)


def chain_of(leaf: bytes, candidates: list[bytes]) -> Iterator[
        tuple[bytes, bytes]]:
    """Each certificate on the way up, with its issuer."""
    for _ in range(DEPTH):
        about = parts_of(leaf)
        issuer = next((c for c in candidates
                       if parts_of(c).subject == about.issuer
                       and openssl.is_issued_by(leaf, c)), None)
        if issuer is None:
            return
        yield leaf, issuer
        if issuer == leaf or about.issuer == about.subject:
            return
        leaf = issuer


@dataclass(frozen=True)
class Word:
    """What one list or answer says of a certificate."""
    revoked_at: datetime.datetime | None
    reason: int
    until: datetime.datetime | None


def entry_of(crl: bytes, serial: int) -> Word:
    """What a list says of the certificate with this number."""
    fields = der.parse(crl).children()[0].children()
    times = [f for f in fields if f.tag in (0x17, 0x18)]
    until = time_of(times[1]) if len(times) > 1 else None
    behind = fields[fields.index(times[-1]) + 1:]
    entries = behind[0].children() if behind and behind[0].tag == der.SEQUENCE \
        else []
    for entry in entries:
        one = entry.children()
        if one[0].integer() != serial:
            continue
        at, reason = time_of(one[1]), NO_REASON
        for extension in one[2].children() if len(one) > 2 else ():
            words = extension.children()
            value = der.parse(words[-1].content)
            if words[0].oid() == REASON:
                reason = value.content[0]
            elif words[0].oid() == INVALIDITY:
                at = min(at, time_of(value))
        return Word(at, reason, until)
    return Word(None, NO_REASON, until)


def issuer_of_list(crl: bytes) -> bytes:
    fields = der.parse(crl).children()[0].children()
    return fields[2 if fields[0].tag == der.INTEGER else 1].raw


def words_of_answer(text: str) -> Word | None:
    """What openssl printed; None: nothing is said of this certificate."""
    def moment(name: str) -> datetime.datetime | None:
        match = re.search(rf"{name}: (.*) GMT", text)
        return datetime.datetime.strptime(
            match[1], "%b %d %H:%M:%S %Y").replace(tzinfo=UTC) if match else None

    if "leaf.pem: revoked" in text:
        reason = re.search(r"Reason: (\w+)", text)
        return Word(moment("Revocation Time"),
                    WORDS.get(reason[1].lower() if reason else "", NO_REASON),
                    None)
    if "leaf.pem: good" in text:
        return Word(None, NO_REASON, moment("Next Update"))
    return None


class Revoked(Invalid):
    """A certificate was, before what it signed is known to have existed."""


@dataclass(frozen=True)
class Moment:
    """When a signature is judged to have been made; by when it is proved to have
    existed, if it is; and whether an authority made it."""
    at: datetime.datetime
    proved: datetime.datetime | None = None
    is_stamp: bool = False

    def is_too_late(self, word: Word, is_own: bool) -> bool:
        """Does this revocation spoil it?"""
        if word.revoked_at is None:
            return False
        if word.reason in COMPROMISE or self.is_stamp and is_own and \
                word.reason not in HARMLESS:
            return self.proved is None or self.proved >= word.revoked_at
        return word.revoked_at <= self.at


def check(leaf: bytes, candidates: list[bytes], roots: bytes, told: bytes,
          when: Moment, must_tell: bool) -> None:
    """Refuse a chain of which something is revoked, or of which nothing tells
    although something must."""
    lists = openssl.blocks(told, openssl.LIST)
    answers = openssl.blocks(told, openssl.ANSWER)
    known = candidates + openssl.pem_certificates(roots + told)
    for certificate, issuer in chain_of(leaf, known):
        about, is_told = parts_of(certificate), False
        words = [entry_of(crl, about.serial) for crl in lists
                 if issuer_of_list(crl) == about.issuer
                 and is_signed(crl, issuer)]
        words += [w for w in (words_of_answer(openssl.ask(
            a, certificate, issuer, known, roots)) for a in answers)
            if w is not None]
        for word in words:
            if when.is_too_late(word, certificate == leaf):
                raise Revoked("revoked: a certificate was revoked")
            is_told |= word.until is None or word.until >= when.at
        is_root = about.issuer == about.subject
        if must_tell and not is_told and not is_root:
            raise Invalid("revocation: nothing tells of a certificate")


def is_signed(crl: bytes, issuer: bytes) -> bool:
    if not openssl.is_list_signed(crl, issuer):
        raise Invalid("revocation: a list is not signed by its issuer")
    return True
