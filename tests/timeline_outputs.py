"""Judge what a timeline gives to other programs, without our own code.

usage: timeline_outputs.py layer|case|certificate FOLDER PACKAGE-FILE SEAL-SHA256
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys


def load(folder: str, name: str) -> dict:
    """Return the JSON document ${name} of the payload."""
    with open(os.path.join(folder, "data", name), encoding="utf-8") as file:
        return json.load(file)


def layer(folder: str, _package: str, _seal: str) -> bool:
    """Every technique of every rule is there, and its score is how many findings name it."""
    findings = load(folder, "findings.json")
    want: dict[str, int] = {}
    for rule in findings["rules"]:
        count = sum(1 for finding in findings["findings"] if finding["rule"] == rule["id"])
        for value in rule.get("attack", ()):
            for technique in value.split(", "):
                want[technique] = want.get(technique, 0) + count
    made = load(folder, "attack-layer.json")
    have = {entry["techniqueID"]: entry["score"] for entry in made["techniques"]}
    seen = sum(1 for score in have.values() if score)
    print(f"# {have}")
    return (made["versions"]["layer"] == "4.5" and made["domain"] == "enterprise-attack" and have == want
            and len(have) == len(made["techniques"]) and seen > 0
            and all(re.fullmatch(r"T\d{4}(\.\d{3})?", technique) for technique in have)
            and f"{seen} of {len(have)} techniques" in made["description"])


def references(node: object) -> list[str]:
    """Return what ${node} refers to: objects that have an @id and nothing else."""
    if isinstance(node, list):
        return [found for inner in node for found in references(inner)]
    if not isinstance(node, dict):
        return []
    if set(node) == {"@id"}:
        return [node["@id"]]
    return [found for inner in node.values() for found in references(inner)]


def prefixes_are_known(node: object, context: dict) -> bool:
    """Every property and type has a prefix of the context."""
    if isinstance(node, list):
        return all(prefixes_are_known(inner, context) for inner in node)
    if not isinstance(node, dict):
        return True
    words = [key for key in node if not key.startswith("@")] + [node[key] for key in ("@type", "@id") if key in node]
    return (all(word.split(":")[0] in context for word in words)
            and all(prefixes_are_known(inner, context) for key, inner in node.items() if key != "@context"))


def case(folder: str, _package: str, seal: str) -> bool:
    """The bundle refers to nothing that is not in it, and has the seal's digest."""
    bundle = load(folder, "case.jsonld")
    nodes = {node["@id"]: node for node in bundle["uco-core:object"]}
    wanted = references(bundle["uco-core:object"])
    digests = [value["uco-types:hashValue"]["@value"] for node in nodes.values()
               for facet in node.get("uco-core:hasFacet", ()) for value in facet.get("uco-observable:hash", ())]
    uuid = r"kb:[a-z]+-[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"
    return (bundle["@type"] == "uco-core:Bundle" and len(nodes) == len(bundle["uco-core:object"]) == 4
            and len(wanted) == 3 and set(wanted) <= set(nodes) and digests == [seal]
            and all(re.fullmatch(uuid, identity) for identity in nodes)
            and prefixes_are_known(bundle, bundle["@context"]))


def certificate(folder: str, package: str, seal: str) -> bool:
    """A draft on top, at the end and above each form, with the digests, and no signature filled in."""
    with open(os.path.join(folder, "data", "certificate-draft.txt"), encoding="utf-8") as file:
        text = file.read()
    with open(package, "rb") as file:
        whole = hashlib.sha256(file.read()).hexdigest()
    mark = "======== DRAFT - NOT SIGNED ========\n"
    forms = [part for part in text.split(mark) if part]
    blanks = re.findall(r"[Ss]ignature: (.*)", text)
    return (text.startswith(mark) and text.endswith(mark) and len(forms) == 4
            and len(blanks) == 4 and all(blank.startswith("____") for blank in blanks)
            and seal in text and whole in text)


if __name__ == "__main__":
    VERBS = {"layer": layer, "case": case, "certificate": certificate}
    sys.exit(0 if VERBS[sys.argv[1]](*sys.argv[2:]) else 1)
