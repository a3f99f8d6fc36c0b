#!/bin/sh
# Goal of this test: --help, the manual pages and README agree, and every
# document that is written has a schema and an example.
B=${B:-build}
bad=0

say()
{
	if [ "$1" -eq 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
		bad=1
	fi
}

options_of()
{
	tr -d '\\' | grep -oE '(^|[^-a-z])--[a-z][a-z0-9-]+' |
	    grep -oE -- '--[a-z][a-z0-9-]+' | sort -u
}

# The help of a program and of each of its verbs.
help_of()
{
	"$1" --help
	"$1" --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' | while read -r verb; do
		"$1" "$verb" --help 2>/dev/null
	done
}

for p in collect verify ledger timeline; do
	program=$B/azcustody-$p
	page=man/azcustody-$p.1
	rc=0
	"$program" --help >"$B/help.txt" 2>"$B/help.err" || rc=1
	[ -s "$B/help.txt" ] && [ ! -s "$B/help.err" ] || rc=1
	"$program" --version | grep -q "^azcustody-$p [0-9]" || rc=1
	say $rc "azcustody-$p answers --help and --version on standard output"
	rc=0
	help_of "$program" | options_of >"$B/help.opt"
	[ -s "$B/help.opt" ] || rc=1
	if [ -e "$page" ]; then
		mandoc -Tlint -W warning "$page" || rc=1
		mandoc -Tascii "$page" | sed 's,.\x08,,g' | options_of >"$B/man.opt"
		diff "$B/help.opt" "$B/man.opt" | sed -n 's/^</# only in help:/p; s/^>/# only in the page:/p'
		cmp -s "$B/help.opt" "$B/man.opt" || rc=1
	else
		echo "# $page is missing"
		rc=1
	fi
	say $rc "azcustody-$p: the manual page has the options of --help"
done

python3 tests/house/readme.py "$B"
say $? "README uses only options that exist"
exit $bad
