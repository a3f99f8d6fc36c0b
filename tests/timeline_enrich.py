"""Files that say something of addresses, and what must come of them.

The MaxMind DB is written here, by its format 2.0, and every expectation is
computed with Python's own ipaddress.
"""

from __future__ import annotations

import csv
import hashlib
import ipaddress
import json
import os
import struct
import sys

U16, U32, U64 = 5, 6, 9  # Types of numbers in a MaxMind DB.
V4 = 96  # Bits before the IPv4 part of an IPv6 tree.

# Network, country, number of the autonomous system, its name.
PLACES = [("198.51.100.0/24", "NL", 64500, "Example, Ltd"), ("203.0.113.0/25", "DE", 64501, '=cmd|" x'),
          ("203.0.113.128/25", "FR", 64502, "\u202eevil"), ("2001:db8::/32", "SE", 64503, "Six")]


def control(kind: int, size: int) -> bytes:
    """Return the control bytes of a MaxMind DB field."""
    first = (kind << 5 if kind < 8 else 0)
    extra = b"" if kind < 8 else bytes([kind - 7])
    if size < 29:
        return bytes([first | size]) + extra
    return bytes([first | 29]) + extra + bytes([size - 29])


def encode(value) -> bytes:
    """Return a field of a MaxMind DB: text, number, map, or array."""
    if isinstance(value, str):
        raw = value.encode()
        return control(2, len(raw)) + raw
    if isinstance(value, bytes):
        return control(2, len(value)) + value
    if isinstance(value, tuple):  # A number of a certain type.
        raw = value[1].to_bytes((value[1].bit_length() + 7) // 8, "big")
        return control(value[0], len(raw)) + raw
    if isinstance(value, list):
        return control(11, len(value)) + b"".join(encode(v) for v in value)
    return control(7, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())


def mmdb(places: list) -> bytes:
    """Return a database of ${places}: an IPv6 tree with records of 32 bits."""
    nodes, data = [[None, None]], b""
    for network, country, number, name in places:
        net = ipaddress.ip_network(network)
        bits, width = int(net.network_address), net.prefixlen
        if net.version == 4:
            width += V4
        at = 0
        for depth in range(width - 1):
            bit = bits >> (127 - depth) & 1
            if nodes[at][bit] is None:
                nodes[at][bit] = len(nodes)
                nodes.append([None, None])
            at = nodes[at][bit]
        nodes[at][bits >> (127 - (width - 1)) & 1] = ("data", len(data))
        data += encode({"country": {"iso_code": country}, "autonomous_system_number": (U32, number),
                        "autonomous_system_organization": name})
    tree = b""
    for node in nodes:
        for side in node:
            tree += struct.pack(">I", len(nodes) if side is None else
                                side if isinstance(side, int) else len(nodes) + 16 + side[1])
    about = {"binary_format_major_version": (U16, 2), "binary_format_minor_version": (U16, 0),
             "build_epoch": (U64, 1767225600),
             "database_type": "Test-City-ASN", "description": {"en": "made by a test"}, "ip_version": (U16, 6),
             "languages": ["en"], "node_count": (U32, len(nodes)), "record_size": (U16, 32)}
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encode(about)


def addresses(out: str) -> set[str]:
    """Return every address of the timeline in ${out}."""
    found = set()
    with open(os.path.join(out, "data/timeline.jsonl"), encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            found |= {row[k] for k in ("src_ip", "dst_ip") if k in row}
    return {a for a in found if a}


def write(folder: str, name: str, content) -> None:
    """Write ${content} as the file ${name} of ${folder}."""
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def make(out: str, folder: str) -> int:
    """Write one file of each kind about the addresses of the timeline in ${out}."""
    os.makedirs(folder)
    seen = sorted(a for a in addresses(out) if ":" not in a)
    public = [a for a in seen if not ipaddress.ip_address(a).is_private or a.startswith(("198.51", "203.0"))]
    around = {str(ipaddress.ip_network(f"{a}/{n}", strict=False)) for a in public[:40] for n in (12, 20, 31)}
    write(folder, "tags.json", b"\xef\xbb\xbf" + json.dumps({"changeNumber": 321, "cloud": "Public", "values": [
        {"name": f"Tag{i % 7}.</script>", "id": "x", "properties": {
            "changeNumber": 1, "region": "westeurope", "platform": "Azure", "systemService": "AzureStorage",
            "addressPrefixes": [net, "2603:1030:c06:1::180/121"], "networkFeatures": ["API"]}}
        for i, net in enumerate(sorted(around))]}).encode())
    write(folder, "places.mmdb", mmdb(PLACES + [(f"{a}/32", "US", 64510, "Net " + a) for a in public[:30]
                                                if not a.startswith(("198.51.100.", "203.0.113."))]))
    write(folder, "list.csv", "# what to look for\r\nvalue;name;source\r\n"
          + "".join(f'"{a}";"=1+{a}; found";me\r\n' for a in public[:9])
          + "evil.example;a domain;me\r\n\r\n10.0.0.0/8;inside;me\r\n")
    write(folder, "plain.txt", "".join(a + "\n" for a in public[:3]))
    objects = [{"type": "identity", "id": "identity--1", "name": "n"}]
    patterns = [f"[ipv4-addr:value = '{public[0]}']", f"[ipv4-addr:value='{public[1]}' OR ipv4-addr:value = "
                f"'{public[2]}/32'] OR ([ipv6-addr:value ISSUBSET '2001:db8::/32'])",
                f"[ipv4-addr:value IN ('{public[3]}', '192.0.2.0/24')]",
                # The rest says something else as well, or nothing of addresses.
                f"[ipv4-addr:value = '{public[4]}' AND network-traffic:dst_port = 443]",
                f"[ipv4-addr:value = '{public[4]}'] FOLLOWEDBY [ipv4-addr:value = '{public[5]}']",
                f"[ipv4-addr:value != '{public[4]}']", f"[NOT ipv4-addr:value = '{public[4]}']",
                "[domain-name:value = 'evil.example']", f"[ipv4-addr:value = '{public[4]}'] WITHIN 5 SECONDS",
                f"[ipv4-addr:value = '{public[4]}'", f"ipv4-addr:value = '{public[4]}'", ""]
    objects += [{"type": "indicator", "id": f"indicator--{i}", "name": f"@name {i}", "pattern": p,
                 "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z", "x": 1.5}
                for i, p in enumerate(patterns)]
    objects.append({**objects[1], "id": "indicator--r", "revoked": True})
    objects.append({**objects[1], "id": "indicator--y", "pattern_type": "yara"})
    write(folder, "bundle.json", json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    machines = machines_of(out)
    write(folder, "machines.csv", "machine,mac,private_address,public_address,nic,role\n" + "".join(
        f"vm-{i},{mac[:2]}-{mac[2:4]}-{mac[4:6]}-{mac[6:8]}-{mac[8:10]}-{mac[10:].lower()},10.0.0.{4 + i % 2},"
        f"{public[-1 - i]},nic-{i},role {i}\n" for i, mac in enumerate(machines)))
    return 0


def machines_of(out: str) -> list[str]:
    """Return the network cards of the timeline in ${out}."""
    with open(os.path.join(out, "data/timeline.jsonl"), encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return sorted({row["mac"] for row in rows if len(row.get("mac", "")) == 12})[:4]


def wanted(folder: str, seen: set[str]) -> set[tuple]:
    """Return what must stand in enrichment.csv for the ${seen} addresses: kind, address, network."""
    nets: list[tuple[str, str]] = []
    with open(os.path.join(folder, "tags.json"), encoding="utf-8-sig") as file:
        nets += [("service-tags", p) for v in json.load(file)["values"] for p in v["properties"]["addressPrefixes"]]
    with open(os.path.join(folder, "list.csv"), encoding="utf-8") as file:
        nets += [("indicators", line.split(";")[0].strip('"')) for line in file if line[:1] in '"1']
    with open(os.path.join(folder, "plain.txt"), encoding="utf-8") as file:
        nets += [("indicators", line.strip()) for line in file]
    with open(os.path.join(folder, "bundle.json"), encoding="utf-8") as file:
        objects = [o for o in json.load(file)["objects"] if o["type"] == "indicator"][:3]
        nets += [("indicators", part.strip("'()]")) for o in objects
                 for part in o["pattern"].replace("'", " '").split() if part.startswith("'") and part[1:2].isdigit()]
    with open(os.path.join(folder, "machines.csv"), encoding="utf-8") as file:
        nets += [("inventory", row[k]) for row in csv.DictReader(file) for k in ("private_address", "public_address")]
    found = set()
    for kind, text in nets:
        net = ipaddress.ip_network(text)
        found |= {(kind, a, str(net)) for a in seen if ipaddress.ip_address(a) in net}
    return found


def check(out: str, folder: str) -> int:
    """The marks of every address are those that ipaddress finds, and the places those of the database."""
    seen = {a for a in addresses(out)}
    with open(os.path.join(out, "data/enrichment.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    have = {(r["enrichment"], r["subject"], r["matched"]) for r in rows
            if r["subject_kind"] == "address" and r["enrichment"] != "geoip"}
    want = wanted(folder, seen)
    print(f"# {len(rows)} marks, {len(have)} wanted {len(want)}", sorted(have ^ want)[:4])
    places = {r["subject"]: r["name"] for r in rows if r["enrichment"] == "geoip"}
    for address in seen:
        home = [p for p in PLACES if ipaddress.ip_address(address) in ipaddress.ip_network(p[0])]
        if home and not places.get(address, "").startswith(f"{home[0][1]}, AS{home[0][2]}, "):
            print("# place of", address, places.get(address))
            return 1
    hashes = {name: digest(os.path.join(folder, name)) for name in os.listdir(folder)}
    if {r["file_sha256"] for r in rows} - set(hashes.values()):
        return 1
    cards = [r for r in rows if r["subject_kind"] == "card"]
    return 0 if have == want and want and places and len(cards) == len(machines_of(out)) else 1


def digest(path: str) -> str:
    """Return the SHA-256 of a file."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def bound(out: str, folder: str) -> int:
    """derived.json names each file by its digest and no other way."""
    with open(os.path.join(out, "derived.json"), encoding="utf-8") as file:
        text = file.read()
    options = {(o["name"], o["value"]) for o in json.loads(text)["options"]}
    names = {"tags.json": "--service-tags", "places.mmdb": "--geoip", "list.csv": "--indicators",
             "plain.txt": "--indicators", "bundle.json": "--indicators", "machines.csv": "--inventory"}
    want = {(option, "sha256:" + digest(os.path.join(folder, name))) for name, option in names.items()}
    return 0 if options == want and folder not in text else 1


def same_rows(plain: str, enriched: str) -> int:
    """Without their own columns, the rows are those of a timeline without files."""
    own = ("enriched_src", "enriched_dst", "enriched_card")
    count = marked = 0
    with open(os.path.join(plain, "data/timeline.jsonl"), encoding="utf-8") as one, \
            open(os.path.join(enriched, "data/timeline.jsonl"), encoding="utf-8") as two:
        for a, b in zip(one, two, strict=True):
            row = json.loads(b)
            marked += any([row.pop(name, None) is not None for name in own])
            if json.loads(a) != row:
                return 1
            count += 1
    print(f"# {count} rows, {marked} with marks")
    return 0 if count and marked else 1


def hostile(folder: str, good: str) -> int:
    """Write files that must be refused into ${folder}, a folder for each option."""
    with open(os.path.join(good, "places.mmdb"), "rb") as file:
        db = file.read()
    bundle = '{"type":"bundle","objects":[{"type":"indicator","pattern":"%s"}]}'
    bad = {
        "service-tags": {
            "empty": "", "no-json": "{", "no-values": '{"cloud":"Public"}', "no-entry": '{"values":[]}',
            "no-name": '{"values":[{"properties":{"addressPrefixes":["10.0.0.0/8"]}}]}',
            "no-prefix": '{"values":[{"name":"a","properties":{}}]}',
            "number": '{"values":[{"name":"a","properties":{"addressPrefixes":[1]}}]}',
            "beyond": '{"values":[{"name":"a","properties":{"addressPrefixes":["10.0.0.1/8"]}}]}',
            "wide": '{"values":[{"name":"a","properties":{"addressPrefixes":["10.0.0.0/33"]}}]}',
            "mapped": '{"values":[{"name":"a","properties":{"addressPrefixes":["::ffff:10.0.0.0/95"]}}]}',
            "long": json.dumps({"values": [{"name": "a" * 513, "properties": {"addressPrefixes": ["10.0.0.0/8"]}}]}),
            "deep": "[" * 100, "utf8": b'{"values":[{"name":"\xff"}]}'},
        "geoip": {"empty": b"", "text": "no database", "head": db[:200], "nodes": db.replace(b"node_count", b"node_coumt"),
                  "name": db.replace("Net ".encode(), b"\xff\xfe\xfd\xfc")},
        "indicators": {
            "empty": "", "no-column": "a,b\n1,2\n", "twice": "ip,IP\n1.2.3.4,1.2.3.4\n", "cells": "ip,name\n1.2.3.4\n",
            "number": "ip\n1.2.3.456\n", "bits": "ip\n1.2.3.4/\n", "zone": "ip\nfe80::1%1\n10::1::1\n", "none": "ip\nevil\n",
            "quote": 'ip,name\n1.2.3.4,"a\n', "nul": "ip,name\n1.2.3.4,a\0b\n", "utf8": b"ip,name\n1.2.3.4,\xff\n",
            "stix": '{"type":"bundle"}', "stix-none": bundle % "[file:name = 'a']",
            "stix-value": bundle % "[ipv4-addr:value = 'evil']", "stix-open": bundle % "[ipv4-addr:value = 'a",
            "stix-array": '{"type":"bundle","objects":{}}'},
        "inventory": {"empty": "", "machine": "machine,mac\n,6045BDEC2532\n", "mac": "machine,mac\nvm,6045\n",
                      "hex": "machine,mac\nvm,6045BDEC253G\n",
                      "escape": "machine,mac\nvm,\x1b[31m\u202ered\n", "address": "machine,address\nvm,here\n",
                      "header": "1.2.3.4,vm\n", "nothing": "machine,role\nvm,web\n"}}
    for option, files in bad.items():
        os.makedirs(os.path.join(folder, option))
        for name, content in files.items():
            write(os.path.join(folder, option), name, content)
    return 0


def flip(path: str, out: str, place: str) -> int:
    """Write a copy of ${path} with one bit flipped, ${place} twentieths of the way into it."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    content[len(content) * int(place) // 20] ^= 1 << int(place) % 8
    with open(out, "wb") as file:
        file.write(content)
    return 0


if __name__ == "__main__":
    sys.exit({"make": make, "check": check, "bound": bound, "same": same_rows,
              "hostile": hostile, "flip": flip}[sys.argv[1]](*sys.argv[2:]))
