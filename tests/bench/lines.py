"""Make files of log lines: lines.py FOLDER FILES BYTES (of each, about)."""
import json
import random
import sys


def line(rng: random.Random, n: int) -> str:
    return json.dumps({
        "time": f"2026-11-01T{n % 24:02}:{n % 60:02}:{rng.randrange(60):02}.0000000Z",
        "category": rng.choice(("StorageRead", "StorageWrite")),
        "operationName": rng.choice(("GetBlob", "PutBlob", "ListBlobs")),
        "statusCode": rng.choice((200, 206, 403, 404)),
        "durationMs": rng.randrange(300),
        "callerIpAddress": f"10.{rng.randrange(4)}.{rng.randrange(255)}.7:{rng.randrange(65535)}",
        "correlationId": f"{rng.getrandbits(128):032x}",
        "uri": f"https://acct.blob.core.windows.net:443/c/{rng.getrandbits(40):010x}",
        "properties": {"accountName": "acct", "userAgentHeader": "bench",
                       "etag": f"0x8D{rng.getrandbits(52):013X}"}})


def main() -> None:
    folder, files, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(1)
    for i in range(files):
        text = ""
        while len(text) < size:
            text += line(rng, i) + "\n"
        with open(f"{folder}/{i:06}.json", "w", encoding="ascii") as file:
            file.write(text)


main()
