"""Lays the recorded events out as the blobs Azure would have written, byte for byte.

A flow blob is {"records":[ r , r ... ]}: its first block is the 12 bytes of the
opening, its last the 2 bytes of the closing, and every block after the first
with data begins with a comma.  All other blobs are lines that were appended.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from dataclasses import dataclass, field

import clock
from recorder import Line, Recorder
from world import Point

OPEN, CLOSE = b'{"records":[', b"]}"
RECORD_CAP = 32_200
APPEND_CAP = 3_500_000
ZERO_ACL = "00000000-0000-0000-0000-000000000000"
TRUTH_FIELDS = ("phase", "account", "container", "blob", "offset", "length", "tuple")


@dataclass
class Writer:
    """Writes byte files, upload.jsonl and truth.jsonl under ${folder}."""

    folder: str
    rng: random.Random
    uploads: list[dict] = field(default_factory=list)
    truth: list[dict] = field(default_factory=list)
    size: int = 0

    def put(self, account: str, container: str, name: str, kind: str, data: bytes,
            cuts: list[int], marks: list[tuple[str, int, int, int | None]]) -> None:
        """Write one blob; ${cuts} are the offsets its blocks begin at."""
        path = f"files/{len(self.uploads):06d}.bin"
        with open(os.path.join(self.folder, path), "wb") as file:
            file.write(data)
        self.uploads.append({"account": account, "container": container, "name": name, "type": kind,
                             "file": path, "length": len(data),
                             "sha256": hashlib.sha256(data).hexdigest(), "cuts": cuts})
        self.size += len(data)
        for mark in marks:
            phase, offset, length, index = mark
            values = (phase, account, container, name, offset, length, index)
            self.truth.append(dict(zip(TRUTH_FIELDS, values)))


def _bucket(point: Point, at_ms: int) -> int:
    return (at_ms + 3000 - point.lag) // 60_000


def _groups(point: Point, rows: list[tuple]) -> str:
    """Return the members below properties.flows or flowRecords.flows for ${rows}."""
    parts: list[tuple[str, list[str]]] = []
    for row in rows:
        if not parts or parts[-1][0] != row[2]:
            parts.append((row[2], []))
        parts[-1][1].append(row[3])
    texts = []
    for rule, tuples in parts:
        joined = '","'.join(tuples)
        if point.kind != "v4":
            texts.append(f'{{"rule":"{rule}","flows":[{{"mac":"{point.machine.mac}",'
                         f'"flowTuples":["{joined}"]}}]}}')
            continue
        acl = ZERO_ACL if rule == "PlatformRule" else point.head["aclID"]
        group = (f'{{"flowTuples":["{joined}"],"rule":"{rule}"}}' if point.time_last
                 else f'{{"rule":"{rule}","flowTuples":["{joined}"]}}')
        texts.append(f'{{"aclID":"{acl}","flowGroups":[{group}]}}')
    return ",".join(texts)


def _record(point: Point, at: int, rows: list[tuple]) -> str:
    """Return the text of one flow record, in the member order its log uses."""
    head, mac, groups = point.head, point.machine.mac, _groups(point, rows)
    if point.kind != "v4":
        return (f'{{"time":"{clock.text(at)}","systemId":"{head["systemId"]}","macAddress":"{mac}",'
                f'"category":"NetworkSecurityGroupFlowEvent","resourceId":"{head["resourceId"]}",'
                f'"operationName":"NetworkSecurityGroupFlowEvents",'
                f'"properties":{{"Version":{point.kind[1]},"flows":[{groups}]}}}}')
    start = f'"flowLogGUID":"{head["flowLogGUID"]}"'
    resource, target = (f'"{name}":"{head[name]}"' for name in ("flowLogResourceID", "targetResourceID"))
    records = f'"flowRecords":{{"flows":[{groups}]}}'
    if point.time_last:
        return (f'{{"category":"FlowLogFlowEvent",{start},{resource},"flowLogVersion":4,{records},'
                f'"macAddress":"{mac}","operationName":"FlowLogFlowEvent",{target},'
                f'"time":"{clock.text(at)}"}}')
    return (f'{{"time":"{clock.text(at)}","flowLogVersion":4,{start},"macAddress":"{mac}",'
            f'"category":"FlowLogFlowEvent",{resource},{target},'
            f'"operationName":"FlowLogFlowEvent",{records}}}')


def _split(rows: list[tuple]) -> list[list[tuple]]:
    """Cut one minute of a network card into records of at most about 32 KB."""
    found: list[list[tuple]] = [[]]
    size = 0
    for row in rows:
        if size + len(row[3]) + 3 > RECORD_CAP - 900:
            found.append([])
            size = 0
        found[-1].append(row)
        size += len(row[3]) + 3
    return found


def _flow_blob(writer: Writer, point: Point, name: str, minutes: list[tuple[int, list[tuple]]]) -> None:
    rng = writer.rng
    every = 1 if rng.random() < 0.04 else rng.randint(10, 25)
    data, cuts, marks = bytearray(OPEN), [0], []
    count = 0
    for at, rows in minutes:
        for index, part in enumerate(_split(rows)):
            if count % every == 0:
                cuts.append(len(data))
            if count:
                data += b","
            text = _record(point, at, part).encode()
            marks += [(row[4], len(data), len(text), number)
                      for number, row in enumerate(part) if row[4]]
            data += text
            count += 1
    cuts.append(len(data))
    data += CLOSE
    writer.put(point.log_account, point.container, name, "block", bytes(data), cuts, marks)


def flow_logs(writer: Writer, point: Point) -> None:
    """Write the hourly blobs of one observation point; a quiet hour has none."""
    buckets: dict[int, list[tuple]] = {}
    for row in point.rows:
        buckets.setdefault(_bucket(point, row[0]), []).append(row)
    hours: dict[str, list[tuple[int, list[tuple]]]] = {}
    for number in sorted(buckets):
        rows = sorted(buckets[number], key=lambda row: (row[2], row[0], row[1]))
        at = (number * 60_000 + 60_000 + point.lag) * 10_000 + writer.rng.randrange(60_000)
        hours.setdefault(clock.hour_path(at), []).append((at, rows))
    for hour, minutes in hours.items():
        name = f"{point.prefix}/{hour}/macAddress={point.machine.mac}/PT1H.json"
        _flow_blob(writer, point, name, minutes)


def _spoil(text: str) -> str:
    """Return ${text} as services write it that quote properties wrongly."""
    head, mark, tail = text.partition('"properties":')
    return head + mark + tail.replace('"', "'", 4)


def _lines_blob(writer: Writer, key: tuple[str, str, str], hour: str, lines: list[Line],
                crlf: bool) -> None:
    rng = writer.rng
    end = b"\r\n" if crlf else b"\n"
    data, marks = bytearray(), []
    cuts, next_cut = [0], rng.randint(40, 400)
    for index, line in enumerate(lines):
        text = line.text
        if line.phase is None and rng.random() < 0.0008:
            text = _spoil(text)
        raw = text.encode()
        if index == next_cut or len(data) + len(raw) - cuts[-1] > APPEND_CAP:
            cuts.append(len(data))
            next_cut = index + rng.randint(150, 900)
        if line.phase:
            marks.append((line.phase, len(data), len(raw), None))
        data += raw + end
    if rng.random() < 0.08:
        del data[-len(end):]
    account, container, prefix = key
    writer.put(account, container, f"{prefix}/{hour}/PT1H.json", "append", bytes(data), cuts, marks)


def line_logs(writer: Writer, rec: Recorder) -> None:
    """Write the JSON Lines blobs, by the hour of arrival; a few have CRLF ends."""
    found: list[tuple[tuple[str, str, str], str, list[Line]]] = []
    for key in sorted(rec.lines):
        lines = sorted(enumerate(rec.lines[key]), key=lambda pair: (pair[1].arrival, pair[0]))
        hours: dict[str, list[Line]] = {}
        for _, line in lines:
            hours.setdefault(clock.hour_path(line.arrival), []).append(line)
        found += [(key, hour, part) for hour, part in hours.items()]
    crlf = set(writer.rng.sample(range(len(found)), max(1, len(found) // 80)))
    for index, (key, hour, part) in enumerate(found):
        _lines_blob(writer, key, hour, part, index in crlf)


def empty_flow_log(writer: Writer, point: Point, at: int) -> None:
    """Write a flow blob whose array is empty, as one stands before its first record."""
    name = f"{point.prefix}/{clock.hour_path(at)}/macAddress={point.machine.mac}/PT1H.json"
    if all(upload["name"] != name for upload in writer.uploads):
        writer.put(point.log_account, point.container, name, "block", OPEN + CLOSE, [0, 12], [])


def save_lines(path: str, rows: list[dict]) -> None:
    """Write ${rows} as JSON Lines."""
    with open(path, "w", encoding="ascii", newline="\n") as file:
        for row in rows:
            file.write(json.dumps(row, separators=(",", ":")) + "\n")
