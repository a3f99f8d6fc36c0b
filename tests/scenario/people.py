"""The innocent people and service principals, day after day."""

from __future__ import annotations

import random

import activity
import clock
import pools
import sessions
import storage
from recorder import Recorder
from storage import Place
from world import Account, Identity, World

ADMIN_ROUTINE = (
    "Microsoft.Compute/virtualMachines/start/action", "Microsoft.Compute/virtualMachines/deallocate/action",
    "Microsoft.Network/networkSecurityGroups/securityRules/write", "Microsoft.Resources/deployments/write",
    "Microsoft.Resources/tags/write", "Microsoft.Compute/virtualMachines/write",
    "Microsoft.Network/networkSecurityGroups/join/action", "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Storage/storageAccounts/write", "Microsoft.KeyVault/vaults/write")


def place_of(rng: random.Random, who: Identity) -> Place:
    """Return where ${who} sits this time: mostly a usual address, else a hotel, a train, a phone."""
    if rng.random() < 0.72:
        return Place(rng.choice(who.addresses))
    if rng.random() < 0.3:
        who.addresses.append(pools.address(rng))
        return Place(who.addresses[-1])
    return Place(pools.address(rng))


def _admin_session(rec: Recorder, rng: random.Random, who: Identity, account: Account,
                   place: Place, at: int) -> None:
    kind = rng.choice(("desktop", "desktop", "portal", "portal", "cli"))
    if rng.random() < 0.2:
        for other in rec.world.accounts:
            if other is not account:
                activity.list_keys(rec, rng, who, place.address, at + rng.randrange(clock.MINUTE), other,
                                   app=pools.APP_DESKTOP)
    if kind == "portal":
        sessions.portal_day(rec, rng, who, account, place, at)
    elif kind == "cli":
        sessions.cli_day(rec, rng, who, account, place, at)
    else:
        hosts = [m for m in rec.world.machines if m.endpoint and m.is_up(at)]
        machine = rng.choice(hosts) if rng.random() < 0.35 else None
        sessions.desktop_day(rec, rng, who, account, place, at, machine)
    if place.address not in who.addresses:
        rec.decoy(f"{kind} session from an address seen once", at, who.name, place.address, account.name)


def _routine(rec: Recorder, rng: random.Random, who: Identity, address: str, at: int) -> None:
    sub = rng.choice(rec.world.subscriptions)
    operation = rng.choice(ADMIN_ROUTINE)
    provider = operation.split("/", 1)[0]
    resource = (f"/subscriptions/{sub.id}/resourceGroups/rg-{rng.choice(('front', 'data', 'sales'))}"
                f"/providers/{provider}/{operation.split('/')[1]}/item{rng.randint(1, 30):02d}")
    activity.request(rec, rng, who, address, at, sub, resource, operation,
                     app=rng.choice((pools.APP_PORTAL, pools.APP_CLI, pools.APP_POWERSHELL)),
                     failed=rng.random() < 0.06)


def _moment(rng: random.Random, day: int) -> int:
    kind = rng.random()
    hour = (rng.uniform(0, 6.5) if kind < 0.06 else rng.uniform(17, 23.9) if kind < 0.18
            else rng.triangular(6.5, 17.5, 10))
    return day + clock.ticks(hour * 3600)


def administrators(rec: Recorder, seed: int, scale: float) -> None:
    """Let every administrator work every day, a little less at weekends."""
    world = rec.world
    for who in world.admins:
        rng = random.Random(f"{seed}/admin/{who.name}")
        sessions.desktop_day(rec, rng, who, rng.choice(world.accounts), Place(who.addresses[0]),
                             _moment(rng, world.start), copies=True)
        for day in range(world.start, world.end, clock.DAY):
            busy = 0.3 if (day - world.start) // clock.DAY % 7 > 4 else 1.0
            for _ in range(max(1, round(rng.uniform(2, 6) * busy * min(1.0, scale * 4)))):
                _admin_session(rec, rng, who, rng.choice(world.accounts), place_of(rng, who),
                               _moment(rng, day))
            for _ in range(round(rng.uniform(14, 34) * busy * scale)):
                _routine(rec, rng, who, rng.choice(who.addresses), _moment(rng, day))


def newcomer(rec: Recorder, seed: int) -> None:
    """Let somebody hired during the window list keys for the first time, from new addresses."""
    world, who = rec.world, rec.world.newcomer
    rng = random.Random(f"{seed}/newcomer")
    days = (world.end - world.start) // clock.DAY
    first = rng.randint(min(1, days - 1), max(1, days - 1))
    for day in range(world.start + first * clock.DAY, world.end, clock.DAY):
        for _ in range(2):
            at, account = _moment(rng, day), rng.choice(world.accounts)
            _admin_session(rec, rng, who, account, place_of(rng, who), at)
            rec.decoy("first key listings of a new colleague", at, who.name, who.addresses[0], account.name)


