"""Whatever can be done to the members and files of a package is found.

    meddle.py VERIFY LEDGER KEYS FOLDER PART PACKAGE PLAIN

PACKAGE has its ledger beside it, PLAIN is the same stream as a .tar.  Every
member is removed, put twice at every place, and changed for every other one; a
stranger's file goes to every place and a stranger's bytes into every file; every
signature is stripped, and made again by another key; every byte value is put
behind the file.  Then the same for the files of a ledger, of which a receipt is
kept.  Each must be judged 1 with a reason that says where.  PART n takes every
n-th case."""
import collections
import itertools
import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
from package_parts import Package, run  # noqa: E402

VERIFY, LEDGER, KEYS, T, PART, PACKAGE, PLAIN = sys.argv[1:]
PART = int(PART)
LAYERS = {"catalogue", "journal", "oxum", "manifest", "tagmanifest", "seal", "sign"}
BATCH = 100
# What is said of a member that moved may be said of these instead.
ALWAYS = ("seal", "manifest", "listing")
FAILED = 0


def say(sentence, counts, wrong):
    global FAILED
    FAILED |= bool(wrong) or not sum(counts.values())
    print(("not ok" if wrong else "ok") + f" - {sentence}: " + ", ".join(
        f"{n} {what}" for what, n in sorted(counts.items())) +
        f"; {len(wrong)} not found", flush=True)
    for name in wrong[:10]:
        print("#", name)


def reasons(rows):
    """What fails, as text, for each path."""
    out = collections.defaultdict(str)
    for row in map(json.loads, rows):
        if row["type"] == "finding" and row["weight"] == "FAIL":
            out[row.get("path", "")] += (
                f"{row['code']} {row.get('member') or row.get('file') or ''} "
                f"{row['text']}\n")
    return out


def judge(cases, ledger=None, part=PART):
    """Judge each (what, word, how to make it); give counts, and those not found."""
    counts, wrong = collections.Counter(), []
    cases = iter(itertools.islice(cases, 0, None, part))
    while batch := list(itertools.islice(cases, BATCH)):
        paths = []
        for i, (_, _, make) in enumerate(batch):
            data = make()
            stem = os.path.join(T, f"m{i:03d}")
            paths.append(stem + PACKAGE[PACKAGE.index(".tar"):]
                         if data[:1] == b"\x28" else stem + ".tar")
            with open(paths[-1], "wb") as file:
                file.write(data)
            if ledger:
                shutil.copytree(ledger, stem + ".custody")
        done = subprocess.run(
            [VERIFY, "--json", "--trust", KEYS + "/k.pub", *paths],
            capture_output=True, timeout=600)
        lines = done.stdout.splitlines()
        codes = {r["path"]: r["exit_code"] for r in map(json.loads, lines)
                 if r["type"] == "package"}
        why = reasons(lines)
        for path, (what, word, _) in zip(paths, batch):
            counts[what] += 1
            if codes.get(path) != 1 or done.stderr or not any(
                    w in why[path] for w in (word, *ALWAYS)):
                wrong.append(f"{what} {word}: exit {codes.get(path)}: "
                             f"{why[path][:200]}")
            os.unlink(path)
            if ledger:
                shutil.rmtree(path[:path.index(".tar")] + ".custody")
    return counts, wrong


def altered(package, edit, *words):
    """What makes PACKAGE as EDIT leaves it, every other byte as it was."""
    def make():
        p = Package(package, KEYS + "/k.key")
        p.keep |= LAYERS
        edit(p, *words)
        return p.build()
    return make


def put(p, at, name, data):
    p.members.insert(at, [name, data])


def exchange(p, a, b, part=slice(None)):
    p.members[a][part], p.members[b][part] = \
        p.members[b][part], p.members[a][part]


def members(package):
    """Every removal, duplicate, insertion, and exchange."""
    have = Package(package, "").members
    places = range(len(have) + 1)
    for i, (name, data) in enumerate(have):
        yield "removed", name, altered(package, lambda p, i: p.members.pop(i), i)
        for at in places:
            yield "put twice", name, altered(package, put, at, name, data)
        for what, other in (("emptied", b"" if data else b"x"),
                            ("longer", data + b"\n")):
            yield what, name, altered(package, Package.set, name, other)
    for at in places:
        for new in ("meta/more.json", "data/0001-packacct-other/000000099-x",
                    "seal/witness.minisig", "meta/tls/" + 64 * "0" + ".der"):
            yield "inserted", new, altered(package, put, at, new, b"x\n")
    for a, b in itertools.combinations(range(len(have)), 2):
        yield "changed for another", have[b][0], altered(
            package, exchange, a, b)
        if have[a][1] != have[b][1]:
            yield "given another's bytes", have[a][0], altered(
                package, exchange, a, b, slice(1, 2))


