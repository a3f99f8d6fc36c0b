#!/bin/sh
# Goal of this test: the verifier to hand over is one static file that judges as
# the other does, and the list of what is in it is right; LONG=1: two builds in
# two folders are the same bytes.
. tests/lib.sh

B=$BUILT # What is made here stands in the build folder itself.

if ! B=$B tests/install.sh build static >/dev/null 2>&1; then
	skip "the static verifier" "its libraries cannot be installed"
	exit 0
fi
# cJSON's source comes from where this machine gets its packages.
if ! timeout 120 make -s B="$B" "$B/static/libcjson.a" >/dev/null 2>&1; then
	skip "the static verifier" "the source of cJSON cannot be had"
	exit 0
fi
ok "it is built" make -s B="$B" "$B/azcustody-verify-static" \
    "$B/azcustody-verify-static.spdx.json"
STATIC=$B/azcustody-verify-static
mkdir "$T/in" "$T/out"
seq 1 5000 >"$T/in/a.txt"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    >/dev/null || exit 1
P=$(echo "$T"/out/*.tar.zst)
ok "it needs no library and no interpreter" sh -c \
    '! readelf -ld "$1" | grep -q "NEEDED\|INTERP"' - "$STATIC"
same()
{
	for _v in "$BUILT/azcustody-verify" "$STATIC"; do
		"$_v" "$@" 2>&1
		echo "exit $?"
	done >"$T/both"
	_n=$(($(wc -l <"$T/both") / 2))
	[ "$(head -n $_n "$T/both")" = "$(tail -n $_n "$T/both")" ]
}
ok "it judges a package as the other does" same --trust "$T/k.pub" "$P"
ok "and with JSON" same --json --trust "$T/k.pub" "$P"
cp "$P" "$T/bad.tar.zst"
printf '\377' | dd of="$T/bad.tar.zst" bs=1 seek=2000 conv=notrunc 2>/dev/null
ok "and an altered one" same --trust "$T/k.pub" "$T/bad.tar.zst"
mkdir -p "$T/root"
cp "$STATIC" "$T/root/verify"
cp "$P" "$T/root/p.tar.zst"
if [ "$(id -u)" -eq 0 ]; then
	exits 2 "in a root that has nothing else" \
	    chroot "$T/root" /verify /p.tar.zst
else
	skip "in a root that has nothing else" "only root may change it"
fi
ok "the list of its parts is right" /usr/bin/python3 - "$STATIC" <<'PYTHON'
import hashlib, json, subprocess, sys
bom = json.load(open(sys.argv[1] + ".spdx.json"))
parts = {p["name"]: p for p in bom["packages"]}
digest = hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest()
assert bom["spdxVersion"] == "SPDX-2.3" and bom["dataLicense"] == "CC0-1.0"
assert parts["azcustody-verify"]["checksums"][0]["checksumValue"] == digest
for name in ("libc6-dev", "libcjson-dev", "libzstd-dev", "libssl-dev", "libsodium-dev"):
    have = subprocess.run(["dpkg-query", "-W", "-f=${Version}", name],
                          capture_output=True, text=True, check=True).stdout
    assert parts[name]["versionInfo"] == have, name
ids = {p["SPDXID"] for p in bom["packages"]} | {bom["SPDXID"]}
assert len(ids) == len(bom["packages"]) + 1
for r in bom["relationships"]:
    assert r["spdxElementId"] in ids and r["relatedSpdxElement"] in ids
assert len(bom["relationships"]) == len(bom["packages"])
PYTHON
if [ -n "${LONG:-}" ]; then
	mkdir "$T/copy"
	git ls-files Makefile '*.mk' evidence verify |
	    tar -cf - -T - | tar -xf - -C "$T/copy"
	commit=$(git rev-parse --short=12 HEAD)
	ok "two builds in two folders are equal byte for byte" sh -c '
	    (cd "$1" && make -s -j2 B=build COMMIT="$2" \
		build/azcustody-verify-static) &&
	    make -s -j2 B="$3/again" COMMIT="$2" \
		"$3/again/azcustody-verify-static" &&
	    cmp "$1/build/azcustody-verify-static" \
		"$3/again/azcustody-verify-static"' - "$T/copy" "$commit" "$T"
else
	skip "two builds in two folders" "LONG=1 does it"
fi
