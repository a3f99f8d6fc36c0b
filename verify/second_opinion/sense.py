"""What the format says of one document in words, and no schema can say."""
from __future__ import annotations

import re
from typing import Any, Callable

from .names import SOURCE
from .profile import Invalid, parse, real_name

Line = dict[str, Any]
MOST_NAME = 48
TAGMANIFESTS = ("tagmanifest-sha256.txt", "tagmanifest-sha512.txt")
MOST_STAMPS = 9


def need(good: bool, why: str) -> None:
    if not good:
        raise Invalid(why)


def interval(line: Line, name: str) -> None:
    span = line.get(name)
    need(span is None or span[0] <= span[1], f"{name} ends before it begins")


def an_object(line: Line) -> None:
    real_name(line)
    interval(line, "clock_skew_ms")
    blocks = line.get("block_list")
    if blocks is not None:
        has_reason = blocks["reason"] is not None
        need((blocks["sha256"] is None) == has_reason and
             not (has_reason and blocks["blocks"]),
             "a block list with and without a reason")
        need(has_reason or sum(b["size"] for b in blocks["blocks"]) ==
             line["size"], "blocks that are not the object")
    need("last_look" not in line or
         line["last_look"]["content_length"] >= line["size"],
         "fewer bytes at the last look")


def a_gap(line: Line) -> None:
    named = line["what"] in ("object", "folder")
    need(all((n in line) == named for n in ("name", "name_pct")),
         "a name for an object or a folder, and only so")
    if named:
        need(line["source"] is not None, "a name without a source")
        real_name(line)
    elsewhere = line["reason"] == "elsewhere"
    need(elsewhere == ("package" in line) and
         (not elsewhere or line["what"] == "object"),
         "a package for an object that is elsewhere, and only so")


def a_request(line: Line) -> None:
    need(("digest_check" in line) == ("md5" in line or "crc64" in line),
         "a digest without its check, or a check without a digest")
    interval(line, "range")
    need(line["range"] is None or line["range"][0] >= 0, "a range below 0")


def sources(doc: Line) -> None:
    names = [s["name"] for s in doc["sources"]]
    need(all(re.fullmatch(SOURCE, n) and len(n) <= MOST_NAME for n in names),
         "not the name of a source")
    need(len(set(names)) == len(names), "two sources of one name")
    need(all(s["credential"] < len(doc["credentials"])
             for s in doc["sources"]), "a credential that is not there")
    need(all((c["sas"] is not None) == c["kind"].endswith("-sas")
             for c in doc["credentials"]), "a SAS where none is, or none")


def seal(doc: Line) -> None:
    signers(doc, "seal/")
    interval(doc, "clock_skew_ms")
    counts, objects = doc["counts"], doc["payload"]["objects"]
    need(counts["taken"] <= min(objects, counts["listed"]) and
         counts["listed"] - counts["taken"] <= sum(counts["gaps"].values()),
         "counts that do not add up")
    tags = doc["tagmanifests"]
    need(1 <= len(tags) and all(
        t["file"] == name and ("sha512" in t) == (len(tags) == 2)
        for t, name in zip(tags, TAGMANIFESTS)), "other tag manifests")
    files = {s["file"] for s in doc["signers"]}
    met: dict[str, int] = {}
    for t in doc["tokens"]:
        met[t["over"]] = met.get(t["over"], 0) + 1
        need(t["over"] in files and met[t["over"]] <= MOST_STAMPS and
             t["file"] == f"{t['over']}.{met[t['over']]}.tsr",
             "a token that stamps no declared signature")


def signers(doc: Line, stem: str) -> None:
    for s in doc["signers"]:
        suffix = "minisig" if s["kind"] == "ed25519" else "p7s"
        need(s["file"] == f"{stem}{s['role']}.{suffix}",
             f"{s['file']} is not the file of its role")
    for key in ("role", "key_sha256"):
        values = [s[key] for s in doc["signers"]]
        need(len(set(values)) == len(values), f"two signers of one {key}")


SENSE: dict[str, Callable[[Line], None]] = {
    "object": an_object, "gap": a_gap, "request": a_request,
    "clock": lambda line: interval(line, "skew_ms"),
    "sources": sources, "seal": seal}


def read(data: bytes, kind: str) -> Line:
    """One document or line, its LF included, that holds together."""
    value = parse(data, kind)
    SENSE.get(kind, lambda _: None)(value)
    return value
