"""What was logged by account, service, and category; and whether a policy definition is whole."""

from __future__ import annotations

import collections
import csv
import json
import os
import re
import sys

CATEGORIES = ("StorageRead", "StorageWrite", "StorageDelete")
SERVICES = ("blob", "file", "queue", "table")


def logged(out: str) -> int:
    """logging.csv says what the rows of the timeline add up to, for every account that any names."""
    count: collections.Counter = collections.Counter()
    accounts, span = set(), {}
    with open(os.path.join(out, "data/timeline.jsonl"), encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if "account" not in row or row["source"] not in ("storage", "activity"):
                continue
            accounts.add(row["account"])
            if row["source"] == "storage":
                key = (row["account"], {"dfs": "blob", "web": "blob"}.get(row["service"], row["service"]), row["category"])
                count[key] += 1
                span.setdefault(key, row["time"])
    with open(os.path.join(out, "data/logging.csv"), encoding="utf-8", newline="") as file:
        have = {(r["account"], r["service"], r["category"]): r for r in csv.DictReader(file)}
    want = {(a, s, c) for a in accounts for s in SERVICES for c in CATEGORIES}
    wrong = [k for k in want if k not in have or int(have[k]["records"]) != count[k]
             or have[k]["state"] != ("logged" if count[k] else "no record") or have[k]["first_time"] != span.get(k, "")]
    print(f"# {len(accounts)} accounts, {len(count)} logged categories", wrong[:3])
    return 0 if not wrong and set(have) == want and accounts else 1


def keys(value: dict, needed: set, optional: set = frozenset()) -> None:
    """The object has these members and no other."""
    assert needed <= set(value) <= needed | optional, (set(value), needed)


def references(value: object) -> set[str]:
    """Return every parameter that a text in ${value} names."""
    return set(re.findall(r"parameters\('(\w+)'\)", json.dumps(value)))


def policy(path: str, service: str) -> None:
    """A definition as the service takes it: the shape of the built-in ones, and no name without its parameter."""
    with open(path, encoding="utf-8") as file:
        root = json.load(file)
    keys(root, {"properties"})
    p = root["properties"]
    keys(p, {"displayName", "policyType", "mode", "description", "metadata", "parameters", "policyRule"})
    assert p["policyType"] == "Custom" and p["mode"] == "All" and len(p["displayName"]) <= 128 and len(p["description"]) <= 512
    for parameter in p["parameters"].values():
        keys(parameter, {"type", "metadata"}, {"allowedValues", "defaultValue"})
        assert parameter["type"] == "String" and "displayName" in parameter["metadata"]
    rule = p["policyRule"]
    keys(rule, {"if", "then"})
    kind = f"Microsoft.Storage/storageAccounts/{service}Services"
    assert rule["if"] == {"allOf": [{"field": "type", "equals": kind},
                                    {"field": "location", "equals": "[parameters('location')]"}]}
    keys(rule["then"], {"effect", "details"})
    details = rule["then"]["details"]
    keys(details, {"type", "name", "existenceCondition", "roleDefinitionIds", "deployment"})
    assert details["type"] == "Microsoft.Insights/diagnosticSettings"
    assert all(re.fullmatch(r"/providers/microsoft\.authorization/roleDefinitions/[0-9a-f-]{36}", role)
               for role in details["roleDefinitionIds"]) and len(details["roleDefinitionIds"]) == 2
    deployment = details["deployment"]["properties"]
    keys(deployment, {"mode", "template", "parameters"})
    template = deployment["template"]
    keys(template, {"$schema", "contentVersion", "parameters", "resources"})
    assert deployment["mode"] == "incremental" and set(template["parameters"]) == set(deployment["parameters"])
    (resource,) = template["resources"]
    keys(resource, {"type", "apiVersion", "name", "properties"})
    assert resource["type"] == kind + "/providers/diagnosticSettings"
    assert {log["category"] for log in resource["properties"]["logs"]} == set(CATEGORIES)
    assert all(log["enabled"] is True for log in resource["properties"]["logs"])
    targets = {"storageAccountId", "workspaceId", "eventHubAuthorizationRuleId"} & set(resource["properties"])
    assert len(targets) == 1 and f"Microsoft.Insights/diagnosticSettings/{targets.pop()}" in json.dumps(details["existenceCondition"])
    # What the template names is the template's, and the rest the policy's.
    inner, whole = references(template), dict(rule, then={**rule["then"], "details": {**details, "deployment": deployment["parameters"]}})
    assert inner == set(template["parameters"]) and references(whole) == set(p["parameters"]), (inner, references(whole))


def policies(out: str, accounts: str) -> int:
    """There are three for blobs, whole, which name the ${accounts} without a record of reads."""
    found = sorted(name for name in os.listdir(os.path.join(out, "data")) if name.startswith("policy-"))
    for name in found:
        path = os.path.join(out, "data", name)
        policy(path, name.split("-")[1])
        with open(path, encoding="utf-8") as file:
            named = json.load(file)["properties"]["metadata"]
        if name.startswith("policy-blob") and ([a["name"] for a in named["accounts"]] != accounts.split()
                                               or named["accountsWithoutRecordsOfReads"] != len(accounts.split())):
            print("#", named)
            return 1
    print("#", found)
    return 0 if {f"policy-blob-to-{to}.json" for to in ("storage", "workspace", "event-hub")} <= set(found) else 1


if __name__ == "__main__":
    sys.exit({"logged": logged, "policies": policies}[sys.argv[1]](*sys.argv[2:]))
