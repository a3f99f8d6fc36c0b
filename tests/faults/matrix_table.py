"""What may go wrong on the wire, and what must come of it: fixed beforehand.

FAULTS: name, rule, and for each phase what comes of it when it lasts:

  "ok"       nothing: the answer is as good as any, or another way is found
  "warned"   taken, and the catalogue says that the service's digest differs
  a reason   the package is sealed with one gap of this reason (exit 3)
  "stop"     the run ends, resumable, with the exit code behind it: "stop 77"

The phases: "list", a page of one container's blobs; "head", the properties of
a large blob; "read", a small blob in one piece; "ranged", a large blob in
several.  A dash: the fault means nothing there.  With HURTS, once is enough:
one such answer is final by its nature.  All others must cost nothing when they
happen once, but for ONCE.
"""

CUTS = [("0", 0), ("1", 1), ("headers", "headers"), ("half", "half"),
        ("last", "last")]


def status(code, text="", **more):
    """A rule that answers with another status."""
    return dict({"mode": "status", "status": code, "code": text}, **more)


def header(name, value=None, **more):
    """A rule that sets, removes or repeats a header."""
    return dict({"mode": "header", "name": name, "value": value}, **more)


def same(what):
    """The same reason in each phase of a blob; a listing is a listing."""
    return ("listing", what, what, what)


