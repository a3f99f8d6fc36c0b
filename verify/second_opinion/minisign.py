"""Signatures of minisign: the form here, the mathematics by the program."""
from __future__ import annotations

import base64
import binascii
import hashlib
import os
import subprocess
import tempfile
from dataclasses import dataclass

from .profile import Invalid

FIRST = b"untrusted comment: azcustody signature"
TRUSTED = b"trusted comment: "
MAX_FILE, MAX_COMMENT = 4096, 1024


@dataclass(frozen=True)
class PublicKey:
    """A key that the examiner brought."""
    name: str
    line: str
    sha256: str
    key_id: bytes


def decode(text: bytes, length: int) -> bytes:
    """Canonical base64 of exactly ${length} bytes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Invalid("is no base64") from None
    if len(raw) != length or base64.b64encode(raw) != text:
        raise Invalid("is not the base64 of so many bytes")
    return raw


def public_key(line: str, name: str) -> PublicKey:
    raw = decode(line.encode(), 42)
    if raw[:2] != b"Ed":
        raise Invalid("is of another algorithm")
    return PublicKey(name, line, hashlib.sha256(raw[10:]).hexdigest(), raw[2:10])


def read_public_key(path: str) -> PublicKey:
    with open(path, "rb") as file:
        data = file.read(MAX_FILE + 1)
    lines = data.removesuffix(b"\n").split(b"\n")
    if len(data) > MAX_FILE or len(lines) != 2 or \
            not lines[0].startswith(b"untrusted comment: "):
        raise Invalid("is no minisign public key")
    return public_key(lines[1].decode("ascii", "replace"), path)


def check_form(signature: bytes, comment: str) -> bytes:
    """The four lines, and the trusted comment, compared whole; gives the key id."""
    lines = signature.split(b"\n")
    if len(signature) > MAX_FILE or len(lines) != 5 or lines[4]:
        raise Invalid("is not four lines")
    if lines[0] != FIRST:
        raise Invalid("has another untrusted comment")
    raw = decode(lines[1], 74)
    decode(lines[3], 64)
    if raw[:2] != b"ED":
        raise Invalid("is of another algorithm")
    if lines[2] != TRUSTED + comment.encode():
        raise Invalid(f"is not for {comment!r}")
    return raw[2:10]


def verify(data: bytes, signature: bytes, key: PublicKey, comment: str) -> None:
    """Raise Invalid unless ${key} signed ${data} with this trusted comment."""
    if check_form(signature, comment) != key.key_id:
        raise Invalid("names another key")
    with tempfile.TemporaryDirectory() as folder:
        names = [os.path.join(folder, n) for n in ("m", "s", "k.pub")]
        pub = f"untrusted comment: key\n{key.line}\n".encode()
        for name, content in zip(names, (data, signature, pub)):
            with open(name, "wb") as file:
                file.write(content)
        done = subprocess.run(
            ["minisign", "-V", "-q", "-p", names[2], "-m", names[0], "-x",
             names[1]], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise Invalid("does not verify")
