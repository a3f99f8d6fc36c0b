"""What the service listed, against what was taken and what is missing."""
from __future__ import annotations

import urllib.parse
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from .content import source_of
from .package import Package
from .profile import Invalid, real_name
from .scope import is_out

Line = dict[str, Any]
Key = tuple[str, ...]


@dataclass
class Page:
    """One answer: List Blobs if ${container} is not None."""
    member: str
    endpoint: str
    container: str | None
    prefix: str
    marker: str | None
    after: str
    blobs: list[Key] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def place(self) -> Key:
        return (self.endpoint, self.container or "", self.prefix)


def text(parent: ET.Element, *way: str) -> str:
    found = parent.find("/".join(way))
    return "" if found is None else found.text or ""


def name_of(element: ET.Element) -> str:
    """A name, as the service writes it: percent-encoded if it says so."""
    found = element.find("Name")
    if found is None or not found.text:
        raise Invalid("something without a name")
    if found.get("Encoded") == "true":
        return urllib.parse.unquote_to_bytes(found.text).decode("utf-8", "replace")
    return found.text


def parse_page(data: bytes, member: str) -> Page:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Invalid("declares a type of its own")
    try:
        root = ET.fromstring(data)
    except (ET.ParseError, ValueError) as error:
        raise Invalid(f"is no XML: {error}") from None
    if root.tag != "EnumerationResults":
        raise Invalid("is no listing")
    marker = root.find("Marker")
    page = Page(member, root.get("ServiceEndpoint", ""),
                root.get("ContainerName"), text(root, "Prefix"),
                None if marker is None else marker.text or "",
                text(root, "NextMarker"))
    for blob in root.iterfind("Blobs/Blob"):
        page.blobs.append((
            page.endpoint, page.container or "", name_of(blob),
            text(blob, "Snapshot"), text(blob, "VersionId"),
            text(blob, "Properties", "Etag"),
            text(blob, "Properties", "Content-Length")))
    page.folders = [name_of(f) for f in root.iterfind("Blobs/BlobPrefix")]
    return page


def check(p: Package) -> None:
    """Completeness, against the listings and not against the provider."""
    if "seal" not in p.documents or p.damaged or not {
            "meta/objects.jsonl", "meta/gaps.jsonl"} <= p.members.keys():
        p.report.undecided("completeness", "not-judged",
                           "the package could not be read through")
        return
    counts(p)
    if p.documents.get("case", {}).get("acquisition") == "received":
        received(p)
        return
    if not p.below("meta/listing/"):
        p.report.undecided("completeness", "no-listing",
                           "there is no listing to compare with")
        return
    page_counts(p)
    first = read_pages(p, "meta/listing/")
    read_pages(p, "meta/relisting/")
    if p.report.has("listing"):
        return
    if "sources" not in p.documents:
        p.report.fail("completeness", "listed", "without sources.json no listing "
                      "can be compared")
        return
    compare(p, first)
    leave_outs(p)
    walk(p, [page for page in first if page.container is not None])


def read_pages(p: Package, folder: str) -> list[Page]:
    out = []
    for member in p.below(folder):
        try:
            out.append(parse_page(member.bytes(), member.below))
        except Invalid as error:
            p.report.fail("completeness", "listing", str(error), member.below)
    return out


def counts(p: Package) -> None:
    """The seal's numbers, which must add up."""
    taken = sum(line["listed"] is not None for line in p.lines["object"])
    missing = sum(line["what"] == "object" for line in p.lines["gap"])
    by_reason = Counter(line["reason"] for line in p.lines["gap"])
    want = {"listed": taken + missing, "taken": taken, "gaps": dict(by_reason)}
    if p.documents["seal"]["counts"] != want:
        p.report.fail("completeness", "count", f"the lines give {want}",
                      "seal/seal.json")


def page_counts(p: Package) -> None:
    if p.report.has("journal"):
        return  # The chain is broken; the journal tells nothing.
    for name, folder in (("first", "meta/listing/"),
                         ("again", "meta/relisting/")):
        told = [line["facts"].get("pages", 0) for line in p.lines["journal"]
                if line["event"] == "listed" and line["facts"].get("pass") == name]
        have = len(p.below(folder))
        if sum(n for n in told if isinstance(n, int)) != have:
            p.report.fail("completeness", "listed",
                          f"the journal does not tell of {have} pages", folder)


def line_key(p: Package, line: Line, etag: Any, size: Any) -> Key:
    source = source_of(p, line) or {}
    try:
        name = real_name(line).decode("utf-8", "replace")
    except Invalid:
        name = line["name"]
    return (source.get("listed_as") or "", source.get("container") or "", name,
            line.get("snapshot") or "", line.get("version_id") or "",
            etag or "", "" if size is None else str(size))


