"""Moments as integers of 100 ns since 1970 UTC, and the texts the logs write for them."""

from __future__ import annotations

import time
from functools import lru_cache

TICKS = 10_000_000
MINUTE = 60 * TICKS
HOUR = 3600 * TICKS
DAY = 86_400 * TICKS


def ticks(seconds: float) -> int:
    """Return a span of ${seconds} in ticks."""
    return int(seconds * TICKS)


@lru_cache(maxsize=100_000)
def _second_text(second: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))


def text(at: int, digits: int = 7) -> str:
    """Return ${at} as RFC 3339 in UTC with ${digits} of fraction (0 to 7)."""
    second, fraction = divmod(at, TICKS)
    if digits == 0:
        return _second_text(second) + "Z"
    return f"{_second_text(second)}.{fraction // 10 ** (7 - digits):0{digits}d}Z"


def us_text(at: int) -> str:
    """Return ${at} as "7/5/2022 12:32:21 PM", the form of lastModifiedTime."""
    moment = time.gmtime(at // TICKS)
    hour = moment.tm_hour % 12 or 12
    half = "PM" if moment.tm_hour >= 12 else "AM"
    return (f"{moment.tm_mon}/{moment.tm_mday}/{moment.tm_year} "
            f"{hour}:{moment.tm_min:02d}:{moment.tm_sec:02d} {half}")


def hour_path(at: int) -> str:
    """Return the "y=/m=/d=/h=/m=00" part of a blob name for the hour of ${at}."""
    moment = time.gmtime(at // TICKS)
    return (f"y={moment.tm_year}/m={moment.tm_mon:02d}/d={moment.tm_mday:02d}"
            f"/h={moment.tm_hour:02d}/m=00")


def parse_day(day: str) -> int:
    """Return midnight UTC of ${day}, written as 2026-03-02, in ticks."""
    import calendar
    return calendar.timegm(time.strptime(day, "%Y-%m-%d")) * TICKS
