"""Storage resource log records, and the client that makes the requests behind them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from urllib.parse import quote

import clock
import flows
import pools
from recorder import Recorder
from world import Account, Blob, Identity, Machine

READS = {"GetBlob", "GetUserDelegationKey", "GetBlobProperties", "GetBlobMetadata", "ListBlobs", "ListContainers",
         "GetBlobServiceProperties", "GetContainerProperties", "GetContainerACL",
         "GetAccountInformation"}
DELETES = {"DeleteBlob", "DeleteContainer"}
STATUS_TEXT = {"AccountKey": "Success", "SAS": "SASSuccess", "DelegationSAS": "SASSuccess",
               "OAuth": "Success", "Anonymous": "AnonymousSuccess"}
CHUNK = 8 * 1024 * 1024


@dataclass(frozen=True)
class Credential:
    """How a request is authorised: identity.type, identity.tokenHash, SAS query, requester."""

    kind: str
    token: str | None = None
    query: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    signature: str | None = None
    made_at: int = 0

    def identity(self, account: Account, at: int) -> dict:
        """Return the record's identity member; after a rotation key1 has another hash."""
        member: dict = {"type": self.kind}
        if self.token:
            member["tokenHash"] = self.token
            if account.rotated_at and at >= account.rotated_at:
                old, new = (pools.sha256_upper(text) for text in (account.key_texts[0], account.new_key_text))
                member["tokenHash"] = self.token.replace(f"key1({old})", f"key1({new})")
        for name, value in self.extra:
            member[name] = json.loads(value)
        return member


ANONYMOUS = Credential("Anonymous")


def account_key(account: Account, slot: int = 1) -> Credential:
    """Return the credential of a client that signs with key ${slot}."""
    return Credential("AccountKey", f"key{slot}({pools.sha256_upper(account.key_texts[slot - 1])})")


def _signed(account: Account, rng: random.Random, query: str, at: int, slot: int = 1) -> Credential:
    signature = pools.secret_text(rng, 32)
    token = (f"key{slot}({pools.sha256_upper(account.key_texts[slot - 1])}),"
             f"SasSignature({pools.sha256_upper(signature)})")
    return Credential("SAS", token, query + "&sig=XXXXX", (), signature, at)


def account_sas(account: Account, rng: random.Random, at: int, hours: int = 8) -> Credential:
    """Return an account SAS as the portal makes one for a browser session."""
    ends = quote(clock.text(at + hours * clock.HOUR, 0), safe="")
    begins = quote(clock.text(at - 5 * clock.MINUTE, 0), safe="")
    return _signed(account, rng, f"sv={rng.choice(pools.VERSIONS[2:])}&ss=bqtf&srt=sco"
                   f"&sp=rwdlacuptfxiy&se={ends}&st={begins}&spr=https", at)


def container_sas(account: Account, rng: random.Random, at: int, hours: int, version: str,
                  resource: str = "c", permissions: str | None = None) -> Credential:
    """Return a service SAS that somebody who holds key1 made for a container or a blob."""
    ends = quote(clock.text(at + hours * clock.HOUR, 0), safe="")
    begins = quote(clock.text(at - 15 * clock.MINUTE, 0), safe="")
    allowed = permissions or rng.choice(pools.SAS_PERMISSIONS)
    return _signed(account, rng, f"sv={version}&st={begins}&se={ends}&sr={resource}&sp={allowed}", at)


def desktop_sas(account: Account, rng: random.Random, at: int, desktop: pools.Desktop) -> Credential:
    """Return the SAS that the desktop browser makes with key1 before it copies."""
    return container_sas(account, rng, at, rng.choice((1, 24, 168)), desktop.version,
                         permissions=desktop.permissions)


def oauth(who: Identity, tenant: str, at: int) -> Credential:
    """Return the token of ${who} in the hour of ${at}."""
    token = pools.sha256_upper(f"{who.object_id}/{at // clock.HOUR}")
    requester = {"appId": who.app_id, "audience": "https://storage.azure.com/",
                 "objectId": who.object_id, "tenantId": tenant,
                 "tokenIssuer": f"https://sts.windows.net/{tenant}/"}
    if who.upn:
        requester["upn"] = who.upn
    grant = [{"action": "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
              "roleAssignmentId": who.object_id[::-1],
              "roleDefinitionId": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
              "principals": [{"id": who.object_id,
                              "type": "User" if who.upn else "ServicePrincipal"}],
              "denyAssignmentId": ""}]
    return Credential("OAuth", token, "", (("authorization", json.dumps(grant)),
                                           ("requester", json.dumps(requester))))


def delegation_sas(who: Identity, tenant: str, rng: random.Random, at: int) -> Credential:
    """Return a container SAS signed with a user delegation key of ${who}, for a day."""
    begins, ends = (quote(clock.text(at + span, 0), safe="") for span in (0, clock.DAY))
    signature = pools.secret_text(rng, 32)
    token = (f"user-delegation({pools.sha256_upper(who.object_id + begins)}),"
             f"SasSignature({pools.sha256_upper(signature)})")
    query = (f"sv=2021-12-02&st={begins}&se={ends}&skoid={who.object_id}&sktid={tenant}&skt={begins}"
             f"&ske={ends}&sks=b&skv=2021-12-02&sr=c&sp=rl&sig=XXXXX")
    return Credential("DelegationSAS", token, query, oauth(who, tenant, at).extra, signature)


@dataclass(frozen=True)
class Place:
    """Where a client runs: an address outside, or one of our machines."""

    address: str
    machine: Machine | None = None


def on(machine: Machine) -> Place:
    """Return the place of a client that runs on ${machine}."""
    return Place(machine.private if machine.endpoint else machine.nat, machine)


