"""CMS signatures and RFC 3161 tokens: the form here, mathematics by openssl."""
from __future__ import annotations

import datetime
import hashlib
import re
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import der, revocation
from .openssl import chain, openssl, pem, pem_certificates, read_roots
from .profile import Invalid, moment

if TYPE_CHECKING:
    from .trust import Trust

SIGNED_DATA, DATA = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1"
TST_INFO = "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, DIGEST, SIGNING_TIME = (f"1.2.840.113549.1.9.{n}"
                                      for n in (3, 4, 5))
ESS_V1, ESS_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
HASHES = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384",
          "2.16.840.1.101.3.4.2.3": "sha512"}
RSA, EC = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
RSA_WITH = {f"1.2.840.113549.1.1.{n}": h
            for n, h in ((11, "sha256"), (12, "sha384"), (13, "sha512"))}
ECDSA_WITH = {f"1.2.840.10045.4.3.{n}": h
              for n, h in ((2, "sha256"), (3, "sha384"), (4, "sha512"))}
P256, P384, P521 = "1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"
KEY_USAGE, EXTENDED = "2.5.29.15", "2.5.29.37"
STAMPING = "1.3.6.1.5.5.7.3.8"
MAY_SIGN = {"1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "2.5.29.37.0"}
NO_ROOT = re.compile(r"error (2|18|19|20|21) at")
TOO_LATE = re.compile(r"error 10 at")
MAX_FILE = 256 << 10
SKEW, SLACK = datetime.timedelta(minutes=5), datetime.timedelta(seconds=2)


GOOD, STRANGER, UNTIMED = "good", "stranger", "untimed"


class Stranger(Exception):
    """Nothing the examiner brought leads to this certificate."""


@dataclass(frozen=True)
class Proved:
    """When a token was made, and how far that may be off."""
    at: datetime.datetime
    accuracy: datetime.timedelta


@dataclass
class Signed:
    """What a SignedData of one signer says."""
    content_type: str
    content: bytes | None
    certificates: list[bytes]
    digest: str
    attributes: dict[str, list[der.Node]]
    signature_algorithm: str
    unsigned: bool
    raw: bytes


def read_signed(node: der.Node) -> Signed:
    outer = node.expect(der.SEQUENCE).children()
    if len(outer) != 2 or outer[0].oid() != SIGNED_DATA:
        raise Invalid("content: no SignedData")
    data = outer[1].expect(0xA0).children()[0].expect(der.SEQUENCE).children()
    encapsulated = data[2].children()
    content = encapsulated[1].children()[0].content \
        if len(encapsulated) > 1 else None
    certificates = [c.raw for n in data[3:-1] if n.tag == 0xA0
                    for c in n.children()]
    signers = data[-1].expect(der.SET).children()
    if len(signers) != 1:
        raise Invalid("signers: not exactly one")
    parts = signers[0].children()
    attributes: dict[str, list[der.Node]] = {}
    if parts[3].tag != 0xA0:
        raise Invalid("attributes: none are signed")
    for attribute in parts[3].children():
        name, values = attribute.children()
        if name.oid() in attributes:
            raise Invalid("attributes: one stands twice")
        attributes[name.oid()] = values.children()
    return Signed(encapsulated[0].oid(), content, certificates,
                  HASHES.get(parts[2].children()[0].oid(), ""), attributes,
                  parts[4].children()[0].oid(), len(parts) > 6, node.raw)


def check_attributes(signed: Signed) -> None:
    for name in (CONTENT_TYPE, DIGEST):
        if len(signed.attributes.get(name, [])) != 1:
            raise Invalid("attributes: content-type or message-digest")
    if signed.attributes[CONTENT_TYPE][0].oid() != signed.content_type:
        raise Invalid("attributes: another content-type")
    if SIGNING_TIME in signed.attributes and \
            len(signed.attributes[SIGNING_TIME]) != 1:
        raise Invalid("attributes: signing-time")
    if not names_of(signed):
        raise Invalid("attributes: the certificate is not named")


def names_of(signed: Signed) -> list[tuple[str, bytes]]:
    """Hash and digest of the certificate, in each signing-certificate."""
    out = []
    for attribute, default in ((ESS_V1, "sha1"), (ESS_V2, "sha256")):
        for value in signed.attributes.get(attribute, []):
            first = value.children()[0].children()[0].children()
            if first[0].tag == der.SEQUENCE and len(first) > 1:
                default = HASHES.get(first[0].children()[0].oid(), "")
                first = first[1:]
            out.append((default, first[0].expect(der.OCTETS).content))
    return out


def is_named(certificate: bytes, signed: Signed) -> bool:
    return all(name and hashlib.new(name, certificate).digest() == digest
               for name, digest in names_of(signed))


@dataclass
class Certificate:
    """Of a certificate: its key, and what it may be used for."""
    algorithm: str
    curve: str
    bits: int
    extensions: dict[str, tuple[bool, der.Node]]


def read_certificate(raw: bytes) -> Certificate:
    parts = der.parse(raw).children()[0].children()
    if parts[0].tag == 0xA0:
        parts = parts[1:]
    algorithm, key = parts[5].children()
    words = algorithm.children()
    curve = words[1].oid() if words[0].oid() == EC else ""
    bits = 0
    if words[0].oid() == RSA:
        modulus = der.parse(key.content[1:]).children()[0].integer()
        bits = modulus.bit_length()
    extensions = {}
    for holder in parts[6:]:
        for one in holder.children()[0].children() if holder.tag == 0xA3 else ():
            words_of = one.children()
            extensions[words_of[0].oid()] = (
                len(words_of) == 3, der.parse(words_of[-1].content))
    return Certificate(words[0].oid(), curve, bits, extensions)


def check_algorithm(signed: Signed, certificate: Certificate,
                    least_bits: int) -> None:
    name, digest = signed.signature_algorithm, signed.digest
    if certificate.algorithm == RSA:
        good = bool(digest) and least_bits <= certificate.bits <= 16384 and \
            (name == RSA or RSA_WITH.get(name) == digest)
    else:
        stamps = least_bits < 3072
        curves = {P256: {"sha256"}, P384: {"sha384"}} if not stamps else dict.fromkeys(
            (P256, P384, P521), {"sha256", "sha384", "sha512"})
        good = digest in curves.get(certificate.curve, ()) and \
            ECDSA_WITH.get(name) == digest
    if not good:
        raise Invalid("algorithm: none that is accepted")


def check_usage(certificate: Certificate) -> None:
    usage = certificate.extensions.get(KEY_USAGE)
    if usage and not usage[1].content[1:2][0] & 0xC0:
        raise Invalid("usage: the certificate may not sign")
    extended = certificate.extensions.get(EXTENDED)
    if extended and not MAY_SIGN & {o.oid() for o in extended[1].children()}:
        raise Invalid("usage: the certificate is for something else")


def check_signature(signed: Signed, certificate: bytes,
                    data: bytes | None) -> None:
    """The mathematics, by this certificate and no other."""
    files = {"cms": signed.raw, "signer.pem": pem([certificate])}
    words = ["cms", "-verify", "-binary", "-noverify", "-nointern", "-inform",
             "DER", "-in", "cms", "-certfile", "signer.pem", "-out", "out"]
    if data is not None:
        files["data"] = data
        words += ["-content", "data"]
    with tempfile.TemporaryDirectory() as folder:
        if openssl(folder, files, *words)[0] != 0:
            raise Invalid("signature: does not verify")


def one_certificate(candidates: list[bytes], fits: Any) -> bytes:
    for certificate in candidates:
        if fits(certificate):
            return certificate
    raise Invalid("certificate-missing: it is nowhere")


def refused(error: Exception) -> Invalid:
    return error if isinstance(error, Invalid) else Invalid("encoding: broken")


def verify(data: bytes, found: tuple[Signed, bytes, list[bytes]], trust: Trust,
           extra: bytes, at: datetime.datetime | None, claimed: str,
           is_pinned: bool) -> str:
    """GOOD, STRANGER, or UNTIMED: good if it was made when it says."""
    signed, certificate, candidates = found
    candidates = candidates + pem_certificates(trust.lists)
    check_signature(signed, certificate, data)
    # A certificate that is named needs no root.
    roots = pem([certificate]) if is_pinned else read_roots(trust.roots)
    if not roots:
        return STRANGER
    judged = at or datetime.datetime.now(datetime.timezone.utc)

    def problem_at(when: datetime.datetime) -> str:
        problem = chain(certificate, candidates, roots, when, "any")
        if not problem:
            revocation.check(certificate, candidates, roots,
                             trust.lists + extra,
                             revocation.Moment(when, at), trust.need_revocation)
        return problem

    problem = problem_at(judged)
    if not problem:
        return GOOD
    if NO_ROOT.search(problem):
        return STRANGER
    then = moment(claimed)
    if at is None and then and TOO_LATE.search(problem) and \
            not problem_at(then):
        return UNTIMED
    raise Invalid(f"chain: {problem.splitlines()[-1]}")


def examine(signature: bytes, key_sha256: str,
            extra: bytes) -> tuple[Signed, bytes, list[bytes]]:
    """All that can be said of a signature's form."""
    try:
        return examine_form(signature, key_sha256, extra)
    except (IndexError, ValueError, Invalid) as error:
        raise refused(error) from None


def examine_form(signature: bytes, key_sha256: str,
                 extra: bytes) -> tuple[Signed, bytes, list[bytes]]:
    if len(signature) > MAX_FILE:
        raise Invalid("encoding: too large")
    signed = read_signed(der.parse(signature))
    if signed.content_type != DATA or signed.content is not None:
        raise Invalid("content: not detached data")
    check_attributes(signed)
    if signed.unsigned:
        raise Invalid("attributes: some are not signed")
    candidates = signed.certificates + pem_certificates(extra)
    certificate = one_certificate(candidates, lambda c: is_named(c, signed))
    if hashlib.sha256(certificate).hexdigest() != key_sha256:
        raise Invalid("signature: another certificate than the declared one")
    about = read_certificate(certificate)
    check_algorithm(signed, about, 3072)
    check_usage(about)
    return signed, certificate, candidates


def verify_token(over: bytes, token: bytes, trust: Trust, extra: bytes,
                 existed: datetime.datetime | None = None) -> Proved:
    """The moment a token proves; Stranger: not by an authority that was brought.
    It ${existed} by then itself, if that is known."""
    try:
        signed, certificate, candidates, proved = examine_token(over, token,
                                                                extra)
    except (IndexError, ValueError, Invalid) as error:
        raise refused(error) from None
    check_signature(signed, certificate, None)
    at = proved.at
    if at > datetime.datetime.now(datetime.timezone.utc) + SKEW:
        raise Invalid("time: not yet")
    if not trust.stamp_roots:
        raise Stranger
    candidates = candidates + pem_certificates(trust.lists)
    problem = chain(certificate, candidates, read_roots(trust.stamp_roots), at,
                    "timestampsign")
    if NO_ROOT.search(problem):
        raise Stranger
    if problem:
        raise Invalid(f"chain: {problem.splitlines()[-1]}")
    revocation.check(certificate, candidates, read_roots(trust.stamp_roots),
                     trust.lists + extra,
                     revocation.Moment(at, existed, True), trust.need_revocation)
    return proved


def is_possible(proved: Proved, case: dict[str, Any] | None,
                seal: dict[str, Any]) -> bool:
    """Not before the collection started, as far as the clock was compared."""
    started, skew = moment((case or {}).get("started_at")), seal["clock_skew_ms"]
    return not started or not skew or \
        proved.at + proved.accuracy + SLACK >= \
        started - datetime.timedelta(milliseconds=skew[1])


def examine_token(over: bytes, token: bytes, extra: bytes) -> tuple[
        Signed, bytes, list[bytes], Proved]:
    if len(token) > MAX_FILE:
        raise Invalid("encoding: too large")
    status, content = der.parse(token).expect(der.SEQUENCE).children()
    if status.children()[0].integer() != 0:
        raise Invalid("status: not granted")
    signed = read_signed(content)
    if signed.content_type != TST_INFO or signed.content is None:
        raise Invalid("content: no token")
    check_attributes(signed)
    info = der.parse(signed.content).children()
    algorithm, digest = info[2].children()
    name = HASHES.get(algorithm.children()[0].oid(), "")
    if info[0].integer() != 1 or not name or \
            hashlib.new(name, over).digest() != digest.content:
        raise Invalid("imprint: of something else")
    for extensions in (n for n in info[5:] if n.tag == 0xA1):
        if any(len(e.children()) == 3 for e in extensions.children()):
            raise Invalid("content: a critical extension")
    candidates = signed.certificates + pem_certificates(extra)
    certificate = one_certificate(candidates, lambda c: is_named(c, signed))
    about = read_certificate(certificate)
    check_algorithm(signed, about, 2048)
    critical, usage = about.extensions.get(EXTENDED, (False, None))
    if not critical or [o.oid() for o in usage.children()] != [STAMPING]:
        raise Invalid("usage: not for time stamps alone")
    text = info[4].content.decode("ascii")
    at = datetime.datetime.strptime(text[:14], "%Y%m%d%H%M%S")
    return signed, certificate, candidates, Proved(
        at.replace(tzinfo=datetime.timezone.utc),
        accuracy_of(info[5] if len(info) > 5 else None))


def accuracy_of(node: der.Node | None) -> datetime.timedelta:
    """Seconds, [0] milliseconds, [1] microseconds; each may be absent."""
    parts = {n.tag: int.from_bytes(n.content, "big") for n in node.children()} \
        if node is not None and node.tag == der.SEQUENCE else {}
    return datetime.timedelta(
        seconds=parts.get(der.INTEGER, 0), milliseconds=parts.get(0x80, 0),
        microseconds=parts.get(0x81, 0))
