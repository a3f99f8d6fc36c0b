#!/bin/sh
# Goal of this test: the custody ledger becomes a sheet that can be printed and
# signed: every field that was entered stands in it, what is wrong or open is
# seen, and nothing that people wrote can break out of its field or its page.
. tests/lib.sh

LEDGER=$B/azcustody-ledger
mkdir -p "$T/in/src" "$T/out" "$T/keys"
printf 'x\n' >"$T/in/src/a"
for k in k lab thief; do
	"$LEDGER" keygen --no-password "$T/keys/$k" >/dev/null
done
P=$T/out/$("$B/tests/tools/pack" --folder "$T/in" --out "$T/out" \
    --at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --key "$T/keys/k.key") || exit 1
D=${P%.tar.zst}.custody
TRUST="--trust $T/keys/k.pub --trust $T/keys/lab.pub"

# fields FILE: what a parser finds in it, as have.
fields()
{
	python3 - "$@" <<'EOT'
import json, subprocess, sys
have = json.loads(subprocess.run(
    [sys.executable, "tests/cli/ledger_form.py", sys.argv[1]],
    check=True, capture_output=True, text=True).stdout)
fields = dict(have["fields"])
entry = lambda i: dict(have["entries"][i][1])
half = lambda i: (have["halves"][i][0], dict(have["halves"][i][1]))
exec(sys.argv[2])
EOT
}

# ---- A hand-over, whole -------------------------------------------------------

"$LEDGER" release --by-name "R. Meyer" --by-title Inspector \
    --by-organisation Police --by-contact m@example.org --to-name "B. Lab" \
    --purpose analysis --authority "Order 17" --transport "by hand" \
    --medium-kind disk --medium-serial "S/N 12" --medium-seal "A 4711" \
    --sign "$T/keys/k.key" "$P" >/dev/null
exits 0 "a form is made of an open hand-over" "$LEDGER" form $TRUST \
    --out "$T/open.html" "$P"
ok "which shows that nobody has signed for it" fields "$T/open.html" '
assert half(0)[0] == "Released" and half(1)[0] == "Received"
assert half(1)[1]["missing"] == "NOBODY HAS SIGNED FOR IT"
assert have["codes"] == ["open"]'
"$LEDGER" receive --by-name "B. Lab" --condition "seal A 4711 intact" \
    --place "safe 3" --sign "$T/keys/lab.key" "$P" >/dev/null
exits 64 "a form never replaces one" "$LEDGER" form $TRUST \
    --out "$T/open.html" "$P"
exits 0 "a form goes to standard output" "$LEDGER" form $TRUST "$P"
cp "$T/.out" "$T/whole.html"
ok "with the item, its digests, and room for ink" fields "$T/whole.html" '
import hashlib, sys
sum = hashlib.sha256(open("'"$P"'", "rb").read()).hexdigest()
assert fields["archive-sha256"] == fields["computed-sha256"] == sum
assert fields["match"] == "identical" and fields["place"] == "safe 3"
assert fields["case"] == "test", fields
assert fields["examiner"] == "Test Examiner"
assert fields["mark"] == fields["in-charge"] == "" == fields["checked-by"]'
ok "every fact of a release" fields "$T/whole.html" '
e = entry(1)
assert e["by"] == "R. Meyer, Inspector, Police, m@example.org", e
assert (e["to"], e["purpose"], e["authority"], e["transport"], e["medium"],
        e["serial"], e["physical-seal"]) == ("B. Lab", "analysis", "Order 17",
        "by hand", "disk", "S/N 12", "A 4711"), e
assert e["signature"].startswith("PASS as giver: R. Meyer (ed25519, key "), e
assert e["computed"] == fields["archive-sha256"] and e["at"][-1] == "Z"
assert "elapsed" in e and "entry-sha256" in e'
ok "both halves with verdicts, and blanks for both signatures" \
    fields "$T/whole.html" '
given, got = half(0)[1], half(1)[1]
assert given["seq"] == "entry 000002" and got["seq"] == "entry 000003"
assert got["condition"] == "seal A 4711 intact"
for one in (given, got):
    assert one["signature"].startswith("PASS")
    assert one["ink-name"] == one["ink-signature"] == one["ink-date"] == ""
assert have["codes"] == []
assert have["facts"]["signatures"].startswith("Signatures: 3 by keys that")
assert "cannot be proved" in have["facts"]["end"]'
exits 0 "without trust nothing passes for judged" "$LEDGER" form "$P"
cp "$T/.out" "$T/blind.html"
ok "and the form says so" fields "$T/blind.html" '
assert entry(1)["signature"].startswith("UNDECIDED")
assert "nothing, so that no signature" in have["facts"]["trusted"]'
exits 0 "the ledger alone is enough" "$LEDGER" form $TRUST "$D"
cp "$T/.out" "$T/alone.html"
ok "and what the package would say is left blank" fields "$T/alone.html" '
assert fields["case"] == "" and "computed-sha256" not in fields
assert entry(0)["computed"] == fields["archive-sha256"]'

# ---- What is wrong --------------------------------------------------------------

# Sealed long ago: nobody says where it was until now.
mkdir "$T/bad" "$T/fork"
Q=$T/bad/$("$B/tests/tools/pack" --folder "$T/in" --out "$T/bad" \
    --key "$T/keys/k.key") || exit 1
