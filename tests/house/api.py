"""Goal of this test: every public prototype has its comment, with its own
names, and every public function is defined in a file of its own module."""
import glob
import re
import sys

PROTO = re.compile(
    r"^(?!static|typedef|#|\s|/|\*|\}|struct \w+ \{|enum|union)"
    r"[a-z][\w \*]*?\b(\w+)\(([^;{]*?)\)[^;{]*;", re.M | re.S)
COMMENT = re.compile(r"/\*\*\n \* (\w+)\(([^)]*)\):\n(.*?)\*/\n", re.S)


def names(arguments: str) -> list[str]:
    """The parameter names of a prototype."""
    found = []
    depth = 0
    part = ""
    for c in arguments + ",":
        if c == "," and depth == 0:
            part = part.strip()
            inner = re.search(r"\(\s*\*\s*(\w+)\s*\)\s*\(", part)
            if inner:
                found.append(inner.group(1))
            elif part not in ("void", ""):
                last = re.search(r"(\w+|\.\.\.)\s*(\[[^\]]*\])*$", part)
                found.append(last.group(1) if last else part)
            part = ""
            continue
        depth += (c == "(") - (c == ")")
        part += c
    return found


def check(path: str) -> list[str]:
    text = open(path).read()
    plain = re.sub(r"__attribute__\(\(.*?\)\)(?=[;\s])", "", text, flags=re.S)
    comments = {}
    for m in COMMENT.finditer(text):
        comments[m.group(1)] = m
    no_comments = re.sub(r"/\*.*?\*/", "", plain, flags=re.S)
    wrong = []
    for m in PROTO.finditer(no_comments):
        name = m.group(1)
        if name not in comments:
            wrong.append(f"{path}: {name} has no comment of its own")
            continue
        said = [a.strip() for a in comments[name].group(2).split(",") if a.strip()]
        said = [re.sub(r"\s+|\* ", "", s) for s in said]
        if said != names(m.group(2)):
            wrong.append(f"{path}: {name}({', '.join(said)}) but the prototype "
                         f"has ({', '.join(names(m.group(2)))})")
        if len(comments[name].group(3).strip(" *\n")) < 12:
            wrong.append(f"{path}: {name} is not explained")
    return wrong


def main() -> int:
    headers = sorted(p for d in ("evidence", "collect", "verify", "ledger",
                                 "timeline") for p in glob.glob(d + "/*.h"))
    wrong = [w for p in headers for w in check(p)]
    for w in wrong:
        print("#", w)
    print(("not ok" if wrong or not headers else "ok") +
          f" - every public function of {len(headers)} headers is explained, "
          "with its prototype's names")
    return 1 if wrong or not headers else 0


sys.exit(main())
