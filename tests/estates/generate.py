"""Small incidents in estates of other kinds: generate.py SHAPE SEED FOLDER.

A shape is an estate and the way its logs were delivered; in each somebody lists
keys, looks round, and takes what a container holds, but in "quiet" nobody does.
SHAPES says what is peculiar to each, and tests/scenario/expected.json what a
timeline can be asked to say of it.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass

from records import Act, Auth, Estate, Flow, Request, digest

DAY, HOUR = 86400.0, 3600.0
LIST_KEYS = "Microsoft.Storage/storageAccounts/listKeys/action"
OFFICE = "192.0.2.10"
SERVICE = "20.150.3.4"
TOOLS = ("Microsoft Azure Storage Explorer, 1.36.2, win32 azsdk-js-storageblob/12.25.0 (NODE-VERSION v20.9.0; "
         "Windows_NT 10.0.22631)", "AzCopy/10.27.1 azsdk-go-azblob/v1.4.0 (go1.22.7; Linux)",
         "AzurePowershell/v12.4.0 azsdk-net-Storage.Blobs/12.22.1 (.NET 8.0.10; Microsoft Windows 10.0.20348)")


@dataclass(frozen=True)
class Shape:
    """An estate: how its logs were delivered, and where it differs from the others."""

    delivery: str = "resource"
    flows: int = 4
    nat: str = ""              # Hosts call storage from this address, with other ports.
    host: bool = True          # A host of theirs reads the larger part, and sends it out.
    inside: bool = False       # The intruder sits behind the office's own address.
    ipv6: bool = False
    accounts: int = 1          # So many accounts are robbed, each in another subscription.
    intruders: int = 1


SHAPES = {
    "nsg-v1": Shape(flows=1),
    "nat": Shape(flows=2, nat="198.51.100.7"),
    "ipv6": Shape(ipv6=True),
    "office": Shape(inside=True),
    "subscriptions": Shape(accounts=2, host=False),
    "rows-only": Shape(delivery="rows", flows=0, host=False),
    "classic-only": Shape(delivery="classic", flows=0, host=False),
    "quiet": Shape(intruders=0),
}


class Story:
    """One estate of one shape, day by day."""

    def __init__(self, shape: Shape, name: str, seed: int) -> None:
        self.shape = shape
        names = ("media", "ledger", "plans", "hr")
        self.estate = Estate(seed, name, {f"{part}{seed:02d}": f"{number}0000000-aaaa-bbbb-cccc-{number:012d}"
                                          for number, part in enumerate(names)})
        self.rng = self.estate.rng
        self.accounts = list(self.estate.subscriptions)
        self.blobs = {account: {container: [(f"{container}/{number:05d}.dat", int(self.rng.lognormvariate(13, 1)))
                                            for number in range(self.rng.randint(150, 260))]
                                for container in ("current", "archive", "shared")} for account in self.accounts}
        self.people = [f"{person}@northwind.example" for person in ("mira", "otto", "lena", "igor", "fay")]
        self.homes = {who: [self.address() for _ in range(2)] for who in self.people}
        self.hosts = {"10.20.0.4": "7C1E520000A1", "10.20.0.5": "7C1E520000A2", "10.20.1.4": "7C1E520000B1"}
        self.partner = self.address()
        self.outline: dict[str, str] = {}

    def address(self, ipv6: bool = False) -> str:
        """Return an address that nobody has."""
        if ipv6:
            return "2001:db8:{:x}:{:x}::{:x}".format(*(self.rng.randrange(1, 65536) for _ in range(3)))
        return f"203.0.113.{self.rng.randrange(1, 255)}" if self.rng.random() < 0.1 else \
            f"198.18.{self.rng.randrange(256)}.{self.rng.randrange(1, 255)}"

    def key(self, account: str) -> str:
        """Return the hash of the key that all share."""
        return digest("key", account)

    def sas(self, account: str) -> Auth:
        """Return a SAS that nobody had before."""
        return Auth("sas", self.key(account), digest("sas", self.rng.random()))

    def ask(self, at: float, operation: str, account: str, address: str, auth: Auth, agent: str,
            container: str = "", blob: str = "", size: int = 0, phase: str | None = None, port: int = 0) -> None:
        """One request."""
        self.estate.happened.append(Request(at, operation, account, address, port or self.rng.randrange(1025, 65000),
                                            auth, agent, container, blob, size, phase))

    def look(self, at: float, account: str, address: str, container: str, agent: str, phase: str | None) -> float:
        """Look round in ${account} with its key."""
        auth = Auth("key", self.key(account))
        for operation, where in (("ListContainers", ""), ("GetContainerProperties", container),
                                 ("ListBlobs", container), ("ListBlobs", container)):
            self.ask(at, operation, account, address, auth, agent, where, size=4000, phase=phase)
            at += self.rng.uniform(1, 9)
        return at

    def read(self, at: float, account: str, address: str, auth: Auth, agent: str, container: str, blobs: list,
             phase: str | None, host: str = "") -> tuple[float, int]:
        """Read ${blobs}, on ${host} if one is named, whose card carries it; return the end and the bytes."""
        total, begin, port = 0, at, self.rng.randrange(1025, 65000)
        for blob, size in blobs:
            self.ask(at, "GetBlob", account, address, auth, agent, container, blob, size, phase,
                     0 if host and address != host else port)
            at, total = at + self.rng.uniform(0.2, 1.5), total + size
        if host:
            self.flow(begin - 0.2, at - begin + 4, host, SERVICE, 443, total // 50 + 900, int(total * 1.03), phase,
                      port=port)
        return at, total

    def flow(self, at: float, seconds: float, host: str, far: str, far_port: int, sent: int, got: int,
             phase: str | None = None, inbound: bool = False, port: int = 0) -> None:
        """One flow of ${host}, which sends and gets as much."""
        port = port or self.rng.randrange(1025, 65000)
        ends = (far, port, host, far_port, got, sent) if inbound else (host, port, far, far_port, sent, got)
        self.estate.happened.append(Flow(at, seconds, self.hosts[host], *ends, inbound,
                                         phase and ("flow-storage" if far == SERVICE else "flow-out")))

    def called_from(self, host: str) -> str:
        """Return the address that storage sees of ${host}."""
        return self.shape.nat or host

    # The innocents.

    def working_day(self, day: float) -> None:
        """Let everybody work, in the office, at home, or on the way."""
        for who in self.people:
            for _ in range(self.rng.randint(1, 3)):
                at, account = day + self.rng.uniform(7, 19) * HOUR, self.rng.choice(self.accounts)
                place = self.rng.choice([OFFICE, OFFICE, self.rng.choice(self.homes[who]),
                                         self.address(self.shape.ipv6)])
                self.session(at, who, account, place)
        at = day + 2 * HOUR + self.rng.uniform(0, HOUR)
        for account in self.accounts[:2]:  # The nightly job, with a SAS of its own.
            blobs = self.rng.sample(self.blobs[account]["current"], 40)
            at, _ = self.read(at, account, self.called_from("10.20.1.4"), self.sas(account), TOOLS[1], "current",
                              blobs, None, "10.20.1.4")
        for number in range(3):
            host = self.rng.choice(list(self.hosts))
            self.flow(day + self.rng.uniform(0, 24) * HOUR, 600, host, self.partner if number else self.address(), 443,
                      self.rng.randrange(20_000_000, 900_000_000), 90_000)
            self.flow(day + self.rng.uniform(0, 24) * HOUR, 300, host, self.address(), 443,
                      self.rng.randrange(200_000, 4_000_000), self.rng.randrange(90_000_000, 400_000_000))

    def session(self, at: float, who: str, account: str, place: str) -> None:
        """List the keys, look round, read a little with a SAS; now and then on a host too."""
        self.estate.happened.append(Act(at, LIST_KEYS, account, who, place))
        container = self.rng.choice(("current", "archive", "shared"))
        at = self.look(at + self.rng.uniform(3, 900), account, place, container, TOOLS[0], None)
        blobs = self.rng.sample(self.blobs[account][container], self.rng.randint(1, 12))
        auth = self.sas(account) if self.rng.random() < 0.7 else Auth("key", self.key(account))
        at, _ = self.read(at, account, place, auth, TOOLS[0], container, blobs, None)
        if auth.sas and self.rng.random() < 0.15:
            host = self.rng.choice(list(self.hosts))
            self.read(at + 300, account, self.called_from(host), auth, TOOLS[1], container, blobs, None, host)

    def programs(self, day: float) -> None:
        """Let the applications go on, hour by hour, with the key that everybody shares."""
        for hour in range(24):
            for host, account in (("10.20.0.4", self.accounts[0]), ("10.20.0.5", self.accounts[1])):
                blobs = self.rng.sample(self.blobs[account]["current"], 3)
                self.read(day + hour * HOUR + self.rng.uniform(0, 3000), account, self.called_from(host),
                          Auth("key", self.key(account)), TOOLS[2], "current", blobs, None, host)

    # The others.

    def theft(self, account: str, who: str, at: float, addresses: tuple[str, str]) -> None:
        """List keys, look round, read two thirds of a container, and have it sent out."""
        self.estate.happened.append(Act(at, LIST_KEYS, account, who, addresses[0], "key-list"))
        at = self.look(at + self.rng.uniform(300, 5000), account, addresses[1], "archive", TOOLS[0], "browse")
        blobs = list(self.blobs[account]["archive"])
        self.rng.shuffle(blobs)
        blobs = blobs[:len(blobs) * 2 // 3]
        outside, auth = len(blobs) // 4 if self.shape.host else len(blobs), self.sas(account)
        at, _ = self.read(at + 60, account, addresses[1], auth, TOOLS[0], "archive", blobs[:outside], "read")
        if not self.shape.host:
            return
        host = self.rng.choice(["10.20.0.4", "10.20.0.5"])
        at, total = self.read(at + 900, account, self.called_from(host), auth, TOOLS[1], "archive", blobs[outside:],
                              "read", host)
        exit_address = self.outline["exit_address"] = self.address(self.shape.ipv6)
        for part in range(2):
            self.flow(at + 200 + part * 500, 450, host, exit_address, 443, int(total * 0.52), 70_000, "flow-out")

    def happen(self) -> None:
        """Let six days pass."""
        for day in range(6):
            self.working_day(day * DAY)
            self.programs(day * DAY)
        for number in range(self.shape.intruders):
            at = (3 + self.rng.random() * 1.8) * DAY
            first = OFFICE if self.shape.inside else self.address(self.shape.ipv6)
            places = (first, first if self.shape.inside or self.rng.random() < 0.5 else self.address(self.shape.ipv6))
            for account in self.rng.sample(self.accounts, self.shape.accounts):
                self.theft(account, self.people[number], at, places)
                at += self.rng.uniform(1000, 4000)


def main(name: str, seed: str, folder: str) -> int:
    """Write the logs of the shape ${name} below ${folder}/files, and what is true of them beside."""
    shape = SHAPES[name]
    story = Story(shape, name, int(seed))
    story.happen()
    os.makedirs(os.path.join(folder, "files"))
    story.estate.write(folder, shape.delivery, shape.flows)
    with open(os.path.join(folder, "scenario.json"), "w", encoding="ascii") as file:
        json.dump({"variant": name, "seed": int(seed), "scale": 1.0, "intrusion": story.outline}, file)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
