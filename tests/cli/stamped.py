"""Packages with certificates and time stamps, made with openssl and minisign.

usage: stamped.py VERIFY PACKAGE KEY PUB FOLDER

Puts a CMS co-signer, tokens and certs.pem into a sound package, then takes away,
swaps, moves and weakens each of them, and says what the verifier must answer: its
verdicts on authenticity and time, and a code that must be among its findings.
"""
import calendar
import contextlib
import glob
import io
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path[:0] = ["tests/tools", "verify"]
from package_parts import Package, sha  # noqa: E402
from second_opinion.main import main as second  # noqa: E402
from stamped_world import get, make_world, put, run  # noqa: E402

VERIFY, PACKAGE, KEY, PUB, T = sys.argv[1:6]
FAILED = 0
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), "")
MAIN = "seal/examiner.minisig"
CMS = "seal/notary.p7s"


def cms(data, who="notary", *more):
    put("m", data)
    return run("openssl", "cms", "-sign", "-binary", "-in", "m", "-outform",
               "DER", "-signer", who + ".pem", "-inkey", who + ".key",
               "-md", "sha256", "-cades", "-nosmimecap", *more)


def stamp(data, who="tsa", digest="-sha256"):
    put("m", data)
    run("openssl", "ts", "-query", "-data", "m", digest, "-cert", "-out", "q")
    # openssl refuses to sign with notatsa; a real forger would not.
    return run("openssl", "ts", "-reply", "-config", "tsa.cnf", "-section",
               "t", "-queryfile", "q", "-signer", who + ".pem", "-inkey",
               who + ".key")


def digest_of(name):
    return sha(run("openssl", "x509", "-in", name + ".pem", "-outform", "DER"))


class Stamped(Package):
    """A package with two signers, each with one token."""

    def __init__(self):
        super().__init__(PACKAGE, KEY)
        self.who = "notary"
        self.tokens = [MAIN, CMS]
        self.cms = cms
        self.stamp = lambda path: stamp(self.get(path))
        self.carried = b""
        self.after = lambda p: None

    def sign(self):
        seal = json.loads(self.get("seal/seal.json"))
        seal["signers"].append({
            "role": "notary", "name": None, "kind": "cms",
            "key_sha256": digest_of(self.who), "file": CMS})
        seal["tokens"] = [{"authority": None, "over": path,
                           "file": path + ".1.tsr"} for path in self.tokens]
        if self.carried:
            seal["certificates"] = {"file": "seal/certs.pem",
                                    "sha256": sha(self.carried)}
        seal["sealed_at"] = time.strftime("%Y-%m-%dT%H:%M:%S.0000000Z",
                                          time.gmtime())
        self.set("seal/seal.json", json.dumps(
            seal, separators=(",", ":")).encode() + b"\n")
        self.set(MAIN, self.signature(self.get("seal/seal.json"),
                                      self.comment_of("examiner")))
        self.add(CMS, self.cms(self.get("seal/seal.json"), self.who))
        for path in self.tokens:
            self.add(path + ".1.tsr", self.stamp(path))
        if self.carried:
            self.add("seal/certs.pem", self.carried)
        self.after(self)

    def add(self, path, data):
        self.members.append([path, data])
        self.mtime.setdefault(path, self.mtime[MAIN])


TRUST = ["--trust", PUB, "--ca", "root.pem", "--tsa-ca", "tsaroot.pem"]


def say(good, sentence, why=""):
    global FAILED
    print(f"{'ok' if good else 'not ok'} - {sentence}")
    if not good:
        FAILED = 1
        print("#", why)


