"""Packages whole and damaged, each judged with 1, 2, 3, and 7 threads.

    verify_threads.py fill FOLDER
    verify_threads.py judge VERIFY PACKAGE SECKEY PUBKEY FOLDER

fill makes the payload; judge takes the package of it apart, alters it, and
compares what the verifier says."""
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
from forge_requests import OPENING, REQUEST  # noqa: E402
from package_parts import LARGE, Package, dumps, header, sha  # noqa: E402

JOBS = ("1", "2", "3", "7")
FILES = 700
REQUESTS = 900
BLANKS = b" " * 511 + b"\n"


def fill(folder: str) -> None:
    """Small files, and a large one whose second frame begins with what looks
    like a member of its own."""
    for i in range(FILES):
        with open(f"{folder}/f{i:04}.json", "wb") as file:
            file.write(b'{"n":%d}\n' % i * (i % 97))
    member = header("other-20251124t160000z-00000000/bagit.txt", 512, 0) + BLANKS
    with open(f"{folder}/nested.bin", "wb") as file:
        # With the header of 512 bytes: there the first frame ends.
        file.write(BLANKS * (LARGE // 512 - 1) + member * 9)


def judge(verify: str, pub: str, path: str, jobs: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run([verify, "--json", "--jobs", jobs, "--trust", pub, path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, timeout=120)
    return done.returncode, done.stdout, done.stderr


# -- alterations of a package that is sealed again -----------------------------

def many_requests(p: Package) -> None:
    p.set("meta/requests.jsonl", b"".join(
        REQUEST % (i + 1, OPENING % (1, b"") if i == 0 else b',"connection":1')
        for i in range(REQUESTS)))
    p.edit_json("meta/footprint.json", lambda x: x.update(requests=REQUESTS))


def each(path: str, step: int, *edits):
    """Every ${step}-th line of ${path} is altered by one of the edits in turn."""
    def alter(p: Package) -> None:
        many_requests(p)
        p.make_catalogue()
        p.keep.add("catalogue")
        lines = p.get(path).splitlines(True)
        for k, i in enumerate(range(step // 2, len(lines), step)):
            lines[i] = edits[k % len(edits)](lines[i])
        p.set(path, b"".join(lines))
    return alter


def replace(old: bytes, new: bytes):
    return lambda line: line.replace(old, new, 1)


BROKEN = (
    lambda line: line[:-20] + b"\n", replace(b'"seq":', b'"seq":1'),
    lambda line: b"\n", replace(b'"seq"', b'"see"'),
    lambda line: line * 2, lambda line: b"[" * 40 + b"\n",
    replace(b"{", b'{ "x":"' + b"y" * 40000 + b'",'),
    lambda line: line[:-2] + b',"more":"' + b"y" * 40000 + b'"}\n',
    replace(b'"source":', b'"source":7'), lambda line: b"\xff" + line)


def no_end(path: str):
    def alter(p: Package) -> None:
        many_requests(p)
        p.make_catalogue()
        p.keep.add("catalogue")
        p.set(path, p.get(path)[:-1])
    return alter


def too_long(path: str):
    """A line over the limit, in the middle: what follows is not read as lines."""
    return each(path, 400, lambda line: line[:-2] + b',"more":"' +
                b"y" * (2 << 20) + b'"}\n')


def gaps(p: Package) -> None:
    line = b'{"format":"azcustody/gap/1","seq":%d}\n'
    p.set("meta/gaps.jsonl", b"".join(line % i for i in range(500)))


def frames(edit):
    def alter(p: Package) -> None:
        p.edit_frames = edit
    return alter


def header_of(which: int, **changes):
    """The header of a payload member says something else."""
    def alter(p: Package) -> None:
        p.edit_tar[p.payload()[which][0]] = changes
    return alter


def empty(p: Package) -> None:
    for member in p.payload()[5:50]:
        member[1] = b""


def swap_digests(p: Package) -> None:
    p.make_catalogue()
    p.make_manifest()
    p.keep.add("manifest")
    lines = p.get("manifest-sha256.txt").splitlines(True)
    for i in range(30, FILES, 90):
        lines[i] = sha(b"%d" % i).encode() + lines[i][64:]
    p.set("manifest-sha256.txt", b"".join(lines))


def skippable(p: Package) -> None:
    p.edit_frames = lambda f: f[:3] + [(b"", b"\x50\x2a\x4d\x18\4\0\0\0abcd")] + f[3:]


SEALED = [
    ("the package as it is", lambda p: None, 0),
    ("many requests", many_requests, 0),
    ("empty members", empty, 0),
    ("lines of the catalogue", each("meta/objects.jsonl", 29, *BROKEN), 1),
    ("lines of the requests", each("meta/requests.jsonl", 31, *BROKEN), 1),
    ("more wrong lines than are told", each("meta/requests.jsonl", 2, *BROKEN), 1),
    ("lines of gaps", gaps, 1),
    ("a catalogue without its last LF", no_end("meta/objects.jsonl"), 1),
    ("requests without their last LF", no_end("meta/requests.jsonl"), 1),
    ("a line over the limit in the catalogue", too_long("meta/objects.jsonl"), 1),
    ("a line over the limit in the requests", too_long("meta/requests.jsonl"), 1),
    ("a catalogue that ends early",
     lambda p: (p.make_catalogue(), p.keep.add("catalogue"), p.set(
         "meta/objects.jsonl", p.get("meta/objects.jsonl")[:200000])), 1),
    ("digests of the manifest", swap_digests, 1),
    ("another mode in a header", header_of(300, mode=b"000644 "), 1),
    ("a header of another sort", header_of(300, kind=b"2"), 1),
    ("a header with another size", header_of(300, size=5), 1),
    ("a header with a huge size", header_of(301, size=8 << 30), 1),
    ("a path outside the folder", header_of(20, path="x/y"), 1),
    ("bytes behind a member's end",
     lambda p: p.edit_tar.update({p.payload()[40][0]: {"tail": b"x" * 512}}), 1),
    ("two frames in each other's place",
     frames(lambda f: f[:2] + [f[3], f[2]] + f[4:]), 1),
    ("a frame twice", frames(lambda f: f[:3] + [f[2]] + f[3:]), 1),
    ("a frame left out", frames(lambda f: f[:4] + f[5:]), 1),
    ("a skippable frame among the others", skippable, 1),
    ("no seek table", lambda p: p.keep.add("table"), 1),
    ("something behind the end", lambda p: setattr(p, "behind", b"x"), 1),
    ("no end", lambda p: setattr(p, "end", b""), 1),
]


def damaged(data: bytes):
    """Files with bytes changed and cut, at the same places in every run."""
    rng = random.Random(7)
    for i in range(120 if os.environ.get("LONG") else 12):
        at = rng.randrange(len(data))
        yield f"byte {at} changed", data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
        if i % 4 == 0:
            yield f"cut at byte {at}", data[:at]
    yield "a stretch of zeros", data[:60000] + bytes(3000) + data[63000:]


def main() -> int:
    verify, package, key, pub, folder = sys.argv[2:7]
    failed = 0

    def compare(name: str, path: str, code: int) -> None:
        nonlocal failed
        said = [judge(verify, pub, path, jobs) for jobs in JOBS]
        same = all(s == said[0] for s in said)
        good = same and said[0][0] == code and not said[0][2]
        print(f"{'ok' if good else 'not ok'} - {name}: exit {code}, "
              f"{said[0][1].count(b'finding')} findings")
        if not good:
            failed = 1
            for jobs, (got, out, errors) in zip(JOBS, said):
                print(f"# {jobs} threads: exit {got}, {len(out)} bytes, "
                      f"{sha(out)[:16]} {errors[:200]!r}")

    for name, alter, code in SEALED:
        p = Package(package, key)
        alter(p)
        path = p.write(folder)
        compare(name, path, code)
        os.unlink(path)
    data = open(package, "rb").read()
    path = os.path.join(folder, os.path.basename(package))
    for name, bad in damaged(data):
        with open(path, "wb") as file:
            file.write(bad)
        compare(name, path, 1)
    return failed


if __name__ == "__main__":
    sys.exit(fill(sys.argv[2]) if sys.argv[1] == "fill" else main())
