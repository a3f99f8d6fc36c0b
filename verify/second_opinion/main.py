"""The command: options, the order of the checks, and what is printed."""
from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

from . import answers, content, disclosure, groups, ledger, listing, trust
from .package import Package, read_file, read_folder
from .profile import Invalid
from .report import MUST_PASS, QUESTIONS, Report

USAGE, NO_INPUT = 64, 66

ABOUT = """A second verifier of evidence packages, written from schemas/FORMAT.md
alone: it shares no line with azcustody-verify and must judge every package alike.
"ledger" before the path: a custody ledger alone; "disclosure": a disclosure."""
EXITS = """exit status: 0 integrity, authenticity, completeness and what --require
names pass, and nothing fails; 1 something fails; 2 nothing fails, and something
that must pass is undecided; 64, 66 the program's own troubles."""
VERBS = ("package", "ledger", "disclosure")


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(
        prog="second-opinion", description=ABOUT, epilog=EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    out.add_argument("path", nargs="+",
                     help="NAME.tar.zst, NAME.tar, or the folder NAME")
    for name, metavar, text in (
            ("trust", "KEY.pub", "a minisign public key, from its owner"),
            ("trust-file", "FILE", "who may sign in which role and when"),
            ("ca", "ROOTS", "certificates that signers must descend from"),
            ("tsa-ca", "ROOTS", "the same for time-stamping authorities"),
            ("crl", "FILE", "revocation lists, OCSP answers"),
            ("receipt", "FILE", "a head receipt for the ledger")):
        out.add_argument("--" + name, action="append", default=[],
                         metavar=metavar, help=text + "; repeatable")
    out.add_argument("--require", default="", metavar="LIST",
                     help="time, custody, or all: these must pass as well; "
                     "revocation: something must tell of each certificate")
    out.add_argument("--expect-sha256", default="", metavar="HEX",
                     help="the file's digest")
    out.add_argument("--identity", metavar="FILE",
                     help="decrypt with the program age and this file first")
    out.add_argument("--json", action="store_true",
                     help="findings and verdicts, one object a line")
    return out


def judge_package(path: str, brought: trust.Trust, require: tuple[str, ...] = (),
                  receipts: tuple[str, ...] = (), expected: str = "",
                  identity: str | None = None) -> Package:
    """All five questions about one package."""
    report = Report(path, require)
    with tempfile.TemporaryDirectory() as folder:
        clear = decrypt(path, identity, folder) if identity and \
            not os.path.isdir(path) else path
        reader = read_folder if os.path.isdir(clear) else read_file
        package = reader(clear, report)
        package.path = path.removesuffix(".age")
        package.content = clear
        content.check(package)
    answers.check(package)
    groups.check(package)
    beside = ledger.load(package, brought)
    stamped = trust.time(package, brought, beside.stamps() if beside else [])
    trust.authenticity(package, brought, stamped)
    listing.check(package)
    ledger.check(package, beside, list(receipts), expected)
    return package


def judge(path: str, brought: trust.Trust,
          require: tuple[str, ...] = ()) -> Report:
    return judge_package(path, brought, require).report


def show_group(report: Report, as_json: bool) -> None:
    code = groups.exit_code(report)
    if as_json:
        print(json.dumps({"type": "group", "group": report.path[6:],
                          "exit_code": code}))
        return
    alone = code == 0 and report.findings
    word = "NOT JUDGED, ALONE" if alone else \
        ("COMPLETE", "FAILED", "INCOMPLETE")[code]
    print(f"{report.path}: {word}")
    for f in report.findings:
        print(f"  {f.weight} {f.code}: {f.text}")


def decrypt(path: str, identity: str, folder: str) -> str:
    """The content of a file of age; any other file is itself."""
    with open(path, "rb") as file:
        if not file.read(21).startswith(b"age-encryption.org/v1"):
            return path
    clear = os.path.join(folder, os.path.basename(path).removesuffix(".age"))
    done = subprocess.run(["age", "-d", "-i", identity, "-o", clear, path],
                          check=False, capture_output=True)
    if done.returncode != 0 and b"no identity matched" in done.stderr:
        raise Invalid(f"{path}: it is for others")
    if done.returncode != 0:
        raise Altered(f"{path}: it does not decrypt")
    return clear


class Altered(Exception):
    """An encrypted file that is not what was written."""


def bring(chosen: argparse.Namespace) -> trust.Trust:
    """What the command line brings from outside."""
    brought = trust.Trust(roots=chosen.ca, stamp_roots=chosen.tsa_ca)
    for name in chosen.trust:
        brought.add_key(name)
    for name in chosen.trust_file:
        brought.add_file(name)
    for name in chosen.crl:
        brought.add_lists(name)
    return brought


def show(report: Report, as_json: bool) -> None:
    code = report.exit_code()
    if as_json:
        for f in report.findings:
            print(json.dumps({"type": "finding", "path": report.path,
                              **f.__dict__}))
        for question in report.questions:
            print(json.dumps({"type": "verdict", "path": report.path,
                              "question": question,
                              "verdict": report.verdict(question)}))
        print(json.dumps({"type": "package", "path": report.path,
                          "exit_code": code}))
        return
    print(f"{report.path}: " + ", ".join(
        f"{q} {report.verdict(q)}" for q in report.questions))
    for f in report.findings:
        text = f"  {f.weight} {f.question} {f.code}: {f.member} {f.text}"
        print(re.sub(r"[^ -~]", lambda m: f"\\u{ord(m[0]):04x}", text))


def all_reports(verb: str, chosen: argparse.Namespace,
                require: tuple[str, ...]) -> tuple[list[Report], list[Report]]:
    """On each of what was given, and on the groups of packages among it."""
    brought = bring(chosen)
    brought.need_revocation = "revocation" in chosen.require.split(",")
    if verb == "ledger":
        return [ledger.judge_alone(path, brought, chosen.receipt)
                for path in chosen.path], []
    if verb == "disclosure":
        return [disclosure.Disclosure(path, brought).check()
                for path in chosen.path], []
    packages = [judge_package(path, brought, require, chosen.receipt,
                              chosen.expect_sha256, chosen.identity)
                for path in chosen.path]
    return [p.report for p in packages], groups.judge(packages)


def main(words: list[str]) -> int:
    options = parser()
    verb = words[0] if words and words[0] in VERBS else "package"
    try:
        chosen = options.parse_args(words[words[:1] == [verb]:])
    except SystemExit as error:
        return USAGE if error.code else 0
    require = tuple(x for x in chosen.require.split(",")
                    if x and x != "revocation")
    if "all" in require:
        require = QUESTIONS[len(MUST_PASS):]
    if set(require) - set(QUESTIONS):
        print("second-opinion: --require: no such question", file=sys.stderr)
        return USAGE
    try:
        reports, whole = all_reports(verb, chosen, require)
    except (OSError, Invalid) as error:
        print(f"second-opinion: {error}", file=sys.stderr)
        return NO_INPUT
    except Altered as error:
        print(f"second-opinion: {error}", file=sys.stderr)
        return 1
    for report in reports:
        show(report, chosen.json)
    codes = {report.exit_code() for report in reports}
    for report in whole:
        show_group(report, chosen.json)
        codes.add(groups.exit_code(report))
    return next(c for c in (1, 2, 0) if c in codes)
