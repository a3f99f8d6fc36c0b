#!/bin/sh
# Goal of this test: a package that was judged can be read again member by
# member and from any member, whatever its form; and if the file is altered in
# between, the member that was hit does not end as if nothing had happened.
. tests/lib.sh

"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
mkdir "$T/in" "$T/empty"
echo '{"a":1}' >"$T/in/a.json"
seq 1 200000 >"$T/in/b.txt"
head -c 9000000 /dev/urandom >"$T/in/c.bin"
: >"$T/in/d.none"
echo last >"$T/in/e.txt"

# the_file FOLDER: the package in it.
the_file()
{
	find "$1" -maxdepth 1 -name '*.tar' -o -maxdepth 1 -name '*.tar.zst'
}

# listed PACKAGE: both passes give each file of $T/in its digest.
listed()
{
	"$B/tests/tools/reread" "$1" >"$T/list" || return 1
	[ "$(wc -l <"$T/list")" -eq 10 ] || return 1
	head -n 5 "$T/list" | cut -d' ' -f3 >"$T/have"
	sha256sum "$T/in"/* | cut -d' ' -f1 >"$T/want"
	cmp "$T/have" "$T/want" || return 1
	head -n 5 "$T/list" >"$T/forwards"
	tail -n 5 "$T/list" | sort -n >"$T/back"
	sort -n "$T/forwards" | cmp - "$T/back"
}

for form in compressed plain; do
	mkdir "$T/$form"
	option=
	[ $form = plain ] && option=--plain
	# shellcheck disable=SC2086
	"$B/tests/tools/pack" --folder "$T/in" --out "$T/$form" \
	    --key "$T/k.key" $option >/dev/null || exit 1
	ok "a $form package is read again, and from each member" \
	    listed "$(the_file "$T/$form")"
	mkdir "$T/empty-$form"
	# shellcheck disable=SC2086
	"$B/tests/tools/pack" --folder "$T/empty" --out "$T/empty-$form" \
	    --key "$T/k.key" $option >/dev/null || exit 1
	exits 0 "a $form package of nothing verifies" "$B/azcustody-verify" \
	    --trust "$T/k.pub" "$(the_file "$T/empty-$form")"
	exits 0 "and is read again" \
	    "$B/tests/tools/reread" "$(the_file "$T/empty-$form")"
done

cp "$T"/plain/*.tar "$T/p.tar"
at=$(($(grep -abo '"a":1' "$T/p.tar" | head -n 1 | cut -d: -f1) + 4))
exits 1 "a payload byte altered after the check" \
    "$B/tests/tools/reread" "$T/p.tar" "$at"
cp "$T"/plain/*.tar "$T/p.tar"
at=$(grep -abo '  data/0001-packacct-other/000000002' "$T/p.tar" |
    tail -n 1 | cut -d: -f1)
exits 1 "a digit of the manifest altered after the check" \
    "$B/tests/tools/reread" "$T/p.tar" "$((at - 1))"
cp "$T"/compressed/*.tar.zst "$T/p.tar.zst"
exits 65 "a frame altered after the check" \
    "$B/tests/tools/reread" "$T/p.tar.zst" 2000000
