"""The ways in which an answer goes wrong.

An answer is a status, a list of header pairs, and a body.  A mode changes
these, or the bytes that are made of them, or how the bytes are sent.
Names follow the fault injector of the Azure SDKs where it has one: f full;
p partial, then hang; pc partial, then close; pa partial, then abort; pn
partial, then finish as if all were there; n, nc, na the same with no answer
at all.
"""
import base64
import hashlib
import time


class Answer:
    """What is going to be sent; a mode edits it."""

    def __init__(self, status, headers, body, head_only=False):
        self.status = status
        self.headers = headers
        self.body = body
        self.head_only = head_only
        self.version = "HTTP/1.1"
        self.before = b""        # Sent before the status line.
        self.raw = None          # Sent instead of everything.
        self.chunked = False
        self.last_chunk = True
        self.trailer = b""
        self.extra_lines = b""   # Raw header lines.
        self.cut = None          # Bytes of the whole that are sent.
        self.end = "keep"        # keep, close, abort, hang
        self.delay = 0.0         # Seconds before anything.
        self.slow = 0.0          # Seconds between bytes of the body.

    def get(self, name):
        """The first header of that name, or None."""
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None

    def set(self, name, value):
        """Replace a header; None removes it."""
        self.headers = [(k, v) for k, v in self.headers
                        if k.lower() != name.lower()]
        if value is not None:
            self.headers.append((name, value))

    def head(self):
        """Status line and headers as bytes."""
        lines = ["%s %d Text" % (self.version, self.status)]
        lines += ["%s: %s" % pair for pair in self.headers]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n" + \
            self.extra_lines + b"\r\n"

    def payload(self):
        """The body as it goes over the wire."""
        if self.head_only:
            return b""
        if not self.chunked:
            return self.body
        out = b""
        for i in range(0, len(self.body), 1000):
            part = self.body[i:i + 1000]
            out += b"%x\r\n%s\r\n" % (len(part), part)
        return out + (b"0\r\n" + self.trailer + b"\r\n"
                      if self.last_chunk else b"")


def cut_at(answer, rule, end):
    """Send a part only: 0, 1, "headers", "half", "last", or a number."""
    where = rule.get("at", "half")
    head, payload = len(answer.head()), len(answer.payload())
    points = {"headers": head, "half": head + payload // 2,
              "last": head + max(payload - 1, 0)}
    answer.cut = points.get(where, where)
    answer.end = end


def partial(end):
    """A mode that cuts and then does ${end}."""
    return lambda answer, rule: cut_at(answer, rule, end)


def nothing(end):
    """A mode that sends nothing at all."""
    def mode(answer, rule):
        answer.cut = 0
        answer.end = end
    return mode