def signatures(package):
    """Every signature stripped, made by another, or moved from elsewhere."""
    p, q = (Package(package, f"{KEYS}/{k}.key") for k in ("k", "other"))
    seal, comment = p.get("seal/seal.json"), p.comment_of("examiner")
    name = "seal/examiner.minisig"
    entry = package[:package.index(".tar")] + ".custody/000001-sealed"
    with open(entry + ".examiner.minisig", "rb") as file:
        of_ledger = file.read()
    for what, data in (("by another key", q.signature(seal, comment)),
                       ("with another comment", p.signature(seal, comment + "x")),
                       ("over other bytes", p.signature(seal + b" ", comment)),
                       ("of its ledger", of_ledger), ("emptied", b"")):
        yield f"signature {what}", name, altered(package, Package.set, name, data)

    def rekey(p):
        """All is sealed again by another key, which the seal names."""
        p.key = KEYS + "/other.key"
        p.keep.clear()
        other = run("sh", "-c", f"tail -n 1 {KEYS}/other.pub | base64 -d | "
                    "tail -c 32 | sha256sum | cut -c 1-64").decode().strip()
        p.edit_seal = lambda seal: seal["signers"][0].update(key_sha256=other)
    yield "key of another", "untrusted", altered(package, rekey)

    def token(p):
        p.keep -= {"seal", "sign"}
        p.edit_seal = lambda seal: seal.update(tokens=[{
            "authority": None, "over": name, "file": name + ".1.tsr"}])
    yield "declared token stripped", ".tsr", altered(package, token)


def appended(package):
    with open(package, "rb") as file:
        data = file.read()
    for value in range(256):
        yield "byte put behind it", "structure", (
            lambda value=value: data + bytes([value]))


def ledger_cases(folder):
    """(what, a function that does it to a copy of the ledger)."""
    names = sorted(os.listdir(folder))
    stems = sorted({n[:6] for n in names})

    def swap(d, a, b):
        os.rename(d + a, d + "x")
        os.rename(d + b, d + a)
        os.rename(d + "x", d + b)

    def resign(d, name):
        entry = next(n for n in names if n[:6] == name[:6]
                     and n.endswith(".json"))
        role = name.split(".")[1]
        e = json.load(open(d + entry))
        comment = f"azcustody/custody/1 {e['package']} {e['seq']:06d} {role}"
        run("minisign", "-S", "-s", KEYS + "/other.key", "-m", d + entry, "-x",
            d + name, "-t", comment, "-c", "azcustody signature")

    for name in names:
        yield f"{name} stripped", lambda d: os.unlink(d + name)
        yield f"{name} emptied", lambda d: open(d + name, "wb").close()
        yield f"{name} longer", lambda d: open(d + name, "ab").write(b"\n")
        yield f"{name} once more, as the next", lambda d: shutil.copy(
            d + name, d + f"{int(stems[-1]) + 1:06d}" + name[6:])
        if name.endswith(".minisig"):
            yield f"{name} by another key", lambda d: resign(d, name)
    for a, b in itertools.combinations(names, 2):
        yield f"{a} and {b} exchanged", lambda d: swap(d, a, b)
    for k in range(1, len(stems) + 1):
        for at in range(0, len(stems) - k + 1):
            gone = stems[at:at + k]
            yield f"entries {gone} stripped", lambda d: [
                os.unlink(d + n) for n in names if n[:6] in gone]
    yield "a stranger's file", lambda d: open(d + "notes.txt", "w").close()


def ledgers(folder, receipt):
    counts, wrong = collections.Counter(), []
    copy = os.path.join(T, "copy.custody/")
    for what, do in itertools.islice(ledger_cases(folder), 0, None, PART):
        shutil.copytree(folder, copy)
        subprocess.run(["chmod", "-R", "u+w", copy], check=True)
        do(copy)
        done = subprocess.run(
            [VERIFY, "ledger", "--json", "--trust", KEYS + "/k.pub", "--trust",
             KEYS + "/lab.pub", "--receipt", receipt, copy], timeout=60,
            capture_output=True)
        counts["judged"] += 1
        if done.returncode != 1 or not reasons(done.stdout.splitlines()):
            wrong.append(f"{what}: exit {done.returncode} {done.stderr[:200]}")
        shutil.rmtree(copy)
    return counts, wrong


def keep_ledger(folder):
    """Three more entries and a receipt; the receipt's path."""
    def word(*words):
        subprocess.run([LEDGER, *words], check=True, capture_output=True)
    word("release", "--by-name", "K", "--to-name", "Lab", "--transport", "hand",
         "--sign", KEYS + "/k.key", PACKAGE)
    word("receive", "--by-name", "Lab", "--sign", KEYS + "/lab.key", PACKAGE)
    word("note", "--about", "2", "--by-name", "Lab", "--remarks", "r", "--sign",
         KEYS + "/lab.key", PACKAGE)
    word("receipt", "--by-name", "Lab", "--sign", KEYS + "/lab.key", "--out", T,
         folder)
    return os.path.join(T, "000004-receipt.json")


LEDGER_FOLDER = PACKAGE[:PACKAGE.index(".tar")] + ".custody"
say("members of the compressed package", *judge(members(PACKAGE), part=5 * PART))
say("members of the plain one", *judge(members(PLAIN)))
say("signatures, keys, and a token", *judge(signatures(PACKAGE), part=1))
say("every byte value behind it", *judge(appended(PACKAGE)))
say("the same with its ledger", *judge(appended(PACKAGE), LEDGER_FOLDER))
say("a ledger whose receipt was kept", *ledgers(
    LEDGER_FOLDER, keep_ledger(LEDGER_FOLDER)))
sys.exit(FAILED)
