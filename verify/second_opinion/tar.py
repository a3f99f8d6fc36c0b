"""Members of the one dialect of ustar that a package has.  FORMAT.md, tar."""
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterator

from .frames import MAX_CONTENT, Damaged, FrameStream, PlainStream

BLOCK = 512
TOGETHER = 256 << 10
PAX_FROM = 1 << 33
BINARY_FROM = 1 << 36
MAX_MEMBER = 1 << 53
MAX_MTIME = (1 << 31) - 2
SEAL = "seal/seal.json"  # Starts a frame; of the writer sources.json as well.


def split(path: bytes) -> tuple[bytes, bytes]:
    """Prefix and name as the format has them."""
    if len(path) <= 100:
        return b"", path
    cut = path.find(b"/", len(path) - 101)
    if not 0 < cut <= 155:
        raise Damaged("a path that cannot be split")
    return path[:cut], path[cut + 1:]


def size_field(size: int) -> bytes:
    if size < PAX_FROM:
        return b"%011o " % size
    if size < BINARY_FROM:
        return b"%012o" % size
    return b"\x80" + size.to_bytes(11, "big")


def block(path: bytes, size: int, mtime: int, kind: bytes) -> bytes:
    prefix, name = split(path)
    head = name.ljust(100, b"\0") + b"000444 \0" + b"000000 \0" * 2
    head += size_field(size) + b"%011o " % mtime
    tail = kind + bytes(100) + b"ustar\00000" + bytes(64) + b"000000 \0" * 2
    tail += prefix.ljust(155, b"\0") + bytes(12)
    total = sum(head) + sum(tail) + 8 * 32
    return head + b"%06o\0 " % total + tail


def record(size: int) -> bytes:
    body = b" size=%d\n" % size
    length = len(body) + 1
    while len(b"%d" % length) + len(body) != length:
        length += 1
    return b"%d" % length + body


def header(path: bytes, size: int, mtime: int) -> bytes:
    """The whole header of a member, written again for the canonical check."""
    own = block(path, size, mtime, b"0")
    if size < PAX_FROM:
        return own
    folder, _, name = path.rpartition(b"/")
    pax = folder + b"/PaxHeader/" + name
    text = record(size)
    return block(pax, len(text), mtime, b"x") + text.ljust(BLOCK, b"\0") + own


def octal(field: bytes) -> int:
    digits = field.rstrip(b" \0")
    if not re.fullmatch(rb"[0-7]{1,12}", digits):
        raise Damaged("a number that is none")
    return int(digits, 8)


@dataclass
class Member:
    """What a header says, and where it stands in the stream."""
    path: str
    size: int
    mtime: int
    offset: int
    head: int

    def end(self) -> int:
        return self.offset + self.head + -(-self.size // BLOCK) * BLOCK


class Reader:
    """Walks the members of a stream; damage is collected and never hidden."""

    def __init__(self, stream: FrameStream | PlainStream) -> None:
        self.stream = stream
        self.troubles: list[str] = [stream.trouble] if stream.trouble else []
        self.slips: list[str] = []  # Wrong, and nothing is lost by it.
        self.current: Member | None = None
        self.left = 0

    def exactly(self, count: int) -> bytes:
        parts = []
        while count:
            data = self.stream.read(count)
            if not data:
                raise Damaged("the archive ends too early")
            parts.append(data)
            count -= len(data)
        return b"".join(parts)

    def data(self) -> Iterator[bytes]:
        """The bytes of the member at hand, then its padding, checked."""
        while self.left:
            part = self.stream.read(min(self.left, 1 << 16))
            if not part:
                raise Damaged("the archive ends inside a member")
            self.left -= len(part)
            yield part
        if any(self.exactly(-self.current.size % BLOCK)):
            self.slips.append(f"{self.current.path}: padding is not zero")

    def next(self) -> Member | None:
        """The next member, or None at the end."""
        while True:
            try:
                member = self.read_header()
                if member is None:
                    return None
                self.check_frames(member)
                self.current, self.left = member, member.size
                return member
            except Damaged as error:
                self.troubles.append(f"at {self.stream.position}: {error}")
                if not self.go_on():
                    return None

    def go_on(self) -> bool:
        """Behind damage reading goes on where the next frame begins."""
        return self.stream.resume()

    def read_header(self) -> Member | None:
        offset = self.stream.position
        if offset >= self.stream.length:
            raise Damaged("the archive has no end")
        first = self.exactly(BLOCK)
        if not any(first):
            self.check_end(offset)
            return None
        raw = first
        if first[156:157] == b"x":
            raw += self.exactly(2 * BLOCK)
        own = raw[-BLOCK:]
        name, prefix = own[:100].rstrip(b"\0"), own[345:500].rstrip(b"\0")
        path = prefix + b"/" + name if prefix else name
        field = own[124:136]
        size = int.from_bytes(field[1:], "big") if field[0] == 0x80 \
            else octal(field)
        mtime = octal(own[136:148])
        if size > MAX_MEMBER or mtime > MAX_MTIME or \
                header(path, size, mtime) != raw:
            raise Damaged("a header that is not of this format")
        text = path.decode("ascii", "replace")
        if not re.fullmatch(r"[A-Za-z0-9._/%-]+", text):
            raise Damaged(f"a name of other characters: {text!r}")
        return Member(text, size, mtime, offset, len(raw))

    def check_end(self, offset: int) -> None:
        rest = b""
        while len(rest) <= BLOCK:
            part = self.stream.read(BLOCK + 1 - len(rest))
            if not part:
                break
            rest += part
        if rest != bytes(BLOCK):
            self.troubles.append("the archive does not end with two zero blocks")
        elif not self.stream.starts_frame(offset):
            self.troubles.append("the end is no frame of its own")

    def check_frames(self, member: Member) -> None:
        """A frame holds whole members, one member, or a piece of one."""
        if not self.stream.frames:
            return
        below = member.path.partition("/")[2]
        starts = self.stream.starts_frame(member.offset)
        if below == SEAL and not starts:
            raise Damaged(f"{below} does not start a frame")
        length = member.end() - member.offset
        frames = self.stream.frames
        if length > MAX_CONTENT:
            i = self.index_of(member.offset)
            pieces = -(-length // MAX_CONTENT)
            sizes = [f.content for f in frames[i:i + pieces]]
            if not starts or len(sizes) != pieces or \
                    sum(sizes) != length or set(sizes[:-1]) != {MAX_CONTENT}:
                raise Damaged("a large member is not cut as it must be")
            return
        frame = frames[self.index_of(member.offset)]
        end = frame.start + frame.content
        if member.end() > end:
            raise Damaged("a member goes over the border of a frame")
        if frame.content > TOGETHER and length != frame.content:
            raise Damaged("a frame holds too much")

    def index_of(self, position: int) -> int:
        kept, self.stream.position = self.stream.position, position
        index = self.stream.index()
        self.stream.position = kept
        return index
