"""forge: packages with one thing wrong, each judged by azcustody-verify.

    forge.py VERIFY PACKAGE SECKEY PUBKEY OTHERKEY FOLDER

For each case a package is taken apart, altered, made consistent again up to
the seal and its signature, and judged: the exit must be 1 and the codes of the
failed checks exactly those that the case names, so that each check is shown to
work alone; and the report must be the same with any number of threads.  A
positive control comes first."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
from package_parts import (Package, dumps, frame, header, pad, run,  # noqa: E402
                           seek_table, sha, seal_edit)

CASES = []


def case(name: str, *codes: str):
    """Register a case: its name, and the codes of the checks that fail."""
    def add(function):
        CASES.append((name, None if codes == (None,) else set(codes), function))
        return function
    return add


def change_line(p: Package, path: str, i: int, old: bytes, new: bytes) -> None:
    lines = p.get(path).splitlines(True)
    assert old in lines[i], (path, old)
    lines[i] = lines[i].replace(old, new, 1)
    p.set(path, b"".join(lines))


# -- bag -----------------------------------------------------------------------

@case("bagit.txt declares another version", "bagit")
def _(p):
    p.set("bagit.txt", p.get("bagit.txt").replace(b"1.0", b"0.97"))


@case("bagit.txt begins with a byte order mark", "bagit")
def _(p):
    p.set("bagit.txt", b"\xef\xbb\xbf" + p.get("bagit.txt"))


@case("Payload-Oxum is wrong", "oxum")
def _(p):
    p.make_oxum()
    p.keep.add("oxum")
    p.set("bag-info.txt", p.get("bag-info.txt").replace(b".2\n", b".3\n"))


@case("Payload-Oxum stands twice", "oxum")
def _(p):
    p.make_oxum()
    p.keep.add("oxum")
    text = p.get("bag-info.txt")
    line = [x for x in text.splitlines(True) if b"Oxum" in x][0]
    p.set("bag-info.txt", text + line)


def manifest(edit):
    def apply(p):
        p.make_catalogue()
        p.make_manifest()
        p.keep |= {"manifest"}
        p.set("manifest-sha256.txt", edit(p.get("manifest-sha256.txt")))
    return apply


case("a manifest digest is wrong", "manifest", "member")(
    manifest(lambda t: bytes([t[0] ^ 1]) + t[1:] if t[:1] != b"f"
             else b"0" + t[1:]))
case("the manifest has capital digits", "manifest", "unread")(
    manifest(lambda t: t[:64].upper() + t[64:]))
case("the manifest leaves a file out", "manifest")(
    manifest(lambda t: b"".join(t.splitlines(True)[:-1])))
case("the manifest names a file twice", "manifest")(
    manifest(lambda t: t + t.splitlines(True)[-1]))
case("the manifest names a file that is not here", "manifest")(
    manifest(lambda t: t + b"0" * 64 + b"  data/none\n"))
case("the manifest is in another order", "manifest", "member")(
    manifest(lambda t: b"".join(reversed(t.splitlines(True)))))
case("the manifest has one blank", "manifest", "unread")(
    manifest(lambda t: t.replace(b"  ", b" ")))
case("the manifest has stars", "manifest", "unread")(
    manifest(lambda t: t.replace(b"  ", b" *")))
case("the manifest has CRLF", "manifest", "member")(
    manifest(lambda t: t.replace(b"\n", b"\r\n")))
case("the manifest has no last line end", "manifest", "unread")(
    manifest(lambda t: t[:-1]))
case("the manifest is empty", "manifest")(manifest(lambda t: b""))
case("the manifest climbs out", "manifest", "member")(
    manifest(lambda t: t.replace(b"  data/", b"  ../../data/", 1)))


def tags(edit):
    def apply(p):
        for layer in ("catalogue", "journal", "oxum", "manifest",
                      "tagmanifest"):
            getattr(p, "make_" + layer)()
        p.keep |= {"tagmanifest"}
        path = "tagmanifest-sha256.txt"
        p.set(path, edit(p.get(path)))
    return apply


case("a tag digest is wrong", "tagmanifest")(
    tags(lambda t: (b"0" if t[:1] != b"0" else b"1") + t[1:]))
case("the tag manifest leaves a member out", "tagmanifest")(
    tags(lambda t: b"".join(x for x in t.splitlines(True)
                            if b"tool.json" not in x)))
case("the tag manifest names a member twice", "tagmanifest")(
    tags(lambda t: t + t.splitlines(True)[0]))
case("the tag manifest names itself", "tagmanifest")(
    tags(lambda t: t + b"0" * 64 + b"  tagmanifest-sha256.txt\n"))
case("the tag manifest is in another order", "tagmanifest")(
    tags(lambda t: b"".join(reversed(t.splitlines(True)))))
case("the tag manifest is empty", "tagmanifest")(tags(lambda t: b""))


# -- documents -----------------------------------------------------------------

@case("tool.json has a key twice", "document")
def _(p):
    text = p.get("meta/tool.json")
    p.set("meta/tool.json", text.replace(b'"version":', b'"version":"","version":', 1))


@case("case.json is about another package", "case")
def _(p):
    p.edit_json("meta/case.json", lambda c: c.update(
        package="test-20251124t160000z-0000000f"))


@case("case.json names another compression", "case")
def _(p):
    p.edit_json("meta/case.json", lambda c: c.update(
        algorithms={**c["algorithms"], "compression": "none"})
        if "algorithms" in c and "compression" in c["algorithms"]
        else c.update(compression="none"))


@case("the seal continues a package that case.json does not name", "case")
def _(p):
    p.edit_seal = seal_edit(previous={
        "package": "case-20261122t231613z-deadbeef",
        "seal_sha256": "0" * 64})


@case("the seal's exhibit is another", "case")
def _(p):
    p.edit_seal = seal_edit(exhibit="X2")


@case("requests.jsonl is no JSON", "document")
def _(p):
    p.set("meta/requests.jsonl", b"{}\n")
    p.edit_json("meta/footprint.json", lambda x: x.update(requests=1))


@case("gaps.jsonl has no line end", "document")
def _(p):
    p.set("meta/gaps.jsonl", b"{")


@case("README-VERIFY.txt is no text", "document")
def _(p):
    p.set("README-VERIFY.txt", b"\xff\0\n")


@case("a certificate is not what its name says", "certificate")
def _(p):
    p.insert("meta/tls/" + "a" * 64 + ".der", b"x", "meta/footprint.json")


@case("a required member is missing", "missing")
def _(p):
    p.remove("README-VERIFY.txt")



# -- catalogue -----------------------------------------------------------------

def catalogue(edit):
    def apply(p):
        p.make_catalogue()
        p.keep.add("catalogue")
        lines = p.lines("meta/objects.jsonl")
        edit(lines)
        p.set_lines("meta/objects.jsonl", lines)
    return apply


case("the catalogue has another digest", "catalogue", "member")(
    catalogue(lambda x: x[0].update(sha256="0" * 64)))
case("the catalogue has another size", "catalogue", "member")(
    catalogue(lambda x: x[0].update(size=x[0]["size"] + 1)))
case("the catalogue has another offset", "catalogue", "member")(
    catalogue(lambda x: x[0].update(offset=x[1]["offset"])))
case("the catalogue has another path", "catalogue", "member")(
    catalogue(lambda x: x[0].update(path=x[0]["path"] + "x")))
case("the catalogue has two lines swapped", "catalogue", "member")(
    catalogue(lambda x: x.reverse()))
case("a catalogue line is numbered wrong", "catalogue")(
    catalogue(lambda x: x[1].update(seq=7)))
case("a catalogue line is missing", "catalogue", "count", "listed",
     "journal-story")(catalogue(lambda x: x.pop()))
case("a catalogue line names another source", "source", "listed")(
    catalogue(lambda x: x[0].update(source=3)))


@case("a payload member is in another source's folder", "source")
def _(p):
    def edit(s):
        s["sources"][0]["name"] = "0001-packacct-nsg-flow"
    p.edit_json("meta/sources.json", edit)


# -- payload -------------------------------------------------------------------

def stale(*layers):
    """Alter the payload and leave the layers as they were."""
    def apply(p):
        for layer in ("catalogue", "journal", "oxum", "manifest",
                      "tagmanifest"):
            getattr(p, "make_" + layer)()
        p.keep |= set(layers)
        path, data = p.payload()[0]
        p.set(path, bytes([data[0] ^ 1]) + data[1:])
    return apply


ALL = ("catalogue", "journal", "oxum", "manifest", "tagmanifest")
case("a payload byte is altered, resealed above it", "manifest", "catalogue",
     "member")(stale(*ALL))


@case("two payload members of one size are swapped", "manifest", "catalogue",
      "member")
def _(p):
    a, b = p.payload()[:2]
    b[1] = b[1][:len(a[1])]
    for layer in ALL:
        getattr(p, "make_" + layer)()
    p.keep |= set(ALL)
    a[1], b[1] = b[1], a[1]


# -- seal ----------------------------------------------------------------------

case("the seal has another Merkle root", "merkle")(
    lambda p: setattr(p, "edit_seal", seal_edit(merkle_root="0" * 64)))
case("the seal counts other payload", "payload")(
    lambda p: setattr(p, "edit_seal", seal_edit(payload__bytes=1)))
case("the seal has another stream digest", "stream")(
    lambda p: setattr(p, "edit_seal", seal_edit(stream__sha256="0" * 64)))
case("the seal has another stream length", "stream")(
    lambda p: setattr(p, "edit_seal", seal_edit(stream__bytes=1)))


@case("the seal names another package", "seal")
def _(p):
    p.edit_seal = seal_edit(package="test-20251124t160000z-0000000f")


@case("the seal has another tag manifest", "seal-tagmanifest")
def _(p):
    def edit(seal):
        seal["tagmanifests"][0]["sha256"] = "0" * 64
    p.edit_seal = edit


@case("the seal declares fewer taken", "count")
def _(p):
    p.edit_seal = seal_edit(counts__taken=1, counts__listed=1)


@case("the seal is no document", "seal", "no-seal", "seal-file")
def _(p):
    p.make_seal(b"")
    p.keep |= {"seal", "sign"}
    p.set("seal/seal.json", b"{}\n")


@case("a file in seal/ is not declared", "seal-file")
def _(p):
    p.insert("seal/other.minisig", b"", "seal/examiner.minisig")
    p.members.append(p.members.pop(-2))
    p.set("seal/other.minisig", p.signature(b"x", "x"))


# -- signatures ----------------------------------------------------------------

@case("the signature is stripped", "signature-missing")
def _(p):
    p.remove("seal/examiner.minisig")


@case("the signature and its declaration are stripped", "unsigned")
def _(p):
    p.remove("seal/examiner.minisig")
    p.edit_seal = seal_edit(signers=[])


@case("the signature is over another seal", "signature")
def _(p):
    p.build()
    p.keep.add("sign")
    p.set("seal/examiner.minisig", p.signature(
        b"another", p.comment_of("examiner")))


case("the signature is for another package", "signature")(
    lambda p: setattr(p, "comment",
                      p.comment_of("examiner").replace(p.top, "other")))
case("the signature is of a custody entry", "signature")(
    lambda p: setattr(p, "comment", f"azcustody/custody/1 {p.top} examiner"))


@case("the signature has a line too many", "signature")
def _(p):
    p.build()
    p.keep.add("sign")
    p.set("seal/examiner.minisig", p.get("seal/examiner.minisig") + b"\n")


@case("all is sealed again by another key, which the seal names", "untrusted")
def _(p):
    p.key = OTHER
    other = run("sh", "-c", f"tail -n 1 {OTHER_PUB} | base64 -d | tail -c 32")

    def edit(seal):
        seal["signers"][0]["key_sha256"] = sha(other)
    p.edit_seal = edit


@case("another key signs in the trusted one's name", "signature")
def _(p):
    p.key = OTHER


# -- journal, listings -----------------------------------------------------------

@case("a journal line is edited", "journal")
def _(p):
    p.make_catalogue()
    p.make_journal()
    p.keep.add("journal")
    change_line(p, "meta/journal.jsonl", 0, b'"files":2', b'"files":3')


@case("a journal line is cut out", "journal")
def _(p):
    p.make_catalogue()
    p.make_journal()
    p.keep.add("journal")
    lines = p.get("meta/journal.jsonl").splitlines(True)
    del lines[1]
    p.set("meta/journal.jsonl", b"".join(lines))


def story(edit):
    def apply(p):
        lines = p.lines("meta/journal.jsonl")
        edit(lines)
        p.set_lines("meta/journal.jsonl", lines)
    return apply


case("the journal does not end with the sealing", "journal-story")(
    story(lambda x: x.pop()))
case("the journal commits fewer objects", "journal-story")(
    story(lambda x: x.pop(2)))
case("the journal lists fewer pages", "listed")(
    story(lambda x: x[1]["facts"].update(pages=0)))
case("the journal starts twice", "journal-story")(
    story(lambda x: x.insert(1, x[0])))

# -- members ---------------------------------------------------------------------



def all_cases():
    """The cases of this file and of all files beside it."""
    import forge_answers
    import forge_attack  # Cases of an opposing expert.
    import forge_documents
    import forge_listing
    import forge_requests  # Cases of requests and connections.
    import forge_tar  # Cases of tar and zstd.
    return CASES + forge_tar.cases() + forge_attack.cases() + \
        forge_listing.cases() + forge_requests.cases() + \
        forge_answers.cases() + forge_documents.cases()


def main() -> int:
    global OTHER, OTHER_PUB
    verify, package, key, pub, OTHER, folder = sys.argv[1:7]
    OTHER_PUB = OTHER.replace(".key", ".pub")
    cases = [("the package made by other means is sound", None, lambda p: None)]
    cases += all_cases()
    failed = 0
    for name, codes, alter in cases:
        p = Package(package, key)
        alter(p)
        path = p.write(folder)
        failed += judge(verify, pub, path, name, codes)
        os.unlink(path)
    return 1 if failed else 0


def judge(verify: str, pub: str, path: str, name: str, codes) -> int:
    done, *others = [subprocess.run(
        [verify, "--json", "--trust", pub, "--jobs", jobs, path],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        for jobs in ("2", "1", "3", "7")]
    try:
        lines = [json.loads(x) for x in done.stdout.splitlines()]
        found = {x["code"] for x in lines
                 if x["type"] == "finding" and x["weight"] == "FAIL"}
        summary = lines[-1]["exit_code"]
    except (ValueError, IndexError, KeyError):
        found, summary = {"(no JSON)"}, None
    want = 0 if codes is None else 1
    same = all((x.returncode, x.stdout) == (done.returncode, done.stdout)
               for x in others)
    good = (same and done.returncode == want and summary == want and not done.stderr
            and found == (codes or set()))
    print(("ok" if good else "not ok") + f" - {name}: exit {want}" +
          (", " + " ".join(sorted(codes)) if codes else ""))
    if not good:
        print(f"# {'' if same else 'not the same with any --jobs; '}"
              f"exit {done.returncode}, found {sorted(found)}, "
              f"stderr {done.stderr[:200]!r}")
        for x in done.stdout.splitlines():
            if b'"FAIL"' in x and b"finding" in x:
                print("#", x.decode(errors="replace")[:300])
    return 0 if good else 1


if __name__ == "__main__":
    sys.modules["forge"] = sys.modules["__main__"]
    sys.exit(main())
