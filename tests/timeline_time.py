"""Times, their resolution, ties, and the interval by the collecting machine's clock."""

from __future__ import annotations

import json
import os
import re
import sys
import zoneinfo
from datetime import datetime, timedelta, timezone

TICK = 100  # Nanoseconds.


def ticks(stamp: str) -> int:
    """Return the ticks of a stamp with seven digits."""
    whole = datetime.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return int(whole.timestamp()) * 10**7 + int(stamp[20:27])


def rows(out: str) -> list[dict]:
    """Return the rows of a timeline."""
    with open(os.path.join(out, "data/timeline.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def skew(out: str, low_ms: str, high_ms: str) -> int:
    """Every row has the interval that the package's clocks give it, and its own text and resolution."""
    resolutions = set()
    for row in rows(out):
        at, resolution = ticks(row["time"]), row["time_resolution"]
        resolutions.add(resolution)
        if (ticks(row["clock_lo"]) != at + int(low_ms) * 10**4
                or ticks(row["clock_hi"]) != at + resolution + int(high_ms) * 10**4 or not row["time_text"]):
            print("#", row)
            return 1
    print("# resolutions", sorted(resolutions))
    return 0 if {1, 10**4} <= resolutions else 1


def ties(out: str) -> int:
    """A row is marked if, and only if, another has its tick; rows without a clock have no interval."""
    all_rows = rows(out)
    count: dict[str, int] = {}
    for row in all_rows:
        count[row["time"]] = count.get(row["time"], 0) + 1
    wrong = [r for r in all_rows if r["tied"] != (count[r["time"]] > 1) or "clock_lo" in r or "clock_hi" in r]
    tied = sum(r["tied"] for r in all_rows)
    print(f"# {len(all_rows)} rows, {tied} tied", wrong[:1])
    return 0 if not wrong and 0 < tied < len(all_rows) else 1


def table(out: str) -> list[list]:
    """Return the rows of the report."""
    with open(os.path.join(out, "data/report.html"), encoding="utf-8") as file:
        text = re.search(r'<script type="application/json" id="data">(.*?)</script>', file.read(), re.S)
    return json.loads(text.group(1)) if text else []


def zone(out: str, name: str) -> int:
    """The report shows each row in the zone's time as Python has it."""
    place, seen = zoneinfo.ZoneInfo(name), table(out)
    for row in seen:
        at = datetime.strptime(row[1][:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc).astimezone(place)
        offset = at.utcoffset() or timedelta()
        want = f"{at:%Y-%m-%d %H:%M:%S} {at.tzname()} ({at.strftime('%z')[:3]}:{at.strftime('%z')[3:]})"
        if row[11] != want or not offset:
            print("#", row[1], row[11], want)
            return 1
    return 0 if seen else 1


def middle(out: str) -> int:
    """Print a moment by which half of the rows of the report are over."""
    seen = table(out)
    print(seen[len(seen) // 2][1])
    return 0


def as_of(out: str, whole: str, instant: str) -> int:
    """The report shows the rows up to the instant, all of them and no other."""
    have = [r[:11] for r in table(out)]
    want = [r[:11] for r in table(whole) if r[1] <= instant]
    print(f"# {len(have)} of {len(table(whole))} rows")
    return 0 if have == want and 0 < len(have) < len(table(whole)) else 1


if __name__ == "__main__":
    sys.exit({"skew": skew, "ties": ties, "zone": zone, "as-of": as_of, "middle": middle}[sys.argv[1]](*sys.argv[2:]))
