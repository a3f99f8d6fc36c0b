#!/usr/bin/python3
"""Stands in for azcustody-verify: runs it, has its twin do the same, compares.

AZCUSTODY_TWIN is the folder of a test: verify is the program, twin its twin (a
script that runs the Windows one), log where a line for each run is put: "same",
"other" and what differs, or "left" and why nothing was compared.  Exit code,
standard output, and standard error must be the same, byte for byte, but for the
words on the sandbox and the commit; and so must the files that are written."""
import hashlib
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

HOME = os.environ["AZCUSTODY_TWIN"]
REAL = f"{HOME}/verify"
WRITES = ("--extract", "--salvage")
# How far each was confined, and at which commit a part of it was compiled.
ITS_OWN = re.compile(rb'(  sandbox: |; sandbox: |"sandbox":"|'
                     rb'by azcustody-verify [0-9.]+ \()[^"\n]*')
# No UTF-8, or no name on NTFS as Windows has it.
NO_NAME = re.compile(r'[\x00-\x1f"*:<>?\\|\udc80-\udcff]|[. ](/|$)')


def foreign(path: str) -> str:
    """What is there, beside it where a package's parts are, or below, and cannot
    be the same on Windows; "" if nothing is."""
    stem = path.removesuffix("/").removesuffix(".zst").removesuffix(".tar")
    for top in (path, stem + ".custody", path + ".sha256"):
        found = [top]
        for folder, names, files in os.walk(top):
            found += [f"{folder}/{n}" for n in names + files]
        if any(map(os.path.islink, found)):
            return "a link, which wine shows as what it leads to"
        if any(NO_NAME.search(one[len(top):]) for one in found):
            return "a name that Windows cannot have"
    return ""


def left(words: list[bytes]) -> str:
    """Why a run is not compared; "" if it is."""
    if "LD_PRELOAD" in os.environ:
        return "a library that the system puts in"
    for word in words:
        if word == b"-" or word.startswith((b"fd:", b"/dev/", b"/proc/")):
            return "a descriptor"
        try:
            word.decode("utf-8")
        except UnicodeDecodeError:
            return "words that are no UTF-8"
        if os.path.ismount(word):
            return "a file system of its own, whose copy would be on another"
        if foreign(word.decode()):
            return foreign(word.decode())
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        return "too little memory for wine"
    return ""


def tree(top: str) -> dict[str, str]:
    """What is at a path: of each file its digest, and whether it may be written."""
    if os.path.isfile(top):
        with open(top, "rb") as file:
            return {"": hashlib.sha256(file.read()).hexdigest()}
    found = {}
    for folder, names, files in os.walk(top):
        for name in names:
            found[os.path.relpath(f"{folder}/{name}", top)] = "folder"
        for name in files:
            path = f"{folder}/{name}"
            with open(path, "rb") as file:
                found[os.path.relpath(path, top)] = (
                    hashlib.sha256(file.read()).hexdigest()
                    + ("" if os.stat(path).st_mode & 0o222 else " read-only"))
    return found


def run(program: str, words: list[bytes]) -> tuple[int, bytes, bytes]:
    # Not pipes: Wine's own processes keep them, and live on.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        done = subprocess.run([program.encode(), *words], check=False, stdout=out,
                              stderr=err, stdin=subprocess.DEVNULL, timeout=300)
        out.seek(0)
        err.seek(0)
        return done.returncode, out.read(), err.read()


def twin(words: list[bytes], outs: dict[bytes, bytes]):
    """The twin's run: it writes to copies of the folders the words name."""
    code, out, err = run(f"{HOME}/twin", [outs.get(w, w) for w in words])
    for name, copy in outs.items():
        out, err = out.replace(copy, name), err.replace(copy, name)
    # Wine's own processes say there when they have crashed.
    rows = err.splitlines(keepends=True)
    return code, out, b"".join(r for r in rows if not r.startswith(b"wine: "))


def differs(mine, other, outs: dict[bytes, bytes]) -> str:
    if mine[0] != other[0]:
        return f"exit {mine[0]} and {other[0]}: {other[2][-300:]!r}"
    for name, a, b in (("output", mine[1], other[1]), ("error", mine[2], other[2])):
        a, b = ITS_OWN.sub(rb"\1", a), ITS_OWN.sub(rb"\1", b)
        if a != b:
            rows = [(x, y) for x, y in zip(a.split(b"\n"), b.split(b"\n")) if x != y]
            return f"{name}: {rows[0] if rows else (len(a), len(b))!r}"
    for name, copy in outs.items():
        a, b = tree(name.decode()), tree(copy.decode())
        if a != b:
            return f"files: {sorted(set(a.items()) ^ set(b.items()))[:4]!r}"
    return ""


def main() -> int:
    words = [os.fsencode(w) for w in sys.argv[1:]]
    why = left(words)
    if why:
        with open(f"{HOME}/log", "ab") as log:
            log.write(b"left " + why.encode() + b"\n")
        os.execv(REAL, [os.fsencode(sys.argv[0]), *words])
    with tempfile.TemporaryDirectory(dir=HOME) as aside:
        outs = {}
        for i, word in enumerate(words[1:], 1):
            if words[i - 1].decode() in WRITES and os.path.isdir(word):
                outs[word] = f"{aside}/{len(outs)}".encode()
                shutil.copytree(word, outs[word], symlinks=True)
            elif words[i - 1] == b"--secrets" and not os.path.lexists(word):
                outs[word] = f"{aside}/{len(outs)}".encode()
        mine = run(REAL, words)
        try:
            why = differs(mine, twin(words, outs), outs)
        except subprocess.TimeoutExpired:
            why = "the twin did not end"
        subprocess.run(["chmod", "-R", "u+w", aside], check=False)
    with open(f"{HOME}/log", "ab") as log:
        log.write((f"other {why}: " if why else "same ").encode()
                  + b" ".join(words).replace(b"\n", b" ") + b"\n")
    os.write(1, mine[1]) if mine[1] else None
    sys.stdout.flush()
    sys.stderr.buffer.write(mine[2])
    return mine[0] if mine[0] >= 0 else 128 - mine[0]


if __name__ == "__main__":
    sys.exit(main())
