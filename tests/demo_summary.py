"""Print the chains of findings.json as a person would tell them."""
import json
import sys

WORDS = {
    "listing": "keys were listed",
    "use": "a credential was first used",
    "browsing": "containers were browsed",
    "reading": "objects were read",
    "storage-flows": "one of our hosts read from storage",
    "outbound": "that host sent data out",
    "logging": "logging was changed",
}
SHOWN = ("identity", "address", "account", "first_time", "containers_listed",
         "objects_read", "bytes_read", "host", "far_address", "bytes_out",
         "strength")


def main() -> int:
    with open(sys.argv[1], encoding="utf-8") as file:
        findings = json.load(file)["findings"]
    chains = [f for f in findings if f["rule"] == "chain"]
    print(f"{len(findings)} findings, {len(chains)} of them a chain")
    for number, chain in enumerate(chains, 1):
        print(f"\nchain {number}")
        for link in chain["links"]:
            word = WORDS.get(link["link"])
            if word is None:
                continue
            facts = link["facts"]
            told = "; ".join(f"{k.replace('_', ' ')} {facts[k]}"
                             for k in SHOWN if k in facts)
            rows = len(link.get("rows", []))
            print(f"  {word:36} {rows:4} records  {told}")
    return 0


sys.exit(main())
