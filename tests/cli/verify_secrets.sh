#!/bin/sh
# Goal of this test: account keys, signatures, and tokens in the payload are found
# wherever they lie, counted, listed by object, and never printed; a disclosure
# that leaves out what the list names holds none of them.
. tests/lib.sh

LEDGER=$B/azcustody-ledger
VERIFY=$B/azcustody-verify
# What holds secrets on purpose lies below data/, which the canary leaves out.
mkdir -p "$T/data/in/src" "$T/data/out" "$T/keys"
ok "objects with and without secrets are made" python3 - "$T/data" <<'EOF'
import base64, gzip, json, pathlib, random, sys
data = pathlib.Path(sys.argv[1])
src = data / "in" / "src"
rnd = random.Random(4)
made = []
def key(n):
    made.append(base64.b64encode(rnd.randbytes(n)).decode())
    return made[-1]
def pct(text):
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
line = json.dumps({"category": "StorageRead", "correlationId":
    "0a1b2c3d-0000-1111-2222-333344445555", "etag": "\"0x8DBFF00112233AA\"",
    "contentMd5": "1B2M2Y8AsgTpgAmY7PhCfg==", "uri":
    "https://a.blob.core.windows.net/c/b?sv=2021-08-06&sig=XXXXX&sp=r"}) + "\n"
assert not list(src.iterdir())
(src / "a1").write_text(line * 50 + line.replace("XXXXX", pct(key(32))) + line)
(src / "a2").write_text(line * 200)
(src / "a3").write_text(json.dumps({"keys": [
    {"keyName": "key1", "value": key(64), "permissions": "Full"},
    {"keyName": "key2", "value": key(64), "permissions": "Full"}]}) + "\n")
jwt = ".".join(base64.urlsafe_b64encode(p).decode().rstrip("=") for p in (
    b'{"typ":"JWT","alg":"RS256"}', b'{"aud":"https://storage.azure.com"}',
    rnd.randbytes(256)))
made.append(jwt)
(src / "a4").write_text(line + "Authorization: Bearer " + jwt + "\n" + line)
(src / "a5").write_text("\n".join(line[:90] for _ in range(9)) + "\n")
# Over the border of a frame of a large object, 8 MiB from its header.
big = (line * (9 * 2**20 // len(line) + 1)).encode()
text = ("AccountKey=" + key(64) + ";").encode()
at = 8 * 2**20 - 512 - 40
(src / "a6").write_bytes(big[:at] + text + big[at:])
# What cannot be looked into: a small one in UTF-16, and one that is compressed.
(src / "a7").write_bytes(gzip.compress(text))
(src / "a8").write_bytes(text.decode().encode("utf-16"))
(src / "a9").write_bytes(text.decode().encode("utf-16-le"))
(data / "made").write_text("\n".join(made) + "\n")
EOF
while read -r secret; do
	canary "$secret"
done <"$T/data/made"
for k in k d; do
	"$LEDGER" keygen --no-password "$T/keys/$k" >/dev/null
done
P=$T/data/out/$("$B/tests/tools/pack" --folder "$T/data/in" \
    --out "$T/data/out" --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    --key "$T/keys/k.key") || exit 1
TRUST="--trust $T/keys/k.pub --trust $T/keys/d.pub"

exits 0 "the package is verified, and secrets are looked for" "$VERIFY" $TRUST \
    --secrets "$T/list" "$P"
cp "$T/.out" "$T/said"
ok "which are counted by sort" grep -q '^  secrets  *5 in 4 lines of 4 objects: 3 account-key, 0 access-key, 1 signature, 1 token$' "$T/said"
ok "with those that could not be looked into" grep -q \
    '^  *3 objects, compressed or not in UTF-8, could not be looked into$' "$T/said"
ok "and listed by object, with places" python3 - "$T/list" "$T/data" <<'EOF'
import pathlib, re, sys
lines = pathlib.Path(sys.argv[1]).read_text().splitlines()
paths = [l for l in lines if not l.startswith("#")]
assert [p[-2:] for p in paths] == ["a1", "a3", "a4", "a6", "a7", "a8", "a9"], paths
src = pathlib.Path(sys.argv[2], "in", "src")
made = pathlib.Path(sys.argv[2], "made").read_text().split("\n")
encoded = made[0].replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
for said, path in zip(lines[0::2], paths):
    if path[-2:] in ("a7", "a8", "a9"):
        assert said == "# could not be looked into", said
        continue
    bytes = (src / path[-2:]).read_bytes()
    for at in map(int, said.split("; at ")[1].split()):
        assert any(bytes[at:].startswith(s.encode())
                   for s in made + [encoded] if s), (path, at)
assert re.match(r"# end: 7 of 9 objects of test-\S+, seal [0-9a-f]{64}, "
                r"integrity PASS$", lines[-1]), lines[-1]
EOF
exits 64 "a list is never replaced" "$VERIFY" $TRUST --secrets "$T/list" "$P"
exits 64 "it is of one package" "$VERIFY" --secrets "$T/l2" "$P" "$P"
in_json()
{
	"$VERIFY" $TRUST --json --secrets "$T/list.json" "$P" >"$T/said.json" &&
	    grep -q '"secrets":{"objects":4,"closed":3,"lines":4,"all":5,"account-key":3,"access-key":0,"signature":1,"token":1}' \
	        "$T/said.json"
}
ok "JSON says the same" in_json
ok "with the same list" cmp "$T/list" "$T/list.json"
exits 0 "without the option nothing is said of secrets" "$VERIFY" $TRUST "$P"
not_ok "nor looked for" grep -q '^  secrets' "$T/.out"
mkdir "$T/data/flat" && zstd -dcq "$P" | tar -xf - -C "$T/data/flat"
exits 0 "an unpacked folder is looked through" "$VERIFY" $TRUST \
    --secrets "$T/list.flat" "$T/data/flat/"*
ok "and has the same list" cmp "$T/list" "$T/list.flat"

# refused SENTENCE SED: a list that was changed so discloses nothing.
refused()
{
	sed "$2" "$T/list" >"$T/changed"
	exits 65 "$1" "$LEDGER" disclose --exclude-secrets "$T/changed" \
	    --by-name D --sign "$T/keys/d.key" --out "$T/none" "$P"
	ok "... and nothing is disclosed" test ! -e "$T/none"
}
refused "a list without its end is refused" '$d'
refused "one without a line in the middle, too" '2d'
refused "and one of another package" 's/^\(# end: .* of \)test-/\1other-/'
refused "and one that ends twice, in words of somebody else" '$a# end: so'
exits 0 "all but what is listed is disclosed" "$LEDGER" disclose \
    --exclude-secrets "$T/list" --by-name "D. Closer" --sign "$T/keys/d.key" \
    --trust "$T/keys/k.pub" --out "$T/dis" "$P"
exits 0 "the disclosure is verified" "$VERIFY" disclosure $TRUST "$T/dis"
ok "it has the two others" sh -c 'grep -c . "$1/manifest-sha256.txt" |
    grep -qx 2' sh "$T/dis"
not_ok "and no secret" grep -rqF -f "$T/data/made" "$T/dis"

cp "$P" "$T/data/bad.tar.zst" && chmod u+w "$T/data/bad.tar.zst"
printf 'x' | dd of="$T/data/bad.tar.zst" bs=1 seek=9000 conv=notrunc 2>/dev/null
exits 1 "of a damaged package the list says so" "$VERIFY" $TRUST \
    --secrets "$T/list.bad" "$T/data/bad.tar.zst"
ok "in its last line" sh -c 'tail -n 1 "$1" | grep -q "integrity FAIL"' \
    sh "$T/list.bad"
