#!/bin/sh
# Goal of this test: a timeline whose events lie in a PostgreSQL database says
# the same, byte for byte, as one that lies in a file; the database holds all of
# it or nothing; and no password is taken where others can read it.
. tests/lib.sh
. tests/timeline_lib.sh
. tests/postgres_lib.sh

exits 64 "a password in the address is refused" \
    "$TIMELINE" build x.tar.zst --out "$T/no" \
    --engine postgresql://user:hunter2@127.0.0.1/db
ok "and is not repeated" sh -c "! grep -q hunter2 '$T/.err'"
exits 64 "an engine that is not there is refused" \
    "$TIMELINE" build x.tar.zst --out "$T/no" --engine mysql://host/db

if ! postgres_start; then
	skip "the events in a database" "there is no PostgreSQL server"
	exit 0
fi
# In the long run one of full size, in which there is a chain.
size="--days 4 --scale 0.1"
rule=credential-use
[ -z "${LONG:-}" ] || { size=; rule=chain; }
# shellcheck disable=SC2086
ok "an incident is generated and sealed" incident s 1 $size
exits 3 "its timeline is built in a file" build s "$T/file"
exits 3 "its timeline is built in a database" \
    build s "$T/base" --engine "$POSTGRES" --engine-schema case_11

same()
{
	for f in "$T"/file/*.* "$T"/file/data/*; do
		name=${f#"$T/file/"}
		case $name in
		data/case.db) [ ! -e "$T/base/$name" ] || return 1 ;;
		*manifest* | bag-info.txt) ;; # They count case.db, or do not.
		*) cmp "$f" "$T/base/$name" || return 1 ;;
		esac
	done
}
ok "every other output is the same, byte for byte" same
# More than an empty answer that agrees with an empty answer.
ok "and it has findings" \
    grep -q "\"rule\":\"$rule\"" "$T/base/data/findings.json"

counts()
{
	for t in event flow record quarantine place finding_row; do
		a=$(sqlite3 -readonly "$T/file/data/case.db" "SELECT COUNT(*) FROM $t")
		b=$(postgres_ask "SELECT COUNT(*) FROM case_11.$t")
		[ "$a" -gt 0 ] && [ "$a" = "$b" ] || { echo "$t: $a, $b"; return 1; }
	done
}
ok "the database holds as many rows of each table" counts
exits 65 "a schema that exists is not touched" \
    build s "$T/again" --engine "$POSTGRES" --engine-schema case_11
ok "and no folder is left" test ! -e "$T/again" -a ! -e "$T/again.partial"

# A package that is refused leaves nothing in the database.
mkdir "$T/bad" && cp "$(package s)" "$T/bad/" && chmod u+w "$T"/bad/*
printf 'x' | dd of="$(package bad)" bs=1 seek=5000 conv=notrunc 2>/dev/null
exits 1 "an altered package is refused" \
    build bad "$T/badout" --engine "$POSTGRES" --engine-schema case_bad
ok "and no schema is left of it" \
    test "$(postgres_ask "SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'case_bad'")" = 0
exits 69 "a server that does not answer is said to be one" \
    build s "$T/none" --engine postgresql://127.0.0.1:1/db
exits 3 "a schema of any name is quoted" \
    build s "$T/odd" --engine "$POSTGRES" --engine-schema 'x"; DROP SCHEMA case_11; --'
ok "and the others stay" \
    test "$(postgres_ask "SELECT COUNT(*) FROM case_11.place")" -gt 0
