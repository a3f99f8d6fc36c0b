"""Cases of forge about the form of documents, and what a line may lack."""
from package_parts import dumps

LONGEST = 65536
DOCUMENTS = ("case", "tool", "footprint")


def text(path, edit):
    """An alteration of the bytes of a document."""
    def alter(p):
        p.set(path, edit(p.get(path)))
    return alter


def more(member):
    """An edit that puts one more member behind those of a document."""
    return lambda data: data.rstrip(b"\n")[:-1] + b"," + member + b"}\n"


def line(**changes):
    """An alteration of the first line of the catalogue."""
    def alter(p):
        lines = p.lines("meta/objects.jsonl")
        lines[0].update(changes)
        p.set_lines("meta/objects.jsonl", lines)
    return alter


def gap(source):
    """A gap about a container of a source."""
    def alter(p):
        p.set("meta/gaps.jsonl", dumps({
            "format": "azcustody/gap/1", "seq": 1, "what": "container",
            "reason": "denied", "source": source, "container": "c",
            "status": 403, "error": None, "attempts": 1,
            "at": "2026-11-23T23:16:13.0000000Z"}))
        p.edit_seal = lambda seal: seal["counts"]["gaps"].update(denied=1)
    return alter


def cases():
    tool = "meta/tool.json"
    out = [(f"{name}.json does not end with LF", {"document"},
            text(f"meta/{name}.json", lambda x: x[:-1])) for name in DOCUMENTS]
    for end in (b"\n\n", b" \n", b"\r\n"):
        out.append((f"tool.json ends with {end!r}", {"document"},
                    text(tool, lambda x, end=end: x[:-1] + end)))
    for what, member in (("a text", b'"zz":"%s"'), ("a name", b'"%s":1'),
                         ("a text in an array", b'"zz":[{"a":["%s"]}]'),
                         ("a name in an object", b'"zz":{"a":{"%s":1}}')):
        for size in (LONGEST, LONGEST + 1):
            out.append((f"{what} of {size} bytes that nobody knows",
                        {"document"} if size > LONGEST else None,
                        text(tool, more(member % (b"x" * size)))))
    for name in (b"format", b"critical", b"zz"):
        out.append((f"{name.decode()} is a critical member",
                    {"document"} if name == b"zz" else None,
                    text(tool, more(b'"critical":["%s"]' % name))))
    return out + [
        ("a gap of a source that is there", None, gap(0)),
        ("a gap of a source that is not there", {"source"}, gap(7)),
        ("a clock's interval ends before it begins",
         {"catalogue", "count", "document", "listed", "unread"},
         line(clock_skew_ms=[2, 1])),
        ("a blob came in no answer", {"source"}, line(http=None)),
        ("a blob's certificate is not there", {"certificate"},
         line(tls="ab" * 32)),
    ]
