"""The innocent machines and programs: applications, backup, analytics, partners, visitors."""

from __future__ import annotations

import random

import clock
import pools
import storage
from recorder import Recorder
from storage import Client, Place
from world import Account, Machine, World


def _named(world: World, name: str) -> Machine:
    return next(machine for machine in world.machines if machine.name == name)


def _spread(rng: random.Random, begin: int, count: int, span: int = clock.HOUR) -> list[int]:
    return sorted(begin + rng.randrange(span) for _ in range(count))


def _turn(client: Client, rng: random.Random, at: int, container: str, writes: float) -> None:
    """Make one request of an application: mostly reads, some writes, few errors."""
    blob = rng.choice(client.account.containers[container])
    if rng.random() < writes:
        client.call(at, "PutBlob", container, blob, status=201, sent=min(blob.size, 2_000_000))
    elif rng.random() < 0.03:
        client.call(at, "GetBlob", container, blob, status=404, error="BlobNotFound")
    elif rng.random() < 0.0006:
        client.call(at, "GetBlob", container, blob, status="Unknown", error="ClientOtherError")
    elif rng.random() < 0.15:
        client.call(at, "GetBlobProperties", container, blob)
    else:
        client.call(at, "GetBlob", container, blob, got=blob.size)


def application(rec: Recorder, rng: random.Random, account: Account, place: Place, per_hour: float,
                hours: tuple[int, int], credential: storage.Credential, writes: float = 0.25,
                cleanup: bool = False) -> None:
    """Let one application use ${account} every hour of its day with one credential."""
    agent, version = rng.choice(pools.APPLICATIONS), rng.choice(pools.VERSIONS)
    names = sorted(account.containers)[:2]
    for hour in range(rec.world.start, rec.world.end, clock.HOUR):
        clock_hour = hour % clock.DAY // clock.HOUR
        if not hours[0] <= clock_hour < hours[1]:
            continue
        load = per_hour * (0.5 + 0.5 * (7 <= clock_hour < 18))
        count = int(load) + (rng.random() < load % 1)
        times = _spread(rng, hour, count)
        for batch in range(0, count, 12):
            client = Client(rec, rng, account, place, agent, credential, version, lanes=2)
            for at in times[batch:batch + 12]:
                _turn(client, rng, at, rng.choice(names), writes if clock_hour % 3 == 1 else 0)
            client.close()
        if cleanup and clock_hour in (3, 15):
            client = Client(rec, rng, account, place, agent, credential, version)
            for at in _spread(rng, hour, max(1, int(per_hour / 5)), clock.HOUR // 6):
                blob = rng.choice(account.containers[names[0]])
                client.call(at, "DeleteBlob", names[0], blob, status=202)
            client.close()


def applications(rec: Recorder, seed: int, scale: float) -> None:
    """Let the applications run; several of them share key1, as the intruder will."""
    world = rec.world
    rng = random.Random(f"{seed}/applications")
    sales, records, analytics = world.accounts
    day, always = (6, 20), (0, 24)
    for account, place, rate, hours, slot in (
            (sales, storage.on(_named(world, "app01")), 42, always, 1),
            (sales, Place(pools.address(rng, pools.AZURE_HOST_PREFIXES)), 24, day, 1),
            (sales, storage.on(_named(world, "web01")), 22, always, 2),
            (records, storage.on(_named(world, "gw01")), 36, always, 1),
            (records, Place(pools.address(rng, pools.AZURE_HOST_PREFIXES)), 24, day, 1),
            (records, storage.on(_named(world, "app01")), 16, day, 2),
            (analytics, Place(pools.address(rng, pools.AZURE_HOST_PREFIXES)), 34, always, 1),
            (analytics, storage.on(_named(world, "build01")), 12, (7, 15), 1)):
        application(rec, rng, account, place, rate * scale, hours,
                    storage.account_key(account, slot), cleanup=slot == 1 and hours == always)
    function = world.services["monitor"]
    client = Client(rec, rng, analytics, Place(pools.address(rng, pools.AZURE_HOST_PREFIXES)),
                    pools.HADOOP, storage.ANONYMOUS, "2020-10-02")
    for hour in range(world.start, world.end, clock.HOUR):
        client.credential = storage.oauth(function, world.tenant, hour)
        for at in _spread(rng, hour, int(14 * scale) + (rng.random() < 14 * scale % 1)):
            container = rng.choice(sorted(analytics.containers))
            client.call(at, "GetBlob", container, rng.choice(analytics.containers[container]),
                        got=rng.randint(4096, 4_194_304))


def _bulk(rec: Recorder, rng: random.Random, account: Account, place: Place, agent: str, at: int,
          credential: storage.Credential, share: float, container: str, lanes: int) -> int:
    client = Client(rec, rng, account, place, agent, credential, "2021-12-02", lanes=lanes)
    at = client.call(at, "ListBlobs", container, got=rng.randint(40_000, 300_000),
                     query="restype=container&comp=list&timeout=901")
    blobs = account.containers[container]
    for blob in rng.sample(blobs, max(1, int(len(blobs) * share))):
        at = storage.get(client, at + clock.ticks(rng.uniform(0.02, 0.4)), container, blob,
                         "timeout=901", rng.choice((4_000_000, 8_000_000, 12_000_000)))
    client.close()
    return at


def readers(rec: Recorder, seed: int) -> None:
    """Let backup, analytics, and partners read a lot, with keys and with SAS minted every day."""
    world = rec.world
    rng = random.Random(f"{seed}/readers")
    backup, etl, analysis = (_named(world, name) for name in ("bak01", "etl01", "ana01"))
    partners = [(pools.address(rng), rng.choice(world.accounts), rng.choice(pools.AZCOPY + pools.SCRIPTS))
                for _ in range(3)]
    for day in range(world.start, world.end, clock.DAY):
        at = day + clock.ticks(rng.uniform(0.7, 1.2) * 3600)
        for account in world.accounts:
            for container in rng.sample(sorted(account.containers), 3):
                at = _bulk(rec, rng, account, storage.on(backup), backup.azcopy, at,
                           storage.account_key(account), rng.uniform(0.3, 0.5), container, 4)
        for machine, account, hour in ((etl, world.accounts[1], 2), (analysis, world.accounts[2], 6),
                                       (analysis, world.accounts[0], 8)):
            at = day + clock.ticks((hour + rng.random()) * 3600)
            sas = storage.container_sas(account, rng, at, 24, "2021-12-02", permissions="rl")
            for container in rng.sample(sorted(account.containers), 2):
                at = _bulk(rec, rng, account, storage.on(machine), machine.azcopy, at, sas,
                           rng.uniform(0.2, 0.6), container, 3)
        for usual, account, agent in partners:
            address = usual if rng.random() < 0.5 else pools.address(rng)
            at = day + clock.ticks(rng.uniform(6, 20) * 3600)
            sas = storage.container_sas(account, rng, at, 24, rng.choice(pools.VERSIONS))
            _bulk(rec, rng, account, Place(address), agent, at, sas, rng.uniform(0.2, 0.7),
                  rng.choice(sorted(account.containers)), 2)
            if address != usual:
                rec.decoy("partner reads in bulk from a new address", at, "partner", address, account.name)


def delegated(rec: Recorder, seed: int) -> None:
    """Let a program read with a user delegation SAS, for which it asks a key once a day."""
    world, who = rec.world, rec.world.services["monitor"]
    rng = random.Random(f"{seed}/delegated")
    account, place = world.accounts[2], Place(pools.address(rng, pools.AZURE_HOST_PREFIXES))
    for day in range(world.start, world.end, clock.DAY):
        at = day + clock.ticks(rng.uniform(9, 15) * 3600)
        client = Client(rec, rng, account, place, pools.APPLICATIONS[2],
                        storage.oauth(who, world.tenant, at))
        at = client.call(at, "GetUserDelegationKey", got=640,
                         query="restype=service&comp=userdelegationkey")
        sas = storage.delegation_sas(who, world.tenant, rng, at)
        _bulk(rec, rng, account, place, pools.APPLICATIONS[2], at + clock.MINUTE, sas, 0.1,
              sorted(account.containers)[0], 2)


def visitors(rec: Recorder, seed: int, scale: float) -> None:
    """Let visitors follow links that carry a SAS of their own, and read the public site."""
    world = rec.world
    rng = random.Random(f"{seed}/visitors")
    for hour in range(world.start, world.end, clock.HOUR):
        if not 6 <= hour % clock.DAY // clock.HOUR < 22:
            continue
        for account in world.accounts[:2]:
            for at in _spread(rng, hour, max(1, round(9 * scale))):
                container = rng.choice(sorted(account.containers))
                blob = rng.choice(account.containers[container])
                sas = storage.container_sas(account, rng, at, 1, "2021-12-02", "b", "r")
                client = Client(rec, rng, account, Place(pools.address(rng)),
                                rng.choice(pools.BROWSERS), sas, "2021-12-02")
                for _ in range(rng.choice((1, 1, 1, 2))):
                    at = client.call(at, "GetBlob", container, blob, got=blob.size, speed=2_000_000)
        for at in _spread(rng, hour, max(1, round(6 * scale))):
            account = world.accounts[0]
            page = account.containers[sorted(account.containers)[0]][rng.randrange(8)]
            client = Client(rec, rng, account, Place(pools.address(rng)), rng.choice(pools.BROWSERS),
                            storage.ANONYMOUS, "2009-09-19")
            client.call(at, "GetBlob", "$web", page, got=min(page.size, 90_000))


def copies(rec: Recorder, seed: int, scale: float) -> None:
    """Copy blobs inside the service: three records a copy, all of them StorageWrite."""
    world = rec.world
    rng = random.Random(f"{seed}/copies")
    for day in range(world.start, world.end, clock.DAY):
        for account in world.accounts[:2]:
            place = storage.on(_named(world, "app01"))
            client = Client(rec, rng, account, place, rng.choice(pools.APPLICATIONS),
                            storage.account_key(account))
            for at in _spread(rng, day + 9 * clock.HOUR, max(1, round(16 * scale)), 5 * clock.HOUR):
                source, target = rng.sample(sorted(account.containers), 2)
                blob = rng.choice(account.containers[source])
                link = f"https://{account.name}.blob.core.windows.net/{source}/{blob.name}"
                correlation = pools.guid(rng)
                client.call(at, "CopyBlob", target, blob, status=202, count=0, correlation=correlation)
                client.call(at + 600, "CopyBlobSource", source, blob, status=202, count=1, key=link,
                            correlation=correlation)
                client.call(at + 1200, "CopyBlobDestination", target, blob, status=202, count=2,
                            correlation=correlation)
            client.close()
