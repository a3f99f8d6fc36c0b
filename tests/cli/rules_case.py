"""A case written by hand, for the rules: little happens, and each record has a name.

It shares nothing with tests/scenario: other agents, addresses, order, and way. A
signature is issued by the resource manager to a service principal at an address
that never was its own; curl reads a container over IPv6; a virtual machine
reads the rest with the same signature, and sends as much to an address it never
talked to, before the logging is switched off.

A name stands where nobody but us looks: in the client request id, in the
correlation id, and of a flow in its source port.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from datetime import datetime, timedelta, timezone

DAY0 = datetime(2026, 6, 1, tzinfo=timezone.utc)
SUB = "/subscriptions/0a0a0a0a-1111-2222-3333-444444444444"
KEYS = {name: base64.b64encode(hashlib.sha512(name.encode()).digest()).decode()
        for name in ("shop", "vault", "dark", "shop-new", "shop-made-anew")}
INTRUDER = "2001:db8:77::5"
EXIT, FETCHED = "192.0.2.200", "192.0.2.77"
ROTATED = (5, 7)  # The day and the hour from which on the application has the new key.
JOB, APP, DARK = "10.1.0.7", "10.1.0.5", "10.1.0.9"
MACS = {JOB: "6045BD000007", APP: "6045BD000005"}
EXPLORER = ("Microsoft Azure Storage Explorer, 1.34.0, win32 azsdk-js-storageblob/12.17.0 "
            "(NODE-VERSION v18.17.1; Windows_NT 10.0.22631)")


def when(day: float, seconds: float = 0) -> datetime:
    """Return the moment ${day} days and ${seconds} after the beginning."""
    return DAY0 + timedelta(days=day, seconds=seconds)


def text(at: datetime) -> str:
    """Return ${at} as the logs write it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"


def upper(data: bytes) -> str:
    """Return the SHA-256 of ${data} as the logs print it."""
    return hashlib.sha256(data).hexdigest().upper()


def signature(name: str) -> str:
    """Return the sig of the SAS ${name}, as text."""
    return base64.b64encode(hashlib.sha256(("sas " + name).encode()).digest()).decode()


