"""Cases of forge that play with tar headers, frames, and the file's end."""
import struct

from package_parts import frame, header, pad, seek_table


# What is found when nothing can be read.
NOTHING = ("structure", "unread", "no-seal")


def cases():
    out = []

    def case(name, *codes):
        def add(function):
            out.append((name, set(codes), function))
        return add

    damage(case)
    names(case)
    frames(case)
    return out


def first_payload(p):
    return p.payload()[0][0]


def damage(case):
    """Headers that are not of the dialect end the reading."""
    def tar(name, **extra):
        @case("tar: " + name, "structure", "unread")
        def _(p):
            p.edit_tar[first_payload(p)] = extra

    for kind, name in ((b"1", "a hard link"), (b"2", "a symbolic link"),
                       (b"3", "a character device"), (b"5", "a folder"),
                       (b"6", "a FIFO"), (b"7", "a contiguous file"),
                       (b"S", "a sparse file"), (b"L", "a GNU long name"),
                       (b"g", "a global pax header"),
                       (b"x", "a pax header without need"),
                       (b"\0", "a file of the old type"),
                       (b"Z", "an unknown type")):
        tar(name, kind=kind, link=b"../x" if kind in b"12" else b"")
    tar("other permissions", mode=b"000644 ")
    tar("a link name on a file", link=b"x")
    tar("a size that is too large", size=8 ** 11 - 1)
    tar("a path with a blank", path="a b/c")

    @case("tar: padding that is not zero", "structure")
    def _(p):
        path, data = p.payload()[0]
        whole = header(f"{p.top}/{path}", len(data), p.mtime[path])
        filler = bytearray(pad(data))
        filler[-1] = 1
        p.edit_tar[path] = {"raw": whole + bytes(filler)}

    @case("tar: only one zero block", "structure")
    def _(p):
        p.end = bytes(512)

    @case("tar: three zero blocks", "structure")
    def _(p):
        p.end = bytes(1536)

    @case("tar: no end", "structure")
    def _(p):
        p.end = b""

    @case("tar: something in the second zero block", "structure")
    def _(p):
        p.end = bytes(512) + b"x" + bytes(511)

    @case("tar: members behind the end", "structure")
    def _(p):
        p.end = bytes(1024) + header(p.top + "/x", 0, 0)


def names(case):
    """Members that may not be there, or not there."""
    def renamed(name, path, *codes):
        @case("name: " + name, "name", *codes)
        def _(p):
            p.insert("meta/tls/" + "a" * 64 + ".der", b"", "meta/journal.jsonl")
            p.edit_tar["meta/tls/" + "a" * 64 + ".der"] = {
                "path": path.replace("TOP", p.top)}
            p.make_manifest()

    for name, path in (("a member of no kind", "TOP/meta/extra.txt"),
                       ("another top folder", "other/meta/x.json"),
                       ("a capital twin", "TOP/META/case.json"),
                       ("a member twice", "TOP/meta/tool.json"),
                       ("a Windows device", "TOP/meta/con"),
                       ("a per cent sign", "TOP/meta/a%41"),
                       ("fetch.txt", "TOP/fetch.txt")):
        renamed(name, path, "tagmanifest")


def frames(case):
    """Frames and seek tables that are not of the format."""
    def edited(name, edit, *codes):
        @case("zstd: " + name, *(codes or ("structure",)))
        def _(p):
            p.edit_frames = edit

    def each(options):
        return lambda fs: [(c, frame(c, *options)) for c, _ in fs]

    edited("frames without a checksum", each(["--no-check"]), *NOTHING)
    edited("frames without a content size",
           lambda fs: [(c, frame(c, "--no-content-size")) for c, _ in fs], *NOTHING)
    edited("a skippable frame in front",
           lambda fs: [(b"", b"\x50\x2a\x4d\x18\4\0\0\0abcd")] + fs, *NOTHING)
    edited("a skippable frame behind the end",
           lambda fs: fs + [(b"", b"\x5e\x2a\x4d\x18\4\0\0\0abcd")])
    edited("an empty frame behind the end", lambda fs: fs + [(b"", frame(b""))])
    edited("a frame cut in two",
           lambda fs: [(c[:512], frame(c[:512])) if i == 0 else (c, f)
                       for i, (c, f) in enumerate(fs)][:1] +
           [(fs[0][0][512:], frame(fs[0][0][512:]))] + fs[1:],
           "structure", "unread")
    edited("the seal in a frame with others",
           lambda fs: fs[:-3] + [(fs[-3][0] + fs[-2][0],
                                  frame(fs[-3][0] + fs[-2][0]))] + fs[-1:], *NOTHING)

    def table(name, make, *codes):
        @case("zstd: " + name, *(codes or ("structure",)))
        def _(p):
            def edit(fs):
                p.behind = make([(len(f), len(c)) for c, f in fs])
                return fs
            p.keep.add("table")
            p.edit_frames = edit

    table("no seek table", lambda s: b"")
    table("a seek table that moves a border",
          lambda s: seek_table([(s[0][0] - 1, s[0][1]), (s[1][0] + 1, s[1][1])]
                               + s[2:]))
    table("a seek table with other contents",
          lambda s: seek_table([(s[0][0], s[0][1] + 512)] + s[1:]))
    table("a seek table with a frame left out", lambda s: seek_table(s[1:]))
    table("two seek tables", lambda s: seek_table(s) + seek_table(s))
    table("a byte behind the seek table", lambda s: seek_table(s) + b"x")
    table("a second archive behind the seek table",
          lambda s: seek_table(s) + frame(bytes(1024)))
    table("a seek table with checksums",
          lambda s: seek_table(s)[:-5] + b"\x80" + seek_table(s)[-4:])
    table("a seek table of another skippable kind",
          lambda s: b"\x50" + seek_table(s)[1:])
    table("a count of frames that runs away", lambda s: seek_table(s)[:-9] +
          struct.pack("<IBI", 0xFFFFFFFF, 0, 0x8F92EAB1))