def partial_normal(answer, rule):
    """Half the body, told as if it were all of it."""
    answer.body = answer.body[:len(answer.body) // 2]
    answer.set("Content-Length", str(len(answer.body)))


def status(answer, rule):
    """Another status, with the service's error body or another."""
    code = rule.get("code", "")
    bodies = {"xml": b"\xef\xbb\xbf<?xml version=\"1.0\"?><Error><Code>%s"
                     b"</Code><Message>no</Message></Error>" % code.encode(),
              "html": b"<html><body>sign in here</body></html>", "empty": b""}
    answer.status = int(rule["status"])
    answer.body = bodies[rule.get("body", "xml")]
    for name in ("Content-Range", "Content-MD5", "ETag", "x-ms-blob-type"):
        answer.set(name, None)
    answer.set("Content-Length", str(len(answer.body)))
    answer.set("x-ms-error-code", code or None)
    answer.set("Retry-After", rule.get("retry_after"))
    answer.set("Location", rule.get("location"))
    if rule.get("no_request_id"):
        answer.set("x-ms-request-id", None)


def header(answer, rule):
    """Set ("name", "value"), remove (value null), or add ("twice")."""
    if rule.get("twice"):
        answer.headers.append((rule["name"], rule["value"]))
    else:
        answer.set(rule["name"], rule.get("value"))


def length_long(answer, rule):
    answer.set("Content-Length", str(len(answer.body) + 500))
    answer.end = "close"


def length_short(answer, rule):
    answer.set("Content-Length", str(len(answer.body) // 2))
    answer.end = "close"


def no_length(answer, rule):
    """Nothing says where it ends, and it ends early."""
    answer.set("Content-Length", None)
    answer.body = answer.body[:len(answer.body) // 2]
    answer.end = rule.get("end", "close")


def http10(answer, rule):
    answer.version = "HTTP/1.0"
    no_length(answer, rule)


def chunk_cut(answer, rule):
    answer.set("Content-Length", None)
    answer.set("Transfer-Encoding", "chunked")
    answer.chunked = True
    cut_at(answer, rule, "close")


def chunk_no_last(answer, rule):
    answer.set("Content-Length", None)
    answer.set("Transfer-Encoding", "chunked")
    answer.chunked, answer.last_chunk, answer.end = True, False, "close"


def chunked(answer, rule):
    """As the service sends its listings."""
    answer.set("Content-Length", None)
    answer.set("Transfer-Encoding", "chunked")
    answer.chunked = True


def length_and_chunks(answer, rule):
    answer.set("Transfer-Encoding", "chunked")
    answer.chunked = True


def trailer(answer, rule):
    chunked(answer, rule)
    answer.trailer = b"Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==\r\n"


def two_lengths(answer, rule):
    answer.headers.append(("Content-Length", rule.get("value", "10")))
    answer.end = "close"


def negative_length(answer, rule):
    answer.set("Content-Length", "-1")
    answer.end = "close"


def ok_for_range(answer, rule):
    """The whole blob with 200, though a range was asked for."""
    answer.status = 200
    answer.set("Content-Range", None)
    answer.body = rule["whole"]()
    answer.set("Content-Length", str(len(answer.body)))


def partial_for_whole(answer, rule):
    answer.status = 206
    answer.set("Content-Range", "bytes 0-%d/%d" %
               (len(answer.body) - 1, len(answer.body)))


def wrong_range(answer, rule):
    """The right number of bytes from another place."""
    span, total = answer.get("Content-Range").split(" ")[1].split("/")
    first, last = (int(n) for n in span.split("-"))
    answer.set("Content-Range", "bytes %d-%d/%s" %
               (first + 1, last + 1, total))


def corrupt(answer, rule):
    """One byte of the body changes; "md5" right, wrong, none, or drop."""
    good = base64.b64encode(hashlib.md5(answer.body).digest()).decode()
    body = bytearray(answer.body)
    if body:
        body[len(body) // 2] ^= 1
    answer.body = bytes(body)
    if rule.get("md5", "right") == "right":
        answer.set("Content-MD5", good)
    elif rule["md5"] == "drop":
        answer.set("Content-MD5", None)
    elif rule["md5"] == "wrong":
        now = base64.b64encode(hashlib.md5(answer.body).digest()).decode()
        answer.set("Content-MD5", now)


def other_body(answer, rule):
    answer.body = answer.body.translate(bytes(b ^ 0x55 for b in range(256)))


def big_headers(answer, rule):
    line = b"X-Filler: " + b"f" * 1000 + b"\r\n"
    answer.extra_lines = line * (int(rule.get("bytes", 2 << 20)) // len(line))


def many_headers(answer, rule):
    answer.extra_lines = b"X-F: 1\r\n" * int(rule.get("count", 5000))


def raw_lines(answer, rule):
    answer.extra_lines = rule["lines"].encode("latin-1")


def http09(answer, rule):
    answer.raw = answer.body or b"no status line at all\n"
    answer.end = "close"


def garbage(answer, rule):
    answer.raw = rule.get("text", "SSH-2.0-x\r\n").encode("latin-1")
    answer.end = "close"


def continue_first(answer, rule):
    answer.before = b"HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"


def endless(answer, rule):
    """More body than anybody asked for, in chunks."""
    answer.body = answer.body * (1 + int(rule.get("times_body", 1000)))
    chunked(answer, rule)


def slow(answer, rule):
    answer.slow = float(rule.get("seconds", 1.0))


def stall(answer, rule):
    answer.delay = float(rule.get("seconds", 120))


def close_after(answer, rule):
    """Right, and then the connection is closed without a word."""
    answer.end = "close"


def body_text(answer, rule):
    """A body given as it is, with its length."""
    answer.body = rule["text"].encode("latin-1")
    answer.set("Content-Length", str(len(answer.body)))


def body_cut(answer, rule):
    """The body ends at byte n and says that this is its length."""
    answer.body = answer.body[:int(rule["at"])]
    answer.set("Content-Length", str(len(answer.body)))


MODES = {
    "f": lambda answer, rule: None,
    "p": partial("hang"), "pc": partial("close"), "pa": partial("abort"),
    "pn": partial_normal,
    "n": nothing("hang"), "nc": nothing("close"), "na": nothing("abort"),
    "status": status, "header": header,
    "length-long": length_long, "length-short": length_short,
    "no-length": no_length, "http10": http10, "http09": http09,
    "chunked": chunked, "chunk-cut": chunk_cut,
    "chunk-no-last": chunk_no_last, "length-and-chunks": length_and_chunks,
    "trailer": trailer, "two-lengths": two_lengths,
    "negative-length": negative_length, "ok-for-range": ok_for_range,
    "partial-for-whole": partial_for_whole, "wrong-range": wrong_range,
    "corrupt": corrupt, "other-body": other_body,
    "big-headers": big_headers, "many-headers": many_headers,
    "raw-lines": raw_lines, "garbage": garbage,
    "continue": continue_first, "endless": endless, "slow": slow,
    "stall": stall, "close-after": close_after, "body": body_text,
    "body-cut": body_cut,
}


def send(connection, answer, stopped):
    """Send ${answer}; return whether the connection can be used again."""
    deadline = time.monotonic() + answer.delay
    while time.monotonic() < deadline and not stopped.is_set():
        time.sleep(0.05)
    if answer.raw is not None:
        wire = answer.raw
        head = len(wire)
    else:
        first = answer.before + answer.head()
        wire = first + answer.payload()
        head = len(first)
    if answer.cut is not None:
        wire = wire[:int(answer.cut)]
    if answer.slow:
        connection.sendall(wire[:head])
        for i in range(head, len(wire)):
            if stopped.is_set():
                return "close"
            connection.sendall(wire[i:i + 1])
            time.sleep(answer.slow)
    else:
        connection.sendall(wire)
    return answer.end
