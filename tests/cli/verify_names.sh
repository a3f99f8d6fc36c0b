#!/bin/sh
# Goal of this test: with --names true each payload file is unpacked under the
# name the service gave it where no system takes that for another file, and under
# its stored name otherwise, which is said with the reason; nothing leads out of
# the folder; and nothing is begun where there is no room.
. tests/lib.sh

if ! command -v minisign >/dev/null || ! command -v zstd >/dev/null; then
	skip "true names" "no minisign or no zstd program"
	exit 0
fi
VERIFY=$B/azcustody-verify
mkdir "$T/in" "$T/out" "$T/new" "$T/x" "$T/y"
for i in $(seq 1 38); do
	echo "content $i" >"$T/in/t$i"
done
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    --no-custody >/dev/null || exit 1
P=$(/usr/bin/python3 tests/cli/names.py "$T"/out/*.tar.zst "$T/k.key" "$T/new") ||
    exit 1
NAME=$(basename "$P" .tar.zst)
exits 0 "stored names, as ever" "$VERIFY" --trust "$T/k.pub" --extract "$T/y" \
    --names stored "$P"
ok "are those of the manifest" sh -c \
    'cd "$1" && sha256sum --quiet -c manifest-sha256.txt' - "$T/y/$NAME"
ok "true names" sh -c '"$1" --json --trust "$2" --extract "$3" --names true "$4" \
    >"$5"' - "$VERIFY" "$T/k.pub" "$T/x" "$P" "$T/said"
ok "each file has its true name where that is safe, and is said where not" \
    /usr/bin/python3 - "$T/x/$NAME" "$T/new/names.json" "$T/said" <<'PYTHON'
import hashlib, json, os, sys
top, names, said = sys.argv[1:]
truth = json.load(open(names))
notes = {r["member"]: r["text"] for r in map(json.loads, open(said))
         if r.get("code") == "stored-name"}
have = {}
for folder, _, files in os.walk(top):
    for name in files:
        path = os.path.join(folder, name)
        have[os.path.relpath(path, top)] = hashlib.sha256(
            open(path, "rb").read()).hexdigest()
wanted = {}
for stored, (name, is_safe, digest) in truth.items():
    path = os.path.join(os.path.dirname(stored), name) if is_safe else stored
    wanted[path] = digest
    assert (stored in notes) != is_safe, (stored, name, is_safe, notes.get(stored))
    assert is_safe or notes[stored], stored
assert {p: d for p, d in have.items() if p.startswith("data/")} == wanted
safe = sum(v[1] for v in truth.values())
assert notes[""] == (f"unpacked: {safe} members under true names, "
                     f"{len(truth) - safe} under stored ones"), notes[""]
print(safe, len(truth) - safe)
PYTHON
ok "nothing else was made" sh -c '[ "$(ls -A "$1")" = "$2" ] &&
    [ ! -e "$1/../up" ] && [ ! -e "$1/up" ]' - "$T/x" "$NAME"
exits 64 "names are of two sorts" "$VERIFY" --extract "$T/x" --names all "$P"
exits 64 "and for extracting only" "$VERIFY" --names true "$P"
if [ "$(id -u)" -eq 0 ] && mkdir "$T/small" &&
    mount -t tmpfs -o size=64k none "$T/small" 2>/dev/null; then
	exits 74 "where there is no room nothing is begun" \
	    "$VERIFY" --trust "$T/k.pub" --extract "$T/small" "$P"
	cp "$T/.err" "$T/why"
	ok "and it says so" grep -q "bytes are to be unpacked, and" "$T/why"
	ok "not even a folder" sh -c '[ -z "$(ls -A "$1")" ]' - "$T/small"
	umount "$T/small"
else
	skip "where there is no room nothing is begun" "no file system may be mounted"
fi
