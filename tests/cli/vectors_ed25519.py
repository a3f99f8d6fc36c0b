"""Other people's Ed25519 vectors against our verifier.

usage: vectors_ed25519.py RAWVERIFY SUITES

Prints "ok - ..." and "not ok - ..." lines.  Each set must hold both vectors
that are good and vectors that are not, and no count may be less than expected:
a suite that could not be read does not pass.
"""

import base64
import json
import pathlib
import subprocess
import sys


def judge(program, triples):
    """Return what PROGRAM says about each (key, message, signature)."""
    lines = "".join(
        f"{k.hex()} {m.hex() or '-'} {s.hex() or '-'}\n" for k, m, s in triples
    )
    done = subprocess.run(
        [program], input=lines, capture_output=True, text=True, check=True
    )
    return [line == "1" for line in done.stdout.split()]


def report(sentence, good):
    """Print one result and return whether it passed."""
    print(f"{'ok' if good else 'not ok'} - {sentence}")
    return good


def wycheproof(program, suites):
    """The 150 vectors of Wycheproof: each verdict is the expected one."""
    path = suites / "wycheproof" / "ed25519_test.json"
    triples, want, ids = [], [], []
    for group in json.loads(path.read_text())["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["pk"])
        for test in group["tests"]:
            triples.append(
                (key, bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"]))
            )
            want.append(test["result"] == "valid")
            ids.append(test["tcId"])
    have = judge(program, triples)
    for number, mine, theirs in zip(ids, have, want):
        if mine != theirs:
            print(f"# tcId {number}: have {mine}, want {theirs}")
    return report(
        f"{len(want)} vectors of Wycheproof ({sum(want)} valid) are judged as "
        "expected",
        have == want and len(want) == 150 and 0 < sum(want) < 150,
    )


def signify(program, suites):
    """One good signature and one forgery, of signify's own regress test."""
    folder = suites / "signify"

    def blob(name):
        return base64.b64decode((folder / name).read_text().splitlines()[1])

    key = blob("regresskey.pub")[10:]
    triples = [
        (key, (folder / name).read_bytes(), blob(name + ".sig")[10:])
        for name in ("orders.txt", "forgery.txt")
    ]
    have = judge(program, triples)
    return report(
        "signify's good signature verifies and its forgery does not",
        have == [True, False],
    )


def main():
    program, suites = sys.argv[1], pathlib.Path(sys.argv[2])
    results = [wycheproof(program, suites), signify(program, suites)]
    return 0 if all(results) else 1


sys.exit(main())
