"""The certificates and authorities of stamped.py, made with openssl in its folder."""
import os
import subprocess
import sys

T = sys.argv[5]


def run(*words, data=None):
    return subprocess.run(words, input=data, capture_output=True, check=True,
                          cwd=T).stdout


def put(name, text):
    with open(os.path.join(T, name), "wb" if isinstance(text, bytes) else "w") \
            as f:
        f.write(text)


def get(name):
    with open(os.path.join(T, name), "rb") as f:
        return f.read()


P256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]


def authority(name):
    run("openssl", "req", "-x509", *P256, "-nodes", "-keyout", name + ".key",
        "-out", name + ".pem", "-subj", f"/CN={name}", "-days", "3650",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign")


def certify(name, ca, extensions, key=(*P256,), days="365"):
    run("openssl", "req", *key, "-nodes", "-keyout", name + ".key", "-out",
        name + ".csr", "-subj", f"/CN={name}")
    put(name + ".ext", "subjectKeyIdentifier=hash\n"
        "authorityKeyIdentifier=keyid\n" + extensions)
    run("openssl", "x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem",
        "-CAkey", ca + ".key", "-CAcreateserial", "-extfile", name + ".ext",
        "-days", days, "-out", name + ".pem")


SIGNS = "keyUsage=critical,digitalSignature\n"
STAMPS = SIGNS + "extendedKeyUsage=critical,timeStamping\n"


def make_world():
    authority("root")
    authority("tsaroot")
    authority("othertsaroot")
    certify("notary", "root", SIGNS)
    certify("stranger", "tsaroot", SIGNS)
    certify("weak", "root", SIGNS, ("-newkey", "rsa:2048"))
    certify("strong", "root", SIGNS, ("-newkey", "rsa:3072"))
    certify("tsa", "tsaroot", STAMPS)
    certify("othertsa", "othertsaroot", STAMPS)
    certify("notatsa", "tsaroot", SIGNS + "extendedKeyUsage=timeStamping\n")
    put("tsa.cnf", "[tsa]\ndefault_tsa=t\n[t]\nserial=serial\n"
        "default_policy=1.2.3.4\ndigests=sha256,sha1\nsigner_digest=sha256\n"
        "accuracy=secs:1\nordering=yes\ness_cert_id_alg=sha256\n")
    put("serial", "01\n")
