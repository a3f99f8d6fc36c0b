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

    claims(case)
    floods(case)
    return out


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
