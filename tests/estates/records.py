"""The logs of an estate: what happened, written as one of the deliveries that examiners get.

Nothing is shared with tests/scenario: other formats, names, sizes, and habits.
A request, an act of the resource manager, and a flow are kept as plain values
until all is known; `write` gives them the form of the delivery, and notes the
place of each one that belongs to the intrusion.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

BEGIN = datetime(2027, 2, 1, tzinfo=timezone.utc)


def stamp(at: float, digits: int = 7) -> str:
    """Return the moment ${at}, in seconds after BEGIN, as logs write it."""
    moment = BEGIN + timedelta(seconds=at)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0Z"[:20 + digits] + ("" if digits == 7 else "Z")


def digest(*parts: object) -> str:
    """Return a hash in the form in which logs print those of keys and signatures."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest().upper()


@dataclass(frozen=True)
class Auth:
    """How a request was allowed: by a key, by a SAS of that key, or in a name."""

    kind: str
    key: str = ""
    sas: str = ""
    who: str = ""


@dataclass
class Request:
    """One storage request."""

    at: float
    operation: str
    account: str
    address: str
    port: int
    auth: Auth
    agent: str
    container: str = ""
    blob: str = ""
    size: int = 0
    phase: str | None = None


@dataclass
class Act:
    """One request to the resource manager, of which the log has two records."""

    at: float
    operation: str
    account: str
    who: str
    address: str
    phase: str | None = None


@dataclass
class Flow:
    """One flow of a card, from its beginning to its end."""

    at: float
    seconds: float
    mac: str
    source: str
    source_port: int
    target: str
    target_port: int
    sent: int
    got: int
    inbound: bool = False
    phase: str | None = None


