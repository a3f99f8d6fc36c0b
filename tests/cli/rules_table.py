"""What each rule must name of the case written by hand, and what it must not.

A line of the table: rule, link, what must be among the rows of that rule's link
in some finding, what must not be in any of them.  Then what must be stated.
"""

from __future__ import annotations

import json
import os
import sys

READ = [f"in-out-{n}" for n in range(80)] + [f"in-job-{n}" for n in range(80, 140)]
APP = [f"app-{day}-{hour}" for day in range(6) for hour in range(24)]

ROWS = (
    ("key-enumeration", "requests", ["in-issue", "denied", "rotation", "ben-3", "ana-0", "backup-0", "dark-key"],
     ["role", "deploy-3", "policy-3", "in-setting", "vault-use"]),
    ("credential-use", "use", ["in-list", "ben-3-lc"], ["ana-3-lc", "app-4-4", "app-5-7", "public", "long"]),
    ("credential-lineage", "sas", ["in-list", "partner-3-0"], ["app-4-4", "vault-use"]),
    ("explorer-access", "session", ["ben-3-lc", "ben-3-r4"], ["ana-3-lc", "in-list", "app-3-3", "guess-0"]),
    ("tool-access", "session", ["guess-0", "in-list", "ben-3-lc"], ["web", "app-3-3", "vault-use"]),
    ("bulk-read", "reading", READ, APP + ["ben-3-r0", "ana-3-r0", "partner-3-0"]),
    ("service-copies", "copies", ["away", "home-0", "home-1", "home-2"], ["app-3-3", "dark-write"]),
    ("outbound-flows", "storage-flows", ["20.60.0.1"], ["198.51.100.200", "20.70.0.9"]),
    ("outbound-flows", "outbound", ["192.0.2.200"], ["20.70.0.9", "198.51.100.201", "192.0.2.77"]),
    ("not-logged", "requests", ["dark-key"], ["ana-3", "in-issue", "denied"]),
    ("no-flow", "reads", [f"unseen-{n}" for n in range(20)], READ + APP + ["partner-3-0", "ben-3-r0"]),
    ("logging-changes", "requests", ["in-setting", "role", "policy-3"], ["deploy-3", "in-issue", "ana-3"]),
    ("open-access", "anonymous", ["public", "guess-0"], ["web", "long", "app-3-3"]),
    ("open-access", "long", ["long"], ["wide", "plain", "in-list", "app-3-3"]),
    ("open-access", "account", ["wide"], ["long", "plain", "in-list"]),
    ("open-access", "unbounded", ["plain"], ["long", "wide", "in-list"]),
    ("known-secret", "secret", READ + ["in-list", "vault-use"], APP + ["partner-3-0", "long", "ana-3-lc"]),
)
FACTS = (
    ("key-enumeration", "requests", {"identity": "deploy@x.example", "requests": 1,
                                     "compared_with_baseline": "address new for this identity"}),
    ("key-enumeration", "requests", {"identity": "ana@x.example", "requests": 7, "failures": 0}),
    ("key-enumeration", "requests", {"identity": "eve@x.example", "failures": 1}),
    ("explorer-access", "session", {"address": "198.51.100.23", "agent_string_of_storage_explorer": "yes",
                                    "containers_listed": "yes", "address_new_to_account": "yes"}),
    ("tool-access", "microburst", {"agent_string_of_a_powershell_web_request": "yes",
                                   "containers_found_without_a_credential": 3}),
    ("bulk-read", "reading", {"objects_read_or_copied": 140, "bytes_read": 80 * 400_000 + 60 * 700_000,
                              "compared_with_baseline": "far above the baseline"}),
    ("service-copies", "copies", {"address": "203.0.113.40", "copies": 1, "records": 3,
                                  "of_these_without_a_destination_in_these_logs": 0}),
    ("service-copies", "copies", {"address": "203.0.113.41", "copies": 1,
                                  "of_these_without_a_destination_in_these_logs": 1}),
    ("outbound-flows", "outbound", {"far_address": "192.0.2.200", "bytes_out": 60 * 720_000}),
    ("chain", "listing", {"strength": "strong", "identity": "deploy@x.example"}),
    ("chain", "outbound", {"strength": "moderate", "far_address": "192.0.2.200"}),
    ("chain", "baseline", {"of_these_the_same_chain": 0}),
    ("not-logged", "reads", {"account": "dark", "what_was_read": "cannot be known"}),
    ("no-flow", "reads", {"address": "10.1.0.9", "bytes_read": 20 * 700_000, "what_was_sent": "cannot be known"}),
    ("logging-changes", "requests", {"identity": "policy@x.example", "compared_with_baseline": "as in the baseline"}),
    ("logging-changes", "requests", {"identity": "deploy@x.example",
                                     "compared_with_baseline": "address new for this identity"}),
    ("network", "exposure", {"port": 22, "far_addresses": 1, "let_through_by_rule": "UserRule_any"}),
    ("network", "talkers", {"far_address": "192.0.2.200", "compared_with_baseline": "first seen after the baseline"}),
    ("network", "ports", {"port": 3389, "direction": "in", "tuples_denied": 1}),
    ("known-secret", "secret", {"kind": "SAS", "requests": 141, "addresses": 2,
                                "hash_that_the_logs_carry": "the SHA-256 of its text"}),
    ("known-secret", "secret", {"kind": "account key", "requests": 1, "hash_that_the_logs_carry":
                                "the SHA-256 of the bytes that its base64 stands for"}),
    ("known-secret", "secret", {"kind": "account key", "requests": 0, "hash_that_the_logs_carry":
                                "neither: no request here carries it"}),
    ("known-secret", "address", {"address": "2001:db8:77::5", "requests": 81, "of_rows": 2}),
)
# What no finding may state.
NEVER = (
    ("network", "exposure", {"port": 3389}),
    ("not-logged", "reads", {"account": "shop"}),
    ("bulk-read", "reading", {"objects_read_or_copied": 5}),
)


