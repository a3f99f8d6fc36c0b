"""Rows of Traffic Analytics made from flow logs, some of them wrong, and what must be said of them."""

from __future__ import annotations

import collections
import csv
import json
import os
import random
import sys

HOUR = len("2026-01-01T00")


def flows(out: str) -> list[dict]:
    """Return the flow tuples of the timeline in ${out}."""
    with open(os.path.join(out, "data/timeline.jsonl"), encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [r for r in rows if r["source"] in ("nsg-flow", "vnet-flow") and "duplicate_of" not in r]


def key(row: dict) -> tuple:
    """Return what a row of the agreement is about."""
    return (row.get("mac", ""), row["src_ip"], row["dst_ip"], str(row.get("dst_port", "")),
            str(row.get("protocol_number", "")), row["direction"], row.get("decision", ""), row["time"][:HOUR])


def best(out: str) -> dict[tuple, tuple]:
    """Return tuples and bytes of each key at the one point that saw most."""
    sums: dict[tuple, dict[str, list[int]]] = collections.defaultdict(dict)
    for row in flows(out):
        point = f"{row['source']} {row.get('target', row.get('resource_id', ''))}"
        cell = sums[key(row)].setdefault(point, [0, 0, 0])
        cell[0] += 1
        cell[1] += row.get("bytes_sd", 0)
        cell[2] += row.get("bytes_ds", 0)
    return {k: tuple(max(points.values(), key=lambda c: (c[1] + c[2], c[0]))) for k, points in sums.items()}


def analytics(k: tuple, there: int, back: int, count: int, minute: int = 10) -> str:
    """Return a row of NTANetAnalytics, packed where an end is of the internet."""
    card, src, dst, port, protocol, direction, decision, hour = k
    row = {"TimeGenerated": f"{hour}:59:00Z", "Type": "NTANetAnalytics", "SubType": "FlowLog", "FASchemaVersion": "3",
           "FlowStartTime": f"{hour}:{minute:02d}:00Z", "FlowEndTime": f"{hour}:{minute + 9:02d}:00Z",
           "FlowType": "InterVNet", "DestPort": int(port) if port else None,
           "L4Protocol": {"6": "T", "17": "U"}.get(protocol), "FlowDirection": {"in": "Inbound", "out": "Outbound"}[direction],
           "FlowStatus": "Allowed" if decision == "allow" else "Denied", "MACAddress": card,
           "TargetResourceId": "sub/rg/net", "SrcIP": src, "DestIP": dst, "AllowedOutFlows": count,
           "BytesSrcToDest": there, "BytesDestToSrc": back, "PacketsSrcToDest": 1, "PacketsDestToSrc": 1}
    if count % 2:
        row["FlowType"], end = "ExternalPublic", "Dest" if direction == "out" else "Src"
        packed = row.pop(end + "IP")
        row[end + "PublicIPs"] = f"{packed}|{count}|0|1|1|{there}|{back}"
    return json.dumps({k: v for k, v in row.items() if v is not None}) + "\n"


def make(out: str, folder: str) -> int:
    """Write rows of Traffic Analytics about half of the hours in ${out}, and what must come of them."""
    dice = random.Random(5)
    seen = {k: v for k, v in best(out).items() if k[4] in ("6", "17")}
    hours = {(k[0], k[7]) for k in seen if dice.random() < 0.5}
    lines, want = [], []
    for k in sorted(seen):
        if (k[0], k[7]) not in hours:
            continue
        (count, there, back), lot = seen[k], dice.random()
        if lot < 0.6:
            half = there // 2
            lines += [analytics(k, half, back, 2 * count), analytics(k, there - half, 0, 2 * count + 1, 30)]
            want.append((*k, "agree", "0", "0"))
        elif lot < 0.8:
            lines.append(analytics(k, there + 7, max(back - 5, 0), count))
            want.append((*k, "differ", "7", str(max(back - 5, 0) - back)))
        else:
            want.append((*k, "only in flow log", "", ""))
    for k in sorted(seen)[:20]:
        if (k[0], k[7]) in hours:
            other = (k[0], k[1], k[2], "9", *k[4:])
            lines.append(analytics(other, 100, 50, 1))
            want.append((*other, "only in traffic analytics", "", ""))
        other = (*k[:7], "2020" + k[7][4:])
        lines.append(analytics(other, 100, 50, 2))
        want.append((*other, "no flow log", "", ""))
    # What was not covered stays out: a card and hour without any row of the other sort.
    covered = {(k[0], k[7]) for k in (tuple(w[:8]) for w in want if w[8] not in ("only in flow log", "no flow log"))}
    want = [w for w in want if w[8] == "no flow log" or (w[0], w[7]) in covered]
    path = os.path.join(folder, "la/am-ntanetanalytics/WorkspaceResourceId=/x/y=2026/m=01/d=01/h=00/m=00")
    os.makedirs(path)
    with open(os.path.join(path, "PT05M.json"), "w", encoding="utf-8") as file:
        file.writelines(lines)
    with open(folder + ".want", "w", encoding="utf-8") as file:
        json.dump(sorted(set(want)), file)
    print(f"# {len(lines)} rows, {collections.Counter(w[8] for w in want)}")
    return 0


def agreement(out: str, folder: str) -> int:
    """agreement.csv has the rows that must be there and no other."""
    with open(folder + ".want", encoding="utf-8") as file:
        want = {tuple(row) for row in json.load(file)}
    with open(os.path.join(out, "data/agreement.csv"), encoding="utf-8", newline="") as file:
        have = [(r["card"], r["src_ip"], r["dst_ip"], r["dst_port"], r["protocol_number"], r["direction"], r["decision"],
                 r["hour_time"][:HOUR], r["state"], r["difference_sd"], r["difference_ds"]) for r in csv.DictReader(file)]
    # Other protocols are not in the rows that were made.
    have = [h for h in have if h[4] in ("6", "17")]
    print(f"# {len(have)} rows, wanted {len(want)}", sorted(set(have) ^ want)[:4])
    return 0 if set(have) == want and len(have) == len(want) and len({w[8] for w in want}) == 5 else 1


def traffic(out: str) -> int:
    """traffic.csv adds up to the tuples of the timeline."""
    have: collections.Counter = collections.Counter()
    with open(os.path.join(out, "data/traffic.csv"), encoding="utf-8", newline="") as file:
        for r in csv.DictReader(file):
            k = (r["source"], r["point"], r["card"], r["src_ip"], r["dst_ip"], r["dst_port"], r["direction"], r["decision"], r["rule"])
            for name in ("tuples", "bytes_sd", "bytes_ds", "packets_sd", "packets_ds", "uncounted"):
                have[k + (name,)] += int(r[name] or 0)
    want: collections.Counter = collections.Counter()
    for r in flows(out):
        k = (r["source"], r.get("target", r.get("resource_id", "")), r.get("mac", ""), r["src_ip"], r["dst_ip"],
             str(r.get("dst_port", "")), r["direction"], r.get("decision", ""), r.get("rule", ""))
        want[k + ("tuples",)] += 1
        want[k + ("uncounted",)] += "bytes_sd" not in r
        for name in ("bytes_sd", "bytes_ds", "packets_sd", "packets_ds"):
            want[k + (name,)] += r.get(name, 0)
    print(f"# {len(have)} sums of {sum(v for k, v in want.items() if k[-1] == 'tuples')} tuples")
    return 0 if have and +have == +want else 1


if __name__ == "__main__":
    sys.exit({"make": make, "agreement": agreement, "traffic": traffic}[sys.argv[1]](*sys.argv[2:]))