def judge(package, trust, clock=None, refused=False):
    path = os.path.join(T, "p.tar.zst")
    put("p.tar.zst", package)
    words = [VERIFY, path, "--json",
             *(os.path.join(T, w) if w.endswith((".pem", ".json", ".crl"))
               else w for w in trust)]
    environment = dict(os.environ)
    if clock:  # Our programs drop all variables but HOME.
        put(".faketimerc", clock + "\n")
        environment.update(HOME=T, LD_PRELOAD=FAKETIME)
    done = subprocess.run(words, capture_output=True, text=True, timeout=120,
                          env=environment)
    rows = [json.loads(x) for x in done.stdout.splitlines()]
    verdicts = {r["question"]: r["verdict"] for r in rows
                if r["type"] == "verdict"}
    found = {r["code"]: r["text"] for r in rows if r["type"] == "finding"}
    if not clock and not refused:
        compare(words[1:], verdicts)
    return done, verdicts, found


def compare(words, verdicts):
    """The second verifier, which shares no line with ours, judges alike."""
    global FAILED
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        second(words)
    rows = [json.loads(x) for x in out.getvalue().splitlines()]
    other = {r["question"]: r["verdict"] for r in rows
             if r["type"] == "verdict"}
    if other != verdicts:
        FAILED = 1
        print(f"not ok - both verifiers judge alike\n# {other} {verdicts}")
        print("#", [r for r in rows if r["type"] == "finding"])


def expect(sentence, p, authenticity, time, code="", text="", trust=TRUST,
           clock=None):
    global FAILED
    package = p if isinstance(p, bytes) else p.build()
    done, verdicts, found = judge(package, trust, clock)
    good = (verdicts.get("authenticity") == authenticity
            and verdicts.get("time") == time
            and (code == "" or text in found.get(code, "\0")))
    print(f"{'ok' if good else 'not ok'} - {sentence}")
    if not good:
        FAILED = 1
        print("#", verdicts, {k: v for k, v in found.items()
                              if k not in ("ledger-end", "no-ledger")})
        print("#", done.stderr)


def changed(**attributes):
    p = Stamped()
    for name, value in attributes.items():
        setattr(p, name, value)
    return p


def after(edit):
    return changed(after=edit)


def swap(p, a, b):
    one, two = p.get(a), p.get(b)
    p.set(a, two)
    p.set(b, one)


def with_cms(*more, **attributes):
    return changed(cms=lambda d, who: cms(d, who, *more), **attributes)


def started(over=None, told=1, late=False, who="tsa", ahead=""):
    """A package whose case.json was stamped before anything was taken."""
    p = Stamped()
    if ahead:
        os.environ.update(LD_PRELOAD=FAKETIME, FAKETIME=ahead)
    token = stamp(p.get("meta/case.json") if over is None else over, who)
    for name in ("LD_PRELOAD", "FAKETIME"):
        os.environ.pop(name, None)
    names = [path for path, _ in p.members]
    p.insert("meta/start.tsr", token, names[names.index("meta/tool.json") + 1])
    lines = p.lines("meta/journal.jsonl")
    line = dict(lines[0], event="stamped", facts={
        "over": "meta/case.json", "member": "meta/start.tsr",
        "authority": None, "sha256": sha(token)})
    at = len(lines) - 1 if late else 1
    p.set_lines("meta/journal.jsonl",
                lines[:at] + [dict(line) for _ in range(told)] + lines[at:])
    return p


def starts():
    expect("a start that was stamped says since when", started(), "PASS",
           "PASS", "begun", "was done after 20")
    expect("of an authority that is not trusted it says nothing",
           started(who="othertsa"), "PASS", "PASS", "stamp-other")
    expect("a start's token over something else", started(over=b"else"),
           "PASS", "FAIL", "token", "imprint")
    away = started()
    away.remove("meta/start.tsr")
    for sentence, p in (
            ("that the journal does not tell of", started(told=0)),
            ("that the journal tells of twice", started(told=2)),
            ("that is told of when all was taken", started(late=True)),
            ("that was taken away", away)):
        done, verdicts, found = judge(p.build(), TRUST)
        say(verdicts["integrity"] == "FAIL" and "journal-story" in found,
            "a start's token " + sentence, (verdicts, found, done.stderr))
    if FAKETIME:
        expect("a start that was stamped after the seal",
               started(ahead="+60s"), "PASS", "FAIL", "token", "after the seal")