def _rows(folder: str) -> dict[str, str]:
    """Return the name of each event: what we called it, or of a flow its far address."""
    found = {}
    with open(os.path.join(folder, "data", "timeline.jsonl"), encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["source"] == "vnet-flow":
                name = row["dst_ip"] if row["direction"] == "out" else row["src_ip"]
            else:
                name = row["correlation_id"] if row["source"] == "activity" else row["client_request_id"]
            found[row["event_id"]] = name
    return found


def places(folder: str) -> int:
    """Print one row of each link, and return 0 if every row of a finding is a row of the timeline."""
    parts = ("event_id", "package", "member", "offset", "length", "record_sha256")
    with open(os.path.join(folder, "data", "timeline.jsonl"), encoding="utf-8") as file:
        known = {tuple(json.loads(line)[part] for part in parts) for line in file}
    with open(os.path.join(folder, "data", "findings.json"), encoding="utf-8") as file:
        findings = json.load(file)["findings"]
    seen, bad = {}, 0
    for finding in findings:
        for link in finding["links"]:
            for row in [row for part in ("rows", "beside", "against") for row in link.get(part, ())]:
                bad += tuple(row[part] for part in parts) not in known
                seen.setdefault((finding["rule"], link["link"]), (row["event_id"], row["record_sha256"]))
    for event, digest in seen.values():
        print(event, digest)
    return 1 if bad or len(seen) < 12 else 0


def main(folder: str, truth: str) -> int:
    """Compare the findings of ${folder} with the table and, for the chain, with ${truth}."""
    names = _rows(folder)
    with open(os.path.join(folder, "data", "findings.json"), encoding="utf-8") as file:
        findings = json.load(file)["findings"]
    named: dict[tuple, set] = {}
    said: dict[tuple, list] = {}
    for finding in findings:
        for link in finding["links"]:
            key = (finding["rule"], link["link"])
            rows = [row for part in ("rows", "beside") for row in link.get(part, ())]
            named.setdefault(key, set()).update(names[row["event_id"]] for row in rows)
            said.setdefault(key, []).extend([link.get("facts", {})] + link.get("more_facts", []))
    bad = []
    for rule, link, must, never in ROWS:
        have = named.get((rule, link), set())
        bad += [f"{rule}, {link}: {name} is not named" for name in must if name not in have]
        bad += [f"{rule}, {link}: {name} is named" for name in never if name in have]
    def states(rule: str, link: str, facts: dict) -> bool:
        return any(facts.items() <= line.items() for line in said.get((rule, link), ()))
    bad += [f"{rule}, {link}: not said: {facts}" for rule, link, facts in FACTS if not states(rule, link, facts)]
    bad += [f"{rule}, {link}: said: {facts}" for rule, link, facts in NEVER if states(rule, link, facts)]
    with open(truth, encoding="ascii") as file:
        wanted = set(json.load(file))
    have = {name for (rule, _), some in named.items() if rule == "chain" for name in some}
    counter = {names[row["event_id"]] for finding in findings if finding["rule"] == "chain"
               for link in finding["links"] for row in link.get("against", ())}
    wanted = {name for name in wanted if not name.startswith("port ")} | {"20.60.0.1", "192.0.2.200"}
    if have != wanted:
        bad.append(f"chain: wrongly named {sorted(have - wanted)[:5]}, not named {sorted(wanted - have)[:5]}")
    if not counter or counter & wanted:
        bad.append(f"chain: what speaks against it: {sorted(counter)[:5]}")
    print(f"{len(ROWS)} lines of rows, {len(FACTS) + len(NEVER)} of facts, {len(have)} of {len(wanted)} in the chain")
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(places(sys.argv[2]) if sys.argv[1] == "places" else main(*sys.argv[1:]))
