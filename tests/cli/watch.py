"""Run a command and look at it while it runs.

usage: watch.py FIGURES [--kill-at BYTES FILE] COMMAND...

FIGURES gets one JSON object: exit, seconds, rss_max (bytes, of all samples),
rss_first (the largest of the first third), rss_last (of the last third),
fds_max, fds_first, fds_last (likewise), samples.  With --kill-at it is killed
with SIGKILL when FILE (a glob) has grown to BYTES.
"""
import glob
import json
import os
import subprocess
import sys
import time


def lasts(pid, fd):
    """Whether a descriptor is there to stay.  For some milliseconds of every
    checkpoint one is open for "state", and for whatever gets its name when it
    is whole (".NAME.new"): a sample may meet it or not, and it tells nothing."""
    try:
        name = os.readlink("/proc/%d/fd/%s" % (pid, fd))
    except OSError:
        return False
    return not name.endswith(("/state", ".new"))


def look(pid):
    """Resident bytes and open descriptors of PID, or None."""
    try:
        with open("/proc/%d/statm" % pid) as f:
            rss = int(f.read().split()[1]) * os.sysconf("SC_PAGESIZE")
        return rss, sum(lasts(pid, fd)
                        for fd in os.listdir("/proc/%d/fd" % pid))
    except (OSError, IndexError):
        return None


def main():
    figures, words = sys.argv[1], sys.argv[2:]
    kill_at, file = None, None
    if words[0] == "--kill-at":
        kill_at, file = int(words[1]), words[2]
        words = words[3:]
    begun = time.monotonic()
    process = subprocess.Popen(words)
    seen = []
    while process.poll() is None:
        sample = look(process.pid)
        if sample:
            seen.append(sample)
        if kill_at is not None:
            found = glob.glob(file)
            if found and os.stat(found[0]).st_size >= kill_at:
                process.kill()
        time.sleep(0.05 if len(seen) < 200 else 0.5)
    third = max(len(seen) // 3, 1)
    out = {"exit": process.returncode,
           "seconds": round(time.monotonic() - begun, 1),
           "samples": len(seen)}
    for i, name in enumerate(("rss", "fds")):
        values = [s[i] for s in seen] or [0]
        out[name + "_max"] = max(values)
        # Let it warm up: connections and buffers come in the first third.
        out[name + "_first"] = max(values[:2 * third])
        out[name + "_last"] = max(values[-third:])
    with open(figures, "w") as f:
        json.dump(out, f)
        f.write("\n")
    sys.exit(process.returncode if process.returncode >= 0
             else 128 - process.returncode)


if __name__ == "__main__":
    main()
