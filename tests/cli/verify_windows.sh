#!/bin/sh
# Goal of this test: the verifier for Windows, run by wine, says and does just
# what the Linux one does, in each run of the other tests of the verifier: exit
# code, reports, JSON, and the files it writes, byte for byte.
. tests/lib.sh

WINE=/usr/lib/wine/wine64
EXE=$BUILT/azcustody-verify.exe

# It takes most of an hour, so only when that is asked for.
if [ -z "${LONG:-}" ]; then
	skip "the verifier for Windows" "LONG=1 does it"
	exit 0
fi
if ! B=$BUILT tests/install.sh build windows wine >"$T/said" 2>&1; then
	skip "the verifier for Windows" "its compiler or wine cannot be installed"
	exit 0
fi
if ! make -s B="$BUILT" "$BUILT/win/libraries" >"$T/said" 2>&1; then
	skip "the verifier for Windows" \
	    "its libraries cannot be built: $(tail -n 1 "$T/said")"
	exit 0
fi
ok "it is built" make -s B="$BUILT" "$EXE" "$EXE.spdx.json" \
    "$BUILT/win/tests/unit/test_io.exe"

# ---- What it is made of ------------------------------------------------------

x86_64-w64-mingw32-objdump -p "$EXE" >"$T/headers"
sed -n 's/.*DLL Name: //p' "$T/headers" | tr '[:lower:]' '[:upper:]' \
    >"$T/libraries"
ok "it needs what every Windows has, and nothing that talks over a network" \
    sh -c '[ -s "$1" ] &&
    ! grep -vxE "(ADVAPI32|BCRYPT|KERNEL32|MSVCRT|NTDLL|USER32)[.]DLL" "$1"' \
    - "$T/libraries"
ok "it starts no program" sh -c \
    '! grep -E "CreateProcess|ShellExecute|WinExec|_spawn|_exec|system$" "$1"' \
    - "$T/headers"
ok "its addresses are random, and its data does not run" sh -c \
    'grep -q HIGH_ENTROPY_VA "$1" && grep -q DYNAMIC_BASE "$1" &&
    grep -q NX_COMPAT "$1"' - "$T/headers"
# Modules of ours in it, by the linker's word, beside those of the other one.
sed -n "s,^[^ ]*win/libevidence\.a(\([a-z0-9_]*\)\.o).*,\1,p" "$EXE.map" |
    sort -u | grep -v _windows >"$T/modules"
sed 's,.*/,,; s,\.o$,,' "$BUILT/azcustody-verify.objects" | sort -u >"$T/other"
ok "it has no module of ours that the other one has not" sh -c \
    '[ "$(wc -l <"$1")" -gt 50 ] && ! comm -23 "$1" "$2" | grep .' \
    - "$T/modules" "$T/other"
ok "the list of its parts names what it was built from" /usr/bin/python3 - \
    "$EXE" "$BUILT/win" <<'PYTHON'
import hashlib, json, pathlib, sys
bom = json.load(open(sys.argv[1] + ".spdx.json"))
parts = {p["name"]: p for p in bom["packages"]}
digest = hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest()
assert parts["azcustody-verify"]["checksums"][0]["checksumValue"] == digest
built = list(pathlib.Path(sys.argv[2]).glob("*.version"))
assert len(built) == 6, built
for version in built:
    assert parts[version.stem]["versionInfo"] == version.read_text().strip()
assert "mingw-w64-x86-64-dev" in parts
PYTHON

# ---- The same on both --------------------------------------------------------

export WINEPREFIX="$T/wine" WINEDEBUG=-all WINEDLLOVERRIDES=mscoree,mshtml=
unset DISPLAY
export AZCUSTODY_TWIN="$T/twin"
mkdir -p "$T/twin/b/tests" "$T/tmp"
ln -s "$PWD/$BUILT/azcustody-verify" "$T/twin/verify"
printf '#!/bin/sh\nexport LC_ALL=C.UTF-8\nexec %s %s "$@"\n' "$WINE" \
    "$PWD/$EXE" >"$T/twin/twin"
chmod +x "$T/twin/twin"
for path in "$BUILT"/* "$BUILT"/tests/*; do
	case ${path#"$BUILT"/} in
	judged | tests | azcustody-verify) ;;
	*) ln -s "$PWD/$path" "$T/twin/b/${path#"$BUILT"/}" ;;
	esac
done
ln -s "$PWD/tests/tools/twin.py" "$T/twin/b/azcustody-verify"
ok "wine starts" timeout 300 "$WINE" "$EXE" --version
# One server for all runs, when that of the first has gone; each would take
# seconds to start its own.  It is told to end below.
timeout 60 /usr/lib/wine/wineserver64 -w
/usr/lib/wine/wineserver64 -p3600

ok "the test of io.h passes there" sh -c \
    'LC_ALL=C.UTF-8 TMPDIR="$1" "$2" "$3" >"$1/io" && grep -q "^ok" "$1/io" &&
    ! grep -v "^ok" "$1/io"' - "$T/tmp" "$WINE" \
    "$BUILT/win/tests/unit/test_io.exe"

# Paths as Windows writes them, of 400 characters, not all of them ASCII: the
# ledger and the checksum file beside the package are found by them.
D=$T/Zo$(printf '\303\253')
for i in 1 2 3 4 5 6; do
	D=$D/a-rather-long-name-of-a-folder-with-fifty-characters-$i
done
mkdir -p "$D" "$T/in" "$T/made" "$T/new"
seq 1 5000 >"$T/in/a.txt"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/made" --key "$T/k.key" \
    >/dev/null || exit 1
mv "$T/made"/* "$D"
NAME=$(basename "$D"/*.tar.zst .tar.zst)
P=Z:$(echo "$D/$NAME" | tr / '\\')
for front in "" '\\?\'; do
	ok "a long path of Windows${front:+ in its own words}" sh -c '"$1" --trust "$2" "$3" |
	    head -n 1 | grep -q "^VERIFIED.*custody PASS"' - "$T/twin/twin" \
	    "$T/k.pub" "$front$P.tar.zst"
done
exits 0 "it unpacks to one" "$T/twin/twin" --trust "$T/k.pub" --extract \
    "Z:$(echo "$T/new" | tr / '\\')" "$P.tar.zst"
mkdir "$T/tar"
tar --zstd -xf "$D/$NAME.tar.zst" -C "$T/tar"
ok "what tar unpacks" diff -r "$T/tar" "$T/new"

# A test of its own says whether it passes; here only what both did counts.
for name in verify_verdicts verify_forged verify_stamped verify_folder \
    verify_salvage verify_bag verify_names verify_timeline verify_revisit \
    verify_secrets disclosure ledger_entries signers revocation; do
	: >"$T/twin/log"
	# Some of them take it for a folder below the repository's.
	env -u LONG JUDGE=none \
	    B="$(realpath --relative-to=. "$T/twin/b")" sh "tests/cli/$name.sh" \
	    >"$T/said" 2>&1
	same=$(grep -c '^same' "$T/twin/log")
	left=$(grep -c '^left' "$T/twin/log")
	ok "$name: both are alike, $same times ($left were not compared)" sh -c \
	    '[ "$2" -gt 0 ] && ! grep "^other" "$1"' - "$T/twin/log" "$same"
	grep '^left' "$T/twin/log" | sort | uniq -c | sed 's/^/# /'
done
/usr/lib/wine/wineserver64 -k
/usr/lib/wine/wineserver64 -w
