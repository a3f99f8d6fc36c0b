"""Check a custody ledger with minisign and SHA-256 alone.

usage: ledger_chain.py LEDGER KEYS

FORMAT.md, "With minisign alone".  KEYS holds the public keys, found by the
SHA-256 of their 32 bytes.
"""

import base64
import hashlib
import json
import pathlib
import subprocess
import sys


def sha256(data):
    """Return the digest of DATA in hex."""
    return hashlib.sha256(data).hexdigest()


def main():
    folder, keys = pathlib.Path(sys.argv[1]), {}
    for pub in pathlib.Path(sys.argv[2]).glob("*.pub"):
        raw = base64.b64decode(pub.read_text().splitlines()[1])[10:]
        keys[sha256(raw)] = pub
    before, signed = None, []
    for number, path in enumerate(sorted(folder.glob("*.json")), 1):
        entry = json.loads(path.read_text())
        assert entry["seq"] == number, path
        assert entry["prev"] == (before or entry["seal_sha256"]), path
        assert entry["prev_sigs"] == signed, path
        before, signed = sha256(path.read_bytes()), []
        for s in entry["signers"]:
            signature = folder / s["file"]
            done = subprocess.run(
                ["minisign", "-V", "-p", keys[s["key_sha256"]], "-m", path,
                 "-x", signature], capture_output=True, text=True, check=True)
            comment = (f"Trusted comment: azcustody/custody/1 "
                       f"{entry['package']} {number:06d} {s['role']}")
            assert comment in done.stdout.splitlines(), done.stdout
            signed.append({"file": s["file"],
                           "sha256": sha256(signature.read_bytes())})
    assert number == 14, number
    return 0


sys.exit(main())
