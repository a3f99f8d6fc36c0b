"""The CRC-64 of Azure storage, by its definition; a judge of our own code.

usage: crc64.py FILE...    the base64 of each file's checksum, one a line
"""
import base64
import sys

POLYNOMIAL = 0x9A6C9329AC4BC9B5


def _table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return table


TABLE = _table()


def crc64(data):
    """The header's text for ${data}: base64, low byte first."""
    state = 0xFFFFFFFFFFFFFFFF
    table = TABLE
    for byte in data:
        state = state >> 8 ^ table[(state ^ byte) & 0xFF]
    state ^= 0xFFFFFFFFFFFFFFFF
    return base64.b64encode(state.to_bytes(8, "little")).decode()


def main():
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            print(crc64(file.read()))


if __name__ == "__main__":
    main()
