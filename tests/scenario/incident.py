"""Reads an incident back from its files, for tests: nothing here knows the generator.

Questions with the argument ${intruder} answer for the records that truth.jsonl
names, or for all others.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

SAS_NAMES = {"sv", "ss", "srt", "sr", "sp", "spr", "sip", "si"}


@dataclass
class Blob:
    """One blob of the manifest, with its bytes."""

    name: str
    account: str
    container: str
    type: str
    data: bytes
    cuts: list[int]

    def blocks(self) -> list[bytes]:
        """Return the bytes of each block."""
        return [self.data[first:last] for first, last in zip(self.cuts, self.cuts[1:] + [len(self.data)])]


@dataclass
class Record:
    """One record: where it stands, what it says, and which of its tuples are the intrusion's."""

    blob: Blob
    offset: int
    length: int
    json: dict
    tuples: list[str] = field(default_factory=list)
    marked: set[int | None] = field(default_factory=set)


def _paths(value: object, at: str = "") -> set[str]:
    if isinstance(value, dict):
        return {path for name, member in value.items() for path in _paths(member, f"{at}/{name}")}
    return {at}


class Incident:
    """An incident on disk."""

    def __init__(self, folder: str) -> None:
        with open(os.path.join(folder, "scenario.json"), encoding="utf-8") as file:
            self.scenario = json.load(file)
        self.truth = self._rows(folder, "truth.jsonl")
        self.decoys = self._rows(folder, "decoys.jsonl")
        self.blobs = []
        for row in self._rows(folder, "upload.jsonl"):
            with open(os.path.join(folder, row["file"]), "rb") as file:
                data = file.read()
            self.blobs.append(Blob(row["name"], row["account"], row["container"], row["type"], data, row["cuts"]))
        self._by_name = {(b.account, b.container, b.name): b for b in self.blobs}
        self._marks: dict[tuple, set[int | None]] = {}
        for row in self.truth:
            key = (row["account"], row["container"], row["blob"], row["offset"])
            self._marks.setdefault(key, set()).add(row["tuple"])
        self.flow_records: list[Record] = []
        self.lines: list[Record] = []
        self.broken: list[bytes] = []
        for blob in self.blobs:
            (self._read_flows if blob.type == "block" else self._read_lines)(blob)

    @staticmethod
    def _rows(folder: str, name: str) -> list[dict]:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def _marked(self, blob: Blob, offset: int) -> set[int | None]:
        return self._marks.get((blob.account, blob.container, blob.name, offset), set())

    def _read_flows(self, blob: Blob) -> None:
        decoder, text, at = json.JSONDecoder(), blob.data.decode("ascii"), 12
        while text[at] != "]":
            value, end = decoder.raw_decode(text, at)
            self.flow_records.append(Record(blob, at, end - at, value, self.tuples_of(value),
                                            self._marked(blob, at)))
            at = end + (text[end] == ",")

    def _read_lines(self, blob: Blob) -> None:
        at = 0
        for line in blob.data.splitlines(keepends=True):
            raw = line.rstrip(b"\r\n")
            try:
                self.lines.append(Record(blob, at, len(raw), json.loads(raw), [], self._marked(blob, at)))
            except ValueError:
                self.broken.append(raw)
            at += len(line)

    @staticmethod
    def tuples_of(record: dict) -> list[str]:
        """Return the tuples of a flow record in document order."""
        if "flowRecords" in record:
            return [line for flow in record["flowRecords"]["flows"] for group in flow["flowGroups"]
                    for line in group["flowTuples"]]
        return [line for rule in record["properties"]["flows"] for flow in rule["flows"]
                for line in flow["flowTuples"]]

    def cut(self, row: dict) -> tuple[bytes, bytes, bytes]:
        """Return the byte before, the bytes of, and the byte after what ${row} names."""
        data = self._by_name[row["account"], row["container"], row["blob"]].data
        first, last = row["offset"], row["offset"] + row["length"]
        return data[max(0, first - 1):first], data[first:last], data[last:last + 1]

    def _storage(self, intruder: bool) -> list[dict]:
        return [record.json for record in self.lines
                if "storage" in record.blob.container and bool(record.marked) == intruder]

    def _activity(self, intruder: bool) -> list[dict]:
        return [record.json for record in self.lines
                if "activity" in record.blob.container and bool(record.marked) == intruder]

    def _tuples(self, intruder: bool) -> list[tuple[str, list[str]]]:
        return [("v4" if "flowRecords" in record.json else "nsg", line.split(","))
                for record in self.flow_records for index, line in enumerate(record.tuples)
                if (index in record.marked) == intruder]

    @lru_cache(maxsize=None)
    def agents(self, intruder: bool) -> set[str]:
        """Return the agent strings."""
        return {record["properties"]["userAgentHeader"] for record in self._storage(intruder)}

    def app_ids(self, intruder: bool) -> set[str]:
        """Return the application ids that tokens were issued to."""
        return {record["identity"]["claims"]["appid"] for record in self._activity(intruder)}

    @lru_cache(maxsize=None)
    def addresses(self, intruder: bool) -> set[str]:
        """Return every address of callers and of both ends of flows."""
        found = {record["callerIpAddress"].split(":")[0]
                 for record in self._storage(intruder) + self._activity(intruder)}
        for _, parts in self._tuples(intruder):
            found.update(parts[1:3])
        return found

    def sas_shapes(self, intruder: bool) -> set[tuple]:
        """Return the SAS parameters of each request, without times and signature."""
        found = set()
        for record in self._storage(intruder):
            pairs = parse_qsl(urlsplit(record["uri"]).query)
            found.add(tuple(sorted(pair for pair in pairs if pair[0] in SAS_NAMES)))
        return found

    def steps(self, intruder: bool) -> set[tuple[str, str]]:
        """Return the pairs of operations that follow one another from one address to one account."""
        sessions: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for record in self._storage(intruder):
            key = (record["properties"]["accountName"], record["callerIpAddress"].split(":")[0])
            sessions.setdefault(key, []).append((record["time"], record["operationName"]))
        found = set()
        for acts in sessions.values():
            names = [name for _, name in sorted(acts)]
            found.update(zip(names, names[1:]))
        return found

    def operations(self, intruder: bool) -> set[str]:
        """Return the operation names of the activity log."""
        return {record["operationName"].upper() for record in self._activity(intruder)}

    def shapes(self, intruder: bool) -> set[str]:
        """Return the paths of all members, and the statuses."""
        records = self._storage(intruder) + self._activity(intruder)
        found = {path for record in records for path in _paths(record)}
        return found | {str(record.get("statusCode")) + record.get("statusText", "") for record in records}

    def flow_shapes(self, intruder: bool) -> set[tuple]:
        """Return kind, far port, protocol, direction, and state of the tuples."""
        return {(kind, parts[4], parts[5], parts[6], parts[7]) for kind, parts in self._tuples(intruder)}

    def _tokens(self, intruder: bool) -> list[str]:
        return [record["identity"].get("tokenHash", "") for record in self._storage(intruder)]

    def key_hashes(self, intruder: bool) -> set[str]:
        """Return the hashes of account keys."""
        return {token.split(",")[0] for token in self._tokens(intruder) if token.startswith("key")}

    def sas_hashes(self, intruder: bool) -> set[str]:
        """Return the hashes of SAS signatures."""
        return {token.split(",")[1] for token in self._tokens(intruder) if "SasSignature" in token}
