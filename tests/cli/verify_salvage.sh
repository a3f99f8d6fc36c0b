#!/bin/sh
# Goal of this test: damage costs what it hit and no more.  After 256 KiB of
# noise anywhere in a package of 2,000 members, --salvage writes every member
# whose frame was not hit, each with its digest, and no other; and where lists
# or seal are hit, it says what can no longer be proved and why.
. tests/lib.sh

VERIFY=$B/azcustody-verify
mkdir "$T/in" "$T/out"
/usr/bin/python3 - "$T/in" <<'PYTHON'
import random, sys
r = random.Random(7)
for i in range(2000):
    with open(f"{sys.argv[1]}/{i:04}.json", "wb") as f:
        f.write(r.randbytes(r.randrange(200, 9000)))
PYTHON
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    >/dev/null || exit 1
P=$(echo "$T"/out/*.tar.zst)

# What must come back, by the seek table and tar alone: expected START LENGTH
# writes the damaged package and the digests of the members that were not hit.
cat >"$T/damage.py" <<'PYTHON'
import hashlib, io, os, random, struct, subprocess, sys, tarfile
path, out, want, start, length = sys.argv[1:4] + [int(sys.argv[4]),
                                                 int(sys.argv[5])]
data = bytearray(open(path, "rb").read())
n = struct.unpack("<I", data[-9:-5])[0]
rows = [struct.unpack("<II", data[-9 - 8 * n + 8 * i:][:8]) for i in range(n)]
stream = subprocess.run(["zstd", "-dcq"], input=bytes(data), check=True,
                        stdout=subprocess.PIPE).stdout
if start < 0:
    start = len(data) // 2
hit, at, where = [], 0, 0
for packed, whole in rows:
    if at < start + length and at + packed > start:
        hit.append((where, where + whole))
    at, where = at + packed, where + whole
data[start:start + length] = random.Random(1).randbytes(length)
open(out, "wb").write(data)
with open(want, "w") as f, tarfile.open(fileobj=io.BytesIO(stream)) as tar:
    for m in tar:
        end = m.offset_data + m.size
        if "/data/" in m.name and not any(
                m.offset < b and end > a for a, b in hit):
            digest = hashlib.sha256(tar.extractfile(m).read()).hexdigest()
            f.write(f"{digest}  {m.name}\n")
PYTHON

# salvaged START LENGTH LEAST: and at least so many members must come back.
salvaged()
{
	/usr/bin/python3 "$T/damage.py" "$P" "$T/hole.tar.zst" "$T/want" \
	    "$1" "$2" || return 1
	rm -rf "$T/s"
	mkdir "$T/s"
	"$VERIFY" --trust "$T/k.pub" --salvage "$T/s" "$T/hole.tar.zst" \
	    >"$T/said" 2>&1
	[ $? -eq 1 ] || return 1
	_n=$(wc -l <"$T/want")
	_have=$(find "$T/s" -type f | wc -l)
	echo "$_n members were not hit, $_have came back"
	[ "$_n" -ge "$3" ] && [ "$_n" -eq "$_have" ] || return 1
	(cd "$T/s" && sha256sum --quiet -c "$T/want") || return 1
	grep -q "; $_n payload members proved intact" "$T/said"
}
ok "256 KiB of noise in the middle of 2,000 members" salvaged -1 262144 1800
sed 's/^/# /' "$T/.out"
ok "256 KiB of noise at the front, where bag and case stand" \
    salvaged 0 262144 1800
ok "one byte of noise in the middle" salvaged -1 1 1900
ok "16 KiB in the third quarter" salvaged 7000000 16384 1900

# Where the proof itself is hit nothing is called proved.
unproved()
{
	/usr/bin/python3 - "$P" "$T/hole.tar.zst" "$1" <<'PYTHON'
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
n = struct.unpack("<I", data[-9:-5])[0]
rows = [struct.unpack("<II", data[-9 - 8 * n + 8 * i:][:8]) for i in range(n)]
ends, at = [], 0
for packed, _ in rows:
    ends.append((at, at + packed))
    at += packed
a, b = ends[{"seal": -2, "lists": -3}[sys.argv[3]]] \
    if sys.argv[3] != "table" else (at, len(data))
for i in range(a + (b - a) // 3, b - (b - a) // 3):
    data[i] ^= 0xff
open(sys.argv[2], "wb").write(data)
PYTHON
	rm -rf "$T/s"
	mkdir "$T/s"
	"$VERIFY" --trust "$T/k.pub" --salvage "$T/s" "$T/hole.tar.zst" \
	    >"$T/said" 2>&1
	[ $? -eq 1 ]
}
ok "noise in the seek table alone" unproved table
ok "every member is proved all the same" grep -q \
    "; 2000 payload members proved intact" "$T/said"
ok "noise in the seal" unproved seal
ok "nothing is proved, nothing written, and that is said" sh -c '
    grep -q "; 0 payload members proved intact" "$1/said" &&
    [ -z "$(ls -A "$1/s")" ] && grep -q "FAIL .no-seal" "$1/said"' - "$T"
ok "noise in the manifests" unproved lists
ok "the report says why" grep -q "FAIL \[" "$T/said"
sed -n 's/^  FAIL/# &/p' "$T/said" | head -n 5
