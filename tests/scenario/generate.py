#!/usr/bin/env python3
"""Writes an incident: days of innocent Azure logs with one intrusion inside.

usage: generate.py --seed N --out DIR [--days 5] [--scale 1.0] [--variant desktop]

${DIR} must not exist or be empty.  It receives upload.jsonl (one blob a line),
files/ (their bytes), truth.jsonl (where the intrusion stands), decoys.jsonl
(innocent sessions that look like parts of it) and scenario.json.  The same
arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys

import blobs
import clock
import intrusion
import machines
import network
import people
import variants
import world as worlds
from recorder import Recorder


def record(seed: int, days: int, scale: float, name: str) -> tuple[Recorder, dict]:
    """Play everything that happens; return the recorder and the intrusion's outline."""
    variant = variants.VARIANTS[name]
    world = worlds.build(seed, days, scale)
    rec = Recorder(world, random.Random(f"{seed}/recorder"))
    made = intrusion.plan(world, seed)
    if variant.prepare:
        variant.prepare(rec, seed, made)
    people.logging_changes(rec, seed, (made.at - clock.HOUR, made.end))
    people.administrators(rec, seed, scale)
    people.migrations(rec, seed)
    people.newcomer(rec, seed)
    people.services(rec, seed, scale)
    people.near(rec, seed, made.at, made.account, made.who)
    machines.applications(rec, seed, scale)
    machines.readers(rec, seed)
    machines.delegated(rec, seed)
    machines.visitors(rec, seed, scale)
    machines.copies(rec, seed, scale)
    network.background(rec, seed, scale)
    network.transfers(rec, seed, made.read_at)
    return rec, variant.act(rec, seed, made)


def outline(rec: Recorder, writer: blobs.Writer, args: argparse.Namespace, story: dict) -> dict:
    """Return what scenario.json says."""
    world = rec.world
    phases: dict[str, int] = {}
    for row in writer.truth:
        phases[row["phase"]] = phases.get(row["phase"], 0) + 1
    return {
        "seed": args.seed, "days": args.days, "scale": args.scale, "variant": args.variant,
        "from": clock.text(world.start, 0), "to": clock.text(world.end, 0),
        "log_accounts": world.log_accounts,
        "data_accounts": [account.name for account in world.accounts],
        "subscriptions": [sub.id for sub in world.subscriptions], "tenant": world.tenant,
        "storage_addresses": {account.name: account.address for account in world.accounts},
        "machines": [{"name": m.name, "address": m.private, "mac": m.mac, "network": m.network,
                      "nsg": m.nsg, "outbound_address": m.nat, "service_endpoint": m.endpoint,
                      "logged_by": [point.kind for point in m.points]} for m in world.machines],
        "events": dict(sorted(rec.counts.items())), "events_total": sum(rec.counts.values()),
        "blobs": len(writer.uploads), "bytes": writer.size, "decoys": len(rec.decoys),
        "truth": dict(sorted(phases.items())), "intrusion": story, "known_secrets": rec.secrets}


def write(args: argparse.Namespace) -> dict:
    """Generate the incident of ${args} into its folder and return the outline."""
    rec, story = record(args.seed, args.days, args.scale, args.variant)
    os.makedirs(os.path.join(args.out, "files"))
    writer = blobs.Writer(args.out, random.Random(f"{args.seed}/writer"))
    for machine in rec.world.machines:
        for point in machine.points:
            blobs.flow_logs(writer, point)
    blobs.empty_flow_log(writer, rec.world.machines[3].points[0], rec.world.start + 2 * clock.HOUR)
    blobs.line_logs(writer, rec)
    blobs.save_lines(os.path.join(args.out, "upload.jsonl"), writer.uploads)
    blobs.save_lines(os.path.join(args.out, "truth.jsonl"), writer.truth)
    blobs.save_lines(os.path.join(args.out, "decoys.jsonl"),
                     sorted(rec.decoys, key=lambda row: (row["time"], row["kind"])))
    said = outline(rec, writer, args, story)
    with open(os.path.join(args.out, "scenario.json"), "w", encoding="ascii", newline="\n") as file:
        json.dump(said, file, indent=1)
        file.write("\n")
    return said


def main(argv: list[str]) -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--variant", choices=sorted(variants.VARIANTS), default="desktop")
    args = parser.parse_args(argv)
    if args.days < 1 or args.scale <= 0:
        parser.error("--days and --scale must be positive")
    if os.path.exists(args.out) and (not os.path.isdir(args.out) or os.listdir(args.out)):
        print(f"generate.py: {args.out}: not empty; give a new folder", file=sys.stderr)
        return 2
    said = write(args)
    print(f"{said['events_total']} events in {said['blobs']} blobs, {said['bytes']} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
