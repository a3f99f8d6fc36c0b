#!/bin/sh
# Goal of this test: the measurable part of the style: lengths, banned
# functions, format, headers that compile alone.
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

SOURCES=$(git ls-files '*.c' '*.h')
OURS=$(echo "$SOURCES" | grep -v '^tests/')

rc=0
for f in $(git ls-files '*.c' '*.h' '*.py' '*.sh' '*.mjs' '*.sql' '*.mk' Makefile); do
	[ -e "$f" ] || continue
	n=$(wc -l <"$f")
	[ "$n" -le 500 ] || { echo "# $f: $n lines"; rc=1; }
done
say $rc "no file is over 500 lines"

# shellcheck disable=SC2086
ctags --fields=+ne -o - --sort=no --kinds-C=f $OURS 2>/dev/null |
    awk -F'\t' '{ l = 0; e = 0
	for (i = 4; i <= NF; i++) {
		if ($i ~ /^line:/) l = substr($i, 6)
		if ($i ~ /^end:/) e = substr($i, 5)
	}
	print e - l + 1, $1, $2 }' | sort -n >build/functions.txt
total=$(wc -l <build/functions.txt)
awk '$1 > 80 { print "# " $3 ": " $2 " has " $1 " lines"; bad = 1 }
    END { exit bad }' build/functions.txt
say $? "no function is over 80 lines"
over=$(awk '$1 > 50' build/functions.txt | wc -l)
median=$(awk -v t="$total" 'NR == int((t + 1) / 2) { print $1 }' \
    build/functions.txt)
[ "$total" -gt 0 ] && [ $((over * 10)) -le "$total" ] && [ "$median" -le 25 ]
say $? "the median function has ${median:-?} of 25 lines, $over of $total are over 50"

# Setting the locale, running programs and unbounded copies have no place.
# shellcheck disable=SC2086
grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|system|popen|exec[lv]p?e?|mktemp|tmpnam|atoi|atol|alloca|setlocale|asctime|localtime|signal|scanf)\(' \
    $OURS | sed 's/^/# /' >build/banned.txt
cat build/banned.txt
[ ! -s build/banned.txt ]
say $? "no banned function is called"

# shellcheck disable=SC2086
grep -nE '^[^*/]*\b(if|while) \(.*[^=!<>]=[^=]' $OURS |
    grep -vE '"[^"]*=[^"]*"|'"'='" | sed 's/^/# /' >build/assign.txt
cat build/assign.txt
[ ! -s build/assign.txt ]
say $? "no assignment stands in a condition"

rc=0
for h in $(echo "$OURS" | grep '\.h$'); do
	gcc -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -I. -fsyntax-only -Wall -Werror \
	    -x c "$h" || { echo "# $h does not compile alone"; rc=1; }
done
say $rc "every header compiles alone"

# shellcheck disable=SC2086
clang-format --dry-run -Werror $SOURCES 2>build/format.txt
rc=$?
grep 'error:' build/format.txt | head -n 20 | sed 's/^/# /'
say $rc "clang-format has nothing to change"

rc=0
# Whoever reads the project elsewhere has neither this machine nor its registry.
git grep -nE '"resolved": *"https?:' -- '*.json' && rc=1
git ls-files | grep -E 'node_modules/' && rc=1
say $rc "no lock file holds a download address"
exit $bad
