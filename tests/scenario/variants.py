"""Other ways to the same end: each variant of the intrusion is a table line and a few acts.

Like `intrusion`, an act consists of calls of the functions that innocents use,
with values out of the same pools; it says to the recorder only which phase a
record belongs to.  A variant returns the outline that scenario.json shows; what
a timeline can be asked to say of it stands in expected.json.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Callable
from urllib.parse import quote

import activity
import clock
import flows
import intrusion
import people
import pools
import sessions
import storage
from intrusion import Plan
from recorder import Recorder
from storage import Client, Credential, Place
from world import Blob

Act = Callable[[Recorder, int, Plan], dict]


@dataclass(frozen=True)
class Variant:
    """How an intrusion goes: what is arranged before the innocents act, and the acts."""

    act: Act
    prepare: Callable[[Recorder, int, Plan], None] | None = None


def _rng(seed: int, name: str) -> random.Random:
    return random.Random(f"{seed}/variant/{name}")


def _pick(rng: random.Random, made: Plan, low: float, high: float) -> tuple[str, list[Blob]]:
    """Return a container of the account and most of its objects, in any order."""
    container = rng.choice(sorted(made.account.containers))
    blobs = list(made.account.containers[container])
    rng.shuffle(blobs)
    return container, blobs[:max(4, int(len(blobs) * rng.uniform(low, high)))]


def _split(rng: random.Random, blobs: list[Blob]) -> tuple[list[Blob], list[Blob]]:
    """Return what is read from outside and what our machine reads."""
    outside = max(1, int(len(blobs) * rng.uniform(0.15, 0.4)))
    return blobs[:outside], blobs[outside:]


def _list_keys(rec: Recorder, rng: random.Random, made: Plan, app: str) -> None:
    activity.list_keys(rec, rng, made.who, made.key_address, made.at, made.account,
                       app=app if made.who.upn else None, phase="key-list")


def _story(made: Plan, container: str, **more: object) -> dict:
    found = {"identity": made.who.upn or made.who.object_id, "object_id": made.who.object_id,
             "key_address": made.key_address, "use_address": made.use_address,
             "machine": made.machine.name, "machine_address": made.machine.private,
             "exit_address": made.exit_address, "account": made.account.name,
             "container": container, "key_list": clock.text(made.at),
             "first_use": clock.text(made.use_at), "bulk_read": clock.text(made.read_at)}
    found.update(more)
    return found


def _machine_and_exit(rec: Recorder, rng: random.Random, made: Plan, at: int, container: str,
                      blobs: list[Blob], credential: Credential, agent: str) -> dict:
    """Read ${blobs} on our machine and send as much out; return sizes for the outline.

    The machine has to be up for that; one that is off is waited for.
    """
    at += clock.ticks(rng.uniform(1, 25) * 60)
    while not all(made.machine.is_up(at + step * clock.HOUR) for step in range(3)):
        at += clock.HOUR // 4
    end, size = sessions.copy_out(rec, rng, agent, "2021-12-02", made.account,
                                  storage.on(made.machine), at, container, blobs, credential, "read")
    out_at, total = intrusion.send_out(rec, rng, made, end - clock.ticks(rng.uniform(-15, 5) * 60), size)
    return {"bytes_read_by_machine": size, "bytes_sent_out": total, "egress_end": clock.text(out_at)}


def sas(rec: Recorder, seed: int, made: Plan) -> dict:
    """A SAS that somebody outside came by: no keys are listed, nothing is browsed."""
    rng = _rng(seed, "sas")
    intrusion.draw_addresses(rec, rng, made)
    container, blobs = _pick(rng, made, 0.6, 0.95)
    outside, inside = _split(rng, blobs)
    token = storage.container_sas(made.account, rng, made.use_at, 24, rng.choice(pools.VERSIONS))
    at, _ = sessions.copy_out(rec, rng, rng.choice(pools.AZCOPY + pools.SCRIPTS), "2021-12-02",
                              made.account, Place(made.use_address), made.use_at, container, outside,
                              token, "read")
    sizes = _machine_and_exit(rec, rng, made, at, container, inside, token, made.copier)
    return _story(made, container, **sizes)


def delegation(rec: Recorder, seed: int, made: Plan) -> dict:
    """A user delegation SAS: an identity asks for the key that signs it, on the data plane."""
    rng = _rng(seed, "delegation")
    made.who = rng.choice(rec.world.admins)
    intrusion.draw_addresses(rec, rng, made)
    made.use_address = made.key_address
    container, blobs = _pick(rng, made, 0.6, 0.95)
    outside, inside = _split(rng, blobs)
    client = Client(rec, rng, made.account, Place(made.key_address), pools.APPLICATIONS[2],
                    storage.oauth(made.who, rec.world.tenant, made.at), phase="key-list")
    client.call(made.at, "GetUserDelegationKey", got=640,
                query="restype=service&comp=userdelegationkey")
    token = storage.delegation_sas(made.who, rec.world.tenant, rng, made.at)
    at, _ = sessions.copy_out(rec, rng, pools.APPLICATIONS[2], "2021-12-02", made.account,
                              Place(made.use_address), made.use_at, container, outside, token, "read")
    sizes = _machine_and_exit(rec, rng, made, at, container, inside, token, made.copier)
    return _story(made, container, **sizes)


def cli(rec: Recorder, seed: int, made: Plan) -> dict:
    """az CLI with the key it listed silently: list, then read one by one; then on the machine."""
    rng = _rng(seed, "cli")
    intrusion.draw_addresses(rec, rng, made)
    made.use_address = made.key_address
    _list_keys(rec, rng, made, pools.APP_CLI)
    container, blobs = _pick(rng, made, 0.6, 0.95)
    outside, inside = _split(rng, blobs)
    key = storage.account_key(made.account)
    version = rng.choice(pools.VERSIONS)
    client = Client(rec, rng, made.account, Place(made.use_address), made.who.cli, key, version, "use")
    at = client.call(made.at + 2 * clock.TICKS, "ListContainers", got=rng.randint(900, 3000),
                     query="comp=list&maxresults=5000&include=")
    client.phase = "browse"
    at = client.call(at + 9 * clock.TICKS, "ListBlobs", container, got=rng.randint(30_000, 400_000),
                     query="restype=container&comp=list&maxresults=5000&include=metadata%2Ccopy")
    client.phase = "read"
    for blob in outside:
        at = client.call(at + clock.ticks(rng.uniform(0.3, 2)), "GetBlobProperties", container, blob)
        at = storage.get(client, at + clock.ticks(rng.uniform(0.05, 0.2)), container, blob)
    client.close()
    sizes = _machine_and_exit(rec, rng, made, at, container, inside, key, made.who.cli)
    return _story(made, container, **sizes)


def rclone(rec: Recorder, seed: int, made: Plan) -> dict:
    """rclone with the key: every container is listed flat and read whole objects at a time."""
    rng = _rng(seed, "rclone")
    intrusion.draw_addresses(rec, rng, made)
    _list_keys(rec, rng, made, pools.APP_POWERSHELL)
    container, blobs = _pick(rng, made, 0.7, 0.95)
    outside, inside = _split(rng, blobs)
    key = storage.account_key(made.account)
    client = Client(rec, rng, made.account, Place(made.use_address), pools.SCRIPTS[2], key,
                    "2021-12-02", "use", lanes=4)
    at = client.call(made.use_at, "ListContainers", got=rng.randint(900, 3000),
                     query="comp=list&maxresults=5000")
    client.phase = "browse"
    at = client.call(at + clock.TICKS, "ListBlobs", container, got=rng.randint(30_000, 400_000),
                     query="restype=container&comp=list&maxresults=5000")
    client.phase = "read"
    for blob in outside:
        at = client.call(at + clock.ticks(rng.uniform(0.05, 0.5)), "GetBlob", container, blob,
                         got=blob.size, speed=8_000_000)
    client.close()
    sizes = _machine_and_exit(rec, rng, made, at, container, inside, key, pools.SCRIPTS[2])
    return _story(made, container, **sizes)


def browser(rec: Recorder, seed: int, made: Plan) -> dict:
    """Links pasted into a browser, one SAS an object, made with a key that was listed from there."""
    rng = _rng(seed, "browser")
    intrusion.draw_addresses(rec, rng, made)
    made.use_address = made.key_address
    _list_keys(rec, rng, made, pools.APP_PORTAL)
    container, blobs = _pick(rng, made, 0.5, 0.8)
    agent, at = rng.choice(pools.BROWSERS), made.use_at
    for number, blob in enumerate(blobs):
        token = storage.container_sas(made.account, rng, at, 1, "2021-12-02", "b", "r")
        client = Client(rec, rng, made.account, Place(made.use_address), agent, token, "2021-12-02",
                        "read" if number else "use")
        at = client.call(at + clock.ticks(rng.uniform(1, 20)), "GetBlob", container, blob,
                         got=blob.size, speed=4_000_000)
        client.close()
    return _story(made, container)


def slow(rec: Recorder, seed: int, made: Plan) -> dict:
    """Over days: a few objects every few hours, on the machine, each time sent to one address."""
    rng = _rng(seed, "slow")
    world = rec.world
    made.at = world.start + 2 * clock.DAY + rng.randrange(clock.DAY // 2)
    made.use_at = made.at + 30 * clock.MINUTE
    made.machine = rng.choice([m for m in world.machines if m.endpoint and m.always])
    intrusion.draw_addresses(rec, rng, made)
    _list_keys(rec, rng, made, pools.APP_DESKTOP)
    container, blobs = _pick(rng, made, 0.5, 0.9)
    sessions.browse(rec, rng, made.desktop, made.account, Place(made.use_address), made.use_at,
                    [container], ("use", "browse"))
    token = storage.container_sas(made.account, rng, made.use_at, 168, made.desktop.version,
                                  permissions=made.desktop.permissions)
    at, last, total, sent = made.use_at + clock.HOUR, world.end - 2 * clock.HOUR, 0, 0
    rounds = max(2, (last - at) // (4 * clock.HOUR))
    for number in range(rounds):
        part = blobs[number * len(blobs) // rounds:(number + 1) * len(blobs) // rounds]
        if not part:
            continue
        begin = at + number * 4 * clock.HOUR + clock.ticks(rng.uniform(0, 3600))
        end, size = sessions.copy_out(rec, rng, made.copier, "2021-12-02", made.account,
                                      storage.on(made.machine), begin, container, part, token, "read")
        _, out = intrusion.send_out(rec, rng, made, end, size)
        total, sent = total + size, sent + out
    return _story(made, container, bytes_read_by_machine=total, bytes_sent_out=sent)


def server_copy(rec: Recorder, seed: int, made: Plan) -> dict:
    """Copied by the service into an account of somebody else: here only the source is logged."""
    rng = _rng(seed, "server-copy")
    intrusion.draw_addresses(rec, rng, made)
    _list_keys(rec, rng, made, pools.APP_DESKTOP)
    container, blobs = _pick(rng, made, 0.6, 0.95)
    at = sessions.browse(rec, rng, made.desktop, made.account, Place(made.use_address), made.use_at,
                         [container], ("use", "browse"))
    token = storage.desktop_sas(made.account, rng, at, made.desktop)
    client = Client(rec, rng, made.account, Place(made.use_address), made.desktop.copy, token,
                    made.desktop.version, "copy", lanes=3)
    for blob in blobs:
        link = (f"https://{made.account.name}.blob.core.windows.net/{container}/{quote(blob.name)}"
                f"?{token.query}")
        at = client.call(at + clock.ticks(rng.uniform(0.05, 1)), "CopyBlobSource", container, blob,
                         status=202, count=1, key=link)
    client.close()
    return _story(made, container)


def ssh(rec: Recorder, seed: int, made: Plan) -> dict:
    """What the machine read leaves through a session that came in from outside."""
    rng = _rng(seed, "ssh")
    made.machine = next(m for m in rec.world.machines if m.name == "gw01")
    intrusion.draw_addresses(rec, rng, made)
    _list_keys(rec, rng, made, pools.APP_DESKTOP)
    container, blobs = _pick(rng, made, 0.6, 0.95)
    at = sessions.browse(rec, rng, made.desktop, made.account, Place(made.use_address), made.use_at,
                         [container], ("use", "browse"))
    token = storage.desktop_sas(made.account, rng, at, made.desktop)
    end, size = sessions.copy_out(rec, rng, made.copier, "2021-12-02", made.account,
                                  storage.on(made.machine), at + 10 * clock.MINUTE, container, blobs,
                                  token, "read")
    total = int(size * rng.uniform(1.02, 1.08))
    first = end + clock.ticks(rng.uniform(1, 10) * 60)
    span = (first // 10_000, first // 10_000 + rng.randint(600_000, 2_400_000))
    flows.flow(rec, rng, made.machine, span, made.exit_address, (pools.port(rng), 22),
               total // 60, total, inbound=True, rule="UserRule_Partner_SFTP", phase="flow-out")
    return _story(made, container, bytes_read_by_machine=size, bytes_sent_out=total)


def two(rec: Recorder, seed: int, made: Plan) -> dict:
    """Two that know nothing of each other, on different accounts, at about the same time."""
    first = intrusion.act(rec, seed, made)
    other = intrusion.plan(rec.world, seed + 1_000_000)
    other.account = _rng(seed, "two").choice([a for a in rec.world.accounts if a is not made.account])
    first["second"] = intrusion.act(rec, seed + 1_000_000, other)
    return first


def _prepare_rotation(rec: Recorder, seed: int, made: Plan) -> None:
    """Let key1 of the account be made anew in the middle of the intrusion."""
    made.account.rotated_at = made.read_at - 5 * clock.MINUTE
    made.account.new_key_text = pools.secret_text(_rng(seed, "rotation"), 64)


def rotated(rec: Recorder, seed: int, made: Plan) -> dict:
    """An administrator makes a new key1 meanwhile; the intruder lists it and goes on."""
    rng = _rng(seed, "rotated")
    admin = rng.choice([a for a in rec.world.admins if a is not made.who])
    activity.regenerate_key(rec, rng, admin, admin.addresses[0], made.account.rotated_at, made.account,
                            app=pools.APP_PORTAL)
    story = intrusion.act(rec, seed, made)
    activity.list_keys(rec, rng, made.who, made.key_address, made.account.rotated_at + 2 * clock.MINUTE,
                       made.account, app=pools.APP_DESKTOP if made.who.upn else None, phase="key-list")
    return story


def _prepare_no_read_log(rec: Recorder, seed: int, made: Plan) -> None:
    made.account.is_read_logged = False


def no_read_log(rec: Recorder, seed: int, made: Plan) -> dict:
    """The account writes no StorageRead log: who read what cannot be known."""
    return intrusion.act(rec, seed, made)


def clean(rec: Recorder, seed: int, made: Plan) -> dict:
    """Nobody broke in; administrators travel, migrate, and move data more than usual."""
    rng = _rng(seed, "clean")
    for number in range(3):
        people.migrations(rec, seed + 7_000 + number)
    for who in rec.world.admins:
        for _ in range(3):
            day = rec.world.start + rng.randrange((rec.world.end - rec.world.start) // clock.DAY) * clock.DAY
            at = day + clock.ticks(rng.uniform(6, 21) * 3600)
            place, account = Place(pools.address(rng)), rng.choice(rec.world.accounts)
            sessions.desktop_day(rec, rng, who, account, place, at, copies=True)
            rec.decoy("a day's work from an address seen once", at, who.name, place.address, account.name)
    return {}


def desktop(rec: Recorder, seed: int, made: Plan) -> dict:
    """The intrusion of `intrusion`."""
    return intrusion.act(rec, seed, made)


VARIANTS = {
    "desktop": Variant(desktop),
    "sas": Variant(sas),
    "delegation": Variant(delegation),
    "cli": Variant(cli),
    "rclone": Variant(rclone),
    "browser": Variant(browser),
    "slow": Variant(slow),
    "server-copy": Variant(server_copy),
    "ssh": Variant(ssh),
    "two": Variant(two),
    "rotated": Variant(rotated, _prepare_rotation),
    "no-read-log": Variant(no_read_log, _prepare_no_read_log),
    "clean": Variant(clean),
}