def times(sound):
    expect("a sound package with two signers and two tokens passes", sound,
           "PASS", "PASS", "stamped", "CN = tsa under CN = tsaroot")
    expect("without roots of authorities its time is undecided", sound,
           "PASS", "UNDECIDED", "no-stamp-trust", trust=TRUST[:4])
    expect("authorities that are not trusted fail", sound, "PASS", "FAIL",
           "stamp-untrusted", trust=TRUST[:4] + ["--tsa-ca", "root.pem"])
    expect("a token for one of two signatures is not enough",
           changed(tokens=[MAIN]), "PASS", "UNDECIDED", "unstamped")
    expect("no token leaves time undecided", changed(tokens=[]), "PASS",
           "UNDECIDED", "no-token")
    for path in (MAIN, CMS):
        token = path + ".1.tsr"
        expect(f"{token} stripped", after(lambda p, t=token: p.remove(t)),
               "PASS", "FAIL", "token-missing")
        expect(f"{token} with a byte behind it",
               after(lambda p, t=token: p.set(t, p.get(t) + b"\0")),
               "PASS", "FAIL", "token", "encoding")
        expect(f"{token} with a flipped bit in its signature",
               after(lambda p, t=token: p.set(
                   t, p.get(t)[:-1] + bytes([p.get(t)[-1] ^ 1]))),
               "PASS", "FAIL", "token")
    expect("tokens swapped", after(
        lambda p: swap(p, MAIN + ".1.tsr", CMS + ".1.tsr")),
        "PASS", "FAIL", "token", "imprint")
    expect("a token over the seal and not over the signature", changed(
        stamp=lambda path: stamp(b"something else")), "PASS", "FAIL",
        "token", "imprint")
    expect("a token of another authority", changed(
        stamp=lambda path: stamp(b"", "othertsa")), "PASS", "FAIL", "token",
        "imprint")


def signatures(sound):
    expect("without a root the co-signer cannot be judged", sound,
           "UNDECIDED", "PASS", "signer", trust=["--trust", PUB, "--tsa-ca",
                                                 "tsaroot.pem"])
    expect("without anything nobody is trusted", sound, "UNDECIDED",
           "UNDECIDED", "no-trust", trust=[])
    expect("the co-signer alone is trusted by its root", sound, "UNDECIDED",
           "PASS", "signed-by", "CN = notary", trust=TRUST[2:])
    for path, code in ((MAIN, "signature-missing"), (CMS, "signature-missing")):
        expect(f"{path} stripped", after(lambda p, x=path: p.remove(x)),
               "FAIL", "UNDECIDED", code)
    expect("a certificate under another root", changed(who="stranger"),
           "UNDECIDED", "PASS", "signer")
    expect("another certificate than the declared one signs", changed(
        cms=lambda d, who: cms(d, "strong")), "FAIL", "PASS", "signature",
        "signature: another certificate")
    expect("RSA of 3072 bits", changed(who="strong"), "PASS", "PASS")
    expect("RSA of 2048 bits", changed(who="weak"), "FAIL", "PASS",
           "signature", "algorithm")
    expect("RSA-PSS", with_cms("-keyopt", "rsa_padding_mode:pss",
                               who="strong"), "FAIL", "PASS", "signature",
           "algorithm")
    expect("SHA-1", with_cms("-md", "sha1"), "FAIL", "PASS", "signature",
           "algorithm")
    expect("SHA-512 with P-256", with_cms("-md", "sha512"), "FAIL", "PASS",
           "signature", "algorithm")
    expect("no signed attributes", changed(
        cms=lambda d, who: plain(d, who, "-noattr")), "FAIL", "PASS",
        "signature", "attributes")
    expect("a certificate that is not named", changed(
        cms=lambda d, who: plain(d, who)), "FAIL", "PASS", "signature",
        "attributes")
    expect("attached content", with_cms("-nodetach"), "FAIL", "PASS",
           "signature", "content")
    expect("two SignerInfos", with_cms("-signer", "strong.pem", "-inkey",
                                       "strong.key"), "FAIL", "PASS",
           "signature", "signers")
    expect("BER of no stated length", with_cms("-stream", "-nodetach"),
           "FAIL", "PASS", "signature", "encoding")
    expect("no certificate inside", with_cms("-nocerts"), "FAIL", "PASS",
           "signature", "certificate-missing")
    expect("no certificate inside, but in certs.pem", with_cms(
        "-nocerts", carried=get("notary.pem")), "PASS", "PASS")
    expect("a byte behind the signature", changed(
        cms=lambda d, who: cms(d, who) + b"\0"), "FAIL", "PASS", "signature",
        "encoding")
    expect("a signature over other bytes", changed(
        cms=lambda d, who: cms(d + b" ", who)), "FAIL", "PASS", "signature",
        "signature: ")
    expect("a signature in text mode", changed(
        cms=lambda d, who: cms(d.replace(b"\n", b"\r\n"), who)), "FAIL",
        "PASS", "signature", "signature: ")
    expect("certs.pem stripped", changed(
        carried=get("notary.pem"),
        after=lambda p: p.remove("seal/certs.pem")), "FAIL", "PASS",
        "signature-missing")


