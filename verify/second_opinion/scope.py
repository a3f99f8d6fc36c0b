"""What time a name is about, and whether that is in scope.  FORMAT.md, Names."""
from __future__ import annotations

import datetime
import re
from typing import Any

from .profile import moment

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)
Span = tuple[datetime.datetime, datetime.datetime]

RUN = re.compile(r"(?:.*/|)y=(\d{4})/m=(\d\d)/d=(\d\d)/h=(\d\d)/m=(\d\d)/", re.S)
CLASSIC = re.compile(r"(?:.*/|)(\d{4})/(\d\d)/(\d\d)/(\d\d)(\d\d)/", re.S)
FOLDER = re.compile(r"(?:.*/|)y=(\d{4})/(?:m=(\d\d)/(?:d=(\d\d)/"
                    r"(?:h=(\d\d)/(?:m=(\d\d)/)?)?)?)?", re.S)
CLASSIC_FOLDER = re.compile(r"(?:.*/|)(\d{4})/(?:(\d\d)/(?:(\d\d)/"
                            r"(?:(\d\d)(\d\d)/)?)?)?", re.S)


def instant(*numbers: int) -> datetime.datetime:
    return datetime.datetime(*numbers, tzinfo=datetime.timezone.utc)


def blob_span(name: str, kind: str) -> Span | None:
    """What span a blob's name is about; None if it says none."""
    match = (CLASSIC if kind == "classic" else RUN).match(name)
    if not match:
        return None
    year, month, day, hour, minute = map(int, match.groups())
    five = kind != "classic" and \
        name.rpartition("/")[2].startswith(("PT5M", "PT05M"))
    try:
        start = instant(year, month, day, hour, minute if five else 0)
        return start, start + (5 * MINUTE if five else HOUR)
    except (ValueError, OverflowError):
        return None


def folder_span(name: str, kind: str) -> Span | None:
    """What span all below a folder is about; None if it says none."""
    match = (CLASSIC_FOLDER if kind == "classic" else FOLDER).fullmatch(name)
    if not match:
        return None
    numbers = [int(g) for g in match.groups() if g is not None]
    try:
        if len(numbers) == 1:
            return instant(numbers[0], 1, 1), instant(numbers[0] + 1, 1, 1)
        if len(numbers) == 2:
            year, month = numbers
            after = (year + 1, 1) if month == 12 else (year, month + 1)
            return instant(year, month, 1), instant(*after, 1)
        start = instant(*numbers[:4])
        return start, start + (DAY if len(numbers) == 3 else HOUR)
    except (ValueError, OverflowError):
        return None


def is_out(line: dict[str, Any], kind: str, scope: dict[str, Any]) -> bool:
    """Does the rule bear out that this object or folder is out of scope?"""
    span = (folder_span if line["what"] == "folder" else blob_span)(
        line["name"], kind)
    if span is None:
        return False
    margin = DAY if kind == "la-export" else HOUR
    start, end = moment(scope["from"]), moment(scope["to"])
    try:
        before = start is not None and span[1] + margin <= start
        after = end is not None and span[0] - margin >= end
    except OverflowError:
        return False
    return before or after
