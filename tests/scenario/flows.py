"""Flow tuples: one flow, as every observation point of its network card writes it."""

from __future__ import annotations

import random

from recorder import Recorder
from world import Machine, Point

CONTINUE_S = 300
LETTERS = {6: "T", 17: "U"}


def _line(point: Point, at_ms: int, ends: str, protocol: int, direction: str, state: str,
          counters: tuple[int, int, int, int] | None) -> str:
    if point.kind == "v4":
        numbers = "%d,%d,%d,%d" % (counters or (0, 0, 0, 0))
        return f"{at_ms},{ends},{protocol},{direction},{state},NX,{numbers}"
    decision = "D" if state == "D" else "A"
    head = f"{at_ms // 1000},{ends},{LETTERS[protocol]},{direction},{decision}"
    if point.kind == "v1":
        return head
    numbers = "%d,%d,%d,%d" % counters if counters else ",,,"
    return f"{head},{'B' if state == 'D' else state},{numbers}"


def _shares(rng: random.Random, total: int, parts: int) -> list[int]:
    if parts == 1:
        return [total]
    weights = [rng.uniform(0.7, 1.3) for _ in range(parts)]
    scale = total / sum(weights)
    found = [int(weight * scale) for weight in weights]
    found[-1] += total - sum(found)
    return found


def _packets(rng: random.Random, size: int) -> int:
    return max(1, size // rng.randint(1100, 1480)) if size else 0


def flow(rec: Recorder, rng: random.Random, machine: Machine, span_ms: tuple[int, int],
         peer: str, ports: tuple[int, int], up: int, down: int, *, protocol: int = 6,
         inbound: bool = False, rule: str = "DefaultRule_AllowInternetOutBound",
         phase: str | None = None) -> None:
    """Record a flow of ${machine} that lasts ${span_ms}: B, C about every 5 minutes, E.

    ${ports} are the initiator's and the responder's; ${up} bytes go from the
    initiator, ${down} come back.  Each tuple carries what passed since the one before.
    """
    first, last = span_ms
    times = [first]
    while last - times[-1] > CONTINUE_S * 1000:
        times.append(times[-1] + CONTINUE_S * 1000 + rng.randint(-4000, 4000))
    times = [at for at in times if at < last] + [last]
    ups, downs = (_shares(rng, total, len(times) - 1) for total in (up, down))
    counters: list[tuple[int, int, int, int] | None] = [None]
    counters += [(_packets(rng, u), u, _packets(rng, d), d) for u, d in zip(ups, downs)]
    states = ["B"] + ["C"] * (len(times) - 2) + ["E"]
    source, target = (peer, machine.private) if inbound else (machine.private, peer)
    ends = f"{source},{target},{ports[0]},{ports[1]}"
    way = "I" if inbound else "O"
    for point in machine.points:
        skew = rng.randint(0, 40)
        for index, at in enumerate(times):
            if point.kind == "v1" and index:
                break
            rec.tuple(point, at + skew, rule, _line(point, at + skew, ends, protocol, way,
                                                    states[index], counters[index]), phase, peer)


def denied(rec: Recorder, rng: random.Random, machine: Machine, at_ms: int, peer: str,
           ports: tuple[int, int], protocol: int = 6) -> None:
    """Record an inbound flow that was refused: v2 writes it as D with state B."""
    ends = f"{peer},{machine.private},{ports[0]},{ports[1]}"
    for point in machine.points:
        rec.tuple(point, at_ms, "DefaultRule_DenyAllInBound",
                  _line(point, at_ms, ends, protocol, "I", "D", None), None, peer)


def parallel(rec: Recorder, rng: random.Random, machine: Machine, span_ms: tuple[int, int],
             peer: str, port: int, up: int, down: int, lanes: int,
             phase: str | None = None) -> None:
    """Record a transfer over ${lanes} flows that share ${up} and ${down} bytes."""
    first, last = span_ms
    ups, downs = _shares(rng, up, lanes), _shares(rng, down, lanes)
    for lane in range(lanes):
        begin = first + rng.randint(0, 3000)
        end = max(begin + 1000, last - rng.randint(0, max(1, (last - first) // 6)))
        flow(rec, rng, machine, (begin, end), peer, (rng.randint(32768, 65000), port),
             ups[lane], downs[lane], phase=phase)
