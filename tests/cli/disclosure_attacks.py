"""Forge a disclosure in many ways, each sealed anew by the discloser's own key.

usage: disclosure_attacks.py DISCLOSURE OTHER VERIFY SIGNFILE KEYS

OTHER is a disclosure of another package.  The verifier must exit with 1 on
every forgery, name the check that failed, and exit with 0 on what was only
sealed anew.
"""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

SOURCE, OTHER, VERIFY, SIGN, KEYS = sys.argv[1:6]
WORK = pathlib.Path(SOURCE + ".forged")


def sha256(data):
    """Return the digest of DATA in hex."""
    return hashlib.sha256(data).hexdigest()


def lines(path):
    """Return the lines of PATH, with their ends."""
    return path.read_text().splitlines(keepends=True)


def put(path, text):
    """Write TEXT, whatever the mode of the file."""
    path.unlink(missing_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def reseal(d, change=None):
    """Make manifests, statement and signature fit what stands in D."""
    tags = d / "tagmanifest-sha256.txt"
    names = [line.split("  ")[1].rstrip("\n") for line in lines(tags)]
    put(tags, "".join(f"{sha256((d / n).read_bytes())}  {n}\n" for n in names))
    statement = json.loads((d / "disclosure.json").read_text())
    statement["tagmanifest_sha256"] = sha256(tags.read_bytes())
    if change:
        change(statement)
    put(d / "disclosure.json",
        json.dumps(statement, separators=(",", ":")) + "\n")
    done = subprocess.run(
        [SIGN, KEYS + "/d.key", "",
         f"azcustody/disclosure/1 {statement['package']} discloser",
         d / "disclosure.json"], capture_output=True, check=True)
    put(d / "disclosure.discloser.minisig", done.stdout)


def edit(d, name, change):
    """Let CHANGE alter the list of lines of the file NAME."""
    have = lines(d / name)
    change(have)
    put(d / name, "".join(have))


def swap(have):
    have[0], have[1] = have[1], have[0]


def swapped_lines(d):
    for name in ("meta/objects.jsonl", "meta/paths.jsonl",
                 "manifest-sha256.txt"):
        edit(d, name, swap)


def swapped_paths(d):
    edit(d, "meta/paths.jsonl", swap)


def swapped_hashes(d):
    """The paths change places, under the right numbers."""
    have = [json.loads(line) for line in lines(d / "meta/paths.jsonl")]
    have[0]["path"], have[1]["path"] = have[1]["path"], have[0]["path"]
    put(d / "meta/paths.jsonl", "".join(
        json.dumps(h, separators=(",", ":")) + "\n" for h in have))


def wrong_index(d):
    """An object under the number, path and name of one that is withheld."""
    for name in ("meta/objects.jsonl", "meta/paths.jsonl"):
        edit(d, name, lambda have: have.__setitem__(
            0, have[0].replace('"seq":2', '"seq":1')))


def repath(d, change):
    """Let CHANGE alter the hashes of the first object's path."""
    have = [json.loads(line) for line in lines(d / "meta/paths.jsonl")]
    have[0]["path"] = change(have[0]["path"])
    put(d / "meta/paths.jsonl", "".join(
        json.dumps(h, separators=(",", ":")) + "\n" for h in have))


def longer_path(d):
    repath(d, lambda path: path + [path[-1]])


def shorter_path(d):
    repath(d, lambda path: path[:-1])


def no_path(d):
    repath(d, lambda path: [])


def path_upside_down(d):
    repath(d, lambda path: path[::-1])


def path_of_64(d):
    repath(d, lambda path: path + ["0" * 64] * (64 - len(path)))


def foreign_path(d):
    put(d / "meta/paths.jsonl",
        (pathlib.Path(OTHER) / "meta/paths.jsonl").read_bytes())


def foreign_object(d):
    for name in ("meta/objects.jsonl", "meta/paths.jsonl"):
        theirs = lines(pathlib.Path(OTHER) / name)
        edit(d, name, lambda have, t=theirs: have.__setitem__(0, t[0]))


def doubled(d):
    for name in ("meta/objects.jsonl", "meta/paths.jsonl",
                 "manifest-sha256.txt"):
        edit(d, name, lambda have: have.insert(1, have[0]))


def dropped(d):
    for name in ("meta/objects.jsonl", "meta/paths.jsonl",
                 "manifest-sha256.txt"):
        edit(d, name, lambda have: have.pop())


def other_bytes(d):
    """Other bytes, with the manifest and the catalogue to match."""
    digest, name = lines(d / "manifest-sha256.txt")[0].rstrip().split("  ")
    data = b"z" * (d / name).stat().st_size
    put(d / name, data)
    for file in ("manifest-sha256.txt", "meta/objects.jsonl"):
        edit(d, file, lambda have: have.__setitem__(
            0, have[0].replace(digest, sha256(data))))


def other_bytes_alone(d):
    name = lines(d / "manifest-sha256.txt")[0].rstrip().split("  ")[1]
    put(d / name, b"zz\n")


def other_name(d):
    edit(d, "meta/objects.jsonl", lambda have: have.__setitem__(
        0, have[0].replace("packacct", "packacet")))


def other_seal(d):
    put(d / "original/seal.json",
        (pathlib.Path(OTHER) / "original/seal.json").read_bytes())


def changed_seal(d):
    edit(d, "original/seal.json", lambda have: have.__setitem__(
        0, have[0].replace('"objects":7', '"objects":6')))


def stripped(d):
    (d / "original/examiner.minisig").unlink()
    edit(d, "tagmanifest-sha256.txt", lambda have: have.__setitem__(
        slice(None), [x for x in have if "minisig" not in x]))


def other_case(d):
    edit(d, "original/case.json", lambda have: have.__setitem__(
        0, have[0].replace("Test Examiner", "Best Examiner")))


def stray(d):
    put(d / "data/more", "x")


def stray_tag(d):
    put(d / "meta/remarks.txt", "x")


def linked(d):
    name = lines(d / "manifest-sha256.txt")[0].rstrip().split("  ")[1]
    shutil.move(d / name, str(d) + ".moved")
    (d / name).symlink_to(str(d) + ".moved")


def fewer(statement):
    statement["withheld"]["objects"] -= 1


def more(statement):
    statement["disclosed"]["objects"] += 1


def lighter(statement):
    statement["withheld"]["bytes"] = 0


def another(statement):
    statement["seal_sha256"] = "0" * 64


def unsigned(statement):
    statement["signers"] = []


FILES = [longer_path, shorter_path, no_path, path_upside_down, path_of_64,
         swapped_lines, swapped_paths, swapped_hashes, wrong_index,
         foreign_path, foreign_object, doubled, dropped, other_bytes,
         other_bytes_alone, other_name, other_seal, changed_seal, stripped,
         other_case, stray, stray_tag, linked]
WORDS = [fewer, more, lighter, another, unsigned]


def judge(d):
    """Return the exit code and the codes of what failed."""
    done = subprocess.run(
        [VERIFY, "disclosure", "--json", "--trust", KEYS + "/k.pub",
         "--trust", KEYS + "/d.pub", d], capture_output=True, text=True,
        check=False)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {f["code"] for f in found
                             if f["type"] == "finding"}


def main():
    failed = 0

    def report(sentence, good, have):
        nonlocal failed
        print(f"{'ok' if good else 'not ok'} - {sentence}")
        if not good:
            print(f"# {have}")
        failed += not good

    for attack in [None] + FILES + WORDS:
        shutil.rmtree(WORK, ignore_errors=True)
        shutil.copytree(SOURCE, WORK)
        if attack in FILES:
            attack(WORK)
        reseal(WORK, attack if attack in WORDS else None)
        code, found = judge(WORK)
        if attack is None:
            report("sealed anew it is what it was", code == 0, (code, found))
        else:
            name = attack.__name__.replace("_", " ")
            report(f"forged: {name} is found", code == 1 and found,
                   (code, found))
    # Without sealing anew: every byte of every file.
    for path in sorted(p for p in pathlib.Path(SOURCE).rglob("*")
                       if p.is_file()):
        shutil.rmtree(WORK, ignore_errors=True)
        shutil.copytree(SOURCE, WORK)
        name = path.relative_to(SOURCE)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        put(WORK / name, bytes(data))
        code, found = judge(WORK)
        report(f"a flipped bit in {name} is found", code == 1, (code, found))
        (WORK / name).unlink()
        code, found = judge(WORK)
        report(f"{name} missing is found", code == 1, (code, found))
    shutil.rmtree(WORK, ignore_errors=True)
    return 1 if failed else 0


sys.exit(main())
