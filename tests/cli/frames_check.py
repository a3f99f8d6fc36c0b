"""Check the frames of a package against FORMAT.md, "Frames", without our code.

Walks the frames of the file with the zstd program's own view of the format
(RFC 8878), decompresses each alone, walks the tar headers in them, and applies
the framing rule anew.
"""
import struct
import subprocess
import sys

LARGE = 8 << 20
SMALL = 256 << 10


def frame(data: bytes, at: int) -> tuple[int, int]:
    """The end of the frame at ${at} and the size of its content."""
    descriptor = data[at + 4]
    if descriptor & 0x1B or not descriptor & 0x04:
        sys.exit("frame at %d: unused bits, dictionary, or no checksum" % at)
    single = descriptor >> 5 & 1
    width = {0: 1 if single else 0, 1: 2, 2: 4, 3: 8}[descriptor >> 6]
    here = at + 5
    if not single:
        if 10 + (data[here] >> 3) > 21:
            sys.exit("frame at %d: window too large" % at)
        here += 1
    if width == 0:
        sys.exit("frame at %d: no content size" % at)
    size = int.from_bytes(data[here:here + width], "little")
    size += 256 if width == 2 else 0
    here += width
    while True:
        block = int.from_bytes(data[here:here + 3], "little")
        kind = block >> 1 & 3
        here += 3 + (1 if kind == 1 else block >> 3)
        if block & 1:
            return here + 4, size


def frames(data: bytes) -> list[tuple[int, int]]:
    """The file bytes and content bytes of each frame; checks the table."""
    found = []
    at = 0
    while data[at:at + 4] == b"\x28\xb5\x2f\xfd":
        end, size = frame(data, at)
        found.append((end - at, size))
        at = end
    table = struct.pack("<II", 0x184D2A5E, len(found) * 8 + 9)
    for entry in found:
        table += struct.pack("<II", *entry)
    table += struct.pack("<IBI", len(found), 0, 0x8F92EAB1)
    if data[at:] != table:
        sys.exit("the seek table is not that of the frames")
    return found


def members(tar: bytes) -> list[tuple[str, int]]:
    """Name and whole length of each member, the end of the archive last."""
    found = []
    at = 0
    while tar[at] != 0:
        size = int(tar[at + 124:at + 135], 8)
        prefix = tar[at + 345:at + 500].split(b"\0")[0].decode()
        name = prefix + "/" + tar[at:at + 100].split(b"\0")[0].decode()
        length = 512 + (size + 511) // 512 * 512
        found.append((name, length))
        at += length
    if tar[at:] != bytes(1024):
        sys.exit("the archive does not end with two zero blocks")
    return found


def expected(tar: bytes) -> list[int]:
    """The content sizes that the rule gives."""
    sizes = []
    here = 0

    for name, length in members(tar):
        starts = name.endswith(("/meta/sources.json", "/seal/seal.json"))
        if here and (starts or length > SMALL - here):
            sizes.append(here)
            here = 0
        if length > LARGE:
            sizes += [LARGE] * (length // LARGE)
            if length % LARGE:
                sizes.append(length % LARGE)
        else:
            here += length
    return sizes + [here, 1024]


def main() -> None:
    path = sys.argv[1]
    with open(path, "rb") as file:
        data = file.read()
    tar = subprocess.run(["zstd", "-dcq", path], check=True,
                         stdout=subprocess.PIPE).stdout
    have = [size for _, size in frames(data)]
    want = expected(tar)
    if have != want:
        sys.exit("have %r\nwant %r" % (have, want))


main()
