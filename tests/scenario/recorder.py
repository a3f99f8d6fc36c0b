"""Takes events from the actors and holds them until `blobs` lays them out.

Every event may carry a phase: the name of the part of the intrusion it
belongs to, or None.  The phase goes to truth.jsonl and nowhere else; nothing
that is written to a log depends on it.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

import clock
import pools
from world import Account, Point, Subscription, World


@dataclass
class Line:
    """One record of a JSON Lines log, at the moment it arrives in its blob."""

    arrival: int
    text: str
    phase: str | None


@dataclass
class Recorder:
    """All that was recorded; ${lines} by log account, container and path prefix."""

    world: World
    rng: random.Random
    lines: dict[tuple[str, str, str], list[Line]] = field(default_factory=dict)
    pauses: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)
    decoys: list[dict] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    secrets: dict[str, str] = field(default_factory=dict)

    def pause(self, key: str, first: int, last: int) -> None:
        """Let nothing be logged under ${key} from ${first} to ${last}."""
        self.pauses.setdefault(key, []).append((first, last))

    def is_paused(self, key: str, at: int) -> bool:
        """Whether the log ${key} is off at ${at}."""
        return any(first <= at < last for first, last in self.pauses.get(key, ()))

    def _is_logged(self, key: str, at: int) -> bool:
        return self.world.start <= at < self.world.end and not self.is_paused(key, at)

    def storage(self, at: int, account: Account, category: str, text: str, phase: str | None,
                address: str) -> None:
        """Record one storage request of ${address}, received at ${at}."""
        if not self._is_logged(f"storage/{account.name}", at):
            return
        if category == "StorageRead" and not account.is_read_logged:
            return
        self.seen.add(address)
        prefix = f"resourceId={account.resource_id}/blobServices/default"
        delay = clock.ticks(self.rng.uniform(120, 420))
        if self.rng.random() < 0.006:
            delay += clock.HOUR
        key = (account.subscription.log_account, f"insights-logs-{category.lower()}", prefix)
        self.lines.setdefault(key, []).append(Line(at + delay, text, phase))
        self.counts["storage"] += 1

    def activity(self, at: int, subscription: Subscription, text: str, phase: str | None,
                 address: str) -> None:
        """Record one activity event of ${address}; some are exported twice, by two settings."""
        if not self.world.start <= at < self.world.end:
            return
        self.seen.add(address)
        key = (subscription.log_account, "insights-activity-logs",
               f"resourceId=/SUBSCRIPTIONS/{subscription.id.upper()}")
        copies = 2 if self.rng.random() < 0.03 else 1
        for _ in range(copies):
            delay = clock.ticks(self.rng.uniform(90, 600))
            self.lines.setdefault(key, []).append(Line(at + delay, text, phase))
            self.counts["activity"] += 1

    def tuple(self, point: Point, at_ms: int, rule: str, text: str, phase: str | None,
              peer: str) -> None:
        """Record one flow tuple with ${peer} at one observation point."""
        at = at_ms * 10_000
        if self._is_logged(point.key, at) and point.machine.is_up(at):
            point.rows.append((at_ms, len(point.rows), rule, text, phase))
            self.counts[f"flow-{point.kind}"] += 1
            self.seen.add(peer)

    def fresh_address(self, rng: random.Random) -> str:
        """Return an address that no record so far mentions, in a network of one that some does."""
        networks = sorted({address.rsplit(".", 1)[0] for address in self.seen} & set(pools.PREFIXES))
        while (found := pools.address(rng, tuple(networks))) in self.seen:
            pass
        return found

    def decoy(self, kind: str, at: int, who: str, where: str, account: str) -> None:
        """Note an innocent session that resembles a part of the intrusion."""
        self.decoys.append({"kind": kind, "time": clock.text(at), "identity": who,
                            "address": where, "account": account})
