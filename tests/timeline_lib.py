"""What the tests of timelines share: incidents as folders, and truth against findings.

Nothing here uses our own programs' code.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from urllib.parse import unquote_to_bytes


def lay_out(incident: str, folder: str) -> None:
    """Link the blobs of ${incident} into ${folder} under ACCOUNT/CONTAINER/NAME."""
    with open(os.path.join(incident, "upload.jsonl"), encoding="utf-8") as file:
        for line in file:
            blob = json.loads(line)
            path = os.path.join(folder, blob["account"], blob["container"], blob["name"])
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.link(os.path.join(incident, blob["file"]), path)


def names(bag: str) -> dict[str, str]:
    """Return the real name of each member of the unpacked ${bag}, without our own code."""
    found = {}
    with open(os.path.join(bag, "meta/objects.jsonl"), encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            member = entry["path"].split("/", 1)[1] if not entry["path"].startswith("data/") else entry["path"]
            found[member] = unquote_to_bytes(entry["name_pct"]).decode()
    return found


def truth(incident: str) -> dict[tuple, str]:
    """Return the phase of each record or tuple of the intrusion."""
    found = {}
    with open(os.path.join(incident, "truth.jsonl"), encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            name = f'{row["account"]}/{row["container"]}/{row["blob"]}'
            found[name, row["offset"], row["tuple"]] = row["phase"]
    return found


def chain(folder: str, real: dict[str, str]) -> set[tuple]:
    """Return what the chains of findings.json name as their basis."""
    with open(os.path.join(folder, "data", "findings.json"), encoding="utf-8") as file:
        findings = json.load(file)["findings"]
    return {(real[row["member"]], row["offset"], row.get("tuple_index"))
            for finding in findings if finding["rule"] == "chain"
            for link in finding["links"] for row in link.get("rows", ())}


@dataclass
class Answer:
    """What one timeline said of one incident, counted in records and tuples."""

    variant: str
    seed: int
    scale: float
    expected: str
    wanted: int
    named: int
    good: int
    is_met: bool

    def line(self) -> str:
        """Return the answer as a line of the table."""
        return (f"{self.variant:12} {self.seed:4} {self.scale:5} {self.expected:8} {self.wanted:7} {self.named:7} "
                f"{_share(self.good, self.named):>9} {_share(self.good, self.wanted):>7} "
                f"{'met' if self.is_met else 'NOT MET'}")


HEAD = f"{'variant':12} {'seed':>4} {'scale':>5} {'expected':8} {'wanted':>7} {'named':>7} precision  recall"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.4f}" if whole else "-"


def _findings(folder: str) -> list[dict]:
    with open(os.path.join(folder, "data", "findings.json"), encoding="utf-8") as file:
        return json.load(file)["findings"]


def _says_all(finding: dict, states: list[dict]) -> bool:
    """Whether ${finding} states each of ${states}: a fact of a link, with its value."""
    lines = [(link["link"], line) for link in finding["links"]
             for line in [link.get("facts", {})] + link.get("more_facts", [])]
    return all(any(name == state["link"] and line.get(state["fact"]) == state["value"] for name, line in lines)
               for state in states)


def _expected(variant: str, story: dict) -> dict:
    """Return what tests/scenario/expected.json lists for ${variant}, with the values of the outline ${story}."""
    with open(os.path.join(os.path.dirname(__file__), "scenario", "expected.json"), encoding="ascii") as file:
        expected = json.load(file)[variant]
    for state in expected.get("says", ()):
        state["value"] = state["value"].format(**story)
    return expected


def _says_unknown(findings: list[dict], expected: dict, wanted: set[tuple], real: dict[str, str]) -> bool:
    """Whether one finding states all that cannot be known, and names records of the intrusion only."""
    for finding in findings:
        if finding["rule"] != expected["rule"] or not _says_all(finding, expected["says"]):
            continue
        named = {(real[row["member"]], row["offset"], row.get("tuple_index"))
                 for link in finding["links"] for row in link.get("rows", ())}
        if named and named <= wanted:
            return True
    return False


def judge(incident: str, folder: str, bag: str, table: str) -> int:
    """Append to ${table} what the chains name of the truth; return 0 if it is what was expected.

    What is expected is listed in tests/scenario/expected.json: a chain that names
    nothing else and nineteen twentieths of the truth; no chain; or no chain, and
    a finding that states what cannot be known.
    """
    with open(os.path.join(incident, "scenario.json"), encoding="utf-8") as file:
        scenario = json.load(file)
    expected = _expected(scenario["variant"], scenario["intrusion"])
    wanted, real, findings = truth(incident), names(bag), _findings(folder)
    named = chain(folder, real)
    good = named & set(wanted)
    if expected["chain"] == "whole":
        is_met = bool(named) and named == good and 20 * len(good) >= 19 * len(wanted)
    else:
        # A timeline without any finding is no timeline in which nothing was found.
        is_met = bool(findings) and not any(finding["rule"] == "chain" for finding in findings)
    if expected["chain"] == "unknown":
        is_met = is_met and _says_unknown(findings, expected, set(wanted), real)
    answer = Answer(scenario["variant"], scenario["seed"], scenario["scale"], expected["chain"],
                    len(wanted), len(named), len(good), is_met)
    with open(table, "a", encoding="ascii") as file:
        print(json.dumps(asdict(answer)), file=file)
    print(answer.line())
    for phase in sorted(set(wanted.values())):
        print(f"# {phase}: {sum(1 for k in good if wanted[k] == phase)} of "
              f"{sum(1 for v in wanted.values() if v == phase)}")
    for row in sorted(named - set(wanted), key=str)[:5]:
        print(f"# not of the intrusion: {row}")
    return 0 if is_met else 1


def show_table(path: str) -> int:
    """Print every answer of ${path} and the sum of each variant; return 0 if all were met."""
    with open(path, encoding="ascii") as file:
        answers = [Answer(**json.loads(line)) for line in file]
    print("# " + HEAD)
    for answer in answers:
        print("# " + answer.line())
    print(f"# {'in all':12} {'runs':>4} {'met':>5} {'wanted':>7} {'named':>7} precision  recall  least recall")
    for variant in dict.fromkeys(answer.variant for answer in answers):
        some = [answer for answer in answers if answer.variant == variant]
        good, named, wanted = (sum(getattr(a, part) for a in some) for part in ("good", "named", "wanted"))
        least = min((f"{a.good / a.wanted:.4f}" for a in some if a.wanted), default="-")
        print(f"# {variant:12} {len(some):4} {sum(a.is_met for a in some):5} {wanted:7} {named:7} "
              f"{_share(good, named):>9} {_share(good, wanted):>7}  {least}")
    return 0 if answers and all(answer.is_met for answer in answers) else 1


def rows_resolve(folder: str, top: str, every: int) -> int:
    """Cut the bytes of each ${every}th row out of the unpacked package; compare digests."""
    checked = bad = 0
    with open(os.path.join(folder, "data", "timeline.jsonl"), encoding="utf-8") as file:
        for number, line in enumerate(file):
            if number % every:
                continue
            row = json.loads(line)
            with open(os.path.join(top, row["package"], row["member"]), "rb") as member:
                member.seek(row["offset"])
                data = member.read(row["length"])
            checked += 1
            if len(data) != row["length"] or hashlib.sha256(data).hexdigest() != row["record_sha256"]:
                bad += 1
                print(f"# row {row['row']} does not resolve")
    print(f"# {checked} rows cut and compared, {bad} bad")
    return 0 if checked and not bad else 1


def csv_agrees(folder: str) -> int:
    """Read the CSV back: as many rows as the JSON Lines, in one order, each with every cell."""
    csv.field_size_limit(1 << 24)
    with open(os.path.join(folder, "data", "timeline.csv"), encoding="utf-8", newline="") as one, \
            open(os.path.join(folder, "data", "timeline.jsonl"), encoding="utf-8") as two:
        reader = csv.reader(one, strict=True)
        head = next(reader)
        identity = head.index("event_id")
        last = None
        for number, line in enumerate(two, 1):
            row = json.loads(line)
            cells = next(reader)
            if len(cells) != len(head) or cells[identity] != row["event_id"] or row["row"] != number:
                print(f"# row {number} differs")
                return 1
            if list(row)[:3] != ["message", "datetime", "timestamp_desc"]:
                print(f"# row {number} does not begin as Timesketch wants it")
                return 1
            if last is not None and row["timestamp"] < last:
                print(f"# row {number} is out of order")
                return 1
            last = row["timestamp"]
        return 1 if last is None or next(reader, None) is not None else 0


def types_are_one(folder: str) -> int:
    """Every field of the JSON Lines has one type in all rows."""
    types: dict[str, type] = {}
    with open(os.path.join(folder, "data", "timeline.jsonl"), encoding="utf-8") as file:
        for line in file:
            for name, value in json.loads(line).items():
                if types.setdefault(name, type(value)) is not type(value):
                    print(f"# {name} is {types[name].__name__} and {type(value).__name__}")
                    return 1
    return 0 if types else 1


def findings_are_whole(folder: str) -> int:
    """No key twice, every row resolvable by name, and every finding with its alternatives."""
    def unique(pairs: list) -> dict:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError(f"a key twice: {[key for key, _ in pairs]}")
        return dict(pairs)

    with open(os.path.join(folder, "data", "findings.json"), encoding="utf-8") as file:
        document = json.load(file, object_pairs_hook=unique)
    for finding in document["findings"]:
        for need in ("rests_on", "alternatives", "contradictions"):
            if not finding[need]:
                print(f"# finding {finding['finding']} of {finding['rule']} lacks {need}")
                return 1
        for link in finding["links"]:
            for row in [row for part in ("rows", "against", "beside") for row in link.get(part, ())]:
                if not {"event_id", "member", "offset", "length", "record_sha256"} <= set(row):
                    print(f"# a row of {finding['rule']} lacks its place")
                    return 1
    return 0 if document["findings"] else 1


def cells_are_inert(folder: str) -> int:
    """No cell of any CSV begins, here or in a spreadsheet with another separator, a formula."""
    csv.field_size_limit(1 << 24)
    tables = sorted(name for name in os.listdir(os.path.join(folder, "data")) if name.endswith(".csv"))
    return 1 if "timeline.csv" not in tables or any(_is_alive(os.path.join(folder, "data", t)) for t in tables) else 0


def _is_alive(path: str) -> bool:
    triggers = tuple("=+-@|%\t\r\n\0") + ("\uff1d", "\uff0b", "\uff0d", "\uff20")
    with open(path, encoding="utf-8", newline="") as file:
        raw = file.read()
    for row in csv.reader(raw.splitlines(keepends=True), strict=True):
        for cell in row:
            # A number of ours, such as a difference, may be negative.
            if cell[:1] == "-" and cell[1:].isdigit():
                continue
            for part in cell.replace(",", ";").replace('"', ";").split(";"):
                if part.lstrip(" ").startswith(triggers):
                    print(f"# {path}: a cell could be a formula: {cell[:80]!r}")
                    return True
            if any(ord(c) < 32 or 0x7f <= ord(c) < 0xa0 or c in "\u2028\u2029\u202e" for c in cell):
                print(f"# {path}: a cell holds a control: {cell[:80]!r}")
                return True
    return False


if __name__ == "__main__":
    VERBS = {"lay-out": lay_out, "judge": judge,
             "table": show_table, "csv": csv_agrees, "types": types_are_one,
             "inert": cells_are_inert, "findings": findings_are_whole,
             "resolve": lambda folder, top, every: rows_resolve(folder, top, int(every))}
    sys.exit(VERBS[sys.argv[1]](*sys.argv[2:]) or 0)
