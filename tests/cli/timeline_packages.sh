#!/bin/sh
# Goal of this test: packages that overlap are one case: every record is kept,
# one that stands in several is marked and counted once, and the findings are
# those of a case that has each record once.
. tests/lib.sh
. tests/timeline_lib.sh
HELP="/usr/bin/python3 tests/timeline_packages.py"

ok "a small incident is generated and sealed" \
    incident whole 7 --days 4 --scale 0.03
ok "its files are dealt to two packages that overlap" \
    $HELP split "$T/whole.files" "$T/a.files" "$T/b.files"
ok "the first is sealed" seal a "$T/a.files" 2026-11-01T01:00:00Z
ok "and the second" seal b "$T/b.files" 2026-11-02T02:00:00Z
exits 3 "a timeline of the whole is built" build whole "$T/one"
exits 3 "and one of both" "$TIMELINE" build "$(package b)" "$(package a)" \
    --out "$T/two" --trust "$T/signer.pub"
cp "$T/.out" "$T/words"
ok "which says how many records stand in several files" \
    grep -Eq '^records that stand in several files: [1-9]' "$T/words"
ok "rows and findings are those of the whole, and copies are marked" \
    $HELP check "$T/one" "$T/two"
ok "so is the coverage" $HELP coverage "$T/one" "$T/two"
ok "every row of both leads back to its bytes" "$B/azcustody-verify" timeline \
    "$T/two" --package "$(package a)" --package "$(package b)" \
    --trust "$T/signer.pub"
ok "the CSV agrees with the JSON Lines" $LIB csv "$T/two"
exits 3 "in any order" "$TIMELINE" build "$(package a)" "$(package b)" \
    --out "$T/again" --trust "$T/signer.pub"
ok "the same bytes come of it" \
    cmp "$T/two/tagmanifest-sha256.txt" "$T/again/tagmanifest-sha256.txt"
