"""A package taken apart and put together again, by the format's page and not by
our code: ustar headers, frames, seek table, manifests, catalogue, journal,
Merkle root, seal, signature.  Only zstd and minisign are called.

Each layer can be made again (consistent) or left as it is, so that a package
can be wrong in one thing alone."""
import hashlib
import json
import os
import struct
import subprocess
import tempfile
import urllib.parse

ORDER = ["bagit.txt", "meta/case.json", "meta/tool.json", "meta/start.tsr", "meta/listing/",
         "data/", "meta/relisting/", "meta/answer/",
         "meta/sources.json", "meta/objects.jsonl", "meta/gaps.jsonl",
         "meta/requests.jsonl", "meta/clock.jsonl",
         "meta/tls/", "meta/footprint.json", "meta/journal.jsonl",
         "README-VERIFY.txt", "bag-info.txt", "manifest-sha256.txt",
         "tagmanifest-sha256.txt", "seal/seal.json", "seal/"]
SMALL = 256 << 10
LARGE = 8 << 20


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def dumps(value) -> bytes:
    return json.dumps(value, separators=(",", ":"),
                      ensure_ascii=False).encode() + b"\n"


def run(*args: str, data: bytes = b"") -> bytes:
    return subprocess.run(args, input=data, check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def header(path: str, size: int, mtime: int, kind: bytes = b"0",
           mode: bytes = b"000444 ", link: bytes = b"") -> bytes:
    """One ustar block, in the byte layout of the format."""
    name = path.encode()
    prefix = b""
    if len(name) > 100:
        cut = name.index(b"/", len(name) - 101)
        prefix, name = name[:cut], name[cut + 1:]
    block = bytearray(512)

    def put(at: int, data: bytes) -> None:
        block[at:at + len(data)] = data
    put(0, name)
    put(100, mode + b"\0")
    put(108, b"000000 \0")
    put(116, b"000000 \0")
    put(124, b"%011o " % size)
    put(136, b"%011o " % mtime)
    put(148, b"        ")
    put(156, kind)
    put(157, link)
    put(257, b"ustar\00000")
    put(329, b"000000 \0")
    put(337, b"000000 \0")
    put(345, prefix)
    put(148, b"%06o\0 " % sum(block))
    return bytes(block)


def pad(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def frame(data: bytes, *options: str) -> bytes:
    """One zstd frame with its content size and checksum."""
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        return run("zstd", "-q", "-c", "-3", "--check", *options, f.name)


def seek_table(sizes) -> bytes:
    body = b"".join(struct.pack("<II", *s) for s in sizes)
    body += struct.pack("<IBI", len(sizes), 0, 0x8F92EAB1)
    return struct.pack("<II", 0x184D2A5E, len(body)) + body


def merkle(leaves) -> str:
    """RFC 9162, 2.1.1, as it is written there."""
    def tree(part) -> bytes:
        if not part:
            return hashlib.sha256(b"").digest()
        if len(part) == 1:
            return hashlib.sha256(b"\0" + part[0]).digest()
        k = 1
        while k * 2 < len(part):
            k *= 2
        return hashlib.sha256(b"\1" + tree(part[:k]) + tree(part[k:])).digest()
    return tree(list(leaves)).hex()


def seal_comment(seal: dict, role: str) -> str:
    """The trusted comment of a signature of ${seal}."""
    case = ""
    for byte in (seal["case"] or "").encode():
        one = urllib.parse.quote(bytes([byte]), safe="")
        if len(case) + len(one) > 120:
            break
        case += one
    return f"azcustody/seal/1 {seal['package']} {role} case={case}"


class Package:
    """Members in order: a list of [path below the top, bytes]."""

    def __init__(self, path: str, key: str, ledger: str = "") -> None:
        raw = open(path, "rb").read()
        self.plain = not raw.startswith(b"\x28\xb5\x2f\xfd")
        self.key = key
        self.ledger = ledger
        tar = raw if self.plain else run("zstd", "-dcq", data=raw)
        self.members = []
        self.mtime = {}
        self.top = ""
        at = 0
        while tar[at:at + 512] != bytes(512):
            block = tar[at:at + 512]
            name = block[:100].rstrip(b"\0").decode()
            prefix = block[345:500].rstrip(b"\0").decode()
            path = prefix + "/" + name if prefix else name
            size = int(block[124:135], 8)
            self.top, _, below = path.partition("/")
            self.members.append([below, tar[at + 512:at + 512 + size]])
            self.mtime[below] = int(block[136:147], 8)
            at += 512 + (size + 511) // 512 * 512
        self.keep = set()     # Layers that are not made again.
        self.edit_seal = None  # Called with the seal before it is signed.
        self.edit_tar = {}     # Header arguments by path.
        self.comment = None
        self.edit_frames = None  # Called with the list of (content, frame).
        self.end = bytes(1024)
        self.behind = b""

    def get(self, path: str) -> bytes:
        return next(d for p, d in self.members if p == path)

    def set(self, path: str, data: bytes) -> None:
        next(m for m in self.members if m[0] == path)[1] = data

    def remove(self, path: str) -> None:
        self.members = [m for m in self.members if m[0] != path]

    def insert(self, path: str, data: bytes, before: str) -> None:
        i = next(i for i, m in enumerate(self.members) if m[0] == before)
        self.members.insert(i, [path, data])
        self.mtime.setdefault(path, self.mtime[before])

    def lines(self, path: str):
        return [json.loads(x) for x in self.get(path).splitlines()]

    def set_lines(self, path: str, lines) -> None:
        self.set(path, b"".join(dumps(x) for x in lines))

    def edit_json(self, path: str, edit) -> None:
        value = json.loads(self.get(path))
        edit(value)
        self.set(path, dumps(value))

    def payload(self):
        return [m for m in self.members if m[0].startswith("data/")]

    # -- making the layers again ---------------------------------------------

    def make_catalogue(self) -> None:
        at = 0
        offsets = {}
        for path, data in self.members:
            offsets[path] = at
            at += 512 + len(pad(data))
        lines = self.lines("meta/objects.jsonl")
        for line in lines:
            below = line["path"].partition("/")[2]
            if below not in offsets:
                continue
            data = self.get(below)
            line.update(offset=offsets[below], size=len(data),
                        sha256=sha(data))
        self.set_lines("meta/objects.jsonl", lines)

    def make_journal(self) -> None:
        lines = self.lines("meta/journal.jsonl")
        running = bytes(32)
        for line in self.get("meta/objects.jsonl").splitlines(True):
            running = hashlib.sha256(running + line).digest()
        prev = sha(self.get("meta/case.json"))
        for i, line in enumerate(lines):
            line["seq"] = i + 1
            line["prev"] = prev
            if "running_sha256" in line["facts"]:
                line["facts"]["running_sha256"] = running.hex()
            prev = sha(dumps(line))
        self.set_lines("meta/journal.jsonl", lines)

    def make_oxum(self) -> None:
        total = sum(len(d) for _, d in self.payload())
        text = self.get("bag-info.txt").decode().splitlines()
        text = [f"Payload-Oxum: {total}.{len(self.payload())}"
                if t.startswith("Payload-Oxum:") else t for t in text]
        self.set("bag-info.txt", ("\n".join(text) + "\n").encode())

    def make_manifest(self) -> None:
        self.set("manifest-sha256.txt", "".join(
            f"{sha(d)}  {p}\n" for p, d in self.payload()).encode())

    def make_tagmanifest(self) -> None:
        self.set("tagmanifest-sha256.txt", "".join(
            f"{sha(d)}  {p}\n" for p, d in self.members
            if not p.startswith(("data/", "tagmanifest", "seal/"))).encode())

    def make_seal(self, before: bytes) -> None:
        seal = json.loads(self.get("seal/seal.json"))
        seal["payload"] = {"objects": len(self.payload()),
                           "bytes": sum(len(d) for _, d in self.payload())}
        seal["stream"] = {"bytes": len(before), "sha256": sha(before)}
        seal["tagmanifests"][0]["sha256"] = sha(
            self.get("tagmanifest-sha256.txt"))
        seal["merkle_root"] = merkle(
            self.get("meta/objects.jsonl").splitlines(True))
        if self.edit_seal:
            self.edit_seal(seal)
        self.set("seal/seal.json", dumps(seal))

    def sign(self) -> None:
        seal = json.loads(self.get("seal/seal.json"))
        for signer in seal["signers"]:
            if signer["file"] not in [p for p, _ in self.members]:
                continue
            comment = self.comment or (
                seal_comment(seal, signer["role"]))
            self.set(signer["file"], self.signature(
                self.get("seal/seal.json"), comment))

    def comment_of(self, role: str) -> str:
        return seal_comment(json.loads(self.get("seal/seal.json")), role)

    def signature(self, data: bytes, comment: str) -> bytes:
        with tempfile.TemporaryDirectory() as t:
            open(t + "/m", "wb").write(data)
            run("minisign", "-S", "-s", self.key, "-m", t + "/m", "-x",
                t + "/s", "-t", comment, "-c", "azcustody signature")
            return open(t + "/s", "rb").read()

    # -- the file --------------------------------------------------------------

    def tar_member(self, path: str, data: bytes) -> bytes:
        extra = self.edit_tar.get(path, {})
        name = extra.get("path", f"{self.top}/{path}")
        if "raw" in extra:
            return extra["raw"]
        return header(name, extra.get("size", len(data)),
                      extra.get("mtime", self.mtime.get(path, 0)),
                      extra.get("kind", b"0"), extra.get("mode", b"000444 "),
                      extra.get("link", b"")) + pad(data) + extra.get("tail",
                                                                      b"")

    def contents(self, members):
        """What each frame holds, by the rules of the format."""
        frames, at_hand = [], b""
        for path, data in members:
            whole = self.tar_member(path, data)
            large = len(whole) > LARGE
            if at_hand and (large or len(at_hand) + len(whole) > SMALL
                            or path == "seal/seal.json"):
                frames.append(at_hand)
                at_hand = b""
            if large:
                frames += [whole[i:i + LARGE]
                           for i in range(0, len(whole), LARGE)]
            else:
                at_hand += whole
        if at_hand:
            frames.append(at_hand)
        return frames

    def encode(self, contents):
        if self.plain:
            return [(c, c) for c in contents]
        return [(c, frame(c)) for c in contents]

    def build(self) -> bytes:
        for layer in ("catalogue", "journal", "oxum", "manifest",
                      "tagmanifest"):
            if layer not in self.keep:
                getattr(self, "make_" + layer)()
        i = next(i for i, m in enumerate(self.members)
                 if m[0] == "seal/seal.json") if any(
            m[0] == "seal/seal.json" for m in self.members) else len(
            self.members)
        before = self.encode(self.contents(self.members[:i]))
        if "seal" not in self.keep:
            self.make_seal(b"".join(f for _, f in before))
        if "sign" not in self.keep:
            self.sign()
        frames = before + self.encode(self.contents(self.members[i:]) +
                                      ([self.end] if self.end else []))
        if self.edit_frames:
            frames = self.edit_frames(frames)
        out = b"".join(f for _, f in frames)
        if not self.plain and "table" not in self.keep:
            out += seek_table([(len(f), len(c)) for c, f in frames])
        return out + self.behind

    def write(self, folder: str) -> str:
        data = self.build()
        name = os.path.join(folder, self.top +
                            (".tar" if self.plain else ".tar.zst"))
        open(name, "wb").write(data)
        return name


def seal_edit(**changes):
    def edit(seal):
        for path, value in changes.items():
            at = seal
            *way, last = path.split("__")
            for step in way:
                at = at[step]
            at[last] = value
    return edit