class Case:
    """The records, by file, and which of them are the intrusion's."""

    def __init__(self) -> None:
        self.files: dict[str, list[str]] = {}
        self.flows: dict[tuple, list[str]] = {}
        self.intrusion: set[str] = set()
        self.port = 20000

    def put(self, container: str, prefix: str, at: datetime, record: dict) -> None:
        """Append ${record} to the blob of its hour."""
        name = f"logs/{container}/{prefix}/y={at:%Y}/m={at:%m}/d={at:%d}/h={at:%H}/m=00/PT1H.json"
        self.files.setdefault(name, []).append(json.dumps(record, separators=(",", ":")))

    def storage(self, name: str, at: datetime, operation: str, account: str, address: str, auth: str, agent: str,
                container: str = "", blob: str = "", size: int = 0, query: str = "", status: int = 200,
                category: str = "StorageRead", correlation: str = "") -> None:
        """One storage request; ${auth} is key [NAME], sas NAME PARAMETERS, oauth WHO, or anonymous."""
        kind, *rest = auth.split(" ")
        key = KEYS[rest[0] if kind == "key" and rest else account]
        hashed = f"key1({upper(base64.b64decode(key) if account == 'vault' else key.encode())})"
        identity = {"type": "Anonymous"}
        if kind == "key":
            identity = {"type": "AccountKey", "tokenHash": hashed}
        elif kind == "sas":
            identity = {"type": "SAS", "tokenHash": f"{hashed},SasSignature({upper(signature(rest[0]).encode())})"}
            query = "&".join(part for part in (query, rest[1], "sig=XXXXX") if part)
        elif kind == "oauth":
            identity = {"type": "OAuth", "tokenHash": upper(rest[0].encode()),
                        "requester": {"objectId": rest[0], "upn": rest[0]}}
        path = "/".join(part for part in (container, blob) if part)
        properties = {"accountName": account, "userAgentHeader": agent, "clientRequestId": name, "serviceType": "blob",
                      "objectKey": f"/{account}" + (f"/{path}" if path else ""), "tlsVersion": "TLS 1.3"}
        if size:
            properties["responseBodySize"] = size
        self.put(f"insights-logs-{category.lower()}",
                 f"resourceId={SUB}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{account}"
                 "/blobServices/default", at,
                 {"time": text(at), "category": category, "operationName": operation, "schemaVersion": "1.0",
                  "resourceId": f"{SUB}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{account}"
                                "/blobServices/default",
                  "statusCode": status, "statusText": "Success" if status < 400 else "AuthorizationFailure",
                  "durationMs": 40, "callerIpAddress": address, "correlationId": correlation or f"c-{name}",
                  "identity": identity, "properties": properties, "protocol": "HTTPS",
                  "uri": f"https://{account}.blob.core.windows.net:443/{path}" + (f"?{query}" if query else "")})

    def activity(self, name: str, at: datetime, operation: str, resource: str, who: str, address: str,
                 results: tuple[str, ...] = ("Start", "Success")) -> None:
        """One request to the resource manager: a record a result."""
        for number, result in enumerate(results):
            self.put("insights-activity-logs", f"resourceId={SUB.upper()}", at + timedelta(seconds=number),
                     {"time": text(at + timedelta(seconds=number)), "resourceId": (SUB + resource).upper(),
                      "operationName": operation.upper(), "category": "Administrative", "resultType": result,
                      "resultSignature": f"{result}ed.", "durationMs": 0, "callerIpAddress": address,
                      "correlationId": name, "level": "Information",
                      "identity": {"claims": {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": who,
                                              "name": who, "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46"}}})

    def flow(self, at: datetime, host: str, far: str, port: int, sent: int, got: int, source_port: int = 0,
             state: str = "E", direction: str = "O") -> int:
        """One tuple of a virtual network flow log at the card of ${host}; return its source port."""
        self.port += 1
        source_port = source_port or self.port
        near, other = (host, far) if direction == "O" else (far, host)
        self.flows.setdefault((host, at.replace(minute=0, second=0, microsecond=0)), []).append(
            f"{int(at.timestamp() * 1000)},{near},{other},{source_port},{port},6,{direction},{state},NX,"
            f"{max(1, sent // 1000)},{sent},{max(1, got // 1000)},{got}")
        return source_port

    def write(self, folder: str) -> None:
        """Write all of it below ${folder}."""
        resource = f"{SUB}/RESOURCEGROUPS/NETWORKWATCHERRG/PROVIDERS/MICROSOFT.NETWORK/NETWORKWATCHERS/W/FLOWLOGS/F"
        for (host, hour), tuples in self.flows.items():
            record = {"time": text(hour + timedelta(minutes=59)), "flowLogVersion": 4, "flowLogGUID": "g",
                      "macAddress": MACS[host], "category": "FlowLogFlowEvent", "flowLogResourceID": resource.upper(),
                      "targetResourceID": f"{SUB}/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v",
                      "operationName": "FlowLogFlowEvent",
                      "flowRecords": {"flows": [{"aclID": "a", "flowGroups": [
                          {"rule": "UserRule_any", "flowTuples": tuples}]}]}}
            name = (f"logs/insights-logs-flowlogflowevent/flowLogResourceID={resource.upper()}/y={hour:%Y}/m={hour:%m}"
                    f"/d={hour:%d}/h={hour:%H}/m=00/macAddress={MACS[host]}/PT1H.json")
            self.save(folder, name, json.dumps({"records": [record]}, separators=(",", ":")))
        for name, lines in self.files.items():
            self.save(folder, name, "\n".join(lines) + "\n")

    @staticmethod
    def save(folder: str, name: str, content: str) -> None:
        """Write one file."""
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii", newline="\n") as file:
            file.write(content)


STORAGE = "/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/"
SETTING = "/providers/microsoft.insights/diagnosticSettings/log"
CONTAINER_SAS = "sv=2022-11-02&sr=c&sp=rl&se=2026-06-05T12:00:00Z&spr=https"


