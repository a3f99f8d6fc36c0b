"""The layers of the house, judged from includes and from symbols.

tests/layers.txt is the list; tests/house/layers.sh runs this.  Prints one
"ok - " or "not ok - " line a rule, what breaks it in front.
"""
import glob
import os
import re
import subprocess
import sys

PROGRAMS = ["collect", "verify", "ledger", "timeline"]
LIBC = {"libc6-dev", "linux-libc-dev"}
INCLUDE = re.compile(r'^#include (?:"([^"]+)"|<([^>]+)>)', re.M)


def rules():
    layer, door, quiet = {}, {}, {}
    for line in open("tests/layers.txt"):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "layer":
            layer.update({m: int(words[1]) for m in words[2:]})
        elif words[0] == "door":
            door.setdefault(words[1], set()).update(words[2:])
        elif words[0] == "quiet":
            quiet.setdefault(words[1], []).extend(words[2:])
        else:
            sys.exit("tests/layers.txt: what is " + words[0])
    return layer, door, quiet


def sources(folder):
    return sorted(glob.glob(folder + "/*.[ch]"))


def includes(path):
    """The headers of ours and of others that a file includes."""
    found = INCLUDE.findall(open(path).read())
    return [o for o, _ in found if o], [t for _, t in found if t]


def layer_of(layer, path):
    """A file that is no module of its own takes the layer of its own header:
    the longest module name that it begins with."""
    name = os.path.basename(path)[:-2]
    while name not in layer and "_" in name:
        name = name.rsplit("_", 1)[0]
    return layer.get(name)


def judge_evidence(layer):
    for path in sources("evidence"):
        mine = layer_of(layer, path)
        if mine is None:
            yield path + ": in no layer of tests/layers.txt"
            continue
        for header in includes(path)[0]:
            theirs = layer_of(layer, header)
            if not header.startswith("evidence/"):
                yield "%s includes %s" % (path, header)
            elif theirs is None or theirs > mine:
                yield "%s (layer %d) includes %s (layer %s)" % (
                    path, mine, header, theirs)


def judge_programs():
    for program in PROGRAMS:
        for path in sources(program):
            for header in includes(path)[0]:
                if header.split("/")[0] not in ("evidence", program):
                    yield "%s includes %s" % (path, header)


def owners(headers):
    """Which packages the headers below /usr/include belong to."""
    files = [f for h in headers for f in glob.glob("/usr/include/" + h) +
             glob.glob("/usr/include/*-linux-gnu/" + h)]
    found = {h: set() for h in headers}
    out = subprocess.run(["dpkg", "-S"] + files, text=True,
                         capture_output=True).stdout
    for line in out.splitlines():
        package, path = line.rsplit(": ", 1)
        for h in headers:
            if path.endswith("/" + h):
                found[h].add(package.split(":")[0])
    return found


def judge_doors(door):
    users = {}
    for folder in ["evidence"] + PROGRAMS:
        for path in sources(folder):
            for header in includes(path)[1]:
                users.setdefault(header, set()).add(path)
    for header in door:
        for path in sorted(users.get(header, set()) - door[header]):
            yield "%s includes <%s>" % (path, header)
    # A library header that has no door named is no way round.
    rest = sorted(set(users) - set(door))
    for header, packages in owners(rest).items():
        if packages and not packages & LIBC and \
                not any(p.startswith("libgcc") for p in packages):
            yield "<%s> has no door" % header


def undefined(objects):
    """Pairs of object and undefined symbol."""
    out = subprocess.run(["nm", "-Au"] + objects, text=True,
                         capture_output=True, check=True).stdout
    for line in out.splitlines():
        path, _, symbol = line.partition(":")
        yield path, symbol.split()[-1].split("@")[0]


def judge_symbols(build, quiet):
    seen = 0
    for program, words in quiet.items():
        listed = "%s/azcustody-%s.objects" % (build, program)
        if not os.path.exists(listed):
            yield "azcustody-%s was not built" % program
            continue
        # A word is a whole symbol; one of these begins a family of them.
        family = tuple(w for w in words
                       if w.endswith("_") or w in ("exec", "EVP_DigestSign"))
        for path, symbol in undefined(open(listed).read().split()):
            seen += 1
            if symbol in words or (family and symbol.startswith(family)):
                yield "%s: %s refers to %s" % (program, path, symbol)
    if not seen:
        yield "no symbol was looked at"


def say(sentence, faults):
    faults = list(faults)
    for fault in faults:
        print("#", fault)
    print("not ok -" if faults else "ok -", sentence)
    return not faults


def main():
    layer, door, quiet = rules()
    good = [
        say("includes inside evidence go down only", judge_evidence(layer)),
        say("a program includes its own folder and evidence only",
            judge_programs()),
        say("every library has one door", judge_doors(door)),
        say("no program's own objects refer to what it must not do",
            judge_symbols(os.environ.get("B", "build"), quiet)),
    ]
    sys.exit(0 if all(good) else 1)


main()
