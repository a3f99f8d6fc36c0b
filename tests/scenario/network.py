"""Innocent traffic of the machines that is not a storage request."""

from __future__ import annotations

import random

import clock
import flows
import pools
from recorder import Recorder
from world import Machine, World

# How many an hour at full scale: platform, internal, inbound from visitors, denied scans.
_LOAD = {"web01": (18, 22, 62, 30), "app01": (18, 36, 0, 4), "gw01": (18, 12, 34, 24)}
_OTHERS = (18, 18, 0, 6)
EGRESS_PORTS = (443, 443, 443, 22)


def _count(rng: random.Random, rate: float) -> int:
    return int(rate) + (rng.random() < rate % 1)


def _platform(rec: Recorder, rng: random.Random, machine: Machine, at: int, agents: list[str]) -> None:
    kind = rng.random()
    if kind < 0.2:
        flows.flow(rec, rng, machine, (at, at + rng.randint(20, 4000)), "168.63.129.16",
                   (pools.port(rng), rng.choice((53, 80))), rng.randint(90, 900), rng.randint(90, 4000),
                   protocol=17, rule="PlatformRule")
    elif kind < 0.3:
        flows.flow(rec, rng, machine, (at, at + rng.randint(20, 60_000)), "40.119.6.228", (123, 123),
                   360, rng.choice((0, 528)), protocol=17)
    else:
        quiet, end = rng.random() < 0.04, at + rng.randint(400, 900_000)
        peer, ports = rng.choice(agents), (pools.port(rng), 443)
        flows.flow(rec, rng, machine, (at, end), peer, ports, 0 if quiet else rng.randint(74, 90_000),
                   0 if quiet or rng.random() < 0.2 else rng.randint(400, 60_000))
        if rng.random() < 0.03:  # The same ends again, from the millisecond it ended.
            flows.flow(rec, rng, machine, (end, end + 900), peer, ports, 74, 0)


def _internal(rec: Recorder, rng: random.Random, machine: Machine, at: int) -> None:
    near = [m for m in rec.world.machines if m.network == machine.network and m is not machine]
    span = (at, at + rng.randint(100, 700_000))
    ports = (pools.port(rng), rng.choice((5432, 1433, 445, 8080, 22)))
    sizes = rng.randint(900, 400_000), rng.randint(900, 3_000_000)
    if near and rng.random() < 0.6:
        peer = rng.choice(near)
        flows.flow(rec, rng, peer, span, machine.private, ports, *sizes, inbound=True,
                   rule="DefaultRule_AllowVnetInBound")
        address = peer.private
    else:
        address = f"10.0.{rng.randint(0, 3)}.{rng.randint(6, 30)}"
    flows.flow(rec, rng, machine, span, address, ports, *sizes, rule="DefaultRule_AllowVnetOutBound")


def _inbound(rec: Recorder, rng: random.Random, machine: Machine, at: int) -> None:
    rule = "UserRule_Allow_HTTPS_In" if machine.name == "web01" else "UserRule_Partner_SFTP"
    port = 443 if machine.name == "web01" else rng.choice((22, 443))
    flows.flow(rec, rng, machine, (at, at + rng.randint(300, 400_000)), pools.address(rng),
               (pools.port(rng), port), rng.randint(600, 90_000), rng.randint(2_000, 2_500_000),
               inbound=True, rule=rule)


def _scan(rec: Recorder, rng: random.Random, machine: Machine, at: int) -> None:
    peer = pools.address(rng)
    source = pools.port(rng)
    ports = [rng.choice((22, 23, 80, 3389, 445, 8443, 5900, rng.randint(1, 65000)))]
    if rng.random() < 0.004:
        ports = rng.sample(range(1, 20_000), rng.randint(500, 1500))
    for index, port in enumerate(ports):
        repeats = 3 if rng.random() < 0.02 else 1
        for _ in range(repeats):
            flows.denied(rec, rng, machine, at + index * 37, peer, (source, port),
                         17 if rng.random() < 0.08 else 6)


def background(rec: Recorder, seed: int, scale: float) -> None:
    """Record the hourly traffic of every machine while it runs."""
    world = rec.world
    for machine in world.machines:
        rng = random.Random(f"{seed}/network/{machine.name}")
        agents = [pools.address(rng, pools.PLATFORM_PREFIXES) for _ in range(6)]
        rates = _LOAD.get(machine.name, _OTHERS)
        # An hour early: what goes on when the window opens has C and E, but no B.
        for hour in range(world.start - clock.HOUR, world.end, clock.HOUR):
            if not machine.is_up(hour):
                continue
            day_time = 1.4 if 7 <= hour % clock.DAY // clock.HOUR < 18 else 0.7
            for rate, kind in zip(rates, (_platform, _internal, _inbound, _scan)):
                for _ in range(_count(rng, rate * scale * day_time)):
                    at = (hour + rng.randrange(clock.HOUR)) // 10_000
                    if kind is _platform:
                        kind(rec, rng, machine, at, agents)
                    else:
                        kind(rec, rng, machine, at)


def send_out(rec: Recorder, rng: random.Random, machine: Machine, at: int, peer: str, port: int,
             size: int, minutes: float, phase: str | None = None) -> int:
    """Send ${size} bytes from ${machine} to ${peer} over a few flows; return the end."""
    end = at + clock.ticks(minutes * 60)
    flows.parallel(rec, rng, machine, (at // 10_000, end // 10_000), peer, port, size,
                   size // rng.randint(35, 70), rng.randint(2, 6), phase)
    return end


def transfers(rec: Recorder, seed: int, near: int) -> None:
    """Let machines fetch updates and send large files to addresses they never talked to.

    One of them falls into the hours around ${near}; some are over every port there is.
    """
    world = rec.world
    rng = random.Random(f"{seed}/transfers")
    usual = next(machine for machine in world.machines if len(machine.points) > 1)
    for port in sorted(set(EGRESS_PORTS)):
        at = world.start + clock.ticks(rng.uniform(1, 20) * 3600)
        send_out(rec, rng, usual, at, pools.address(rng), port, rng.randrange(900_000_000), 25)
    moments = [near + clock.ticks(rng.uniform(-3, 6) * 3600)]
    for day in range(world.start, world.end, clock.DAY):
        moments += [day + rng.randrange(clock.DAY) for _ in range(7)]
    for at in moments:
        machine = rng.choice([m for m in world.machines if m.is_up(at)])
        peer = pools.address(rng)
        size = int(rng.uniform(100, 1800) * 1_000_000)
        if rng.random() < 0.4:
            span = (at // 10_000, at // 10_000 + rng.randint(60_000, 1_500_000))
            flows.parallel(rec, rng, machine, span, peer, 443, size // 60, size, rng.randint(1, 6))
            rec.decoy("large download from a new address", at, machine.name, peer, "")
            continue
        port = rng.choice(EGRESS_PORTS)
        for _ in range(rng.randint(1, 3)):
            at = send_out(rec, rng, machine, at, peer, port, size, rng.uniform(6, 50))
        rec.decoy("large transfer to a new address", at, machine.name, peer, "")
