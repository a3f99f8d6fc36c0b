"""The openssl program, and what it reads and says of certificates."""
from __future__ import annotations

import base64
import datetime
import os
import re
import subprocess
import tempfile

CERTIFICATE, LIST, ANSWER = b"CERTIFICATE", b"X509 CRL", b"OCSP RESPONSE"
BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.S)


def pem(values: list[bytes], what: bytes = CERTIFICATE) -> bytes:
    return b"".join(b"-----BEGIN %s-----\n%s-----END %s-----\n" % (
        what, base64.encodebytes(v), what) for v in values)


def blocks(text: bytes, what: bytes) -> list[bytes]:
    return [base64.b64decode(body) for kind, body in BLOCK.findall(text)
            if kind == what]


def pem_certificates(text: bytes) -> list[bytes]:
    return blocks(text, CERTIFICATE)


def as_pem(data: bytes) -> bytes:
    """PEM of a file that is PEM, or one list or answer in DER."""
    if b"-----BEGIN" in data:
        return data
    # An answer begins with its status, an ENUMERATED; a list with a SEQUENCE.
    at = 2 + (data[1] & 0x7F if data[1:2] and data[1] & 0x80 else 0)
    return pem([data], ANSWER if data[at:at + 1] == b"\x0a" else LIST)


def read_roots(paths: list[str]) -> bytes:
    text = b""
    for name in paths:
        with open(name, "rb") as file:
            data = file.read()
        text += (data if b"-----BEGIN" in data else pem([data])) + b"\n"
    return text


def openssl(folder: str, files: dict[str, bytes], *words: str) -> tuple[int, str]:
    for name, data in files.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    done = subprocess.run(["openssl", *words], cwd=folder, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def chain(certificate: bytes, others: list[bytes], roots: bytes,
          at: datetime.datetime, purpose: str) -> str:
    """What openssl says against a chain at that moment; "" if nothing."""
    files = {"leaf.pem": pem([certificate]), "others.pem": pem(others),
             "roots.pem": roots + b"\n"}
    with tempfile.TemporaryDirectory() as folder:
        code, output = openssl(
            folder, files, "verify", "-x509_strict", "-policy_check",
            "-auth_level", "2", "-partial_chain", "-no-CApath", "-no-CAstore",
            "-purpose", purpose, "-attime", str(int(at.timestamp())),
            "-CAfile", "roots.pem", "-untrusted", "others.pem", "leaf.pem")
    return "" if code == 0 else output or "error"


def is_issued_by(certificate: bytes, issuer: bytes) -> bool:
    """Whether ${issuer}'s key signed ${certificate}, at whatever time."""
    files = {"leaf.pem": pem([certificate]), "issuer.pem": pem([issuer])}
    with tempfile.TemporaryDirectory() as folder:
        return openssl(folder, files, "verify", "-partial_chain",
                       "-no_check_time", "-no-CApath", "-no-CAstore",
                       "-CAfile", "issuer.pem", "leaf.pem")[0] == 0


def is_list_signed(crl: bytes, issuer: bytes) -> bool:
    files = {"crl.pem": pem([crl], LIST), "issuer.pem": pem([issuer])}
    with tempfile.TemporaryDirectory() as folder:
        return "verify OK" in openssl(
            folder, files, "crl", "-noout", "-in", "crl.pem", "-no-CApath",
            "-no-CAstore", "-CAfile", "issuer.pem")[1]


def ask(answer: bytes, certificate: bytes, issuer: bytes, others: list[bytes],
        roots: bytes) -> str:
    """What openssl prints of an answer about ${certificate}; "" if it is not
    signed by who may answer, or about another certificate."""
    files = {"answer": answer, "leaf.pem": pem([certificate]),
             "issuer.pem": pem([issuer]), "others.pem": pem(others),
             "roots.pem": roots}
    with tempfile.TemporaryDirectory() as folder:
        _, text = openssl(
            folder, files, "ocsp", "-respin", "answer", "-issuer", "issuer.pem",
            "-cert", "leaf.pem", "-CAfile", "roots.pem", "-no-CApath",
            "-no-CAstore", "-verify_other", "others.pem", "-no_nonce",
            "-validity_period", str(1 << 31))
    return text if "Response verify OK" in text else ""
