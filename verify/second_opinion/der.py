"""DER as X.690 has it: definite and shortest lengths, nothing left over."""
from __future__ import annotations

from dataclasses import dataclass

from .profile import Invalid

DEPTH = 48
SEQUENCE, SET, INTEGER, OCTETS, OID = 0x30, 0x31, 0x02, 0x04, 0x06


@dataclass(frozen=True)
class Node:
    """One value: its tag, its content, and all of its bytes."""
    tag: int
    content: bytes
    raw: bytes

    def children(self) -> list["Node"]:
        out, rest = [], self.content
        while rest:
            node, rest = take(rest)
            out.append(node)
        return out

    def oid(self) -> str:
        if self.tag != OID or not self.content or self.content[-1] & 0x80:
            raise Invalid("encoding: no object identifier")
        numbers, value = [], 0
        for byte in self.content:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(value)
                value = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, [first, numbers[0] - 40 * first] + numbers[1:]))

    def integer(self) -> int:
        if self.tag != INTEGER:
            raise Invalid("encoding: no integer")
        return int.from_bytes(self.content, "big", signed=True)

    def expect(self, tag: int) -> "Node":
        if self.tag != tag:
            raise Invalid("encoding: another type than expected")
        return self


def take(data: bytes) -> tuple[Node, bytes]:
    """The first value, and what stands behind it."""
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        raise Invalid("encoding: no value")
    length, at = data[1], 2
    if length & 0x80:
        width = length & 0x7F
        number = data[2:2 + width]
        length, at = int.from_bytes(number, "big"), 2 + width
        if not 1 <= width <= 4 or len(number) != width or number[0] == 0 or \
                length < 0x80:
            raise Invalid("encoding: a length that is not the shortest")
    if at + length > len(data):
        raise Invalid("encoding: it ends too early")
    return Node(data[0], data[at:at + length], data[:at + length]), \
        data[at + length:]


def parse(data: bytes) -> Node:
    """Exactly one value, in DER throughout."""
    node, rest = take(data)
    if rest:
        raise Invalid("encoding: something stands behind it")
    strict(node, 0)
    return node


def strict(node: Node, depth: int) -> None:
    if depth > DEPTH:
        raise Invalid("encoding: too deep")
    if node.tag & 0x20:
        for child in node.children():
            strict(child, depth + 1)
        return
    content = node.content
    if node.tag == INTEGER and (not content or len(content) > 1 and (
            content[0] == 0 and not content[1] & 0x80
            or content[0] == 0xFF and content[1] & 0x80)):
        raise Invalid("encoding: an integer that is not the shortest")
    if node.tag == 0x01 and content not in (b"\0", b"\xff"):
        raise Invalid("encoding: neither true nor false")
