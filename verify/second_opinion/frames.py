"""The file as a stream: zstd frames (RFC 8878) and their seek table.

Frame headers are parsed here; the zstd program decompresses.  FORMAT.md, Frames.
"""
from __future__ import annotations

import os
import struct
import subprocess
import threading
from dataclasses import dataclass, field
from itertools import takewhile
from typing import BinaryIO

MAGIC = 0xFD2FB528
SKIPPABLE = 0x184D2A5E
FOOTER = 0x8F92EAB1
MAX_CONTENT = 8 << 20
MAX_WINDOW = 2 << 20
MAX_FRAMES = 4194304


class Damaged(Exception):
    """The bytes are not what the format says."""


@dataclass(frozen=True)
class Frame:
    """Where a frame lies in the file and in the stream."""
    at: int
    size: int
    start: int
    content: int
    is_told: bool = field(default=False, compare=False)  # By the table alone.


def exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise Damaged("the file ends inside a frame")
    return data


def frame_header(file: BinaryIO) -> int:
    """Read the header behind the magic number; give the content's size."""
    descriptor = exactly(file, 1)[0]
    single = descriptor >> 5 & 1
    if descriptor & 0b11011:
        raise Damaged("a frame with a dictionary, or with unused bits")
    if not descriptor & 4:
        raise Damaged("a frame without a checksum")
    flag = descriptor >> 6
    if not single and flag == 0:
        raise Damaged("a frame without a content size")
    window = None
    if not single:
        byte = exactly(file, 1)[0]
        base = 1 << (10 + (byte >> 3))
        window = base + base // 8 * (byte & 7)
    width = (1, 2, 4, 8)[flag]
    content = int.from_bytes(exactly(file, width), "little")
    content += 256 if width == 2 else 0
    if not 0 < content <= MAX_CONTENT:
        raise Damaged(f"a frame of {content} bytes of content")
    if window is not None and window > MAX_WINDOW:
        raise Damaged(f"a frame with a window of {window} bytes")
    return content


def walk_blocks(file: BinaryIO) -> None:
    last = False
    while not last:
        word = int.from_bytes(exactly(file, 3), "little")
        last, kind, size = bool(word & 1), word >> 1 & 3, word >> 3
        if kind == 3:
            raise Damaged("a block of the reserved type")
        exactly(file, 1 if kind == 1 else size)
    exactly(file, 4)  # The checksum; zstd compares it.


def walk(file: BinaryIO) -> tuple[list[Frame], str]:
    """All frames from the first byte on, and what is wrong ("" if nothing is)."""
    frames: list[Frame] = []
    hint: dict[int, Frame] | None = None
    trouble, at, start = "", 0, 0
    while True:
        file.seek(at)
        magic = file.read(4)
        try:
            if magic == struct.pack("<I", SKIPPABLE) and frames:
                return frames, trouble or seek_table(file, at, frames)
            if magic != struct.pack("<I", MAGIC):
                raise Damaged("no frame and no seek table" if magic else
                              "no seek table")
            content = frame_header(file)
            walk_blocks(file)
            frames.append(Frame(at, file.tell() - at, start, content))
        except Damaged as error:
            trouble = trouble or f"at byte {at}: {error}"
            if hint is None:
                hint = read_hint(file)
            # Where a frame ends that does not say it, the table may tell; one
            # that was hit may have said it wrongly.
            if hint:
                frames = [*takewhile(lambda f: hint.get(f.at) == f, frames)]
                at = frames[-1].at + frames[-1].size if frames else 0
            if at not in hint:
                return frames, trouble
            frames.append(hint[at])
        at, start = (frames[-1].at + frames[-1].size,
                     frames[-1].start + frames[-1].content)
        if len(frames) > MAX_FRAMES:
            return frames, trouble or "too many frames"


def read_hint(file: BinaryIO) -> dict[int, Frame]:
    """What the seek table says, if it fits the file as a whole."""
    end = file.seek(0, os.SEEK_END)
    if end < 17:
        return {}
    file.seek(end - 9)
    count, flags, footer = struct.unpack("<IBI", file.read(9))
    head = end - 17 - 8 * count
    if footer != FOOTER or flags or not 0 < count <= MAX_FRAMES or head < 0:
        return {}
    file.seek(head)
    if file.read(8) != struct.pack("<II", SKIPPABLE, 8 * count + 9):
        return {}
    out, at, start = {}, 0, 0
    for size, content in struct.iter_unpack("<II", file.read(8 * count)):
        if not size or not 0 < content <= MAX_CONTENT:
            return {}
        out[at] = Frame(at, size, start, content, True)
        at, start = at + size, start + content
    return out if at == head else {}


