"""A time-stamping authority over HTTP, good and bad, for tests.

usage: tsa.py FOLDER

FOLDER holds tsa.pem, tsa.key and tsa.cnf (openssl ts).  Listens on a port of the
loopback that the system chooses and writes it to FOLDER/port.  The path says what it does: /good
stamps; see MODES for the others.  /flaky fails twice and then stamps.  Each request is a line of
FOLDER/requests: method, path, type, length.
"""
import http.server
import os
import subprocess
import sys
import time

FOLDER = sys.argv[1]
SEEN = {}


def openssl(*words):
    subprocess.run(("openssl", "ts", *words), cwd=FOLDER, check=True,
                   capture_output=True)


def put(name, data):
    with open(os.path.join(FOLDER, name), "wb") as f:
        f.write(data)


def get(name):
    with open(os.path.join(FOLDER, name), "rb") as f:
        return f.read()


def good(query):
    put("q", query)
    openssl("-reply", "-config", "tsa.cnf", "-section", "t", "-queryfile",
            "q", "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "r")
    return get("r")


def imprint(query):
    """Where the 32 bytes of the SHA-256 are."""
    at = query.index(bytes.fromhex("0420"))
    return at + 2, query[at + 2:at + 34]


def other(query):
    at, digest = imprint(query)
    return good(query[:at] + digest[::-1] + query[at + 32:])


def anew(query, *words):
    openssl("-query", "-sha256", "-cert", "-digest", imprint(query)[1].hex(),
            *words, "-out", "n")
    return good(get("n"))


def modified(query):
    reply = good(query)
    assert reply[4:9] == bytes.fromhex("3003020100")
    return reply[:8] + b"\x01" + reply[9:]


def forged(query):
    reply = good(query)
    return reply[:-1] + bytes([reply[-1] ^ 1])


MODES = {
    "good": good,
    "other": other,
    "nonce": anew,
    "nononce": lambda q: anew(q, "-no_nonce"),
    "mods": modified,
    "rejected": lambda q: bytes.fromhex("30053003020102"),
    "forged": forged,
    "long": lambda q: good(q) + b"\0",
    "empty": lambda q: b"",
    "page": lambda q: b"<html>Please log in</html>",
    "huge": lambda q: bytes(300 << 10),
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        mode = self.path.strip("/").split("?")[0]
        query = self.rfile.read(int(self.headers["Content-Length"]))
        with open(os.path.join(FOLDER, "requests"), "a") as f:
            f.write(f"POST {self.path} {self.headers['Content-Type']} "
                    f"{len(query)}\n")
        SEEN[mode] = SEEN.get(mode, 0) + 1
        if mode == "silent":
            time.sleep(20)
            return
        if mode == "gone" or mode == "flaky" and SEEN[mode] <= 2:
            self.send_error(503)
            return
        if mode == "once" and SEEN[mode] > 1:
            self.send_error(404)
            return
        if mode == "away":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
            return
        reply = MODES.get(mode, good)(query)
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply[:len(reply) // 2] if mode == "short"
                         else reply)

    def log_message(self, *words):
        pass


SERVER = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
put("port.new", f"{SERVER.server_address[1]}\n".encode())
os.rename(os.path.join(FOLDER, "port.new"), os.path.join(FOLDER, "port"))
SERVER.serve_forever()
