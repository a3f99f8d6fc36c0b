#!/bin/sh
# Goal of this test: some objects of a package are disclosed and prove under its
# own seal, with ordinary tools as well; what is forged, even by the discloser,
# is found.
. tests/lib.sh

LEDGER=$B/azcustody-ledger
VERIFY=$B/azcustody-verify
mkdir -p "$T/in/src" "$T/in2/src" "$T/out" "$T/out2" "$T/keys"
for i in 1 2 3 4 5 6 7; do
	printf 'x%s\n' $i >"$T/in/src/a$i"
	printf 'y%s\n' $i >"$T/in2/src/a$i"
done
for k in k d; do
	"$LEDGER" keygen --no-password "$T/keys/$k" >/dev/null
done
P=$T/out/$("$B/tests/tools/pack" --folder "$T/in" --out "$T/out" \
    --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --key "$T/keys/k.key") || exit 1
Q=$T/out2/$("$B/tests/tools/pack" --folder "$T/in2" --out "$T/out2" \
    --random 01020304 --key "$T/keys/k.key") || exit 1
TRUST="--trust $T/keys/k.pub --trust $T/keys/d.pub"
printf '# what the order asks for\n2\n\n5\n2\n' >"$T/list"
printf 'data/0001-packacct-other/000000007-src-a7\n' >>"$T/list"

disclose()
{
	"$LEDGER" disclose --by-name "D. Closer" --sign "$T/keys/d.key" "$@"
}

exits 0 "chosen objects are disclosed" disclose --objects "$T/list" \
    --purpose "Order 18" --trust "$T/keys/k.pub" --out "$T/dis" "$P"
ok "and it is entered, with the digest of the statement" sh -c '
	grep -q "\"product\":{\"what\":\"disclosure.json\",\"sha256\":\"$(
	    sha256sum <"$1/dis/disclosure.json" | cut -c 1-64)\"}" \
	    "${2%.tar.zst}.custody/000002-disclosed.json"' sh "$T" "$P"
exits 0 "the ledger holds" "$VERIFY" ledger $TRUST "${P%.tar.zst}.custody"
exits 0 "the disclosure is verified" "$VERIFY" disclosure $TRUST "$T/dis"
cp "$T/.out" "$T/said"
ok "in words" grep -q \
    '3 of 7 objects disclosed, 9 of 21 bytes; proved under seal [0-9a-f]* of' \
    "$T/said"
exits 2 "without the discloser's key the choice is undecided" \
    "$VERIFY" disclosure --trust "$T/keys/k.pub" "$T/dis"
exits 1 "without the sealer's nothing is proved" \
    "$VERIFY" disclosure --trust "$T/keys/d.pub" "$T/dis"
exits 2 "without any it is undecided" "$VERIFY" disclosure "$T/dis"
ok "ordinary tools read it" sh -c '
	cd "$1/dis" && sha256sum -c --quiet manifest-sha256.txt \
	    tagmanifest-sha256.txt' sh "$T"
ok "a path is followed with hashlib alone" python3 - "$T/dis" <<'EOF'
import hashlib, json, pathlib, sys
d = pathlib.Path(sys.argv[1])
h = lambda b: hashlib.sha256(b).digest()
seal = json.loads((d / "original/seal.json").read_text())
rows = zip((d / "meta/objects.jsonl").read_bytes().splitlines(True),
           (d / "meta/paths.jsonl").read_text().splitlines())
for line, path in rows:
    r, fn, sn = h(b"\0" + line), json.loads(line)["seq"] - 1, \
        seal["payload"]["objects"] - 1
    for p in map(bytes.fromhex, json.loads(path)["path"]):
        assert sn > 0
        if fn & 1 or fn == sn:
            r = h(b"\1" + p + r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = h(b"\1" + r + p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0 and r.hex() == seal["merkle_root"]
EOF
exits 0 "all but some are disclosed" disclose --exclude "$T/list" \
    --out "$T/rest" "$P"
exits 0 "and verified" "$VERIFY" disclosure $TRUST "$T/rest"
cp "$T/.out" "$T/said"
ok "as the other four" grep -q ': 4 of 7 objects disclosed' "$T/said"
not_ok "of what is withheld nothing is there" \
    grep -rq '^x2$' "$T/rest"
: >"$T/none"
exits 0 "nothing at all may be disclosed" disclose --objects "$T/none" \
    --out "$T/nil" "$P"
exits 0 "and proves that" "$VERIFY" disclosure $TRUST "$T/nil"
exits 0 "so may everything" disclose --exclude "$T/none" \
    --out "$T/all" "$P"
exits 0 "and is verified" "$VERIFY" disclosure $TRUST "$T/all"
disclose --objects "$T/list" --out "$T/other" "$Q" >/dev/null

exits 64 "a folder that is there is not touched" disclose \
    --objects "$T/list" --out "$T/dis" "$P"
printf '8\n' >"$T/eight"
exits 65 "an object that is not there is refused" disclose \
    --objects "$T/eight" --out "$T/x" "$P"
printf '../../etc/passwd\n' >"$T/path"
exits 65 "what is no object is refused" disclose --objects "$T/path" \
    --out "$T/x" "$P"
exits 64 "a list is needed" disclose --out "$T/x" "$P"
exits 65 "secrets are left out by a whole list alone" disclose \
    --exclude-secrets "$T/none" --out "$T/x" "$P"
exits 64 "but one" disclose --objects "$T/list" --exclude-secrets "$T/list" \
    --out "$T/x" "$P"
cp "$P" "$T/broken.tar.zst"
cp -r "${P%.tar.zst}.custody" "$T/broken.custody"
printf 'x' | dd of="$T/broken.tar.zst" bs=1 seek=600 conv=notrunc status=none
exits 65 "what is damaged is not disclosed" disclose --objects "$T/list" \
    --out "$T/x" "$T/broken.tar.zst"
ok "and no folder is left" test ! -e "$T/x"

python3 tests/cli/disclosure_attacks.py "$T/dis" "$T/other" "$VERIFY" \
    "$B/tests/tools/signfile" "$T/keys" || FAILED=1
