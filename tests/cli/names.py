"""A package whose objects have names that unpackers trip over.

    names.py PACKAGE KEY FOLDER

Each object of PACKAGE gets one of the names below, in catalogue and listing, and
all is sealed again.  Prints the path of the new package, and beside it writes
names.json: for each stored name the true one, and whether it may be used."""
import json
import os
import sys
import urllib.parse
from xml.sax.saxutils import escape

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
from package_parts import Package, sha  # noqa: E402

SAFE = ["a/b/c.json", "resourceId=/SUBSCRIPTIONS/S/y=2026/m=01/PT1H.json",
        "f\u00fcr alle.txt", "x" * 255, "a/" + "y" * 250, "a/b.d",
        "data/0001-packacct-other/x", "caf\u00e9"]
UNSAFE = ["-rf", "../up", "a/../../up", "..", "/etc/passwd", "a//b", "a/./b", "C:\\x",
          "..\\up", "con", "a/NUL.txt", "dot.", "blank ", "colon:stream",
          "~root", "z" * 256, "/".join(["long"] * 300), "tab\there",
          "right\u202eleft", "000000001-imitation.txt", "%PATH%/x",
          # Twins: of one name by case, by normalisation, and twice.
          "Twin", "tWIN", "cafe\u0301", "\u212b", "\u00c5", "same", "same",
          # A file where another has a folder.
          "here", "HERE/below"]
# The folder's own file may be used: only the other stands in its way.
SAFE.append(UNSAFE.pop())


def main():
    package, key, folder = sys.argv[1:]
    p = Package(package, key)
    names = SAFE + UNSAFE
    lines = p.lines("meta/objects.jsonl")
    assert len(lines) == len(names), (len(lines), len(names))
    page = p.get("meta/listing/000001.xml").decode()
    truth = {}
    for line, name in zip(lines, names):
        old = line["name"]
        assert page.count(f"<Name>{old}</Name>") == 1
        # XML cannot hold all of them as they are; a service encodes such names.
        coded = urllib.parse.quote(name, safe="")
        page = page.replace(f"<Name>{old}</Name>",
                            f'<Name Encoded="true">{escape(coded)}</Name>')
        line["name"] = name
        line["name_pct"] = urllib.parse.quote(name, safe="-._~/")
        truth[line["path"].partition("/")[2]] = [name, name in SAFE, sha(
            p.get(line["path"].partition("/")[2]))]
    p.set("meta/listing/000001.xml", page.encode())
    p.set_lines("meta/objects.jsonl", lines)
    print(p.write(folder))
    with open(os.path.join(folder, "names.json"), "w") as file:
        json.dump(truth, file)


main()