def of_a_folder(p: Package, line: Line) -> bool:
    return (source_of(p, line) or {}).get("service") == "folder"


def compare(p: Package, pages: list[Page]) -> None:
    """Two multisets: blobs of the pages, and lines about listed blobs."""
    listed = Counter(key for page in pages for key in page.blobs)
    told: Counter[Key] = Counter()
    for line in p.lines["object"]:
        if line["listed"] is not None and not of_a_folder(p, line):
            told[line_key(p, line, line["listed"]["etag"],
                          line["listed"]["size"])] += 1
    for line in p.lines["gap"]:
        if line["what"] == "object" and not of_a_folder(p, line) \
                and "name_pct" in line:
            told[line_key(p, line, line.get("etag"), line.get("size"))] += 1
    for key, n in (listed - told).items():
        p.report.fail("completeness", "listed", f"{key[2]!r} is listed and {n} "
                      "time(s) neither taken nor a gap")
    for key in told - listed:
        p.report.fail("completeness", "listed", f"{key[2]!r} is listed nowhere")


def scope_of(p: Package) -> Line:
    """What was asked for; without a case.json, everything."""
    return p.documents["case"]["scope"] if "case" in p.documents \
        else {"from": None, "to": None}


def scope_for(p: Package, account: str) -> Line:
    """What was asked for of one account."""
    scope = scope_of(p)
    own = [o for o in scope.get("own", []) if o["account"] == account]
    return own[0] if own else scope


def roots_of(p: Package) -> set[str]:
    """How a listing may begin; its pages do not say of which account they are."""
    scope = scope_of(p)
    return {root for one in [scope, *scope.get("own", [])]
            for root in one.get("prefixes") or [""]}


def leave_outs(p: Package) -> None:
    for line in p.lines["gap"]:
        if line["reason"] != "out-of-scope":
            continue
        source = source_of(p, line)
        if source is None or "name" not in line or \
                not is_out(line, source["kind"],
                           scope_for(p, source["account"])):
            p.report.fail("completeness", "listed", f"line {line['seq']} is "
                          "not out of scope", "meta/gaps.jsonl")


def left_out(p: Package) -> Counter[Key]:
    """Folders that lines of gaps.jsonl leave out, as the pages name them."""
    out: Counter[Key] = Counter()
    for line in p.lines["gap"]:
        source = source_of(p, line)
        if line["what"] == "folder" and source is not None:
            out[(source.get("listed_as") or "", source["container"] or "",
                 line["name"])] += 1
    return out


def walk(p: Package, pages: list[Page]) -> None:
    """Every page but a first one is named by a page before it, and once."""
    roots = roots_of(p)
    awaited: Counter[tuple[Key, str]] = Counter()
    begun: set[Key] = set()
    outs = left_out(p)
    before: Page | None = None

    def wrong(page: Page, why: str) -> None:
        p.report.fail("completeness", "listed", why, page.member)

    for page in pages:
        place, marker = page.place(), page.marker
        if not marker and before is not None and before.after and \
                before.place() == place:
            marker = before.after
        at = (place, marker or "")
        if awaited[at]:
            awaited[at] -= 1
        elif not marker and place not in begun and page.prefix in roots:
            begun.add(place)
        else:
            wrong(page, "no page before it leads here")
        if page.after:
            awaited[(place, page.after)] += 1
        for folder in page.folders:
            key = (page.endpoint, page.container or "", folder)
            if outs[key]:
                outs[key] -= 1
            else:
                awaited[(key, "")] += 1
        before = page
    # A page less than that is told by a line about a container.
    missing = [f"{container}/{prefix} {marker}" for
               ((_, container, prefix), marker), n in awaited.items() if n]
    told = sum(line["what"] == "container" for line in p.lines["gap"])
    if sum(awaited.values()) > told:
        p.report.fail("completeness", "listed", f"{told} lines tell of missing "
                      f"pages, and none goes on at {', '.join(missing)}")
    for (_, container, name), n in outs.items():
        if n:
            p.report.fail("completeness", "listed",
                          f"no page names the folder {container}/{name}")


def received(p: Package) -> None:
    """Files that somebody else exported: nothing of the service to compare."""
    if p.lines["request"] or p.below("meta/listing/") or any(
            s["service"] != "folder" for s in p.documents["sources"]["sources"]):
        p.report.broken("case", "received, and yet something was asked of a "
                        "service", "meta/case.json")
    p.report.undecided("completeness", "received",
                       "files that were received: no listing to compare with")