def seek_table(file: BinaryIO, at: int, frames: list[Frame]) -> str:
    """What is wrong with the table; "" if nothing is."""
    body = b"".join(struct.pack("<II", f.size, f.content) for f in frames)
    body += struct.pack("<IBI", len(frames), 0, FOOTER)
    want = struct.pack("<II", SKIPPABLE, len(body)) + body
    file.seek(at)
    return "" if file.read(len(want) + 1) == want else \
        "the seek table is not what the frames are"


class FrameStream:
    """The content of frames, decompressed by zstd, in order."""

    def __init__(self, path: str) -> None:
        self.path = path
        with open(path, "rb") as file:
            self.frames, self.trouble = walk(file)
        self.starts = {f.start for f in self.frames}
        self.length = sum(f.content for f in self.frames)
        self.position = 0
        self.last = -1  # The frame that was read last.
        self.process: subprocess.Popen | None = None

    def index(self) -> int:
        """The frame in which the position is."""
        low, high = 0, len(self.frames)
        while low < high:
            middle = (low + high) // 2
            if self.frames[middle].start <= self.position:
                low = middle + 1
            else:
                high = middle
        return low - 1

    def feed(self, pipe: BinaryIO, first: int) -> None:
        try:
            with open(self.path, "rb") as file, pipe:
                at = self.frames[first].at
                end = self.frames[-1].at + self.frames[-1].size
                file.seek(at)
                while at < end:
                    data = file.read(min(1 << 16, end - at))
                    if not data:
                        return
                    pipe.write(data)
                    at += len(data)
        except (BrokenPipeError, ValueError):
            pass  # zstd has ended: it met damage, and the reader will see it.

    def open(self) -> None:
        first = self.index()
        assert self.frames[first].start == self.position
        self.process = subprocess.Popen(
            ["zstd", "-dcq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        threading.Thread(target=self.feed, args=(self.process.stdin, first),
                         daemon=True).start()

    def close(self) -> None:
        if self.process is not None:
            self.process.stdout.close()
            self.process.kill()
            self.process.wait()
            self.process = None

    def read(self, count: int) -> bytes:
        """Up to ${count} bytes within one frame; damage is told with its frame."""
        if self.position >= self.length:
            return b""
        self.last = self.index()
        frame = self.frames[self.last]
        count = min(count, frame.start + frame.content - self.position)
        if frame.is_told:  # What is in it is nothing of this format.
            self.close()
            raise Damaged(f"at byte {frame.at} is no frame of this format")
        if self.process is None:
            self.open()
        data = self.process.stdout.read(count)
        if len(data) < count:
            self.close()
            raise Damaged(f"the frame at byte {frame.at} does not decompress")
        self.position += count
        return data

    def resume(self) -> bool:
        """Go to the start of the next frame; False if there is none."""
        following = self.last + 1
        if following >= len(self.frames):
            return False
        target = self.frames[following].start
        if self.process is None:
            self.position = target
            return True
        try:
            while self.position < target:
                self.read(target - self.position)
        except Damaged:
            self.position = target
        return True

    def starts_frame(self, position: int) -> bool:
        return position in self.starts

    def file_offset(self, position: int) -> int:
        """Where in the file the frame that starts at ${position} lies."""
        return next(f.at for f in self.frames if f.start == position)


class PlainStream:
    """A package that is not compressed: the tar stream itself."""

    def __init__(self, path: str) -> None:
        self.file = open(path, "rb")
        self.length = os.fstat(self.file.fileno()).st_size
        self.position = 0
        self.trouble = ""
        self.frames: list[Frame] = []

    def read(self, count: int) -> bytes:
        data = self.file.read(count)
        self.position += len(data)
        return data

    def resume(self) -> bool:
        return False

    def starts_frame(self, position: int) -> bool:
        return True

    def file_offset(self, position: int) -> int:
        return position

    def close(self) -> None:
        self.file.close()


def open_stream(path: str) -> FrameStream | PlainStream:
    return PlainStream(path) if path.endswith(".tar") else FrameStream(path)
