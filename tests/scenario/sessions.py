"""What a person at a keyboard does with a storage account, innocent or not.

Invariant 2: the intrusion is made of these functions and of `flows`, called
with values out of `pools`.  There is no function that only an intruder calls.
"""

from __future__ import annotations

import random

import activity
import clock
import pools
import storage
from recorder import Recorder
from storage import Client, Place
from world import Account, Blob, Identity, Machine

Phases = tuple[str | None, str | None]


def _pause(rng: random.Random, low: float = 0.3, high: float = 6.0) -> int:
    return clock.ticks(rng.uniform(low, high))


def browse(rec: Recorder, rng: random.Random, desktop: pools.Desktop, account: Account,
           place: Place, at: int, containers: list[str], phases: Phases = (None, None)) -> int:
    """Open ${account} in the desktop browser with key1 and look into ${containers}.

    The first request has the first of ${phases}, all others the second.
    Return the moment the browsing ends.
    """
    client = Client(rec, rng, account, place, desktop.browse, storage.account_key(account),
                    desktop.version, phases[0])
    at = client.call(at, "ListContainers", query="comp=list&maxresults=1000",
                     got=rng.randint(900, 2600))
    client.phase = phases[1]
    at = client.call(at + _pause(rng), "GetBlobServiceProperties",
                     query="restype=service&comp=properties", got=rng.randint(600, 900))
    for container in containers:
        for _ in range(rng.randint(1, 3)):
            at = client.call(at + _pause(rng), "GetContainerProperties", container,
                             query="restype=container")
        if rng.random() < 0.6:
            at = client.call(at + _pause(rng), "GetContainerACL", container,
                             query="restype=container&comp=acl", got=rng.randint(120, 300))
        folders = rng.randint(1, 4)
        for _ in range(folders):
            at = client.call(at + _pause(rng), "ListBlobs", container,
                             query="restype=container&comp=list&delimiter=%2F&maxresults=1000",
                             got=rng.randint(4_000, 190_000))
        for blob in rng.sample(account.containers[container], min(3, folders)):
            at = client.call(at + _pause(rng), "GetBlobProperties", container, blob)
    client.close()
    return at


def copy_out(rec: Recorder, rng: random.Random, agent: str, version: str, account: Account,
             place: Place, at: int, container: str, blobs: list[Blob],
             credential: storage.Credential, phase: str | None = None) -> tuple[int, int]:
    """Read ${blobs} as the embedded or the real copier does; return the end and the bytes."""
    client = Client(rec, rng, account, place, agent, credential, version, phase,
                    lanes=rng.randint(2, 5))
    speed = rng.choice((2_000_000, 4_000_000, 8_000_000))
    at = client.call(at, "ListBlobs", container, got=rng.randint(20_000, 200_000),
                     query="restype=container&comp=list&timeout=901")
    for blob in blobs:
        if rng.random() < 0.15:
            client.call(at, "GetBlobProperties", container, blob, query="timeout=901")
        at = storage.get(client, at + _pause(rng, 0.01, 0.2), container, blob,
                         "timeout=901", speed)
    client.close()
    return at, client.bytes_read


def desktop_day(rec: Recorder, rng: random.Random, who: Identity, account: Account,
                place: Place, at: int, machine: Machine | None = None, copies: bool = False) -> int:
    """List the keys, browse with the key, then copy some blobs with a self-made SAS.

    With ${copies} something is copied for certain, a large blob among it.
    """
    activity.list_keys(rec, rng, who, place.address, at, account, app=pools.APP_DESKTOP)
    containers = rng.sample(sorted(account.containers), rng.randint(1, 3))
    at = browse(rec, rng, who.desktop, account, place, at + clock.ticks(rng.uniform(2, 2400)),
                containers)
    if copies or rng.random() < 0.7:
        container = rng.choice(containers)
        pool = account.containers[container]
        blobs = rng.sample(pool, min(len(pool), rng.choice((1, 2, 3, 5, 8, 20))))
        if copies:
            blobs.append(max(pool, key=lambda blob: blob.size))
        sas = storage.desktop_sas(account, rng, at, who.desktop)
        at += clock.ticks(rng.uniform(5, 60))
        at, _ = copy_out(rec, rng, who.desktop.copy, who.desktop.version, account, place, at,
                         container, blobs, sas)
        if machine is not None and machine.is_up(at):
            at, _ = copy_out(rec, rng, machine.azcopy, "2021-12-02", account, storage.on(machine),
                             at + clock.MINUTE, container, blobs[:5], sas)
    return at


def portal_day(rec: Recorder, rng: random.Random, who: Identity, account: Account,
               place: Place, at: int) -> int:
    """Open ${account} in the portal: keys, then an account SAS for 8 hours in the browser."""
    activity.list_keys(rec, rng, who, place.address, at, account, app=pools.APP_PORTAL)
    sas = storage.account_sas(account, rng, at)
    client = Client(rec, rng, account, place, who.browser, sas, "2021-08-06",
                    referrer=rng.choice(("https://portal.azure.com/",
                                         f"blob:https://ms.portal.azure.com/{pools.guid(rng)}")))
    for _ in range(rng.randint(1, 4)):
        stamp = f"_={at // 10_000}"
        at = client.call(at + _pause(rng, 1, 400), "ListContainers", got=rng.randint(900, 3000),
                         query=f"comp=list&maxresults=100&{stamp}")
        container = rng.choice(sorted(account.containers))
        at = client.call(at + _pause(rng), "ListBlobs", container, got=rng.randint(3000, 60_000),
                         query=f"restype=container&comp=list&delimiter=%2F&maxresults=100&{stamp}")
        blob = rng.choice(account.containers[container])
        at = client.call(at + _pause(rng), "GetBlobProperties", container, blob, query=stamp)
        if rng.random() < 0.4:
            at = storage.get(client, at + _pause(rng), container, blob, stamp)
    client.close()
    return at


def cli_day(rec: Recorder, rng: random.Random, who: Identity, account: Account,
            place: Place, at: int, uploads: int = 0) -> int:
    """Work with az CLI, which lists the keys silently before it does what it was told."""
    activity.list_keys(rec, rng, who, place.address, at, account,
                       app=pools.APP_CLI if who.upn else None)
    client = Client(rec, rng, account, place, who.cli, storage.account_key(account),
                    rng.choice(pools.VERSIONS))
    at = client.call(at + _pause(rng, 1, 4), "ListContainers", got=rng.randint(900, 3000),
                     query="comp=list&maxresults=5000&include=")
    container = rng.choice(sorted(account.containers))
    at = client.call(at + _pause(rng, 1, 20), "ListBlobs", container, got=rng.randint(30_000, 400_000),
                     query="restype=container&comp=list&maxresults=5000&include=metadata%2Ccopy")
    for blob in rng.sample(account.containers[container], rng.randint(0, 3)):
        at = client.call(at + _pause(rng), "GetBlobProperties", container, blob)
        at = storage.get(client, at + _pause(rng, 0.05, 0.2), container, blob)
    for _ in range(uploads):
        blob = rng.choice(account.containers[container])
        at = client.call(at + _pause(rng), "PutBlob", container, blob, status=201,
                         sent=min(blob.size, 900_000))
    client.close()
    return at
