#!/usr/bin/env python3
"""Every wire fault in every phase, and the outcome that its table fixes.

  matrix.py DIR BUILD KEY SAS [--lasting some|all] [--passing some|all] [--tls CERT KEY]
            [--only NAME] [--jobs N]

Each case is a collection of its own from a hostile server of its own; several
run side by side.  After each an oracle looks: is there a final name only if
all is well, does it verify, do the counts add up, is each byte that of the
source, is no secret left, did the redirect's target see no connection?  After
a stop the fault is taken away and the collection resumed: all must be there.
DIR is left for the caller to look for canaries in.
"""
import argparse
import concurrent.futures
import email.utils
import glob
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
import time
import urllib.parse

import account
import matrix_table
import server

LIST, READ = "insights-activity-logs", "insights-logs-storageread"
SCRIPT = {"account": "acct", "containers": {
    LIST: {"blobs": [
        {"name": "small.json", "size": 1000, "md5": True, "seed": 1},
        {"name": "empty.json", "size": 0, "seed": 2}]},
    READ: {"blobs": [
        {"name": "big.json", "size": (4 << 20) + 70000, "md5": True,
         "seed": 3}]},
    "insights-logs-storagewrite": {"blobs": [
        {"name": "append.json", "size": 3000, "type": "AppendBlob",
         "seed": 4}]}}}
PHASES = {
    "list": {"phase": "list", "match": LIST},
    "head": {"phase": "head", "match": "big.json"},
    "read": {"phase": "range", "match": "small.json"},
    "ranged": {"phase": "range", "match": "big.json"},
}
BLOB = {"list": None, "head": "big.json", "read": "small.json",
        "ranged": "big.json"}
LIMIT = 60


class Canary:
    """Where redirects point: nobody may come."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d/x" % self.listener.getsockname()[1]
        self.seen = 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            self.listener.accept()[0].close()
            self.seen += 1


class Stand:
    """A hostile server in a thread, for one case after the other."""

    def __init__(self, top, number, args, tls):
        self.dir = os.path.join(top, "stand%d" % number)
        self.args = args
        os.mkdir(self.dir)
        with open(os.path.join(self.dir, "account.json"), "w") as f:
            json.dump(SCRIPT, f)
        self.server = server.Server(argparse.Namespace(
            dir=self.dir, seconds=3600, tls=tls, tls_max=None, port=0))
        self.port = self.server.listener.getsockname()[1]
        self.scheme = "https" if tls else "http"
        self.tls = tls
        threading.Thread(target=self.server.run, daemon=True).start()

    def prepare(self, rules):
        """A fresh account, and what goes wrong from now on."""
        self.server.account = account.Account(SCRIPT)
        self.server.rules.set(rules)

    def collect(self, words):
        """Run the collector; the exit code and the summary."""
        words = [os.path.join(self.args.build, "azcustody-collect")] + words
        done = subprocess.run(words, capture_output=True, timeout=LIMIT,
                              stdin=subprocess.DEVNULL, text=True)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        summary = [x for x in lines if x.get("type") == "summary"]
        return done.returncode, (summary or [{}])[-1], done.stderr

    def words(self, out):
        """The command line of a run."""
        words = ["run", "--case", "C", "--exhibit", "E", "--examiner", "X",
                 "--sign", self.args.key, "--account", "acct", "--endpoint",
                 "%s://127.0.0.1:%d/acct" % (self.scheme, self.port),
                 "--sas-file", self.args.sas, "--out", out, "--tries", "2",
                 "--logs", "activity,storage",
                 "--timeout", "3", "--prove-ranges", "--compress", "none",
                 "--json", "-q"]
        return words + (["--tls-ca", self.tls[0]] if self.tls else [])


def sources():
    """Every blob's bytes by name, as the script says them."""
    return {b.name.decode(): b.read(0, b.size)
            for blobs, _ in account.Account(SCRIPT).containers.values()
            for b in blobs}


SOURCES = sources()


class Wrong(Exception):
    """A case did not end as its table says."""


def need(truth, text):
    if not truth:
        raise Wrong(text)


def look(path):
    """Payload by name, gaps, and mismatches of a package."""
    with tarfile.open(path) as tar:
        files = {m.name.split("/", 1)[1]: tar.extractfile(m).read()
                 for m in tar.getmembers()}
    lines = {k: [json.loads(x) for x in files["meta/%s.jsonl" % k].splitlines()]
             for k in ("objects", "gaps")}
    payload = {o["name"]: files[o["path"].split("/", 1)[1]]
               for o in lines["objects"]}
    odd = [o["name"] for o in lines["objects"]
           if o["digest_check"] == "mismatched"]
    return payload, lines["gaps"], odd


def oracle(stand, out, summary, code):
    """What is under the final name, which must verify."""
    found = glob.glob(os.path.join(out, "*.tar"))
    need(len(found) == 1, "%d files have a final name" % len(found))
    need(not glob.glob(os.path.join(out, "*.work")), "the work folder is left")
    verify = subprocess.run(
        [os.path.join(stand.args.build, "azcustody-verify"), found[0],
         "--trust", stand.args.key[:-4] + ".pub"],
        capture_output=True, timeout=LIMIT, text=True)
    need(verify.returncode == 0, "verify says %d: %s" %
         (verify.returncode, verify.stdout[-400:] + verify.stderr[-200:]))
    payload, gaps, odd = look(found[0])
    objects = [g for g in gaps if g["what"] == "object"]
    need(summary["listed"] == len(payload) + len(objects),
         "the counts do not add up: %s" % summary)
    need((code == 0) == (not gaps), "exit %d with %d gaps" % (code, len(gaps)))
    return payload, gaps, odd


