"""Both verifiers judge alike: every good package, and every forged one.

    second_opinion.py VERIFY FOLDER KEY OTHER PART PACKAGE...

Each PACKAGE is judged as it is; the first one is forged as tests/tools/forge*.py
forge it.  PART n takes every n-th case.  Exit codes and the verdict on each
question must be the same."""
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(ROOT, "verify"), os.path.join(ROOT, "tests", "tools")]

import forge  # noqa: E402
from package_parts import Package  # noqa: E402
from second_opinion import main as opinion  # noqa: E402
from second_opinion import trust  # noqa: E402


def first(verify, path, options):
    """Exit code and verdicts of azcustody-verify."""
    done = subprocess.run([verify, "--json", *options, path],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          timeout=120)
    rows = [json.loads(x) for x in done.stdout.splitlines()]
    return done.returncode, {r["question"]: r["verdict"] for r in rows
                             if r["type"] == "verdict"}


def second(path, brought):
    report = opinion.judge(path, brought)
    return report.exit_code(), {q: report.verdict(q) for q in opinion.QUESTIONS}


def alike(name, verify, path, pub):
    """Judge with the key, and print what came of it."""
    brought = trust.Trust()
    if pub:
        brought.add_key(pub)
    one = first(verify, path, ["--trust", pub] if pub else [])
    two = second(path, brought)
    good = one == two and len(one[1]) == len(opinion.QUESTIONS)
    print(("ok" if good else "not ok") + f" - both judge alike: {name}: "
          f"exit {one[0]}" + ("" if good else f"\n# {one}\n# {two}"), flush=True)
    return good


def forged(case, verify, package, key, folder):
    name, _, alter = case
    p = Package(package, key + ".key")
    with tempfile.TemporaryDirectory(dir=folder) as own:
        alter(p)
        return alike(name, verify, p.write(own), key + ".pub")


def main():
    verify, folder, key, other, part, *packages = sys.argv[1:]
    forge.OTHER, forge.OTHER_PUB = other + ".key", other + ".pub"
    cases = forge.all_cases()
    jobs = [(alike, f"{os.path.basename(os.path.dirname(p))}, {word} key",
             verify, p, pub) for p in packages
            for word, pub in (("the", key + ".pub"), ("another", other + ".pub"),
                              ("no", ""))]
    jobs += [(forged, c, verify, packages[0], key, folder)
             for c in cases[::int(part)]]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda j: j[0](*j[1:]), jobs))
    return 0 if all(results) and len(results) > 30 else 1


if __name__ == "__main__":
    sys.exit(main())
