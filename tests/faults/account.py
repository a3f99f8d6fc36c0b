"""A scripted storage account: containers, blobs, and pages of listings.

The script is a JSON object:

  {"account": "acct", "bom": true, "containers": {"logs": {"page": 2, "blobs": [
      {"name": "a/b.json", "size": 1000, "type": "BlockBlob"}]}}}

A blob has "name" (text) or "name_hex" (any bytes), and "text", "base64" or
"size" (bytes made from "seed" by counting, so that 200 GiB need no room).
Further: "cuts" (sizes of its blocks), "type", "etag", "md5" (true: the stored Content-MD5), "tier",
"encoded" (true: listed with Encoded="true"), "snapshot", "version_id",
"deleted", "grow" (bytes that each request appends, for append blobs).  Of the
account: "no_crc64" (it has no CRC64 to give, as Azurite).
"""
import base64
import functools
import hashlib
import threading
import urllib.parse
from xml.sax.saxutils import escape

MODIFIED = "Sun, 01 Nov 2026 01:00:00 GMT"
CACHED_MAX = 32 << 20  # Bytes of a body that is made only once.
CREATED = "Sun, 01 Nov 2026 00:00:00 GMT"


@functools.lru_cache(maxsize=16)
def cached(seed, size):
    """The whole body of a blob."""
    return Blob({"name": "", "seed": seed, "size": size}).generate(0, size)


class Blob:
    """One blob; its bytes are made when they are asked for."""

    def __init__(self, script):
        if "name_hex" in script:
            self.name = bytes.fromhex(script["name_hex"])
        else:
            self.name = script["name"].encode()
        self.seed = int(script.get("seed", 1))
        self.fixed = None
        if "text" in script:
            self.fixed = script["text"].encode()
        if "base64" in script:
            self.fixed = base64.b64decode(script["base64"])
        self.size = len(self.fixed) if self.fixed is not None \
            else int(script.get("size", 0))
        self.type = script.get("type", "BlockBlob")
        self.version = 0
        self.base_etag = script.get("etag", "0x8DC%012X" % (self.seed * 7919))
        self.grow = int(script.get("grow", 0))
        self.blocks = int(script.get("blocks", 1))
        self.script = script
        self.lock = threading.Lock()
        self.created = CREATED
        self.is_live = False

    def etag(self):
        """The ETag without quotes; it changes with every change."""
        if self.version == 0:
            return self.base_etag
        return "%sV%d" % (self.base_etag, self.version)

    def touched(self):
        """A request came: an append blob that grows has grown."""
        with self.lock:
            if self.grow:
                self.size += self.grow
                self.blocks += 1
                self.version += 1

    def append(self, length):
        """A block of so many bytes more."""
        with self.lock:
            self.is_live = True
            self.size += length
            self.blocks += 1
            self.version += 1

    def recreate(self):
        """Deleted, and made anew under its name: longer, of more blocks."""
        with self.lock:
            self.seed += 1000
            self.size += 100000
            self.blocks += 50
            self.version += 1
            self.created = "Sun, 01 Nov 2026 02:00:%02d GMT" % self.version

    def change(self):
        """Another body of the same length under another ETag."""
        with self.lock:
            self.seed += 1000
            self.version += 1
            if self.fixed is not None:
                self.fixed = bytes(b ^ 0x20 for b in self.fixed)

    def read(self, first, length):
        """Bytes of the body; blocks of 64 bytes that name their place."""
        if self.fixed is not None and not self.grow:
            return self.fixed[first:first + length]
        if self.size <= CACHED_MAX and not self.grow and not self.is_live:
            return cached(self.seed, self.size)[first:first + length]
        return self.generate(first, length)

    def generate(self, first, length):
        """As read, made anew."""
        out = bytearray()
        block = first // 64
        while len(out) < (first % 64) + length:
            out += (b'{"seed":%08d,"offset":%020d,"x":"' %
                    (self.seed, block * 64)).ljust(61, b".") + b'"}\n'
            block += 1
        return bytes(out[first % 64:first % 64 + length])

    def block_list(self):
        """The answer to Get Block List; "cuts" are the sizes of its blocks."""
        blocks = "".join(
            "<Block><Name>%s</Name><Size>%d</Size></Block>" %
            (base64.b64encode(b"%032d" % n).decode(), size) for n, size in
            enumerate(self.script.get("cuts", [self.size])))
        return ('<?xml version="1.0" encoding="utf-8"?><BlockList>'
                "<CommittedBlocks>%s</CommittedBlocks></BlockList>" %
                blocks).encode()

    def md5(self):
        """The stored Content-MD5, or None."""
        if not self.script.get("md5"):
            return None
        if isinstance(self.script["md5"], str):
            return self.script["md5"]
        whole = hashlib.md5(self.read(0, self.size)).digest()
        return base64.b64encode(whole).decode()

    def entry(self):
        """Its element in a listing."""
        name = escape(self.name.decode("utf-8", "replace"))
        mark = ""
        if self.script.get("encoded"):
            name = urllib.parse.quote(self.name, safe="")
            mark = ' Encoded="true"'
        parts = ["<Blob><Name%s>%s</Name>" % (mark, name)]
        if self.script.get("deleted"):
            parts.append("<Deleted>true</Deleted>")
        if "snapshot" in self.script:
            parts.append("<Snapshot>%s</Snapshot>" % self.script["snapshot"])
        if "version_id" in self.script:
            parts.append("<VersionId>%s</VersionId>" %
                         self.script["version_id"])
        parts.append("<Properties><Creation-Time>%s</Creation-Time>"
                     "<Last-Modified>%s</Last-Modified><Etag>%s</Etag>"
                     "<Content-Length>%d</Content-Length>"
                     "<Content-Type>application/json</Content-Type>"
                     "<Content-Encoding /><Content-MD5>%s</Content-MD5>"
                     "<BlobType>%s</BlobType><AccessTier>%s</AccessTier>"
                     "<LeaseStatus>unlocked</LeaseStatus>"
                     "<LeaseState>available</LeaseState></Properties>"
                     "<OrMetadata /></Blob>" %
                     (CREATED, MODIFIED, self.etag(), self.size,
                      self.md5() or "", self.type,
                      self.script.get("tier", "Hot")))
        return "".join(parts)


