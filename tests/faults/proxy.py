#!/usr/bin/env python3
"""A proxy on loopback that knows CONNECT, for tests.

  proxy.py DIR [LOGIN]

With LOGIN ("user:password") it wants that as Basic.  DIR/port is written once
it listens; DIR/connects.secret gets a line a request: its first line, and what
it brought as Proxy-Authorization.  It ends on SIGTERM, or after ten minutes.
"""
import base64
import os
import socket
import sys
import threading
import time


def pump(source, sink):
    """Bytes from SOURCE to SINK until one of them ends."""
    try:
        while True:
            block = source.recv(65536)
            if not block:
                break
            sink.sendall(block)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client, login, log):
    """One connection."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = client.recv(65536)
        if not more or len(head) > 65536:
            return
        head += more
    lines = head.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
    given = [l.split(":", 1)[1].strip() for l in lines[1:]
             if l.lower().startswith("proxy-authorization:")]
    log.write("%s %s\n" % (lines[0], given))
    want = "Basic " + base64.b64encode(login.encode()).decode()
    if login and given != [want]:
        client.sendall(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n"
                       b"Proxy-Authenticate: Basic realm=\"p\"\r\n\r\n")
        client.close()
        return
    method, target, _ = lines[0].split(" ", 2)
    host, port = target.rsplit(":", 1)
    if method != "CONNECT" or host != "127.0.0.1":
        client.sendall(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
        client.close()
        return
    server = socket.create_connection((host, int(port)))
    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    threading.Thread(target=pump, args=(client, server), daemon=True).start()
    pump(server, client)


def main():
    folder = sys.argv[1]
    login = sys.argv[2] if len(sys.argv) > 2 else ""
    log = open(os.path.join(folder, "connects.secret"), "a", buffering=1)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    listener.settimeout(1)
    path = os.path.join(folder, "port")
    with open(path + ".new", "w") as f:
        f.write("%d\n" % listener.getsockname()[1])
    os.rename(path + ".new", path)
    until = time.monotonic() + 600
    while time.monotonic() < until:
        try:
            client, _ = listener.accept()
        except TimeoutError:
            continue
        threading.Thread(target=serve, args=(client, login, log),
                         daemon=True).start()


if __name__ == "__main__":
    main()
