"""What exists before anything happens: tenant, accounts, objects, people, networks, machines."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import clock
import pools

REGIONS = ("westeurope", "northeurope")
CONTAINERS = ("invoices", "customers", "exports", "media", "contracts", "ml-data", "telemetry", "hr-files")


@dataclass
class Blob:
    """One object in a data account."""

    name: str
    size: int
    etag: str
    modified: str


@dataclass
class Account:
    """A storage account whose requests are logged."""

    name: str
    subscription: "Subscription"
    group: str
    region: str
    location: str
    address: str
    key_texts: tuple[str, str]
    containers: dict[str, list[Blob]] = field(default_factory=dict)
    rotated_at: int = 0
    new_key_text: str = ""
    is_read_logged: bool = True

    @property
    def resource_id(self) -> str:
        return (f"/subscriptions/{self.subscription.id}/resourceGroups/{self.group}"
                f"/providers/Microsoft.Storage/storageAccounts/{self.name}")


@dataclass
class Subscription:
    """A subscription; ${upper}: whether its activity log writes operation names in capitals."""

    id: str
    upper: bool
    log_account: str


@dataclass
class Identity:
    """A user or a service principal, with the addresses it is ordinarily seen at."""

    name: str
    upn: str | None
    object_id: str
    app_id: str
    role: str
    addresses: list[str]
    desktop: pools.Desktop
    browser: str
    cli: str


@dataclass
class Point:
    """A place where flows of one network card are logged: kind v1, v2 or v4."""

    kind: str
    machine: "Machine"
    prefix: str
    container: str
    log_account: str
    key: str
    head: dict[str, str]
    lag: int
    time_last: bool
    rows: list[tuple[int, int, str, str, str | None]] = field(default_factory=list)


@dataclass
class Machine:
    """A virtual machine with one network card."""

    name: str
    private: str
    mac: str
    network: str
    nsg: str
    group: str
    subscription: Subscription
    nat: str
    endpoint: bool
    hours: tuple[int, int]
    always: bool
    azcopy: str
    points: list[Point] = field(default_factory=list)

    def is_up(self, at: int) -> bool:
        """Whether the machine runs at ${at}; a stopped one writes no flow log."""
        hour = at % clock.DAY // clock.HOUR
        return self.always or self.hours[0] <= hour < self.hours[1]


@dataclass
class World:
    """Everything above, and the window the logs cover."""

    start: int
    end: int
    tenant: str
    domain: str
    subscriptions: list[Subscription]
    log_accounts: list[str]
    accounts: list[Account]
    admins: list[Identity]
    services: dict[str, Identity]
    newcomer: Identity
    machines: list[Machine]


def _blobs(rng: random.Random, container: str, count: int, before: int) -> list[Blob]:
    found = []
    for index in range(count):
        size = min(60_000_000, int(rng.lognormvariate(14.3, 1.1)) + 700) if index else 24_000_000
        month = rng.randint(1, 12)
        suffix = rng.choice((".pdf", ".csv", ".parquet", ".json.gz", ".docx"))
        found.append(Blob(f"2025/{month:02d}/{container[:3]}-{index:05d}{suffix}", size,
                          f'"0x8D{rng.getrandbits(48):012X}"',
                          clock.us_text(before - rng.randrange(clock.DAY * 300))))
    return found


def _identity(rng: random.Random, name: str, domain: str | None, app_id: str,
              addresses: list[str], desktop: pools.Desktop) -> Identity:
    upn = f"{name.lower().replace(' ', '.')}@{domain}" if domain else None
    return Identity(name, upn, pools.guid(rng), app_id, "Owner" if domain else "Contributor",
                    addresses, desktop, rng.choice(pools.BROWSERS[:4]), rng.choice(pools.CLI))


def _people(rng: random.Random, domain: str) -> tuple[list[Identity], dict[str, Identity], Identity]:
    office = pools.address(rng)
    firsts = rng.sample(pools.FIRST_NAMES, 6)
    lasts = rng.sample(pools.LAST_NAMES, 6)
    users = [_identity(rng, f"{firsts[i]} {lasts[i]}", domain, pools.APP_PORTAL,
                       [office, pools.address(rng)], pools.DESKTOPS[i % len(pools.DESKTOPS)])
             for i in range(6)]
    services = {}
    for name in ("backup", "pipeline", "monitor", "policy"):
        services[name] = _identity(rng, name, None, pools.guid(rng),
                                   [pools.address(rng, pools.AZURE_HOST_PREFIXES)],
                                   rng.choice(pools.DESKTOPS))
    return users[:5], services, users[5]


# name, octets, network, subscription, hours up, always, points, endpoint
_MACHINES = (
    ("web01", "10.0.0.4", "vnet-front", 0, (0, 24), True, ("v2",), True),
    ("app01", "10.0.1.4", "vnet-front", 0, (0, 24), True, ("v2", "v4"), True),
    ("gw01", "10.0.0.4", "vnet-partner", 1, (0, 24), True, ("v4",), True),
    ("ana01", "10.0.0.5", "vnet-data", 0, (5, 13), False, ("v4",), False),
    ("build01", "10.0.1.4", "vnet-data", 0, (7, 15), False, ("v1",), False),
    ("bak01", "10.0.0.5", "vnet-partner", 1, (0, 4), False, ("v4",), False),
    ("jump01", "10.0.0.4", "vnet-data", 0, (7, 15), False, ("v4",), True),
    ("etl01", "10.0.1.4", "vnet-partner", 1, (1, 5), False, ("v2", "v4"), True),
)


def _flow_point(rng: random.Random, kind: str, machine: Machine, region: str, shape: int) -> Point:
    sub = machine.subscription
    lag = rng.randrange(60 * 1000)
    if kind in ("v1", "v2"):
        resource = (f"/SUBSCRIPTIONS/{sub.id.upper()}/RESOURCEGROUPS/{machine.group.upper()}"
                    f"/PROVIDERS/MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/{machine.nsg.upper()}")
        return Point(kind, machine, f"resourceId={resource}",
                     "insights-logs-networksecuritygroupflowevent", sub.log_account,
                     f"nsg/{machine.nsg}", {"resourceId": resource, "systemId": pools.guid(rng)},
                     lag, False)
    watcher = f"NETWORKWATCHER_{region.upper()}"
    name = f"{machine.network}-{machine.group}-flowlog".upper()
    resource = (f"/SUBSCRIPTIONS/{sub.id.upper()}/RESOURCEGROUPS/NETWORKWATCHERRG/PROVIDERS"
                f"/MICROSOFT.NETWORK/NETWORKWATCHERS/{watcher}/FLOWLOGS/{name}")
    prefix = resource if shape == 0 else f"/{sub.id.upper()}_NETWORKWATCHERRG/{watcher}_{name}"
    network = (f"/subscriptions/{sub.id}/resourceGroups/{machine.group}/providers"
               f"/Microsoft.Network/virtualNetworks/{machine.network}")
    target = (network, f"{network}/subnets/default",
              f"/subscriptions/{sub.id}/resourceGroups/{machine.group}/providers"
              f"/Microsoft.Network/networkInterfaces/{machine.name}-nic")[shape]
    acl = (f"/subscriptions/{sub.id}/resourceGroups/{machine.group}/providers"
           f"/Microsoft.Network/networkSecurityGroups/{machine.nsg}")
    return Point(kind, machine, f"flowLogResourceID={prefix}", "insights-logs-flowlogflowevent",
                 sub.log_account, f"vnet/{machine.network}",
                 {"flowLogResourceID": resource, "flowLogGUID": pools.guid(rng),
                  "targetResourceID": target, "aclID": acl}, lag, shape != 0)


def _machines(rng: random.Random, subscriptions: list[Subscription]) -> list[Machine]:
    nat = {name: pools.address(rng, pools.AZURE_HOST_PREFIXES)
           for name in ("vnet-front", "vnet-data", "vnet-partner")}
    shapes = {"vnet-front": 0, "vnet-data": 1, "vnet-partner": 2}
    found = []
    for name, private, network, sub, hours, always, kinds, endpoint in _MACHINES:
        mac = rng.choice(("6045BD", "000D3A", "002248")) + f"{rng.getrandbits(24):06X}"
        machine = Machine(name, private, mac, network, f"{name}-nsg", f"rg-{network[5:]}",
                          subscriptions[sub], nat[network], endpoint, hours, always,
                          rng.choice(pools.AZCOPY))
        machine.points = [_flow_point(rng, kind, machine, REGIONS[sub], shapes[network])
                          for kind in kinds]
        found.append(machine)
    return found


def build(seed: int, days: int, scale: float) -> World:
    """Return the world of ${seed}; ${scale} sets how many objects a container holds."""
    rng = random.Random(f"{seed}/world")
    start = clock.parse_day("2026-03-02") + rng.randrange(20) * 7 * clock.DAY
    domain = rng.choice(("fabrikam", "contoso", "tailspin")) + ".example"
    tag = f"{rng.getrandbits(20):05x}"
    logs = [f"logs{tag}{n}" for n in ("we", "ne")]
    subscriptions = [Subscription(pools.guid(rng), n == 0, logs[n]) for n in (0, 1)]
    accounts = []
    for index, name in enumerate(("sales", "records", "analytics")):
        sub = subscriptions[index % 2]
        location = REGIONS[index % 2] if index else "West Europe"
        account = Account(f"{name}{tag}", sub, f"rg-{name}", REGIONS[index % 2], location,
                          pools.address(rng, pools.STORAGE_PREFIXES),
                          (pools.secret_text(rng, 64), pools.secret_text(rng, 64)))
        for container in rng.sample(CONTAINERS, 4):
            count = max(12, int(rng.randint(180, 320) * min(1.0, scale)))
            account.containers[container] = _blobs(rng, container, count, start)
        accounts.append(account)
    admins, services, newcomer = _people(rng, domain)
    return World(start, start + days * clock.DAY, pools.guid(rng), domain, subscriptions, logs,
                 accounts, admins, services, newcomer, _machines(rng, subscriptions))