class Account:
    """All of it, and the markers that were handed out."""

    def __init__(self, script):
        self.script = script
        self.name = script.get("account", "acct")
        self.bom = script.get("bom", True)
        self.containers = {}
        for name, container in script.get("containers", {}).items():
            blobs = [Blob(b) for b in container.get("blobs", [])]
            for i in range(int(container.get("many", 0))):
                blobs.append(Blob({"name": "many/%07d.json" % i,
                                   "size": i % 300, "seed": i + 1}))
            self.containers[name] = (blobs, container)

    def find(self, container, name, snapshot, version):
        """The blob of that identity, or None."""
        if container not in self.containers:
            return None
        for blob in self.containers[container][0]:
            if blob.name == name and not blob.script.get("deleted") and \
                    blob.script.get("snapshot", "") == snapshot and \
                    version in ("", blob.script.get("version_id", "")):
                return blob
        return None

    @staticmethod
    def marker(index):
        """Opaque, and full of what must be encoded in a query."""
        text = base64.b64encode(b"%012d!&=#?%%/ +" % index).decode()
        return "2!%d!%s&sig=x" % (len(text), text)

    @staticmethod
    def index(marker):
        """Where a marker points."""
        if not marker:
            return 0
        text = marker.split("!", 2)[2].rsplit("&sig=x", 1)[0]
        return int(base64.b64decode(text)[:12])

    def wrap(self, what, attributes, prefix, marker, entries, following):
        """The page as bytes."""
        page = '<?xml version="1.0" encoding="utf-8"?><EnumerationResults ' \
               'ServiceEndpoint="https://%s.blob.core.windows.net/"%s>' \
               "<Prefix>%s</Prefix><Marker>%s</Marker>" \
               "<MaxResults>5000</MaxResults><%s>%s</%s>%s" \
               "</EnumerationResults>" % (
                   self.name, attributes, escape(prefix), escape(marker),
                   what, "".join(entries), what,
                   "<NextMarker>%s</NextMarker>" % escape(following)
                   if following else "<NextMarker />")
        return (b"\xef\xbb\xbf" if self.bom else b"") + page.encode()

    def list_containers(self, query):
        """A page of containers: always one."""
        prefix = query.get("prefix", "")
        entries = ["<Container><Name>%s</Name><Properties><Last-Modified>%s"
                   "</Last-Modified><Etag>\"0x1\"</Etag></Properties>"
                   "</Container>" % (escape(n), MODIFIED)
                   for n in sorted(self.containers) if n.startswith(prefix)]
        return self.wrap("Containers", "", prefix, query.get("marker", ""),
                         entries, "")

    @staticmethod
    def entries(found, prefix, query):
        """Elements of the blobs ${found}, or of the folders they lie in."""
        include = query.get("include", "").split(",")
        out = {}
        for i, blob in enumerate(found):
            for key, word in (("snapshot", "snapshots"), ("deleted", "deleted")):
                if key in blob.script and word not in include:
                    break
            else:
                rest = blob.name[len(prefix):]
                if query.get("delimiter") and b"/" in rest:
                    name = prefix + rest[:rest.index(b"/") + 1]
                    out[name] = "<BlobPrefix><Name>%s</Name></BlobPrefix>" % \
                        escape(name.decode())
                else:
                    out[i] = blob.entry()
        return list(out.values())

    def list_blobs(self, container, query):
        """A page of blobs, with empty pages where the script says so."""
        blobs, script = self.containers[container]
        prefix = query.get("prefix", "")
        marker = query.get("marker", "")
        size = min(int(script.get("page", 5000)),
                   int(query.get("maxresults", 5000)))
        found = [b for b in blobs if b.name.startswith(prefix.encode())]
        entries_of = self.entries(found, prefix.encode(), query)
        begin = self.index(marker)
        # With empty pages: 2i is the page from blob i, 2i-1 an empty one.
        step = 2 if script.get("empty_pages") else 1
        if begin % step == 1:
            entries, following = [], begin + 1
        else:
            at = begin // step
            entries = entries_of[at:at + size]
            at += size
            following = step * at - (step - 1) if at < len(entries_of) else 0
        return self.wrap("Blobs", ' ContainerName="%s"' % escape(container),
                         prefix, marker, entries,
                         self.marker(following) if following else "")