def services(rec: Recorder, seed: int, scale: float) -> None:
    """Let the service principals list keys: backup at night, pipeline from hosts that change."""
    world = rec.world
    rng = random.Random(f"{seed}/services")
    backup, pipeline, monitor = (world.services[n] for n in ("backup", "pipeline", "monitor"))
    for day in range(world.start, world.end, clock.DAY):
        for account in world.accounts:
            at = day + clock.ticks(rng.uniform(0.2, 0.6) * 3600)
            activity.list_keys(rec, rng, backup, backup.addresses[0], at, account)
            for hour in (6, 18):
                at = day + clock.ticks((hour + rng.random()) * 3600)
                activity.list_keys(rec, rng, monitor, rng.choice(monitor.addresses), at, account,
                                   failed=rng.random() < 0.03)
        for _ in range(max(2, round(7 * min(1, scale * 2)))):
            prefixes = rng.choice((pools.PREFIXES, pools.AZURE_HOST_PREFIXES, pools.AZURE_HOST_PREFIXES))
            place = Place(pools.address(rng, prefixes))
            sessions.cli_day(rec, rng, pipeline, rng.choice(world.accounts), place,
                             _moment(rng, day), uploads=rng.randint(2, 12))
        if rng.random() < 0.5:
            monitor.addresses.append(pools.address(rng))
            if rng.random() < 0.5:
                account = rng.choice(world.accounts)
                sessions.desktop_day(rec, rng, rng.choice(world.admins), account,
                                     Place(monitor.addresses[-1]), _moment(rng, day))


def logging_changes(rec: Recorder, seed: int, keep_out: tuple[int, int]) -> None:
    """Let policy write settings, and administrators delete and recreate one now and then.

    Each way to switch a log off occurs at least once; none falls within
    ${keep_out}, because a log that is off would not hold the intrusion.
    """
    world = rec.world
    rng = random.Random(f"{seed}/logging")
    policy = world.services["policy"]
    for day in range(world.start, world.end, clock.DAY):
        for account in world.accounts:
            if rng.random() < 0.4:
                activity.change_setting(rec, rng, policy, policy.addresses[0], _moment(rng, day),
                                        account, activity.SETTING_WRITE)
        if rng.random() < 0.3:
            machine = rng.choice(world.machines)
            activity.change_flow_log(rec, rng, policy, policy.addresses[0], _moment(rng, day),
                                     machine.subscription, machine.points[-1].key,
                                     activity.FLOW_LOG_WRITE)
    ways = ["setting", "delete", "disable"]
    ways += [rng.choice(ways) for _ in range((world.end - world.start) // clock.DAY // 3)]
    for way in ways:
        for _ in range(100):
            day = world.start + rng.randrange((world.end - world.start) // clock.DAY) * clock.DAY
            at = _moment(rng, day)
            if at + clock.HOUR < keep_out[0] or at > keep_out[1]:
                recreate(rec, rng, at, way)
                break


def recreate(rec: Recorder, rng: random.Random, at: int, way: str) -> None:
    """Switch a setting or a flow log off in ${way} and on again minutes later."""
    who = rng.choice(rec.world.admins)
    place = place_of(rng, who)
    back = at + clock.ticks(rng.uniform(90, 900))
    if way == "setting":
        account = rng.choice(rec.world.accounts)
        key, where = f"storage/{account.name}", account.name
        activity.change_setting(rec, rng, who, place.address, at, account, activity.SETTING_DELETE)
        activity.change_setting(rec, rng, who, place.address, back, account, activity.SETTING_WRITE)
    else:
        machine = rng.choice(rec.world.machines)
        key = where = rng.choice(machine.points).key
        operation = activity.FLOW_LOG_DELETE if way == "delete" else activity.FLOW_LOG_WRITE
        activity.change_flow_log(rec, rng, who, place.address, at, machine.subscription, key,
                                 operation, enabled=False)
        activity.change_flow_log(rec, rng, who, place.address, back, machine.subscription, key,
                                 activity.FLOW_LOG_WRITE)
    rec.pause(key, at, back)
    rec.decoy("logging switched off and on", at, who.name, place.address, where)


def migrations(rec: Recorder, seed: int) -> None:
    """Let administrators copy most of a container with a self-made SAS: once to the office, twice
    partly to one of our machines, from where nothing goes out."""
    world = rec.world
    rng = random.Random(f"{seed}/migrations")
    hosts = [machine for machine in world.machines if machine.endpoint and machine.always]
    for machine in (None, rng.choice(hosts), rng.choice(hosts)):
        who, account = rng.choice(world.admins), rng.choice(world.accounts)
        at = _moment(rng, world.start + rng.randrange((world.end - world.start) // clock.DAY) * clock.DAY)
        place = Place(who.addresses[0])
        activity.list_keys(rec, rng, who, place.address, at, account, app=pools.APP_DESKTOP)
        container = rng.choice(sorted(account.containers))
        at = sessions.browse(rec, rng, who.desktop, account, place, at + clock.MINUTE, [container])
        blobs = list(account.containers[container])
        rng.shuffle(blobs)
        blobs = blobs[:max(2, int(len(blobs) * rng.uniform(0.5, 0.9)))]
        half = max(1, int(len(blobs) * rng.uniform(0.2, 0.4))) if machine else len(blobs)
        sas = storage.desktop_sas(account, rng, at, who.desktop)
        at, _ = sessions.copy_out(rec, rng, who.desktop.copy, who.desktop.version, account, place, at,
                                  container, blobs[:half], sas)
        if machine:
            sessions.copy_out(rec, rng, machine.azcopy, "2021-12-02", account, storage.on(machine),
                              at + 5 * clock.MINUTE, container, blobs[half:], sas)
        rec.decoy("administrator copies most of a container", at, who.name, place.address, account.name)


def near(rec: Recorder, seed: int, at: int, account: Account, avoid: Identity) -> None:
    """Let innocents come from new addresses, on ${account} too, in the hours around ${at}."""
    rng = random.Random(f"{seed}/near")
    for who in rng.sample([a for a in rec.world.admins if a is not avoid], 2):
        place = Place(pools.address(rng))
        when = at + clock.ticks(rng.uniform(-4, 5) * 3600)
        sessions.desktop_day(rec, rng, who, account, place, when)
        rec.decoy("new address near the intrusion, same account", when, who.name,
                  place.address, account.name)
