"""Activity log records: a request to the resource manager is a Start and a Success."""

from __future__ import annotations

import json
import random

import clock
import pools
from recorder import Recorder
from world import Account, Identity, Subscription, World

CLAIMS = "http://schemas.microsoft.com/identity/claims/"
SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
LIST_KEYS = "Microsoft.Storage/storageAccounts/listKeys/action"
REGENERATE_KEY = "Microsoft.Storage/storageAccounts/regenerateKey/action"
SETTING_WRITE = "Microsoft.Insights/diagnosticSettings/write"
SETTING_DELETE = "Microsoft.Insights/diagnosticSettings/delete"
FLOW_LOG_WRITE = "Microsoft.Network/networkWatchers/flowLogs/write"
FLOW_LOG_DELETE = "Microsoft.Network/networkWatchers/flowLogs/delete"


def _claims(rng: random.Random, world: World, who: Identity, address: str, app: str,
            at: int) -> dict[str, str]:
    second = at // clock.TICKS
    issued = second - rng.randint(60, 3000)
    claims = {"aud": "https://management.core.windows.net/",
              "iss": f"https://sts.windows.net/{world.tenant}/", "iat": str(issued),
              "nbf": str(issued), "exp": str(issued + 4200),
              "http://schemas.microsoft.com/claims/authnclassreference": "1",
              "aio": pools.secret_text(rng, 24)}
    if who.upn:
        given, surname = who.name.split(" ")
        claims["http://schemas.microsoft.com/claims/authnmethodsreferences"] = "pwd,mfa"
        claims.update({"appid": app, "appidacr": "2", SOAP + "surname": surname,
                       SOAP + "givenname": given, "ipaddr": address, "name": who.name,
                       CLAIMS + "objectidentifier": who.object_id,
                       CLAIMS + "scope": "user_impersonation", CLAIMS + "tenantid": world.tenant,
                       SOAP + "name": who.upn, SOAP + "upn": who.upn})
    else:
        claims.update({"appid": who.app_id, "appidacr": "1", CLAIMS + "identityprovider":
                       f"https://sts.windows.net/{world.tenant}/", "idtyp": "app",
                       CLAIMS + "objectidentifier": who.object_id,
                       CLAIMS + "tenantid": world.tenant})
    claims["uti"] = pools.secret_text(rng, 15)
    claims["ver"] = "1.0"
    return claims


def request(rec: Recorder, rng: random.Random, who: Identity, address: str, at: int,
            subscription: Subscription, resource: str, operation: str, *, app: str | None = None,
            failed: bool = False, properties: dict | None = None, phase: str | None = None) -> None:
    """Record one request: Start, then Success or Failure with the same correlation id."""
    world = rec.world
    correlation, operation_id = pools.guid(rng), pools.guid(rng)
    identity = {
        "authorization": {
            "scope": resource, "action": operation,
            "evidence": {"role": who.role, "roleAssignmentScope": f"/subscriptions/{subscription.id}",
                         "roleAssignmentId": who.object_id.replace("-", "")[::-1],
                         "roleDefinitionId": "8e3af657a8ff443ca75c2fe8c4bcb635",
                         "principalId": who.object_id.replace("-", ""),
                         "principalType": "User" if who.upn else "ServicePrincipal"}},
        "claims": _claims(rng, world, who, address, app or who.app_id, at)}
    name = operation.upper() if subscription.upper else operation
    scope = resource.upper() if subscription.upper else resource
    end = "Failure" if failed else "Success"
    steps = [("Start", "Started.", 0), (end, "Failed.Forbidden" if failed else "Succeeded.OK",
                                        rng.randint(40, 900))]
    if operation.endswith("/write") and not failed and rng.random() < 0.3:
        steps.insert(1, ("Accept", "Accepted.Created", 30))
    kind = {"action": "Action", "write": "Write", "delete": "Delete"}[operation.rsplit("/", 1)[1].lower()]
    digits = 7 if rng.random() < 0.97 else rng.choice((0, 2, 3, 6))
    for result, signature, duration in steps:
        body = {"eventCategory": "Administrative", "eventName": "BeginRequest" if result == "Start"
                else "EndRequest", "operationId": operation_id, "entity": resource, "message": operation,
                "hierarchy": f"{world.tenant}/{subscription.id}"}
        if result != "Start":
            body["statusCode"] = "Forbidden" if failed else "OK"
            body["serviceRequestId"] = pools.guid(rng)
        body.update(properties or {})
        record = {"time": clock.text(at + duration * 10_000, digits), "resourceId": scope,
                  "operationName": name, "category": kind if subscription.upper else "Administrative",
                  "resultType": result, "resultSignature": signature,
                  "durationMs": duration if subscription.upper else str(duration),
                  "callerIpAddress": address, "correlationId": correlation, "identity": identity,
                  "level": "Information" if subscription.upper else "Informational",
                  "location": "global", "properties": body}
        rec.activity(at + duration * 10_000, subscription,
                     json.dumps(record, separators=(",", ":")), phase, address)


def list_keys(rec: Recorder, rng: random.Random, who: Identity, address: str, at: int,
              account: Account, *, app: str | None = None, failed: bool = False,
              phase: str | None = None) -> None:
    """Record that ${who} asked for the keys of ${account} from ${address}."""
    request(rec, rng, who, address, at, account.subscription, account.resource_id, LIST_KEYS,
            app=app, failed=failed, phase=phase)


def regenerate_key(rec: Recorder, rng: random.Random, who: Identity, address: str, at: int,
                   account: Account, *, app: str | None = None) -> None:
    """Record that ${who} made a new key1 for ${account}, whose old one is dead from then on."""
    request(rec, rng, who, address, at, account.subscription, account.resource_id, REGENERATE_KEY,
            app=app, properties={"requestbody": json.dumps({"keyName": "key1"})})


def change_setting(rec: Recorder, rng: random.Random, who: Identity, address: str, at: int,
                   account: Account, operation: str, phase: str | None = None) -> None:
    """Record a write or delete of the diagnostic setting of ${account}'s blob service."""
    resource = (f"{account.resource_id}/blobServices/default/providers/microsoft.insights"
                f"/diagnosticSettings/to-{account.subscription.log_account}")
    body = {"requestbody": json.dumps({"properties": {"logs": [
        {"category": name, "enabled": True} for name in ("StorageRead", "StorageWrite", "StorageDelete")]}})}
    request(rec, rng, who, address, at, account.subscription, resource, operation,
            properties=body if operation == SETTING_WRITE else None, phase=phase)


def change_flow_log(rec: Recorder, rng: random.Random, who: Identity, address: str, at: int,
                    subscription: Subscription, key: str, operation: str,
                    enabled: bool = True, phase: str | None = None) -> None:
    """Record a write or delete of the flow log whose resource is ${key}."""
    resource = (f"/subscriptions/{subscription.id}/resourceGroups/NetworkWatcherRG/providers"
                f"/Microsoft.Network/networkWatchers/NetworkWatcher/flowLogs/{key.replace('/', '-')}")
    body = {"requestbody": json.dumps({"properties": {"enabled": enabled}})}
    request(rec, rng, who, address, at, subscription, resource, operation,
            properties=body if operation == FLOW_LOG_WRITE else None, phase=phase)
