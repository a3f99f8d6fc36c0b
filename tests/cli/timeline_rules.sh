#!/bin/sh
# Goal of this test: in a case written by hand each rule names the rows it must and
# none that it must not, and states what it must; the chain is the intrusion, record
# by record, though it went another way than any that tests/scenario knows; a database
# gives the same bytes; and a lost secret is found by its hash without leaving a trace.
. tests/lib.sh
. tests/timeline_lib.sh
. tests/postgres_lib.sh

mkdir "$T/c"
ok "the case is written" /usr/bin/python3 tests/cli/rules_case.py "$T/c"
ok "and sealed" seal p "$T/c/logs"
for line in 3 5; do
	canary "$(sed -n "${line}p" "$T/c/known.secret" | sed 's/.*sig=//')"
done
exits 0 "its timeline is built" \
    build p "$T/o" --known-secret-file "$T/c/known.secret"
ok "every rule names and says what the table asks" \
    /usr/bin/python3 tests/cli/rules_table.py "$T/o" "$T/c/truth.json"
ok "the secrets count among the options, by their hashes" grep -q \
    '"--known-secret-file".*"line 3: SAS [0-9A-F]\{64\}"' "$T/o/derived.json"

places()
{
	/usr/bin/python3 tests/cli/rules_table.py places "$T/o" >"$T/places"
}
ok "every row of a finding is a row of the timeline, with its place" places
shown()
{
	while read -r event sha256; do
		"$TIMELINE" show "$event" --package "$(package p)" \
		    --trust "$T/signer.pub" >"$T/record" || return 1
		[ "$(sha256sum <"$T/record" | cut -c 1-64)" = "$sha256" ] ||
		    return 1
	done <"$T/places"
}
ok "and show gives its bytes, for one of each rule and link" shown
ok "as azcustody-verify finds all of them" "$B/azcustody-verify" timeline \
    "$T/o" --package "$(package p)" --trust "$T/signer.pub"

exits 0 "no secret, no finding" build p "$T/none"
ok "of that rule" sh -c \
    "! grep -q '\"rule\":\"known-secret\"' '$T/none/data/findings.json'"
mine()
{
	mkdir -p "$T/rules" && cat >"$T/rules/99-mine.sql" <<'END'
-- id: mine
-- title: Requests by curl
-- question: Which?
-- rests-on: the agent string
-- alternative: anyone can send it
-- contradiction: none

SELECT 1 AS finding, 'use' AS link, e.id AS event FROM event AS e
WHERE e.user_agent = 'curl/8.4.0' ORDER BY e.time, e.id;
END
}
ok "an analyst writes a rule" mine
exits 0 "which is run" build p "$T/own" --rules "$T/rules"
ok "and names its rows" /usr/bin/python3 -c '
import json, sys
found = [f for f in json.load(open(sys.argv[1]))["findings"] if f["rule"] == "mine"]
sys.exit(len(found) != 1 or len(found[0]["links"][0]["rows"]) != 81)
' "$T/own/data/findings.json"
explained()
{
	"$TIMELINE" rules >"$T/said" && for rule in timeline/rules/*.sql; do
		grep -q "^$(sed -n 's/^-- id: //p' "$rule"): " "$T/said" || return 1
	done
}
ok "the verb rules explains every file" explained

# What is no secret is refused, and not repeated.
for bad in 'CANARYcanary==' 'sv=1&sig=%zz' 'AccountKey=%%'; do
	(umask 077; printf '%s\n' "$bad" >"$T/bad.secret")
	exits 64 "no secret: refused" \
	    build p "$T/no" --known-secret-file "$T/bad.secret"
	cp "$T/.err" "$T/refused"
	ok "by the number of its line alone" sh -c \
	    "grep -q 'line 1' '$T/refused' && ! grep -qF '$bad' '$T/refused'"
done
printf 'sig=abc\n' >"$T/bad.secret" && chmod 644 "$T/bad.secret"
exits 77 "nor a file that others can read" \
    build p "$T/no" --known-secret-file "$T/bad.secret"

if ! postgres_start; then
	skip "the same in a database" "there is no PostgreSQL server"
	exit 0
fi
exits 0 "the same in a database" build p "$T/base" --engine "$POSTGRES" \
    --known-secret-file "$T/c/known.secret"
ok "gives the same findings, byte for byte" \
    cmp "$T/o/data/findings.json" "$T/base/data/findings.json"