E=${Q%.tar.zst}.custody
cp -r "$E" "$T/fork/one.custody"
"$LEDGER" store --place "safe 4" --by-name "B. Lab" --sign "$T/keys/lab.key" \
    "$Q" >/dev/null
"$LEDGER" note --by-name "T. Hief" --remarks x --sign "$T/keys/thief.key" \
    "$T/fork/one.custody" >/dev/null
cp "$T/fork/one.custody"/000002* "$E/"
chmod u+w "$Q"
printf 'x' >>"$Q"
exits 0 "a forked ledger of a damaged package still has its form" \
    "$LEDGER" form $TRUST --out "$T/bad.html" "$Q"
ok "which shows fork, stranger, and digest, and quotes nothing unproved" \
    fields "$T/bad.html" '
assert {"fork", "untrusted", "archive", "gap"} <= set(have["codes"]), have["codes"]
assert fields["match"] == "DIFFERENT" and fields["case"] == ""
names = [n for n, _ in have["entries"]]
assert names[-2:] == ["000002-noted", "000002-stored"], names
for n, f in have["entries"][-2:]:
    assert any(k == "found" and "FAIL [fork]" in v for k, v in f), f
assert have["facts"]["signatures"].split()[-2:] == ["0", "wrong."]'
exits 65 "an empty folder is no ledger" "$LEDGER" form "$(mkdir "$T/e.custody" &&
    echo "$T/e.custody")"
exits 64 "a form of nothing" "$LEDGER" form

# ---- Naughty strings ------------------------------------------------------------

ok "every field takes what is hostile" python3 - "$SHARED/suites/blns" "$P" \
    "$LEDGER" "$T" <<'EOF'
import json, pathlib, subprocess, sys
blns, package, ledger, t = sys.argv[1:]
found = sorted(pathlib.Path(blns).rglob("blns.json"))
texts = json.loads(found[0].read_text()) if found else []
texts = [s for s in texts if s and "\0" not in s][:400]
texts += ["</dd></div><script>alert(1)</script>", "\" onload=\"x", "x\u202ey",
          "</style><img src=x onerror=alert(1)>", "&lt;b&gt;", "W" * 4000,
          "\x1b[31mred", "line\nline", "\ufeff\u200b\u2066"]
people = {k: {"name": texts[i], "title": texts[i + 1],
              "organisation": texts[i + 2], "contact": texts[i + 3]}
          for i, k in ((-9, "by"), (-8, "from"))}
people["to"] = {"name": "B. Lab", "title": texts[-4], "contact": texts[-6]}
many = " ".join(texts)
facts = dict(people, purpose=many[:60000], authority=texts[-6], place=texts[-5],
             medium={"kind": texts[-9], "serial": texts[-8], "seal": texts[-4]},
             transport=texts[-7], condition=texts[-3], remarks=many[-60000:])
pathlib.Path(t, "hostile.json").write_text(json.dumps(facts))
subprocess.run([ledger, "release", "--facts", f"{t}/hostile.json", "--sign",
                f"{t}/keys/k.key", "--signer", texts[-9], package], check=True)
EOF
exits 0 "and the form is made" "$LEDGER" form $TRUST --out "$T/hostile.html" "$P"
ok "where each stays in its field" fields "$T/hostile.html" '
e = entry(3)
assert e["by"].startswith("</dd></div><script>alert(1)</script>, \" onload=\"x"), e
assert e["medium"] == "</dd></div><script>alert(1)</script>"
assert e["condition"] == "\\x{1b}[31mred" and "W" * 4000 in e["purpose"]
assert len(have["entries"]) == 4 and fields["case"] == "test"'

browser=
for b in chromium chromium-browser; do
	command -v $b >/dev/null && browser=$b
done
if [ -z "$browser" ]; then
	skip "the form in print" "chromium is not installed"
	exit 0
fi
# browse OPTIONS...: without a screen, whatever the machine's load.
browse()
{
	mkdir -p "$T/profile"
	HOME=$T/profile timeout 120 $browser --headless --no-sandbox \
	    --disable-gpu --user-data-dir="$T/profile" "$@"
}
prints()
{
	browse --enable-logging=stderr --no-pdf-header-footer \
	    --print-to-pdf="$T/$1.pdf" "file://$T/$1.html" >"$T/console" 2>&1 ||
	    return 1
	! grep -E 'CONSOLE|Refused|Uncaught' "$T/console"
}
ok "a browser prints it without a word on its console" prints whole
ok "on four sheets" sh -c 'n=$(python3 tests/cli/ledger_form.py pages "$1") &&
	echo "$n" && test "$n" = 4' sh "$T/whole.pdf"
# What stands out of the sheet is counted by a script of this test's.
measure()
{
	sed "s|content=\"default-src[^\"]*\"|content=\"\"|
	    s|</body>|<script>var all=[...document.body.querySelectorAll('*')];\
document.title='measured '+all.filter(e=>e.getBoundingClientRect().right>\
innerWidth+1).length+' of '+all.length;</script></body>|" \
	    "$T/hostile.html" >"$T/measured.html"
	browse --window-size=700,990 --dump-dom "file://$T/measured.html" \
	    2>/dev/null | grep -o '<title>measured [0-9]* of [0-9]*' >"$T/measure"
	cat "$T/measure"
	grep -q 'measured 0 of [1-9][0-9][0-9]' "$T/measure"
}
ok "nothing hostile is wider than the sheet" measure