def is_right(payload, but=()):
    """Is every byte that of the source, and nothing missing ${but} those?"""
    for name, data in payload.items():
        need(name in but or data == SOURCES[name], "%s is wrong" % name)
    missing = set(SOURCES) - set(payload)
    need(missing <= set(but), "without a word: %s" % missing)


def judge(stand, out, case, code, summary):
    """Compare the end of a case with what was expected."""
    name, phase, want = case["name"], case["phase"], case["want"]
    blob = BLOB[phase]
    if want.startswith("stop"):
        need(code == int(want.split()[1]), "exit %d" % code)
        need(not glob.glob(out + "/*.tar*"), "stopped with a final name")
        work = glob.glob(out + "/*.work")
        need(len(work) == 1, "nothing to resume")
        stand.server.rules.set([])
        code, summary, err = stand.collect(
            ["resume", work[0], "--sign", stand.args.key, "--account", "acct",
             "--sas-file", stand.args.sas, "--tries", "2", "--json", "-q"] +
            (["--tls-ca", stand.tls[0]] if stand.tls else []))
        need(code == 0, "resumed: exit %d: %s" % (code, err))
        return is_right(oracle(stand, out, summary, code)[0])
    need(code == (0 if want in ("ok", "warned") else 3), "exit %d" % code)
    payload, gaps, odd = oracle(stand, out, summary, code)
    if want in ("ok", "warned"):
        # A blob that changes while it is read is taken as it is then.
        changed = [blob] if name == "the blob changes" else []
        is_right(payload, changed if want == "ok" else [blob])
        need(set(payload) == set(SOURCES), "not all are there")
        need(odd == ([blob] if want == "warned" else []), "odd: %s" % odd)
        return None
    # A kind of log is two containers: neither is there, and both are said.
    need(len(gaps) == (2 if want == "no-container" else 1), "gaps: %s" % gaps)
    for gap in gaps:
        need(gap["reason"] == want, "the gap is %s (%s)" %
             (gap["reason"], gap["error"]))
    need(gaps[0].get("name") == blob, "the gap is about another")
    return is_right(payload, [blob] if blob else ["small.json", "empty.json"])


def run(stand, canary, top, case):
    """One case; its verdict as a line."""
    out = os.path.join(top, "case%05d" % case["number"])
    os.mkdir(out)
    rule = dict(case["rule"], **PHASES[case["phase"]])
    if case["times"]:
        rule["times"] = case["times"]
    if rule.get("location") == "CANARY":
        rule["location"] = canary.url
    if rule.get("retry_after") == "DATE":
        rule["retry_after"] = email.utils.formatdate(time.time() + 1,
                                                     usegmt=True)
    stand.prepare([rule])
    sentence = "%s%s in %s%s: %s" % (
        case["name"], " for good" if not case["times"] else
        " (%d)" % case["times"], case["phase"],
        " over TLS" if stand.tls else "", case["want"])
    try:
        code, summary, err = stand.collect(stand.words(out))
        try:
            judge(stand, out, case, code, summary)
        except Wrong as wrong:
            raise Wrong("%s; %s" % (wrong, err.strip()[-300:])) from wrong
        shutil.rmtree(out)
        return "ok - " + sentence
    except (Wrong, subprocess.TimeoutExpired, KeyError, OSError) as wrong:
        return "not ok - %s\n# %s: %s" % (sentence, type(wrong).__name__,
                                          str(wrong).replace("\n", "\n# "))


def cases(args):
    """All cases, each with what must come of it."""
    made = []
    phases = list(PHASES)
    for index, (name, rule, wants) in enumerate(matrix_table.FAULTS):
        there = [p for p, want in zip(phases, wants) if want != "-"]
        for phase, want in zip(phases, wants):
            if want == "-" or (args.only and args.only not in name):
                continue
            if args.tls and name not in matrix_table.TLS:
                continue
            once = want if name in matrix_table.HURTS else "ok"
            once = matrix_table.ONCE.get((name, phase), once)
            # For good, in each phase when asked for all, else in every other.
            if args.lasting == "all" or (
                    args.lasting and phase in (there[index % 2::2] or there)):
                made.append((name, rule, phase, want, 0))
            # Once, in each phase when asked for all, else in one of them.
            if args.passing and (args.passing == "all" or
                                 phase == phases[index % 4]):
                made.append((name, rule, phase, once, 1))
    keys = ("name", "rule", "phase", "want", "times", "number")
    return [dict(zip(keys, row + (i,))) for i, row in enumerate(made)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dir")
    parser.add_argument("build")
    parser.add_argument("key")
    parser.add_argument("sas")
    parser.add_argument("--lasting", choices=["some", "all"])
    parser.add_argument("--passing", choices=["some", "all"])
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--only")
    parser.add_argument("--jobs", type=int, default=8)
    args = parser.parse_args()
    canary = Canary()
    stands = [Stand(args.dir, n, args, args.tls) for n in range(args.jobs)]
    free = list(stands)
    lock = threading.Lock()

    def one(case):
        with lock:
            stand = free.pop()
        try:
            line = run(stand, canary, args.dir, case)
        finally:
            with lock:
                free.append(stand)
        with lock:
            print(line, flush=True)
        return line

    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        lines = list(pool.map(one, cases(args)))
    print("%sok - no redirect was followed in %d cases" %
          ("" if canary.seen == 0 and lines else "not ", len(lines)))
    bad = [x for x in lines if x.startswith("not")]
    sys.exit(1 if bad or canary.seen or not lines else 0)


if __name__ == "__main__":
    main()
