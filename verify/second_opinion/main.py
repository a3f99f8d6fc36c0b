"""The command: options, the order of the checks, and what is printed."""
from __future__ import annotations

import argparse
import json
import os
import re
import sys

from . import answers, content, ledger, listing, minisign, trust
from .package import read_file, read_folder
from .profile import Invalid
from .report import MUST_PASS, QUESTIONS, Report

USAGE, NO_INPUT = 64, 66

ABOUT = """A second verifier of evidence packages, written from schemas/FORMAT.md
alone: it shares no line with azcustody-verify and must judge every package alike."""
EXITS = """exit status: 0 integrity, authenticity, completeness and what --require
names pass, and nothing fails; 1 something fails; 2 nothing fails, and something
that must pass is undecided; 64, 66 the program's own troubles.
Not judged: revocation, trust files, head receipts, encrypted packages."""


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(
        prog="second-opinion", description=ABOUT, epilog=EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    out.add_argument("path", nargs="+",
                     help="NAME.tar.zst, NAME.tar, or the folder NAME")
    out.add_argument("--trust", action="append", default=[], metavar="KEY.pub",
                     help="a minisign public key, from its owner; repeatable")
    out.add_argument("--ca", action="append", default=[], metavar="ROOTS",
                     help="certificates that signers must descend from")
    out.add_argument("--tsa-ca", action="append", default=[], metavar="ROOTS",
                     help="the same for time-stamping authorities")
    out.add_argument("--require", default="", metavar="LIST",
                     help="time, custody, or all: these must pass as well")
    out.add_argument("--json", action="store_true",
                     help="findings and verdicts, one object a line")
    return out


def judge(path: str, brought: trust.Trust, require: tuple[str, ...]) -> Report:
    """All five questions about one package."""
    report = Report(path, require)
    package = (read_folder if os.path.isdir(path) else read_file)(path, report)
    content.check(package)
    answers.check(package)
    stamped = trust.time(package, brought)
    trust.authenticity(package, brought, stamped)
    listing.check(package)
    ledger.check(package, brought)
    return report


def show(report: Report, as_json: bool) -> None:
    code = report.exit_code()
    if as_json:
        for f in report.findings:
            print(json.dumps({"type": "finding", "path": report.path,
                              **f.__dict__}))
        for question in QUESTIONS:
            print(json.dumps({"type": "verdict", "path": report.path,
                              "question": question,
                              "verdict": report.verdict(question)}))
        print(json.dumps({"type": "package", "path": report.path,
                          "exit_code": code}))
        return
    print(f"{report.path}: " + ", ".join(
        f"{q} {report.verdict(q)}" for q in QUESTIONS))
    for f in report.findings:
        text = f"  {f.weight} {f.question} {f.code}: {f.member} {f.text}"
        print(re.sub(r"[^ -~]", lambda m: f"\\u{ord(m[0]):04x}", text))


def main(words: list[str]) -> int:
    options = parser()
    try:
        chosen = options.parse_args(words)
    except SystemExit as error:
        return USAGE if error.code else 0
    require = tuple(x for x in chosen.require.split(",") if x)
    if "all" in require:
        require = QUESTIONS[len(MUST_PASS):]
    if set(require) - set(QUESTIONS):
        print("second-opinion: --require: no such question", file=sys.stderr)
        return USAGE
    try:
        keys = [minisign.read_public_key(name) for name in chosen.trust]
        brought = trust.Trust({k.sha256: k for k in keys}, chosen.ca,
                              chosen.tsa_ca)
        reports = [judge(path, brought, require) for path in chosen.path]
    except (OSError, Invalid) as error:
        print(f"second-opinion: {error}", file=sys.stderr)
        return NO_INPUT
    for report in reports:
        show(report, chosen.json)
    codes = {report.exit_code() for report in reports}
    return next(c for c in (1, 2, 0) if c in codes)
