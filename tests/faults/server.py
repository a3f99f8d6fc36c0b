#!/usr/bin/env python3
"""A hostile blob service on loopback, for tests.

  server.py DIR [--seconds N] [--tls CERT KEY] [--port N]

DIR/account.json scripts the account (account.py) and is read again when it
changes.  DIR/control.json, read
again whenever it changes, is a list of rules:

  [{"phase": "range", "mode": "pc", "at": "half", "after": 1, "times": 2,
    "match": "a/b"}]

phase is containers, list, about, head, blocks, get, range or any; "match" is a regular
expression over the target; the first "after" requests that fit pass, then
the rule works "times" times (absent: always).  The first rule that works
decides.  Besides the modes of modes.py: "change" changes the blob before
answering, "recreate" deletes it and makes it anew, "append" lets somebody
append "bytes" to all append blobs "every_ms" from then on, "marker-loop" and "repeat-page" spoil listings, "other-blob"
answers with another blob's bytes, "date" moves the Date header by "seconds".

DIR/port is written once it listens; DIR/requests.secret gets one JSON line a
request, target and headers as they came.  It ends on SIGTERM, and by itself
after --seconds (600).  Targets are path-style: /ACCOUNT/CONTAINER/BLOB.
"""
import argparse
import base64
import email.utils
import hashlib
import json
import os
import re
import signal
import socket
import ssl
import struct
import threading
import time
import urllib.parse

from account import Account
from crc64 import crc64
from modes import MODES, Answer, send

HEAD_MAX = 131072


