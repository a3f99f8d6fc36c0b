#!/bin/sh
# Goal of this test: the printed form holds every field that a custody form is
# asked for, on a ledger in which everything happened: given, received, copied,
# disclosed, corrected, stamped, destroyed; and a blank where a person writes.
. tests/lib.sh
. tests/cli/tsa_lib.sh

LEDGER=$B/azcustody-ledger
mkdir -p "$T/in/src" "$T/out"
echo x >"$T/in/src/a"
for k in k lab; do
	"$LEDGER" keygen --no-password "$T/$k" >/dev/null
done
make_tsa "$T/a" || { echo "not ok - an authority"; exit 1; }
P=$T/out/$("$B/tests/tools/pack" --folder "$T/in" --out "$T/out" \
    --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --key "$T/k.key") || exit 1
D=${P%.tar.zst}.custody
echo 1 >"$T/list"
cp "$P" "$T/copy"
lab()
{
	"$LEDGER" "$@" --by-name "B. Lab" --sign "$T/lab.key" "$P"
}
fill()
{
	"$LEDGER" release --by-name "R. Meyer" --by-title Inspector \
	    --by-organisation Police --by-contact m@example.org \
	    --to-name "B. Lab" --purpose analysis --authority "Order 17" \
	    --place "station 4" --transport "courier 99-17" --medium-kind disk \
	    --medium-serial "S/N 12" --medium-seal "A 4711" --sign "$T/k.key" "$P" &&
	    lab receive --condition "seal A 4711 intact" --place "safe 3" &&
	    "$LEDGER" receipt --by-name "B. Lab" --sign "$T/lab.key" \
		--out "$T" "$D" && lab copy --product "$T/copy" &&
	    "$LEDGER" disclose --objects "$T/list" --to-name "C. Court" \
		--by-name "B. Lab" --sign "$T/lab.key" --out "$T/d" "$P" &&
	    lab store --place "safe 4" &&
	    lab correct --corrects 6 --remarks "it was safe 5" &&
	    "$LEDGER" stamp-query "$P" --out "$T/q" &&
	    (cd "$T/a" && openssl ts -reply -config tsa.cnf -section t \
		-queryfile "$T/q" -signer tsa.pem -inkey tsa.key \
		-out "$T/r" 2>/dev/null) &&
	    lab stamp-import --token "$T/r" --query "$T/q" &&
	    lab destroy --remarks "shredded"
}
ok "everything happens to a package" fill
ok "its form is made" "$LEDGER" form --trust "$T/k.pub" --trust "$T/lab.pub" \
    --tsa-ca "$T/a/root.pem" \
    --out "$T/form.html" "$P"
ok "every field of every entry is in it" python3 - "$T/form.html" "$P" "$D" <<'EOF'
import hashlib, json, pathlib, subprocess, sys
have = json.loads(subprocess.run(
    [sys.executable, "tests/cli/ledger_form.py", sys.argv[1]],
    check=True, capture_output=True, text=True).stdout)
item = dict(have["fields"])
entries = {n: dict(f) for n, f in have["entries"]}
names = [n for n, _ in have["entries"]]
assert [n[7:] for n in names] == [
    "sealed", "released", "received", "copied", "disclosed", "stored",
    "corrected", "timestamped", "destroyed"], names
digest = hashlib.sha256(pathlib.Path(sys.argv[2]).read_bytes()).hexdigest()
folder = pathlib.Path(sys.argv[3])
before = json.loads((folder / "000001-sealed.json").read_text())["seal_sha256"]
for n in names:
    e = entries[n]
    # Number, digest of the entry before, moment with zone, its clock, who, what
    # with, which object, the digest before and then, signatures.
    assert e["prev-sha256"] == before, n
    before = hashlib.sha256((folder / (n + ".json")).read_bytes()).hexdigest()
    assert e["entry-sha256"] == before, n
    assert e["at"].endswith("Z") and e["clock"] and e["by"], n
    assert e["signature"].startswith("PASS as "), (n, e["signature"])
    assert "azcustody" in e.get("tool", "azcustody") and e["object"], n
    if n[7:] != "sealed":
        assert e["tool"].startswith("azcustody-ledger "), n
    if "computed" in e and n[7:] != "sealed":
        assert e["before"] == e["computed"] == digest, n
        assert e["match-then"] == "identical", n
assert sum("computed" in e for e in entries.values()) >= 8
given, got = entries[names[1]], entries[names[2]]
assert given["by"] == "R. Meyer, Inspector, Police, m@example.org"
assert (given["from"], given["to"]) == (given["by"], "B. Lab")
assert (given["purpose"], given["authority"], given["where"],
        given["transport"], given["medium"], given["serial"],
        given["physical-seal"]) == ("analysis", "Order 17", "station 4",
                                    "courier 99-17", "disk", "S/N 12", "A 4711")
assert (got["condition"], got["where"], got["answers"]) == (
    "seal A 4711 intact", "safe 3", "entry 000002")
assert entries[names[3]]["object"] == "a verified copy: the same digest"
part = entries[names[4]]
assert part["product"] == "disclosure.json" and part["to"] == "C. Court"
assert part["object"].startswith("what was derived") and part["product-sha256"]
assert entries[names[5]]["corrected-by"] == "entry 000007"
assert entries[names[6]]["corrects"] == "entry 000006"
assert entries[names[6]]["remarks"] == "it was safe 5"
assert entries[names[7]]["time-stamp"].startswith("PASS 20")
assert entries[names[7]]["about"] == "entry 000007"
assert entries[names[8]]["computed"] == digest
# The item, and both halves with room for ink.
for field in ("package", "case", "exhibit", "seal-sha256", "archive-sha256",
              "computed-sha256", "match", "head-sha256", "place", "description"):
    assert item.get(field), field
for field in ("in-charge", "mark", "checked-by", "checked-date"):
    assert item[field] == "", field
assert [h for h, _ in have["halves"]] == ["Released", "Received"]
for _, half in have["halves"]:
    half = dict(half)
    assert half["ink-name"] == half["ink-signature"] == half["ink-date"] == ""
assert have["codes"] == [], have["codes"]
assert "cannot be proved" in have["facts"]["end"]
EOF