class Estate:
    """All that happened; ${subscriptions} maps each account to its own."""

    def __init__(self, seed: int, name: str, subscriptions: dict[str, str]) -> None:
        self.rng = random.Random(f"{name}/{seed}")
        self.subscriptions = subscriptions
        self.happened: list[Request | Act | Flow] = []
        self.files: dict[str, list[tuple[str, list]]] = {}
        self.number = 0

    def resource(self, account: str) -> str:
        """Return the resource id of ${account}."""
        return (f"/subscriptions/{self.subscriptions[account]}/resourceGroups/rg1/providers/Microsoft.Storage"
                f"/storageAccounts/{account}")

    def next_id(self) -> str:
        """Return a request id."""
        self.number += 1
        return f"{digest('id', self.number)[:8].lower()}-301e-0000-0000-{self.number:012d}"

    def _line(self, name: str, text: str, phases: list) -> None:
        self.files.setdefault(name, []).append((text, phases))

    def _add(self, folder: str, at: float, row: dict, phase: str | None) -> None:
        hour = BEGIN + timedelta(seconds=at)
        self._line(f"{folder}/y={hour:%Y}/m={hour:%m}/d={hour:%d}/h={hour:%H}/m=00/PT1H.json",
                   json.dumps(row, separators=(",", ":")), [(None, phase)])

    # The deliveries.

    def _storage(self, made: Request) -> None:
        kinds = {"key": "AccountKey", "sas": "SAS", "oauth": "OAuth", "none": "Anonymous"}
        identity = {"type": kinds[made.auth.kind]}
        if made.auth.kind in ("key", "sas"):
            identity["tokenHash"] = f"key1({made.auth.key})" + (
                f",SasSignature({made.auth.sas})" if made.auth.sas else "")
        elif made.auth.kind == "oauth":
            identity.update(tokenHash=digest(made.auth.who, int(made.at // 3600)),
                            requester={"objectId": made.auth.who, "upn": made.auth.who})
        category = "StorageRead" if made.operation[:3] in ("Get", "Lis") else "StorageWrite"
        self._add(f"sinks/insights-logs-{category.lower()}/resourceId={self.resource(made.account)}/blobServices/default",
                  made.at, {
                      "time": stamp(made.at), "resourceId": self.resource(made.account) + "/blobServices/default",
                      "category": category, "operationName": made.operation, "operationVersion": "2024-05-04",
                      "schemaVersion": "1.0", "statusCode": 200, "statusText": "Success", "durationMs": 90,
                      "callerIpAddress": self._caller(made), "correlationId": self.next_id(), "identity": identity,
                      "location": "swedencentral", "properties": {
                          "accountName": made.account, "userAgentHeader": made.agent, "serviceType": "blob",
                          "objectKey": self._key(made), "responseBodySize": made.size, "tlsVersion": "TLS 1.3"},
                      "uri": self._uri(made), "protocol": "HTTPS"}, made.phase)

    @staticmethod
    def _caller(made: Request) -> str:
        return f"[{made.address}]:{made.port}" if ":" in made.address else f"{made.address}:{made.port}"

    @staticmethod
    def _key(made: Request) -> str:
        return "/" + "/".join(part for part in (made.account, made.container, made.blob) if part)

    def _uri(self, made: Request) -> str:
        query = {"ListContainers": "comp=list", "ListBlobs": "restype=container&comp=list"}.get(made.operation, "")
        if made.auth.kind == "sas":
            query += ("&" if query else "") + "sv=2024-05-04&sr=c&sp=rl&se=2027-03-01T00:00:00Z&spr=https&sig=XXXXX"
        path = self._key(made).split("/", 2)[2] if made.container else ""
        return f"https://{made.account}.blob.core.windows.net:443/{path}" + (f"?{query}" if query else "")

    def _storage_rows(self, made: Request) -> None:
        kinds = {"key": "AccountKey", "sas": "SAS", "oauth": "OAuth", "none": "Anonymous"}
        hashed = f"key1({made.auth.key})" + (f",SasSignature({made.auth.sas})" if made.auth.sas else "")
        self._rows("storagebloblogs", made.at, {
            "TimeGenerated": stamp(made.at), "AccountName": made.account, "AuthenticationType": kinds[made.auth.kind],
            "AuthenticationHash": hashed if made.auth.key else "", "CallerIpAddress": self._caller(made),
            "Category": "StorageRead", "CorrelationId": self.next_id(), "DurationMs": 90.0,
            "ObjectKey": self._key(made), "OperationName": made.operation, "Protocol": "HTTPS",
            "RequesterUpn": made.auth.who, "ResponseBodySize": made.size, "ServiceType": "blob", "StatusCode": "200",
            "StatusText": "Success", "Uri": self._uri(made), "UserAgentHeader": made.agent, "Type": "StorageBlobLogs",
            "_ResourceId": self.resource(made.account).lower()}, made.phase)

    def _rows(self, table: str, at: float, row: dict, phase: str | None) -> None:
        moment = BEGIN + timedelta(seconds=at - at % 300)
        self._line(f"sinks/am-{table}/WorkspaceResourceId=/subscriptions/0/resourcegroups/rg1/providers"
                   f"/microsoft.operationalinsights/workspaces/w/y={moment:%Y}/m={moment:%m}/d={moment:%d}"
                   f"/h={moment:%H}/m={moment:%M}/PT05M.json", json.dumps(row), [(None, phase)])

    def _classic(self, made: Request) -> None:
        moment = BEGIN + timedelta(seconds=made.at)
        kind = {"key": "authenticated", "sas": "sas", "none": "anonymous"}[made.auth.kind]
        status = {"sas": "SASSuccess", "none": "AnonymousSuccess"}.get(made.auth.kind, "Success")
        uri = self._uri(made).replace("&", "&amp;")
        fields = ["1.0", stamp(made.at), made.operation, status, "200", "90", "40", kind,
                  made.account if kind == "authenticated" else "", made.account, "blob", f'"{uri}"',
                  f'"{self._key(made)}"', self.next_id(), "0", self._caller(made), "2017-04-17", "300", "0", "250",
                  str(made.size), "0", "", "", "", "", "", f'"{made.agent}"', "", '"c"']
        self._line(f"{made.account}/$logs/blob/{moment:%Y/%m/%d/%H}00/000000.log", ";".join(fields),
                   [(None, made.phase)])

    def _act(self, made: Act) -> None:
        correlation = self.next_id()
        for offset, result in ((0.0, "Start"), (0.4, "Success")):
            self._add(f"sinks/insights-activity-logs/resourceId=/SUBSCRIPTIONS/{self.subscriptions[made.account].upper()}",
                      made.at + offset, {
                          "time": stamp(made.at + offset), "resourceId": self.resource(made.account).upper(),
                          "operationName": made.operation.upper(), "category": "Administrative", "resultType": result,
                          "resultSignature": f"{result}.", "durationMs": 0, "callerIpAddress": made.address,
                          "correlationId": correlation, "level": "Information", "identity": {"claims": {
                              "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": made.who}}}, made.phase)

    def _act_rows(self, made: Act) -> None:
        correlation = self.next_id()
        for offset, result in ((0.0, "Start"), (0.4, "Success")):
            self._rows("azureactivity", made.at + offset, {
                "TimeGenerated": stamp(made.at + offset), "OperationNameValue": made.operation.upper(),
                "ActivityStatusValue": result, "CategoryValue": "Administrative", "Caller": made.who,
                "CallerIpAddress": made.address, "CorrelationId": correlation, "Type": "AzureActivity",
                "_ResourceId": self.resource(made.account).lower()}, made.phase)

    def _flow_files(self, version: int) -> None:
        files: dict[tuple, list] = {}
        for made in (made for made in self.happened if isinstance(made, Flow)):
            for part in (0, 1):
                at = made.at + part * made.seconds
                if version == 4:
                    ends = f"{made.source},{made.target},{made.source_port},{made.target_port},6"
                    sizes = (0, 0) if not part else (made.sent, made.got)
                    text = (f"{int((BEGIN + timedelta(seconds=at)).timestamp() * 1000)},{ends},"
                            f"{'I' if made.inbound else 'O'},{'BE'[part]},NX,{sizes[0] // 1400},{sizes[0]},"
                            f"{sizes[1] // 1400},{sizes[1]}")
                else:
                    text = (f"{int((BEGIN + timedelta(seconds=at)).timestamp())},{made.source},{made.target},"
                            f"{made.source_port},{made.target_port},T,{'I' if made.inbound else 'O'},A")
                    if version == 1 and part:
                        continue
                    if version == 2:
                        text += (f",E,{made.sent // 1400},{made.sent},{made.got // 1400},{made.got}"
                                 if part else ",B,,,,")
                files.setdefault((made.mac, int(at // 3600)), []).append((text, made.phase))
        for (mac, hour), tuples in sorted(files.items()):
            self._flow_file(version, mac, hour, tuples)

    def _flow_file(self, version: int, mac: str, hour: int, tuples: list) -> None:
        moment, lines = BEGIN + timedelta(hours=hour), [text for text, _ in tuples]
        place = f"y={moment:%Y}/m={moment:%m}/d={moment:%d}/h={moment:%H}/m=00/macAddress={mac}/PT1H.json"
        row: dict = {"time": stamp(hour * 3600 + 3590), "macAddress": mac}
        if version == 4:
            name = f"sinks/insights-logs-flowlogflowevent/flowLogResourceID=/0_NETWORKWATCHERRG/NW_X_F/{place}"
            row.update(category="FlowLogFlowEvent", flowLogVersion=4, operationName="FlowLogFlowEvent",
                       targetResourceID="/subscriptions/0/resourceGroups/r/providers/Microsoft.Network/virtualNetworks/v",
                       flowRecords={"flows": [{"aclID": "a", "flowGroups": [{"rule": "x", "flowTuples": lines}]}]})
        else:
            group = f"/SUBSCRIPTIONS/0/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/N{mac}"
            name = f"sinks/insights-logs-networksecuritygroupflowevent/resourceId={group}/{place}"
            row.update(category="NetworkSecurityGroupFlowEvent", resourceId=group, systemId="s",
                       operationName="NetworkSecurityGroupFlowEvents", properties={"Version": version, "flows": [
                           {"rule": "UserRule_x", "flows": [{"mac": mac, "flowTuples": lines}]}]})
        self._line(name, json.dumps({"records": [row]}, separators=(",", ":")),
                   [(index, phase) for index, (_, phase) in enumerate(tuples)])

    def write(self, folder: str, delivery: str, flows: int) -> None:
        """Write the logs below ${folder}/files, and truth.jsonl beside them."""
        self.happened.sort(key=lambda made: made.at)
        for made in self.happened:
            if isinstance(made, Request):
                {"resource": self._storage, "rows": self._storage_rows, "classic": self._classic}[delivery](made)
            elif isinstance(made, Act):
                (self._act_rows if delivery == "rows" else self._act)(made)
        if flows:
            self._flow_files(flows)
        with open(os.path.join(folder, "truth.jsonl"), "w", encoding="ascii") as truth:
            for name, lines in self.files.items():
                path, at = os.path.join(folder, "files", name), 0
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="ascii", newline="\n") as file:
                    for text, phases in lines:
                        file.write(text + "\n")
                        # The record of a flow log stands within {"records":[...]}.
                        inner = 12 if text.startswith('{"records":[') else 0
                        for index, phase in phases:
                            if phase is not None:
                                account, container, blob = name.split("/", 2)
                                print(json.dumps({"phase": phase, "account": account, "container": container,
                                                  "blob": blob, "offset": at + inner, "tuple": index}), file=truth)
                        at += len(text) + 1
