"""Make the tag manifest, statement and signature of a disclosure fit its files.

usage: disclosure_seal.py DISCLOSURE SIGNFILE KEY [GONE...]

GONE are files that the tag manifest does not name any more.
"""
import hashlib
import json
import pathlib
import subprocess
import sys

FOLDER, SIGN, KEY = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


tags = FOLDER / "tagmanifest-sha256.txt"
names = [line.split("  ")[1] for line in tags.read_text().splitlines()]
tags.write_text("".join(f"{sha256((FOLDER / n).read_bytes())}  {n}\n"
                        for n in names if n not in sys.argv[4:]))
file = FOLDER / "disclosure.json"
statement = json.loads(file.read_text())
statement["tagmanifest_sha256"] = sha256(tags.read_bytes())
file.write_text(json.dumps(statement, separators=(",", ":")) + "\n")
done = subprocess.run(
    [SIGN, KEY, "", f"azcustody/disclosure/1 {statement['package']} discloser",
     file], capture_output=True, check=True)
(FOLDER / "disclosure.discloser.minisig").write_bytes(done.stdout)
