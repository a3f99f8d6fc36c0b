"""Cases of forge that an opposing expert thought of: claims that nothing proves,
few bytes that cost much time or memory, losses that the listings betray."""
from package_parts import sha


def cases():
    out = []

    def case(name, *codes):
        def add(function):
            out.append((name, None if codes == (None,) else set(codes),
                        function))
            return function
        return add

    comments(case)
    claims(case)
    floods(case)
    listings(case)
    return out


def comments(case):
    """A signature is good for one role and one case."""
    case("the signature is for another role", "signature")(
        lambda p: setattr(p, "comment", p.comment_of("witness")))
    case("the signature is for another case", "signature")(
        lambda p: setattr(p, "comment", p.comment_of("examiner") + "9"))


def claims(case):
    """What is promised or declared must be here."""
    @case("a catalogue line gives a digest that no manifest proves", "catalogue")
    def _(p):
        lines = p.lines("meta/objects.jsonl")
        lines[0]["sha512"] = "0" * 128
        p.set_lines("meta/objects.jsonl", lines)

    @case("case.json promises manifests that are not here", "case")
    def _(p):
        p.edit_json("meta/case.json", lambda c: c["algorithms"].update(
            manifests=["sha256", "sha512"]))

    @case("a declared time stamp is stripped", "token-missing")
    def _(p):
        p.edit_seal = (lambda seal: seal.update(tokens=[{
            "authority": None, "over": "seal/examiner.minisig",
            "file": "seal/examiner.minisig.1.tsr"}]))


def floods(case):
    """A few bytes that would cost hours or gigabytes."""
    @case("the catalogue points at one large member again and again", "catalogue",
          "manifest", "member", "journal-story", "count", "listed")
    def _(p):
        # A few bytes compressed; read once a line it would take hours.
        p.payload()[0][1] = bytes((8 << 20) - 512)
        p.make_catalogue()
        line = p.get("meta/objects.jsonl").splitlines(True)[0]
        p.set("meta/objects.jsonl", line * 20000)
        path, data = p.payload()[0]
        p.set("manifest-sha256.txt", f"{sha(data)}  {path}\n".encode() * 20000)
        p.keep |= {"catalogue", "manifest"}

    @case("sources.json is millions of values", "document", "listed")
    def _(p):
        text = p.get("meta/sources.json")[:-2]
        many = b"[" + b",".join([b"0"] * 99999) + b"]"
        p.set("meta/sources.json", text + b',"more":[' + b",".join([many] * 20) +
              b"]}\n")

    @case("case.json is full of values", "document")
    def _(p):
        text = p.get("meta/case.json")[:-2]
        p.set("meta/case.json", text + b',"more":[' + b",".join([b"0"] * 16384) +
              b"]}\n")


def listings(case):
    """A listing without its end, its beginning, or its middle."""
    first = "meta/listing/000001.xml"

    def pages(p, *markers):
        """Empty pages behind the first, each with (marker, next marker)."""
        text = p.get(first)
        a, b = text.index(b"<Blob>"), text.rindex(b"</Blob>") + 7
        empty = text[:a] + text[b:]
        where = p.payload()[0][0]
        for i, (here, after) in enumerate(markers):
            page = (text if i == 0 else empty).replace(
                b"<NextMarker />", b"<NextMarker>%s</NextMarker>" % after)
            page = page.replace(b"<Blobs>", b"<Marker>%s</Marker><Blobs>" % here)
            if i == 0:
                p.set(first, page)
            else:
                p.insert("meta/listing/%06d.xml" % (i + 1), page, where)
        lines = p.lines("meta/journal.jsonl")
        lines[1]["facts"]["pages"] = len(markers)
        p.set_lines("meta/journal.jsonl", lines)

    def cased(name, codes, *markers):
        @case(name, *codes)
        def _(p):
            pages(p, *markers)

    cased("a listing of three pages is sound", (None,), (b"", b"a"),
          (b"a", b"b"), (b"b", b""))
    cased("the last page of a listing is missing", ("listed",), (b"", b"a"),
          (b"a", b"b"))
    cased("the first page of a listing is missing", ("listed",), (b"a", b"b"),
          (b"b", b""))
    cased("a page in the middle of a listing is missing", ("listed",),
          (b"", b"a"), (b"b", b""))
