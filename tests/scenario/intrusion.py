"""The one intrusion: a plan made first, and the acts, made of innocent functions.

Invariant 3: every value of the plan comes from a pool of `pools` or from what
some innocent already uses.  Only the conjunction in time is unusual: an
identity lists keys from an address new to it; then a credential and an address
new to the account browse and read in bulk; then the reading machine sends
about as much to an address it never talked to.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import activity
import clock
import network
import pools
import sessions
import storage
from recorder import Recorder
from storage import Place
from world import Account, Identity, Machine, World


@dataclass
class Plan:
    """Who, on what, and when; the addresses are drawn when the acts begin."""

    who: Identity
    account: Account
    machine: Machine
    desktop: pools.Desktop
    copier: str
    at: int
    use_at: int
    read_at: int
    change: str
    key_address: str = ""
    use_address: str = ""
    exit_address: str = ""

    @property
    def end(self) -> int:
        """The moment by which all of it is over."""
        return self.read_at + 6 * clock.HOUR


def _moment(rng: random.Random, world: World) -> int:
    days = (world.end - world.start) // clock.DAY
    first = min(2, days - 1)
    lowest = world.start + first * clock.DAY + (clock.DAY // 4 if days == 1 else 0)
    return rng.randrange(lowest, max(lowest + 1, world.end - 13 * clock.HOUR))


def plan(world: World, seed: int) -> Plan:
    """Draw the plan of ${seed} for ${world}."""
    rng = random.Random(f"{seed}/intrusion/plan")
    at = _moment(rng, world)
    who = rng.choice(world.admins + [world.services["pipeline"], world.services["backup"]])
    use_at = at + clock.ticks(rng.choice((rng.uniform(4, 60), rng.uniform(60, 300))) * 60)
    read_at = use_at + clock.ticks(rng.uniform(20, 70) * 60)
    hosts = [machine for machine in world.machines
             if machine.endpoint and all(machine.is_up(read_at + step * clock.HOUR)
                                         for step in range(4))]
    innocents = [m.azcopy for m in world.machines if m.name in ("bak01", "etl01", "ana01")]
    return Plan(who, rng.choice(world.accounts), rng.choice(hosts),
                rng.choice([admin.desktop for admin in world.admins]),
                rng.choice(innocents), at, use_at, read_at, rng.choice(("setting", "flow-log")))


def _read(rec: Recorder, rng: random.Random, made: Plan, container: str) -> tuple[int, int]:
    """Read in bulk with a self-made SAS, from outside and from our machine; return end and bytes."""
    blobs = list(made.account.containers[container])
    rng.shuffle(blobs)
    blobs = blobs[:max(4, int(len(blobs) * rng.uniform(0.6, 0.95)))]
    outside = max(1, int(len(blobs) * rng.uniform(0.15, 0.4)))
    sas = storage.desktop_sas(made.account, rng, made.read_at, made.desktop)
    rec.secrets = {"sas_signature": sas.signature, "account_key": made.account.key_texts[0]}
    at, _ = sessions.copy_out(rec, rng, made.desktop.copy, made.desktop.version, made.account,
                              Place(made.use_address), made.read_at, container, blobs[:outside],
                              sas, "read")
    at += clock.ticks(rng.uniform(1, 25) * 60)
    return sessions.copy_out(rec, rng, made.copier, "2021-12-02", made.account,
                             storage.on(made.machine), at, container, blobs[outside:], sas, "read")


def send_out(rec: Recorder, rng: random.Random, made: Plan, at: int, size: int) -> tuple[int, int]:
    """Send a little more than ${size} bytes to the exit; return the end and the bytes."""
    parts = rng.randint(1, 3)
    port = rng.choice(network.EGRESS_PORTS)
    total = int(size * rng.uniform(1.02, 1.08))
    for _ in range(parts):
        at = network.send_out(rec, rng, made.machine, at, made.exit_address, port,
                              total // parts, rng.uniform(8, 30), "flow-out")
    return at, total


def change_logging(rec: Recorder, rng: random.Random, made: Plan, at: int) -> None:
    """Switch a log off as the compromised identity; policy or a colleague mends it later."""
    back = at + clock.ticks(rng.uniform(0.5, 5) * 3600)
    policy = rec.world.services["policy"]
    if made.change == "setting":
        key = f"storage/{made.account.name}"
        activity.change_setting(rec, rng, made.who, made.key_address, at, made.account,
                                activity.SETTING_DELETE, "logging-change")
        activity.change_setting(rec, rng, policy, policy.addresses[0], back, made.account,
                                activity.SETTING_WRITE)
    else:
        key = made.machine.points[0].key
        gone = rng.random() < 0.5
        activity.change_flow_log(rec, rng, made.who, made.key_address, at,
                                 made.machine.subscription, key,
                                 activity.FLOW_LOG_DELETE if gone else activity.FLOW_LOG_WRITE,
                                 False, "logging-change")
        activity.change_flow_log(rec, rng, policy, policy.addresses[0], back,
                                 made.machine.subscription, key, activity.FLOW_LOG_WRITE)
    rec.pause(key, at, back)


def draw_addresses(rec: Recorder, rng: random.Random, made: Plan) -> None:
    """Draw the addresses of ${made}, which no record so far mentions."""
    made.key_address = rec.fresh_address(rng)
    made.use_address = made.key_address if rng.random() < 0.5 else rec.fresh_address(rng)
    made.exit_address = rec.fresh_address(rng)


def act(rec: Recorder, seed: int, made: Plan) -> dict:
    """Carry ${made} out and return its outline for scenario.json."""
    rng = random.Random(f"{seed}/intrusion/acts")
    draw_addresses(rec, rng, made)
    app = pools.APP_DESKTOP if made.who.upn else None
    others = [a for a in rec.world.accounts if a is not made.account]
    for account in [made.account] + rng.sample(others, rng.randint(0, 2)):
        activity.list_keys(rec, rng, made.who, made.key_address, made.at + rng.randrange(90 * clock.TICKS),
                           account, app=app, phase="key-list")
    containers = rng.sample(sorted(made.account.containers), rng.randint(1, 3))
    sessions.browse(rec, rng, made.desktop, made.account, Place(made.use_address), made.use_at,
                    containers, ("use", "browse"))
    end, size = _read(rec, rng, made, containers[-1])
    out_at = end - clock.ticks(rng.uniform(-15, 5) * 60)
    out_at, total = send_out(rec, rng, made, out_at, size)
    change_logging(rec, rng, made, out_at + clock.ticks(rng.uniform(4, 40) * 60))
    return {"identity": made.who.upn or made.who.object_id, "object_id": made.who.object_id,
            "key_address": made.key_address, "use_address": made.use_address,
            "machine": made.machine.name, "machine_address": made.machine.private,
            "exit_address": made.exit_address, "account": made.account.name,
            "container": containers[-1], "key_list": clock.text(made.at),
            "first_use": clock.text(made.use_at), "bulk_read": clock.text(made.read_at),
            "egress_end": clock.text(out_at), "bytes_read_by_machine": size,
            "bytes_sent_out": total, "logging": made.change}