FAULTS = [
    # The fault injector of the Azure SDKs: nothing, or a part, and then it
    # finishes, hangs, closes, or aborts.
    ("nothing, hangs", {"mode": "n"}, same("unreachable")),
    ("nothing, closes", {"mode": "nc"}, same("unreachable")),
    ("nothing, aborts", {"mode": "na"}, same("unreachable")),
    ("one byte, closes", {"mode": "pc", "at": 1}, same("unreachable")),
    ("one byte, aborts", {"mode": "pa", "at": 1}, same("unreachable")),
    ("headers, closes", {"mode": "pc", "at": "headers"},
     ("listing", "ok", "length", "length")),
    ("headers, aborts", {"mode": "pa", "at": "headers"},
     ("listing", "ok", "unreachable", "unreachable")),
    ("headers, hangs", {"mode": "p", "at": "headers"},
     ("listing", "ok", "unreachable", "unreachable")),
    ("half, closes", {"mode": "pc"}, ("listing", "ok", "length", "length")),
    ("half, aborts", {"mode": "pa"},
     ("listing", "ok", "unreachable", "unreachable")),
    ("half, hangs", {"mode": "p"},
     ("listing", "ok", "unreachable", "unreachable")),
    ("half, as if it were all", {"mode": "pn"},
     ("listing", "-", "length", "length")),
    ("all but a byte, closes", {"mode": "pc", "at": "last"},
     ("listing", "ok", "length", "length")),
    ("all but a byte, aborts", {"mode": "pa", "at": "last"},
     ("listing", "ok", "unreachable", "unreachable")),
    ("right, then closes", {"mode": "close-after"}, ("ok",) * 4),
    ("right", {"mode": "f"}, ("ok",) * 4),
    # Where does it end?
    ("length too long", {"mode": "length-long"},
     ("listing", "length", "length", "length")),
    ("length too short", {"mode": "length-short"},
     ("listing", "length", "length", "length")),
    ("no length, closed early", {"mode": "no-length"},
     ("listing", "answer", "answer", "answer")),
    ("HTTP/1.0, closed early", {"mode": "http10"},
     ("listing", "answer", "answer", "answer")),
    ("HTTP/0.9", {"mode": "http09"}, ("listing",) + ("answer",) * 3),
    ("in chunks", {"mode": "chunked"}, ("ok", "answer", "answer", "answer")),
    ("in chunks, cut", {"mode": "chunk-cut"},
     ("listing", "answer", "answer", "answer")),
    ("in chunks, no last", {"mode": "chunk-no-last"},
     ("listing", "answer", "answer", "answer")),
    ("in chunks, with a trailer", {"mode": "trailer"},
     ("listing", "answer", "answer", "answer")),
    ("length and chunks", {"mode": "length-and-chunks"},
     ("listing", "answer", "answer", "answer")),
    ("two lengths", {"mode": "two-lengths"},
     ("listing", "answer", "answer", "answer")),
    ("a negative length", {"mode": "negative-length"},
     ("listing", "answer", "answer", "answer")),
    ("gzip, said so", header("Content-Encoding", "gzip"), ("ok",) * 4),
    ("a body twice", {"mode": "endless", "times_body": 1},
     ("listing", "answer", "answer", "answer")),
    # The header block.
    ("2 MiB of headers", {"mode": "big-headers"},
     ("listing", "too-large", "too-large", "too-large")),
    ("5000 headers", {"mode": "many-headers"},
     ("listing", "too-large", "too-large", "too-large")),
    ("a folded header", {"mode": "raw-lines", "lines": "X-A: 1\r\n 2\r\n"},
     ("listing", "answer", "answer", "answer")),
    ("a line that is no header", {"mode": "raw-lines", "lines": "nonsense\r\n"},
     ("listing", "answer", "answer", "answer")),
    ("a NUL in a header", {"mode": "raw-lines", "lines": "X-A: \0\r\n"},
     ("listing", "answer", "answer", "answer")),
    ("two request ids", header("x-ms-request-id", "r2", twice=True),
     ("listing", "answer", "answer", "answer")),
    ("two ETags", header("ETag", '"0x1"', twice=True),
     ("-", "answer", "answer", "answer")),
    ("no ETag", header("ETag"), ("-", "answer", "answer", "answer")),
    ("no blob type", header("x-ms-blob-type"),
     ("-", "answer", "answer", "answer")),
    ("no request id", header("x-ms-request-id"),
     ("listing", "answer", "answer", "answer")),
    ("no version", header("x-ms-version"),
     ("listing", "answer", "answer", "answer")),
    ("another request's answer", header("x-ms-client-request-id", "theirs-1"),
     ("listing", "answer", "answer", "answer")),
    ("100 Continue first", {"mode": "continue"}, ("ok",) * 4),
    ("a line of SSH", {"mode": "garbage"}, ("listing",) + ("answer",) * 3),
    ("a Date of a day ago", {"mode": "date", "seconds": -86400}, ("ok",) * 4),
    # Other bytes than asked for.
    ("200 for a range", {"mode": "ok-for-range"},
     ("-", "-", "answer", "answer")),
    ("206 for a whole", {"mode": "partial-for-whole"},
     ("listing", "answer", "-", "-")),
    ("206 of another range", {"mode": "wrong-range"},
     ("-", "-", "answer", "answer")),
    ("one bit, right MD5", {"mode": "corrupt", "md5": "right"},
     ("listing", "-", "warned", "warned")),
    ("one bit, no MD5", {"mode": "corrupt", "md5": "drop"},
     ("listing", "-", "warned", "warned")),
    ("one bit, MD5 to match", {"mode": "corrupt", "md5": "wrong"},
     ("listing", "-", "warned", "warned")),
    ("another body", {"mode": "other-body"},
     ("listing", "-", "warned", "warned")),
    ("another type of blob", header("x-ms-blob-type", "PageBlob"),
     ("-", "changed", "changed", "changed")),
    ("another ETag", header("ETag", '"0xFFFF"'),
     ("-", "changed", "changed", "changed")),
    ("the blob changes", {"mode": "change"}, ("-", "ok", "changed", "changed")),
    # Statuses.
    ("304", status(304), ("listing",) + ("answer",) * 3),
    ("400", status(400, "InvalidHeaderValue"), ("listing",) + ("answer",) * 3),
    ("401", status(401, "NoAuthenticationInformation"),
     ("denied", "denied", "denied", "denied")),
    ("403, this one", status(403, "AuthorizationPermissionMismatch"),
     ("denied", "denied", "denied", "denied")),
    ("403, the credential", status(403, "AuthenticationFailed"),
     ("stop 77", "stop 77", "stop 77", "stop 77")),
    ("403, no key vault", status(403, "KeyVaultEncryptionKeyNotFound"),
     ("listing", "customer-key", "customer-key", "customer-key")),
    ("404", status(404, "BlobNotFound"),
     ("no-container", "gone", "gone", "gone")),
    ("404 of a portal", status(404, body="html", no_request_id=True),
     ("listing",) + ("answer",) * 3),
    ("408", status(408), same("unreachable")),
    ("409, archived", status(409, "BlobArchived"), same("archived")),
    ("409, being rehydrated", status(409, "BlobBeingRehydrated"),
     same("archived")),
    ("409, customer's key", status(409, "BlobUsesCustomerSpecifiedEncryption"),
     same("customer-key")),
    ("409, a lease", status(409, "LeaseIdMissing"), same("leased")),
    ("409, anything", status(409, "SomethingNew"), same("answer")),
    ("410", status(410, "ResourceGone"),
     ("no-container", "removed", "removed", "removed")),
    ("411", status(411), same("answer")),
    ("412", status(412, "ConditionNotMet"),
     ("listing", "changed", "changed", "changed")),
    ("412, a lease", status(412, "LeaseIdMismatchWithBlobOperation"),
     same("leased")),
    ("416", status(416, "InvalidRange"),
     ("listing", "changed", "changed", "changed")),
    ("429", status(429), same("unreachable")),
    ("500", status(500, "InternalError"), same("unreachable")),
    ("500, timed out", status(500, "OperationTimedOut"), same("unreachable")),
    ("501", status(501, "NotImplemented"), same("answer")),
    ("502 in HTML", status(502, body="html", no_request_id=True),
     same("unreachable")),
    ("503", status(503, "ServerBusy"), same("unreachable")),
    ("503, empty", status(503, body="empty"), same("unreachable")),
    ("503, after a second", status(503, "ServerBusy", retry_after="1"),
     same("unreachable")),
    ("503, after a date", status(503, retry_after="DATE"),
     same("unreachable")),
    ("503, after -1", status(503, retry_after="-1"), same("unreachable")),
    ("503, after 1e9", status(503, retry_after="1000000000"),
     same("unreachable")),
    ("503, after a while", status(503, retry_after="soon"),
     same("unreachable")),
    ("504", status(504), same("unreachable")),
    # A redirect is never followed: CANARY counts its connections.
    ("301", status(301, location="CANARY"), same("answer")),
    ("302", status(302, location="CANARY"), same("answer")),
    ("303", status(303, location="CANARY"), same("answer")),
    ("307", status(307, location="CANARY"), same("answer")),
    ("308", status(308, location="CANARY"), same("answer")),
    ("302 to a file", status(302, location="file:///etc/passwd"),
     same("answer")),
    # Time.
    ("a byte a second", {"mode": "slow", "seconds": 1.0},
     ("listing", "ok", "unreachable", "unreachable")),
    ("silence", {"mode": "stall", "seconds": 20}, same("unreachable")),
]

# One such answer is the service's last word: the same once as for good.
HURTS = {
    "400", "403, this one", "403, the credential", "403, no key vault", "401",
    "404", "409, archived", "409, being rehydrated", "409, customer's key",
    "409, a lease", "409, anything", "410", "411", "412, a lease", "501",
    "301", "302", "303", "307", "308", "302 to a file",
}

# Over TLS a connection may be cut without a word (no close_notify).
TLS = ["headers, closes", "half, closes", "all but a byte, closes",
       "no length, closed early", "in chunks, no last", "half, aborts",
       "right, then closes", "nothing, closes"]

# Where once is another thing than for good, or than nothing.
ONCE = {
    # Nobody can tell but by the digest of the whole, at its end.
    ("one bit, no MD5", "ranged"): "warned",
    ("one bit, MD5 to match", "ranged"): "warned",
    # A listing that is refused is asked for with fewer words.
    ("400", "list"): "ok", ("411", "list"): "ok", ("501", "list"): "ok",
}
