"""Signatures and time stamps of other people's suites, through our verifier.

usage: proof_suites.py VERIFY SUITES FOLDER

Prints an "ok" or "not ok" line for each claim.  A message counts as refused only
if our verifier says so with a reason, and as an error if it ends in any other
way; each suite begins with something that must be accepted.
"""
import base64
import collections
import json
import pathlib
import re
import subprocess
import sys

VERIFY, SUITES, FOLDER = sys.argv[1], *map(pathlib.Path, sys.argv[2:4])
FAILED = 0

# PKITS: OpenSSL follows no list of a list's own issuer.
BEYOND_US = {
    "SignedValidcRLIssuerTest30.eml",
    # Its CA's basicConstraints are not critical, which RFC 5280 forbids.
    "SignedValidbasicConstraintsNotCriticalTest4.eml",
}
REASONS = {"chain", "revoked", "revocation", "expired", "not-yet-valid",
           "untrusted", "purpose", "algorithm", "signature"}


def say(good, sentence, *why):
    global FAILED
    print(f"{'ok' if good else 'not ok'} - {sentence}")
    if not good:
        FAILED = 1
        for line in why:
            print("#", line)


def judge(*words):
    """(exit code, reason, all facts) of one run of the verifier."""
    done = subprocess.run([VERIFY, *map(str, words), "--json"],
                          capture_output=True, text=True, timeout=60)
    if done.returncode not in (0, 1, 2):
        return done.returncode, "none", {"text": done.stderr}
    facts, summary = map(json.loads, done.stdout.splitlines())
    assert summary == {"type": "summary", "exit_code": done.returncode}
    return done.returncode, facts["reason"], facts


def expected(suite):
    for line in (SUITES / "EXPECTED.tsv").read_text().splitlines():
        cells = line.split("\t")
        if cells[0] == suite:
            yield cells[1], cells[2]


def split_mail(path):
    """Content and signature of a multipart/signed message."""
    mail = path.read_bytes().replace(b"\r\n", b"\n")
    boundary = re.search(rb'boundary="([^"]+)"', mail).group(1)
    parts = mail.split(b"\n--" + boundary)
    return (parts[1][1:].replace(b"\n", b"\r\n"),
            base64.b64decode(parts[2].split(b"\n\n", 1)[1]))


def pkits():
    root = SUITES / "pkits/certs/TrustAnchorRootCertificate.crt"
    counts, wrong, reasons = collections.Counter(), [], collections.Counter()
    for name, want in expected("pkits"):
        content, signature = split_mail(SUITES / "pkits" / name)
        (FOLDER / "content").write_bytes(content)
        (FOLDER / "p7s").write_bytes(signature)
        code, reason, facts = judge(
            "signature", "--data", FOLDER / "content", "--cms", FOLDER / "p7s",
            "--ca", root, "--require", "revocation")
        counts[want, code] += 1
        if want == "1":
            reasons[reason] += 1
        if code not in (0, 1) or (want == "1" and reason not in REASONS) or (
                want == "0" and (code == 1) != (
                    pathlib.Path(name).name in BEYOND_US)):
            wrong.append(f"{name}: {want}: {code} {reason} {facts['text']}")
    valid = counts["0", 0] + counts["0", 1]
    say(valid > 50 and counts["0", 0] >= 0.95 * valid,
        f"PKITS: {counts['0', 0]} of {valid} valid messages are accepted")
    say(counts["1", 1] > 70 and counts["1", 0] == 0,
        f"PKITS: none of {counts['1', 1]} invalid messages is accepted")
    say(not wrong, "PKITS: each by a reason of its own sort", *wrong,
        str(dict(reasons)))


def tokens():
    kit = SUITES / "rfc3161-client"
    (FOLDER / "hello").write_bytes(b"hello")
    rows = [
        ("test_tsa", "response.tsr", "good", "Test TSA"),
        ("test_tsa", "other_response.tsr", "untrusted", ""),
        ("test_tsa", "response-injected-certs.tsr", "good", "Test TSA"),
        ("sigstage", "response-sha256.tsr", "good", "sigstore-tsa"),
        ("sigstage", "response-sha384.tsr", "good", "sigstore-tsa"),
        ("sigstage", "response-sha512.tsr", "good", "sigstore-tsa"),
        ("sigstage", "response-no-embedded-cert.tsr", "good", ""),
        ("sigstage", "response-invalid-signature.tsr", "signature", ""),
        ("identrust", "issue-104.tsr", "good", "TrustID"),
    ]
    for folder, name, want, signer in rows:
        code, reason, facts = judge(
            "timestamp", "--data", FOLDER / "hello", "--token",
            kit / folder / name, "--tsa-ca", kit / folder / "ts_chain.pem")
        say(reason == want and (code == 0) == (want == "good")
            and signer in facts.get("stamped_by", "")
            and "Spoofed" not in facts.get("stamped_by", ""),
            f"rfc3161-client: {name} is {want}", str(facts))
    mock = kit / "sigstore.mock"
    words = ["timestamp", "--data", mock / "payload", "--token",
             mock / "response-expired.tsr", "--tsa-ca", mock / "ts_chain.pem"]
    say(judge(*words)[:2] == (0, "good"),
        "rfc3161-client: an expired authority is judged at its time stamp")
    say(judge(*words, "--at", "2040-01-01T00:00:00Z")[:2] == (1, "expired"),
        "rfc3161-client: and not at another moment, if that is asked")
    say(judge("timestamp", "--data", FOLDER / "content", "--token",
              kit / "test_tsa/response.tsr", "--tsa-ca",
              kit / "test_tsa/ts_chain.pem")[:2] == (1, "imprint"),
        "rfc3161-client: a time stamp of something else is refused")


def sectigo():
    kit = SUITES / "openssl-tsa"
    words = ["timestamp", "--query", kit / "all-zero.tsq", "--token",
             kit / "sectigo-all-zero.tsr"]
    say(judge(*words, "--tsa-ca", kit / "user-trust-ca.pem")[:2] ==
        (0, "good"), "openssl-tsa: a public authority's answer to a request")
    say(judge(*words, "--tsa-ca", kit / "comodo-aaa.pem", "--tsa-ca",
              kit / "user-trust-ca-aaa.pem")[:2] == (0, "good"),
        "openssl-tsa: by another chain")
    say(judge(*words)[:2] == (2, "untrusted"),
        "openssl-tsa: without a root it is undecided")


def broken_cms():
    kit = SUITES / "openssl-cms"
    root = SUITES / "pkits/certs/TrustAnchorRootCertificate.crt"
    (FOLDER / "empty").write_bytes(b"")
    for path in sorted(kit.iterdir()):
        if path.suffix not in (".cms", ".der", ".pem", ".eml"):
            continue
        code, reason, facts = judge(
            "signature", "--data", FOLDER / "empty", "--cms", path,
            "--ca", root)
        say(code == 1 and reason in ("encoding", "content", "signers",
                                     "attributes", "certificate-missing"),
            f"openssl-cms: {path.name} is refused ({reason})", str(facts))


pkits()
tokens()
sectigo()
broken_cms()
sys.exit(FAILED)
