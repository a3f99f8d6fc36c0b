"""Judge again, by the second verifier, what azcustody-verify was just asked to.

    both.py VERIFY FOLDER [ARGUMENT...]

ARGUMENTs are those of a run of azcustody-verify that judged packages, a ledger,
or a disclosure: exit codes, and of a package the verdict on each question, must
be the same.  A line in FOLDER/both says what came of it: "same", "other", or
"left" and why nothing was compared, and then the exit code is 1.  What --json
says of packages must also be the same, byte for byte, with any number of
threads.  What it gives is put into FOLDER too, for its schema.
(tests/tools/witness.c)"""
import contextlib
import io
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
# Beside the build, and not among the sources.
sys.pycache_prefix = os.path.join(os.path.dirname(sys.argv[1]), "tests", "pycache")
sys.path.insert(0, os.path.join(ROOT, "verify"))

from second_opinion import main as opinion  # noqa: E402

WRITES = ("--extract", "--salvage", "--jobs", "--scratch", "--names")
# Bytes of a package; Python is slow.
LARGEST = 64 << 20 if "AZCUSTODY_EVERY" in os.environ else 8 << 20
JUDGED = (0, 1, 2)
JOBS = ("1", "2", "3", "7")


def narrow(words: list[str]) -> list[str]:
    """The words without those that do not bear on the verdict."""
    out, rest = [], iter(words)
    for word in rest:
        if word in WRITES:
            next(rest, None)
        elif word != "--json" and word.partition("=")[0] not in WRITES:
            out.append(word)
    return out


def is_ours(words: list[str]) -> str:
    """Why this run is not compared; "" if it is."""
    if any(w == "-" or w.startswith("fd:") or w.startswith("/dev/")
           for w in words):
        return "a key from a descriptor"
    for word in words:
        if os.path.isfile(word) and os.path.getsize(word) > LARGEST:
            return "too large"
    return ""


def verdicts(text: str) -> list[tuple[str, str, str]]:
    rows = []
    for line in text.splitlines():
        row = json.loads(line)
        if row.get("type") == "verdict":
            rows.append((row["path"], row["question"], row["verdict"]))
    return rows


def findings(text: str, paths: set[str]) -> str:
    """What was found, of these paths if there are any."""
    return " ".join(sorted({
        f"{r.get('weight')}:{r.get('code')}" for r in
        map(json.loads, text.splitlines()) if r.get("type") == "finding"
        and r.get("weight") != "note"
        and (not paths or r.get("path") in paths)}))


def first(verify: str, words: list[str]) -> tuple[int, str]:
    done = subprocess.run([verify, *with_json(words)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          stdin=subprocess.DEVNULL, timeout=300)
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape")


def other_jobs(verify: str, words: list[str], said: tuple[int, str]) -> str:
    """The number of threads with which something else is said; "": none."""
    for jobs in JOBS:
        if first(verify, [*words, "--jobs", jobs]) != said:
            return jobs
    return ""


def second(words: list[str]) -> tuple[int, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), \
            contextlib.redirect_stderr(io.StringIO()):
        code = opinion.main(with_json(words))
    return code, out.getvalue()


def keep(folder: str, words: list[str]) -> None:
    """What they disagree about, as tests go on and change it."""
    place = f"{folder}/other-{os.getpid()}"
    os.mkdir(place)
    for word in words:
        if os.path.isfile(word):
            shutil.copy(word, place)
        elif os.path.isdir(word):
            shutil.copytree(word, f"{place}/{os.path.basename(word)}",
                            dirs_exist_ok=True)


def with_json(words: list[str]) -> list[str]:
    at = 1 if words[:1] and words[0] in opinion.VERBS else 0
    return words[:at] + ["--json"] + words[at:]


def compare(verify: str, folder: str, words: list[str]) -> str:
    why = is_ours(words)
    if why:
        return f"left {why}"
    had_json = "--json" in words
    words = narrow(words)
    code, text = first(verify, words)
    if not had_json:
        with open(f"{folder}/verify-{os.getpid()}.jsonl", "a",
                  encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
    if code not in JUDGED:
        return f"left exit {code}"
    other, other_text = second(words)
    alone = words[0] in ("ledger", "disclosure")
    jobs = "" if alone else other_jobs(verify, words, (code, text))
    if jobs:
        return f"other with {jobs} threads: {' '.join(words)}"
    if code == other and (alone or verdicts(text) == verdicts(other_text)):
        return "same " + " ".join(sorted({v for _, _, v in verdicts(text)}))
    if "KEEP" in os.environ:
        keep(folder, words)
    differ = sorted(set(verdicts(text)) ^ set(verdicts(other_text)))
    paths = {path for path, _, _ in differ}
    return (f"other exit {code} and {other}: {' '.join(words)[:300]}: {differ[:8]}: "
            f"{findings(text, paths)} / {findings(other_text, paths)}")


def main() -> int:
    verify, folder, *words = sys.argv[1:]
    try:
        line = compare(verify, folder, words)
    except Exception as error:  # A crash is a disagreement.
        line = f"other {type(error).__name__} {error}: {' '.join(words)}"
    line = line.replace("\n", " ").encode("utf-8", "backslashreplace")
    log = os.open(f"{folder}/both", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(log, line + b"\n")
    return 1 if line.startswith(b"left") else 0


if __name__ == "__main__":
    sys.exit(main())