class Rules:
    """The control file and how often each rule was met."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.stamp = None
        self.rules = []
        self.met = []

    def choose(self, phase, target):
        """The rule that works for this request, or None."""
        with self.lock:
            self.load()
            for i, rule in enumerate(self.rules):
                if rule.get("phase", "any") not in ("any", phase):
                    continue
                if not re.search(rule.get("match", ""), target):
                    continue
                self.met[i] += 1
                begin = int(rule.get("after", 0))
                end = begin + int(rule.get("times", 1 << 60))
                if begin < self.met[i] <= end:
                    return rule
        return None

    def set(self, rules):
        """These from now on, and no file."""
        with self.lock:
            self.path, self.rules = None, rules
            self.met = [0] * len(rules)

    def load(self):
        """Read the file again if it is another one."""
        if self.path is None:
            return
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            self.rules, self.met, self.stamp = [], [], None
            return
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        if stamp != self.stamp:
            with open(self.path) as f:
                self.rules = json.load(f)
            self.met = [0] * len(self.rules)
            self.stamp = stamp


class Server:
    """Sockets, threads, and the log."""

    def __init__(self, args):
        self.dir = args.dir
        with open(os.path.join(args.dir, "account.json")) as f:
            self.account = Account(json.load(f))
        path = os.path.join(args.dir, "account.json")
        self.account_stamp = os.stat(path).st_mtime_ns, os.stat(path).st_ino
        self.rules = Rules(os.path.join(args.dir, "control.json"))
        self.log = open(os.path.join(args.dir, "requests.secret"), "a",
                        buffering=1)
        self.log_lock = threading.Lock()
        self.count = 0
        self.connections = 0
        self.stopped = threading.Event()
        self.tls = None
        if args.tls:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            # Whatever the certificate is signed with: the client must object.
            self.tls.set_ciphers("ALL:@SECLEVEL=0")
            self.tls.load_cert_chain(args.tls[0], args.tls[1])
            if args.tls_max:
                self.tls.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
                self.tls.maximum_version = ssl.TLSVersion[args.tls_max]
        self.listener = socket.create_server(("127.0.0.1", args.port),
                                             backlog=256)
        self.listener.settimeout(0.2)
        self.until = time.monotonic() + args.seconds

    def run(self):
        """Accept until told to stop or the time is over."""
        port = self.listener.getsockname()[1]
        path = os.path.join(self.dir, "port")
        with open(path + ".new", "w") as f:
            f.write("%d\n" % port)
        os.rename(path + ".new", path)
        while not self.stopped.is_set() and time.monotonic() < self.until:
            try:
                raw, _ = self.listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            threading.Thread(target=self.serve, daemon=True,
                             args=(raw, self.connections)).start()
        self.stopped.set()

    def serve(self, raw, number):
        """One connection."""
        connection = raw
        try:
            raw.settimeout(60)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                connection = self.tls.wrap_socket(raw, server_side=True)
            rest = b""
            end = "keep"
            while end == "keep" and not self.stopped.is_set():
                request, rest = self.read_head(connection, rest)
                if request is None:
                    return
                end = self.answer(connection, number, request)
            self.finish(connection, end)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def finish(self, connection, end):
        """Close in the way the mode asks for."""
        if end == "abort":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                  struct.pack("ii", 1, 0))
        if end == "hang":
            self.stopped.wait(300)
        # Without a TLS close_notify, whatever the mode.
        if end == "close":
            connection.shutdown(socket.SHUT_WR)

    @staticmethod
    def read_head(connection, rest):
        """The next request's lines, or None when the peer is gone."""
        while b"\r\n\r\n" not in rest:
            more = connection.recv(65536)
            if not more or len(rest) > HEAD_MAX:
                return None, b""
            rest += more
        head, rest = rest.split(b"\r\n\r\n", 1)
        return head.decode("latin-1").split("\r\n"), rest

    def reload(self):
        """Take account.json again if it is another one by now."""
        path = os.path.join(self.dir, "account.json")
        stamp = os.stat(path).st_mtime_ns, os.stat(path).st_ino
        with self.log_lock:
            if stamp != self.account_stamp:
                with open(path) as f:
                    self.account = Account(json.load(f))
                self.account_stamp = stamp

    def note(self, number, line, headers):
        """One line of the log."""
        with self.log_lock:
            self.count += 1
            self.log.write(json.dumps(
                {"n": self.count, "connection": number, "line": line,
                 "at": time.time(), "headers": headers}) + "\n")
            return self.count

    def answer(self, connection, number, lines):
        """Read a request, make the answer, spoil it, send it."""
        method, target, _ = lines[0].split(" ", 2)
        headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        serial = self.note(number, lines[0], headers)
        path, _, raw_query = target.partition("?")
        query = dict(urllib.parse.parse_qsl(raw_query, keep_blank_values=True))
        parts = path.split("/", 3)
        container = urllib.parse.unquote(parts[2]) if len(parts) > 2 else ""
        name = urllib.parse.unquote_to_bytes(parts[3]) if len(parts) > 3 else None
        self.reload()
        phase = self.phase(method, container, name, query, headers)
        rule = self.rules.choose(phase, target)
        made = self.make(phase, container, name, query, headers, rule)
        made.set("x-ms-request-id", "%08x-0000-0000-0000-%012x" %
                 (serial, number))
        made.set("x-ms-version", headers.get("x-ms-version", "2021-12-02"))
        made.set("Date", email.utils.formatdate(time.time(), usegmt=True))
        made.set("Server", "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0")
        if "x-ms-client-request-id" in headers:
            made.set("x-ms-client-request-id",
                     headers["x-ms-client-request-id"])
        made.head_only = (method == "HEAD")
        if rule:
            self.spoil(made, rule, container, name, query)
        return send(connection, made, self.stopped)

    @staticmethod
    def phase(method, container, name, query, headers):
        """Which of the phases a request belongs to."""
        service = re.search(r"\.(file|queue|table)\.", headers.get("host", ""))
        if service or "restype" in query and query.get("comp") != "list":
            return "about"
        if name is None and query.get("comp") == "list":
            return "list" if container else "containers"
        if query.get("comp") == "blocklist":
            return "blocks"
        if method == "HEAD":
            return "head"
        if "range" in headers or "x-ms-range" in headers:
            return "range"
        return "get"

    @staticmethod
    def error(code, text):
        """The service's own error."""
        body = ("\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>"
                "%s</Code><Message>no</Message></Error>" % text).encode()
        return Answer(code, [("Content-Length", str(len(body))),
                             ("Content-Type", "application/xml"),
                             ("x-ms-error-code", text)], body)

    def make(self, phase, container, name, query, headers, rule):
        """The right answer."""
        if phase == "containers":
            body = self.account.list_containers(query)
        elif phase == "list":
            if container not in self.account.containers:
                return self.error(404, "ContainerNotFound")
            if "delimiter" in query and "snapshots" in query.get("include", ""):
                return self.error(400, "UnsupportedQueryParameter")
            body = self.account.list_blobs(container, query)
        elif phase == "about":
            return self.make_about(container, query, headers)
        else:
            return self.make_blob(phase, container, name, query, headers, rule)
        return Answer(200, [("Content-Length", str(len(body))),
                            ("Content-Type", "application/xml")], body)

    def make_about(self, container, query, headers):
        """What the account says of itself; "about" of the script refuses."""
        what = query.get("restype", "") + "/" + query.get("comp", "")
        service = re.search(r"\.(file|queue|table)\.", headers.get("host", ""))
        if service and not query.get("restype"):
            what, container = service[1] + "/list", None
        elif service:
            what = service[1] + "/properties"
        refused = self.account.script.get("about", {}).get(what)
        if refused:
            return self.error(*refused)
        if container and container not in self.account.containers:
            return self.error(404, "ContainerNotFound")
        pairs, body = [("Content-Type", "application/xml")], b""
        if what == "account/properties":
            pairs = [("x-ms-sku-name", "Standard_LRS"),
                     ("x-ms-account-kind", "StorageV2")]
        elif what in ("service/properties", "file/properties",
                      "queue/properties", "table/properties"):
            body = (b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>"
                    b"<StorageServiceProperties><DeleteRetentionPolicy>"
                    b"<Enabled>true</Enabled><Days>7</Days>"
                    b"</DeleteRetentionPolicy></StorageServiceProperties>")
        elif what == "container/":
            pairs = [("ETag", "\"0x8D\""), ("x-ms-lease-state", "available"),
                     ("x-ms-has-immutability-policy", "false")]
        elif what == "container/acl":
            pairs.append(("x-ms-blob-public-access", "container"))
            body = b"<?xml version=\"1.0\"?><SignedIdentifiers />"
        pairs.append(("Content-Length", str(len(body))))
        return Answer(200, pairs, body)

    def make_blob(self, phase, container, name, query, headers, rule):
        """Properties, the whole, or a range of a blob."""
        blob = self.account.find(container, name, query.get("snapshot", ""),
                                 query.get("versionid", ""))
        if blob is None:
            return self.error(404, "BlobNotFound")
        blob.touched()
        if rule and rule.get("mode") == "change":
            blob.change()
        if rule and rule.get("mode") == "recreate":
            blob.recreate()
        if rule and rule.get("mode") == "append":
            self.appender(rule)
        if blob.script.get("tier") == "Archive" and \
                phase not in ("head", "blocks"):
            return self.error(409, "BlobArchived")
        wanted = headers.get("if-match")
        if wanted and wanted != "*" and wanted.strip('"') != blob.etag():
            return self.error(412, "ConditionNotMet")
        pairs = [("ETag", '"%s"' % blob.etag()),
                 ("Last-Modified", "Sun, 01 Nov 2026 01:00:00 GMT"),
                 ("Content-Type", "application/json"),
                 ("Accept-Ranges", "bytes"), ("x-ms-blob-type", blob.type),
                 ("x-ms-creation-time", blob.created)]
        if blob.type == "AppendBlob":
            pairs.append(("x-ms-blob-committed-block-count",
                          str(blob.blocks)))
        if phase == "blocks":
            body = blob.block_list()
            return Answer(200, [
                ("ETag", '"%s"' % blob.etag()),
                ("x-ms-blob-content-length", str(blob.size)),
                ("Content-Type", "application/xml"),
                ("Content-Length", str(len(body)))], body)
        if phase != "range":
            if blob.md5():
                pairs.append(("Content-MD5", blob.md5()))
            pairs.append(("Content-Length", str(blob.size)))
            body = b"" if phase == "head" else blob.read(0, blob.size)
            return Answer(200, pairs, body)
        return self.make_range(blob, pairs, headers)

    def appender(self, rule):
        """Somebody appends to every append blob while the rule stands."""
        def run():
            while rule in self.rules.rules and not self.stopped.is_set():
                for blobs, _ in self.account.containers.values():
                    for blob in blobs:
                        if blob.type == "AppendBlob":
                            blob.append(int(rule.get("bytes", 1000)))
                time.sleep(float(rule.get("every_ms", 20)) / 1000)
        with self.log_lock:
            if rule.get("begun"):
                return
            rule["begun"] = True
        threading.Thread(target=run, daemon=True).start()

    def make_range(self, blob, pairs, headers):
        """206, or 416."""
        span = headers.get("x-ms-range", headers.get("range", ""))
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", span)
        if not match or int(match.group(1)) >= blob.size:
            return self.error(416, "InvalidRange")
        wants_md5 = headers.get("x-ms-range-get-content-md5") == "true"
        wants_crc64 = headers.get("x-ms-range-get-content-crc64") == "true"
        first = int(match.group(1))
        last = min(int(match.group(2) or blob.size - 1), blob.size - 1)
        if wants_crc64 and self.account.script.get("no_crc64"):
            return self.error(500, "FeatureNotSupported")
        if (wants_md5 and wants_crc64) or \
                ((wants_md5 or wants_crc64) and last - first >= 4 << 20):
            return self.error(400, "InvalidHeaderValue")
        body = blob.read(first, last - first + 1)
        pairs.append(("Content-Range", "bytes %d-%d/%d" %
                      (first, last, blob.size)))
        pairs.append(("Content-Length", str(len(body))))
        if blob.md5():
            pairs.append(("x-ms-blob-content-md5", blob.md5()))
        if wants_crc64:
            pairs.append(("x-ms-content-crc64", crc64(body)))
        if wants_md5:
            pairs.append(("Content-MD5", base64.b64encode(
                hashlib.md5(body).digest()).decode()))
        return Answer(206, pairs, body)

    def spoil(self, made, rule, container, name, query):
        """Do to the answer what the rule says."""
        mode = rule["mode"]
        if mode in ("change", "recreate", "append"):
            return
        if mode == "date":
            made.set("Date", email.utils.formatdate(
                time.time() + float(rule["seconds"]), usegmt=True))
        elif mode == "marker-loop":
            again = query.get("marker") or Account.marker(0)
            made.body = re.sub(
                rb"<NextMarker( /|>.*?</NextMarker)>", b"<NextMarker>" +
                again.replace("&", "&amp;").encode() + b"</NextMarker>",
                made.body)
            made.set("Content-Length", str(len(made.body)))
        elif mode == "repeat-page":
            made.body = self.account.list_blobs(container, {})
            made.set("Content-Length", str(len(made.body)))
        elif mode == "other-blob":
            others = [b for b in self.account.containers[container][0]
                      if b.name != name]
            made.body = others[0].read(0, len(made.body))
            made.set("Content-Length", str(len(made.body)))
        else:
            blob = self.account.find(container, name, "", "") if name else None
            whole = dict(rule, whole=lambda: blob.read(0, blob.size))
            MODES[mode](made, whole)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dir")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--tls-max", help="TLSv1, TLSv1_1, TLSv1_2")
    server = Server(parser.parse_args())
    signal.signal(signal.SIGTERM, lambda *_: server.stopped.set())
    signal.signal(signal.SIGINT, lambda *_: server.stopped.set())
    server.run()


if __name__ == "__main__":
    main()