def innocents(case: Case) -> None:
    """Six days in which nobody does anything but work, and make a key anew."""
    case.activity("rotation", when(ROTATED[0], ROTATED[1] * 3600),
                  "Microsoft.Storage/storageAccounts/regenerateKey/action", STORAGE + "shop", "ana@x.example",
                  "198.51.100.10")
    for day in range(6):
        for hour in range(24):
            at = when(day, hour * 3600 + 120)
            port = case.flow(at, APP, "20.60.0.1", 443, 4000, 70_000)
            case.storage(f"app-{day}-{hour}", at, "GetBlob", "shop", f"{APP}:{port}",
                         "key shop-made-anew" if (day, hour) >= ROTATED else "key",
                         "azsdk-net-Storage.Blobs/12.16.0 (.NET 8.0.1; Linux)", "orders", f"o-{hour}", 65_000)
            case.flow(when(day, hour * 3600 + 900), JOB, "20.70.0.9", 443, 30_000, 200_000)
        case.activity(f"ana-{day}", when(day, 33_000), "Microsoft.Storage/storageAccounts/listKeys/action",
                      STORAGE + "shop", "ana@x.example", "198.51.100.10")
        browse(case, f"ana-{day}", when(day, 33_060), "198.51.100.10:4100", 3)
        place = f"198.51.100.{20 + day}"
        case.activity(f"ben-{day}", when(day, 50_000), "Microsoft.Storage/storageAccounts/listKeys/action",
                      STORAGE + "shop", "ben@x.example", place)
        browse(case, f"ben-{day}", when(day, 50_100), f"{place}:4200", 5)
        case.activity(f"backup-{day}", when(day, 3600), "Microsoft.Storage/storageAccounts/listKeys/action",
                      STORAGE + "vault", "backup@x.example", "203.0.113.50")
        case.activity(f"deploy-{day}", when(day, 36_000), "Microsoft.Resources/tags/write",
                      STORAGE + "shop", "deploy@x.example", "203.0.113.60")
        case.activity(f"policy-{day}", when(day, 40_000), "Microsoft.Insights/diagnosticSettings/write",
                      STORAGE + "shop" + SETTING, "policy@x.example", "203.0.113.61")
        for number in range(4):
            case.storage(f"partner-{day}-{number}", when(day, 60_000 + number), "GetBlob", "shop",
                         "203.0.113.99:7000", f"sas partner-{day} {CONTAINER_SAS}", "Mozilla/5.0 (X11; Linux x86_64) "
                         "AppleWebKit/537.36 Chrome/124.0 Safari/537.36", "partner", f"p-{number}", 90_000)


def browse(case: Case, name: str, at: datetime, address: str, reads: int) -> None:
    """Look into a container with a desktop browser, and read a little."""
    case.storage(f"{name}-lc", at, "ListContainers", "shop", address, "key", EXPLORER, query="comp=list", size=900)
    case.storage(f"{name}-lb", at + timedelta(seconds=4), "ListBlobs", "shop", address, "key", EXPLORER, "orders",
                 query="restype=container&comp=list&delimiter=%2F", size=9000)
    case.storage(f"{name}-pr", at + timedelta(seconds=8), "GetBlobProperties", "shop", address, "key", EXPLORER,
                 "orders", "o-1")
    for number in range(reads):
        case.storage(f"{name}-r{number}", at + timedelta(seconds=12 + number), "GetBlob", "shop", address, "key",
                     EXPLORER, "orders", f"o-{number}", 65_000)


def oddities(case: Case) -> None:
    """One of each thing that a rule is about, and its innocent twin."""
    case.activity("denied", when(3.2), "Microsoft.Storage/storageAccounts/listKeys/action", STORAGE + "vault",
                  "eve@x.example", "198.51.100.77", ("Start", "Failure"))
    case.activity("role", when(3.3), "Microsoft.Authorization/roleAssignments/write", STORAGE + "shop"
                  "/providers/Microsoft.Authorization/roleAssignments/r", "ana@x.example", "198.51.100.10")
    case.activity("dark-key", when(3.4), "Microsoft.Storage/storageAccounts/listKeys/action", STORAGE + "dark",
                  "ben@x.example", "198.51.100.88")
    case.storage("dark-write", when(3.1), "PutBlob", "dark", f"{APP}:5555", "key", "azsdk-go", "c", "b",
                 status=201, category="StorageWrite")
    case.storage("public", when(3.5), "GetBlob", "shop", "198.51.100.90:1", "anonymous", "curl/8.1", "brochures", "b",
                 500)
    case.storage("web", when(3.5, 9), "GetBlob", "shop", "198.51.100.91:1", "anonymous", "curl/8.1", "$web",
                 "index.html", 500)
    case.storage("long", when(3.6), "GetBlob", "shop", "203.0.113.99:2", "sas long sv=2022-11-02&sr=b&sp=r"
                 "&st=2026-06-01T00:00:00Z&se=2027-06-01T00:00:00Z&spr=https", "curl/8.1", "orders", "o-1", 500)
    case.storage("wide", when(3.6, 9), "GetBlob", "shop", "203.0.113.99:3", "sas wide sv=2022-11-02&ss=b&srt=sco"
                 "&sp=rwdl&se=2026-06-05T00:00:00Z&spr=https", "curl/8.1", "orders", "o-2", 500)
    case.storage("plain", when(3.6, 18), "GetBlob", "shop", "203.0.113.99:4", "sas plain sv=2022-11-02&sr=b&sp=r"
                 "&se=2026-06-05T00:00:00Z&spr=https,http", "curl/8.1", "orders", "o-3", 500)
    for number, operation in enumerate(("CopyBlob", "CopyBlobSource", "CopyBlobDestination")):
        case.storage(f"home-{number}", when(3.7, number), operation, "shop", "203.0.113.40:5", "oauth mover@x.example",
                     "azsdk-go", "orders", "o-4", status=202, category="StorageWrite", correlation="copy-home")
    case.storage("away", when(3.7, 60), "CopyBlobSource", "shop", "203.0.113.41:5", "oauth mover@x.example",
                 "azsdk-go", "orders", "o-5", status=202, category="StorageWrite", correlation="copy-away")
    for number in range(3):
        case.storage(f"guess-{number}", when(3.8, number), "ListBlobs", "shop", "198.51.100.99:6", "anonymous",
                     "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.3570",
                     ("brochures", "press", "img")[number], query="restype=container&comp=list&include=versions",
                     size=800)
    case.storage("vault-use", when(3.9), "GetBlob", "vault", "203.0.113.50:9", "key", "azsdk-go", "v", "1", 700)
    # A host of which there is no flow log; that it is one of theirs another's tells.
    case.flow(when(3.55), APP, DARK, 22, 900, 900)
    for number in range(20):
        case.storage(f"unseen-{number}", when(3.6, 60 + number), "GetBlob", "shop", f"{DARK}:7100",
                     f"sas unseen {CONTAINER_SAS}", "curl/8.1", "orders", f"o-{number}", 700_000)
    case.flow(when(3.9), APP, "198.51.100.200", 3389, 0, 0, 1111, "D", "I")
    case.flow(when(3.9, 5), APP, "198.51.100.201", 22, 900, 4000, 2222, "E", "I")


