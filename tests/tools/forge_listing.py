"""Cases of forge about listings: blobs, folders and pages that are listed, taken,
left out, or not."""
import json
import re

from package_parts import dumps, seal_edit

CASES = []


def case(name, *codes):
    def add(function):
        CASES.append((name, None if codes == (None,) else set(codes),
                      function))
        return function
    return add


def cases():
    return CASES


LISTING = "meta/listing/000001.xml"


@case("a listed blob is neither taken nor a gap", "listed")
def _(p):
    text = p.get(LISTING)
    blob = text[text.index(b"<Blob>"):text.index(b"</Blob>") + 7]
    p.set(LISTING, text.replace(blob, blob + blob.replace(b"a.json", b"z")))


@case("a listed blob has another name than the one taken", "listed")
def _(p):
    p.set(LISTING, p.get(LISTING).replace(b"a.json", b"c.json"))


for what, old, new in (
        ("ETag", rb"<Etag>", rb"<Etag>x"),
        ("length", rb"<Content-Length>", rb"<Content-Length>1"),
        ("version", rb"<Properties>",
         rb"<VersionId>2025-11-10T00:00:00.0000000Z</VersionId><Properties>"),
        ("snapshot", rb"<Properties>",
         rb"<Snapshot>2025-11-10T00:00:00.0000000Z</Snapshot><Properties>"),
        ("account", rb"//packacct.", rb"//another."),
        ("container", rb'ContainerName="packed"', rb'ContainerName="other"')):
    case("a listed blob has another %s than the one taken" % what, "listed")(
        lambda p, old=old, new=new: p.set(
            LISTING, p.get(LISTING).replace(old, new, 1)))


def leave_out(p, name: str) -> None:
    """Have one more blob listed, and declare it out of scope."""
    text = p.get(LISTING)
    blob = text[text.index(b"<Blob>"):text.index(b"</Blob>") + 7]
    more = blob.replace(b"a.json", name.encode())
    p.set(LISTING, text.replace(blob, blob + more))
    p.set("meta/gaps.jsonl", dumps({
        "format": "azcustody/gap/1", "seq": 1, "what": "object",
        "reason": "out-of-scope", "source": 0, "name": name,
        "name_pct": name.replace("=", "%3D"),
        "etag": re.search(b"<Etag>(.*?)<", blob)[1].decode(),
        "size": int(re.search(b"<Content-Length>(.*?)<", blob)[1]),
        "status": 0, "error": None,
        "attempts": 0, "at": "2025-11-24T16:00:00.0000000Z"}))
    p.edit_json("meta/case.json", lambda x: x["scope"].update(
        {"from": "2025-11-10T10:00:00.0000000Z",
         "to": "2025-11-10T12:00:00.0000000Z"}))
    lines = p.lines("meta/journal.jsonl")
    lines[1]["facts"]["entries"] += 1
    p.set_lines("meta/journal.jsonl", lines)
    n = len(p.payload())
    p.edit_seal = seal_edit(counts__listed=n + 1,
                            counts__gaps={"out-of-scope": 1})


HOUR = "y=2025/m=11/d=10/h=%02d/m=00/PT1H.json"
case("what is out of scope may be left out", None)(
    lambda p: leave_out(p, HOUR % 13))
case("what is called out of scope is in the margin", "listed")(
    lambda p: leave_out(p, HOUR % 12))
case("what is called out of scope has no time in its name", "listed")(
    lambda p: leave_out(p, "z"))


def own_scope(p, account: str) -> None:
    """Ask for nothing of that hour, but of one account alone."""
    leave_out(p, HOUR % 13)

    def edit(case) -> None:
        scope = case["scope"]
        scope["own"] = [{"account": account, "containers": [], "logs": [],
                         "from": scope["from"], "to": scope["to"]}]
        scope["accounts"] = sorted({*scope["accounts"], account})
        scope["from"] = scope["to"] = None
    p.edit_json("meta/case.json", edit)


case("what is out of the scope of its account may be left out", None)(
    lambda p: own_scope(p, json.loads(p.get("meta/case.json"))["scope"]["accounts"][0]))
case("what is out of the scope of another account is left out", "listed")(
    lambda p: own_scope(p, "zzzother"))


def folder(p, name: str, gap: bool = True, walked: bool = False) -> None:
    """Have a folder listed, and left out by a gap or listed by a page."""
    text = p.get(LISTING)
    end = text.index(b"</Blobs>")
    p.set(LISTING, text[:end] + b"<BlobPrefix><Name>" + name.encode() +
          b"</Name></BlobPrefix>" + text[end:])
    if walked:
        page = text[:text.index(b"<Blobs>")] + b"<Prefix>" + name.encode() + \
            b"</Prefix><Blobs></Blobs><NextMarker /></EnumerationResults>"
        p.insert("meta/listing/000002.xml", page, p.payload()[0][0])
    p.edit_json("meta/case.json", lambda x: x["scope"].update(
        {"from": "2025-11-10T10:00:00.0000000Z",
         "to": "2025-11-10T12:00:00.0000000Z"}))
    lines = p.lines("meta/journal.jsonl")
    lines[1]["facts"]["pages"] += 1 if walked else 0
    p.set_lines("meta/journal.jsonl", lines)
    if gap:
        p.set("meta/gaps.jsonl", dumps({
            "format": "azcustody/gap/1", "seq": 1, "what": "folder",
            "reason": "out-of-scope", "source": 0, "name": name,
            "name_pct": name.replace("=", "%3D"), "status": 0, "error": None,
            "attempts": 0, "at": "2025-11-24T16:00:00.0000000Z"}))
        p.edit_seal = seal_edit(counts__gaps={"out-of-scope": 1})


DAY = "y=2025/m=11/d=%02d/"
case("a folder that is out of scope is left out", None)(
    lambda p: folder(p, DAY % 9))
case("a folder in scope is listed", None)(
    lambda p: folder(p, DAY % 10, gap=False, walked=True))
case("a folder is neither listed nor left out", "listed")(
    lambda p: folder(p, DAY % 10, gap=False))
case("a folder that is left out is in scope", "listed")(
    lambda p: folder(p, DAY % 10))
case("a folder that is left out has no time in its name", "listed")(
    lambda p: folder(p, "x/"))
case("a folder is listed and left out", "listed")(
    lambda p: folder(p, DAY % 9, walked=True))


@case("a page of a listing that no other one names", "listed")
def _(p):
    folder(p, "y/", gap=False, walked=True)
    text = p.get(LISTING)
    p.set(LISTING, text.replace(b"<BlobPrefix><Name>y/</Name></BlobPrefix>",
                                b""))


@case("a listing page is not well formed", "listing")
def _(p):
    p.set(LISTING, p.get(LISTING)[:-4])


@case("a listing page is something else", "listing")
def _(p):
    p.set(LISTING, b"<html></html>")


@case("an empty page was added", "listed")
def _(p):
    page = p.get(LISTING)
    a, b = page.index(b"<Blob>"), page.rindex(b"</Blob>") + 7
    first = p.payload()[0][0]
    p.insert("meta/listing/000002.xml", page[:a] + page[b:], first)