def plain(data, who, *more):
    put("m", data)
    return run("openssl", "cms", "-sign", "-binary", "-in", "m", "-outform",
               "DER", "-signer", who + ".pem", "-inkey", who + ".key", "-md",
               "sha256", "-nosmimecap", *more)


def trust_files(sound):
    def trust(signers, *demands):
        document = {"format": "azcustody/trust/1", "signers": signers}
        if demands:
            document["demands"] = [{"roles": roles, "count": count}
                                   for roles, count in demands]
        put("trust.json", json.dumps(document, separators=(",", ":")) + "\n")
        return ["--trust-file", "trust.json", "--tsa-ca", "tsaroot.pem"]

    def notary(**change):
        return {"name": "A. Notary", "kind": "cms",
                "certificate_sha256": digest_of("notary"), "roles": ["notary"],
                "from": None, "to": None, **change}

    def examiner(**change):
        with open(PUB) as f:
            public = f.read().split("\n")[1]
        return {"name": "E. Xaminer", "kind": "ed25519", "public": public,
                "roles": ["examiner"], "from": None, "to": None, **change}

    def file(**change):
        return ["--trust", PUB, *trust([notary(**change)])]

    def later(text, more):
        """That moment, in the form of a document, so many seconds later."""
        at = time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
        return time.strftime("%Y-%m-%dT%H:%M:%S.0000000Z",
                             time.gmtime(calendar.timegm(at) + more))

    expect("a certificate that is pinned needs no root", sound, "PASS",
           "PASS", "signed-by", "A. Notary", trust=file())
    expect("pinned for another role", sound, "FAIL", "PASS", "signature",
           "in the role", trust=file(roles=["witness"]))
    expect("a key and a certificate by one trust file", sound, "PASS", "PASS",
           "signed-by", "by the trust file, as ",
           trust=trust([notary(), examiner()]))
    expect("the key for another role", sound, "FAIL", "PASS", "signature",
           "in the role examiner",
           trust=trust([notary(), examiner(roles=["collector", "clerk"])]))

    # At the limits, by the moment that a time stamp proves.
    package = changed(tokens=[CMS]).build()
    at = judge(package, file())[2]["stamped"].split(" at ")[1]
    for sentence, verdict, change in (
            ("until a second later", "PASS", {"to": later(at, 1)}),
            ("until that second", "FAIL", {"to": later(at, 0)}),
            ("from that second", "PASS", {"from": later(at, 0)}),
            ("from a second later", "FAIL", {"from": later(at, 1)}),
            ("revoked a second later", "PASS", {"revoked": later(at, 1)}),
            ("revoked in that second", "FAIL", {"revoked": later(at, 0)})):
        expect(f"stamped, pinned {sentence}", package, verdict, "UNDECIDED",
               "signed-by" if verdict == "PASS" else "signature",
               trust=file(**change))

    # The same by its own word, which is worth less once a key is revoked.
    p = changed(tokens=[])
    package = p.build()
    at = json.loads(p.get("seal/seal.json"))["sealed_at"]
    for sentence, verdict, code, change in (
            ("until a second later", "PASS", "", {"to": later(at, 1)}),
            ("until that second", "FAIL", "signature", {"to": later(at, 0)}),
            ("from that second", "PASS", "", {"from": later(at, 0)}),
            ("from a second later", "FAIL", "signature",
             {"from": later(at, 1)}),
            ("revoked later", "UNDECIDED", "expired",
             {"revoked": later(at, 1)}),
            ("revoked in that second", "FAIL", "signature",
             {"revoked": later(at, 0)})):
        for who in ("key", "certificate"):
            signers = [notary(**(change if who != "key" else {})),
                       examiner(**(change if who == "key" else {}))]
            expect(f"not stamped, a {who} {sentence}", package, verdict,
                   "UNDECIDED", code, trust=trust(signers))
    expect("revoked in one place is revoked in all", package, "UNDECIDED",
           "UNDECIDED", "expired", "is later",
           trust=["--trust", PUB, *trust([notary(), examiner(
               roles=["clerk"], revoked=later(at, 1))])])

    # How many, and in which roles.
    both = [notary(), examiner()]
    for sentence, verdict, code, signers, demands in (
            ("one of each", "PASS", "", both,
             [(["examiner"], 1), (["notary", "clerk"], 1)]),
            ("two of any", "PASS", "", both, [(None, 2)]),
            ("three of any", "FAIL", "demand", both, [(None, 3)]),
            ("a role that nobody has", "FAIL", "demand", both,
             [(["clerk"], 1)]),
            ("two in a role of one", "FAIL", "demand", both,
             [(["examiner"], 2)]),
            ("one who cannot be judged", "UNDECIDED", "demand-open",
             [examiner()], [(["notary"], 1)]),
            ("who cannot be judged, and more", "FAIL", "demand", [examiner()],
             [(None, 3)])):
        expect(f"demanded: {sentence}", sound, verdict, "PASS", code,
               trust=trust(signers, *demands))
    for change in ({"count": 0}, {"count": 17}, {"roles": []}, {"rules": 1},
                   {"roles": ["UPPER"]}):
        trust(both, (None, 1))
        document = json.loads(get("trust.json"))
        document["demands"][0].update(change)
        put("trust.json", json.dumps(document, separators=(",", ":")) + "\n")
        done = judge(sound, ["--trust-file", "trust.json"], refused=True)[0]
        good = done.returncode == 65
        say(good, f"a demand is refused: {change}", done.stderr)


def twenty_years(sound, bare):
    if not FAKETIME:
        print("skip - twenty years later: no libfaketime")
        return
    later = "@2046-06-01 00:00:00"
    expect("in 2046 the stamped package still verifies", sound, "PASS",
           "PASS", clock=later)
    expect("in 2046 an unstamped one is undecided, and says why", bare,
           "UNDECIDED", "UNDECIDED", "expired", "no trusted time stamp",
           clock=later)


def ordinary(p):
    """openssl itself accepts what we accept."""
    put("s", p.get("seal/seal.json"))
    put("p7s", p.get(CMS))
    run("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in",
        "p7s", "-content", "s", "-CAfile", "root.pem", "-purpose", "any",
        "-out", "/dev/null")
    put("tsr", p.get(CMS + ".1.tsr"))
    run("openssl", "ts", "-verify", "-data", "p7s", "-in", "tsr", "-CAfile",
        "tsaroot.pem")
    print("ok - openssl accepts signature and token")


make_world()
GOOD = Stamped()
SOUND = GOOD.build()
ordinary(GOOD)
times(SOUND)
starts()
signatures(SOUND)
trust_files(SOUND)
twenty_years(SOUND, changed(tokens=[]).build())
sys.exit(FAILED)