def intrusion(case: Case) -> None:
    """The other way in; whatever is done here is named in truth."""
    def mark(name: str) -> str:
        case.intrusion.add(name)
        return name

    case.activity(mark("in-issue"), when(4.1), "Microsoft.Storage/storageAccounts/listServiceSas/action",
                  STORAGE + "shop", "deploy@x.example", INTRUDER)
    sas = f"sas taken {CONTAINER_SAS}"
    at = when(4.1, 1200)
    case.storage(mark("in-list"), at, "ListBlobs", "shop", f"[{INTRUDER}]:6000", sas, "curl/8.4.0", "orders",
                 query="restype=container&comp=list", size=50_000)
    for number in range(80):
        at += timedelta(seconds=2)
        case.storage(mark(f"in-out-{number}"), at, "GetBlob", "shop", f"[{INTRUDER}]:{6001 + number}", sas,
                     "curl/8.4.0", "orders", f"o-{number}", 400_000)
    at += timedelta(minutes=20)
    port = case.flow(at + timedelta(seconds=90), JOB, "20.60.0.1", 443, 60_000, 60 * 702_000)
    case.intrusion.add(f"port {port}")
    for number in range(80, 140):
        at += timedelta(seconds=1)
        case.storage(mark(f"in-job-{number}"), at, "GetBlob", "shop", f"{JOB}:{port}", sas, "python-requests/2.31.0",
                     "orders", f"o-{number}", 700_000)
    at += timedelta(minutes=5)
    case.intrusion.add(f"port {case.flow(at, JOB, EXIT, 22, 60 * 720_000, 90_000)}")
    # Fetched meanwhile, by nobody of theirs; to acknowledge it takes as many bytes.
    case.flow(at + timedelta(minutes=1), JOB, FETCHED, 443, 60 * 701_000, 2_700_000_000)
    case.activity(mark("in-setting"), at + timedelta(minutes=5), "Microsoft.Insights/diagnosticSettings/delete",
                  STORAGE + "shop" + SETTING, "deploy@x.example", INTRUDER)


def main(folder: str) -> int:
    """Write the case below ${folder}/logs, its truth, and the secrets that were lost."""
    case = Case()
    innocents(case)
    oddities(case)
    intrusion(case)
    case.write(os.path.join(folder, "logs"))
    Case.save(folder, "truth.json", json.dumps(sorted(case.intrusion)))
    Case.save(folder, "known.secret", "\n".join((
        "# what the owner knows to be lost", "",
        "https://shop.blob.core.windows.net/orders?" + CONTAINER_SAS + "&sig="
        + signature("taken").replace("+", "%2B").replace("/", "%2F").replace("=", "%3D"),
        "DefaultEndpointsProtocol=https;AccountName=vault;AccountKey=" + KEYS["vault"] + ";EndpointSuffix=x",
        KEYS["shop-new"])) + "\n")
    os.chmod(os.path.join(folder, "known.secret"), 0o600)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