@dataclass
class _Lane:
    port: int
    seen_port: int
    first: int = 0
    last: int = 0
    up: int = 0
    down: int = 0


@dataclass
class Client:
    """One client at one place with one agent string; ${phase} marks what it does now."""

    rec: Recorder
    rng: random.Random
    account: Account
    place: Place
    agent: str
    credential: Credential
    version: str = "2021-12-02"
    phase: str | None = None
    lanes: int = 1
    referrer: str | None = None
    _open: list[_Lane] = field(default_factory=list)
    bytes_read: int = 0

    def _lane(self) -> _Lane:
        if len(self._open) < self.lanes:
            port = pools.port(self.rng)
            behind_nat = self.place.machine is not None and not self.place.machine.endpoint
            self._open.append(_Lane(port, self.rng.randint(1024, 65000) if behind_nat else port))
            return self._open[-1]
        return self.rng.choice(self._open)

    def call(self, at: int, operation: str, container: str | None = None,
             blob: Blob | None = None, *, query: str = "", status: int | str = 200,
             error: str | None = None, sent: int = 0, got: int | None = None,
             span: tuple[int, int] | None = None, speed: int = 12_000_000,
             key: str | None = None, count: int = 0, correlation: str | None = None) -> int:
        """Make one request at ${at} and log it; return the moment it ends."""
        rng = self.rng
        lane = self._lane()
        if self.credential.kind == "SAS" and self.credential.made_at < self.account.rotated_at <= at:
            return at + 3 * clock.TICKS // 100  # Its key is gone: refused, and such refusals are not logged.
        body = 0 if error else (got or 0)
        server = rng.randint(2, 40) + body // 400_000
        duration = server + int((body + sent) / speed * 1000) + rng.randint(0, 9)
        category = ("StorageRead" if operation in READS else
                    "StorageDelete" if operation in DELETES else "StorageWrite")
        properties: dict = {"accountName": self.account.name, "userAgentHeader": self.agent}
        if self.referrer:
            properties["referrerHeader"] = self.referrer
        properties["clientRequestId"] = pools.guid(rng)
        if blob is not None and not error:
            properties["etag"] = blob.etag
        path = "".join(f"/{part}" for part in (container, blob.name if blob else None) if part)
        properties["serviceType"] = "blob"
        properties["objectKey"] = key or f"/{self.account.name}{path}"
        if blob is not None and not error:
            properties["lastModifiedTime"] = blob.modified
        properties["metricResponseType"] = error or "Success"
        properties["serverLatencyMs"] = server
        properties["operationCount"] = count
        properties["requestHeaderSize"] = header = rng.randint(380, 720)
        if sent:
            properties["requestBodySize"] = sent
        properties["responseHeaderSize"] = rng.randint(180, 420)
        if body:
            properties["responseBodySize"] = body
        if sent:
            properties["contentLengthHeader"] = sent
        properties["tlsVersion"] = "TLS 1.2" if rng.random() < 0.7 else "TLS 1.3"
        if operation == "GetBlob":
            properties["accessTier"] = "Hot"
        if span:
            properties["downloadRange"] = f"bytes={span[0]}-{span[1]}"
        queries = "&".join(part for part in (query, self.credential.query) if part)
        port = "" if operation == "CopyBlobSource" else ":443"
        caller = f"{self.place.address}:{lane.seen_port}"
        record = {
            "time": clock.text(at), "resourceId": f"{self.account.resource_id}/blobServices/default",
            "category": category, "operationName": operation, "operationVersion": self.version,
            "schemaVersion": "1.0", "statusCode": status,
            "statusText": error or STATUS_TEXT[self.credential.kind], "durationMs": duration,
            "callerIpAddress": caller if rng.random() > 0.004 else self.place.address,
            "correlationId": correlation or pools.guid(rng), "identity": self.credential.identity(self.account, at),
            "location": self.account.location, "properties": properties,
            "uri": f"https://{self.account.name}.blob.core.windows.net{port}{quote(path) or '/'}"
                   + (f"?{queries}" if queries else ""),
            "protocol": "HTTPS", "resourceType": "Microsoft.Storage/storageAccounts/blobServices"}
        self.rec.storage(at, self.account, category,
                         json.dumps(record, separators=(",", ":")), self.phase, self.place.address)
        lane.first = lane.first or at
        lane.last = at + duration * 10_000
        lane.up += header + sent + 300 + body // 60
        lane.down += body + body // 40 + 600
        self.bytes_read += body
        return lane.last

    def close(self) -> None:
        """Close the connections; on a machine of ours each was a flow to the account."""
        machine = self.place.machine
        for lane in self._open:
            if machine is not None:
                flows.flow(self.rec, self.rng, machine,
                           (lane.first // 10_000 - self.rng.randint(4, 40),
                            lane.last // 10_000 + self.rng.randint(200, 9000)),
                           self.account.address, (lane.port, 443), lane.up, lane.down,
                           phase="flow-storage" if self.phase else None)
        self._open = []


def get(client: Client, at: int, container: str, blob: Blob, query: str = "",
        speed: int = 12_000_000) -> int:
    """Read the whole of ${blob}, in ranges if it is large; return the moment it ends."""
    if blob.size <= CHUNK:
        return client.call(at, "GetBlob", container, blob, query=query, got=blob.size, speed=speed)
    for first in range(0, blob.size, CHUNK):
        last = min(first + CHUNK, blob.size) - 1
        at = client.call(at, "GetBlob", container, blob, query=query, status=206,
                         got=last - first + 1, span=(first, last), speed=speed)
    return at
