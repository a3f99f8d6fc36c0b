"""Time two commands in turn and print the ratio of their medians.

usage: ratio.py NAME RUNS OURS -- THEIRS    (each one string, for sh -c)

Both run once to warm up, then A B A B ...; a machine whose speed drifts
then slows both.  Peak memory is the largest of one process of each run.
"""
import os
import statistics
import subprocess
import sys
import time


def run(command: str) -> tuple[float, int]:
    """Run once; return seconds and peak KiB of the shell's children."""
    begun = time.monotonic()
    child = subprocess.Popen(["sh", "-c", command], stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        sys.exit(f"bench: exit {code} of: {command}\n"
                 f"{errors.decode(errors='replace')[-500:]}")
    return time.monotonic() - begun, usage.ru_maxrss


def main() -> int:
    name, runs = sys.argv[1], int(sys.argv[2])
    split = sys.argv.index("--")
    ours, theirs = " ".join(sys.argv[3:split]), " ".join(sys.argv[split + 1:])
    run(ours)
    run(theirs)
    a, b = [], []
    for _ in range(runs):
        a.append(run(ours))
        b.append(run(theirs))
    mine = statistics.median(t for t, _ in a)
    other = statistics.median(t for t, _ in b)
    print(f"{name}: {mine:.2f} s and {max(m for _, m in a) // 1024} MiB, "
          f"peer {other:.2f} s and {max(m for _, m in b) // 1024} MiB, "
          f"ratio {mine / other:.2f}", flush=True)
    return 0


sys.exit(main())
