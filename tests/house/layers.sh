#!/bin/sh
# Goal of this test: includes go down only, every library has one door, and no
# program's own objects refer to what it must not be able to do.
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

layer_of()
{
	awk -v m="$1" '$1 == "layer" { for (i = 3; i <= NF; i++)
	    if ($i == m) print $2 }' tests/layers.txt
}

rc=0
for f in evidence/*.c evidence/*.h; do
	own=$(basename "$f" | sed 's/\.[ch]$//')
	mine=$(layer_of "$own")
	# A file that is no module of its own takes the layer of its own header:
	# the longest module name that it begins with.
	probe=$own
	while [ -z "$mine" ] && [ "${probe%_*}" != "$probe" ]; do
		probe=${probe%_*}
		mine=$(layer_of "$probe")
	done
	if [ -z "$mine" ]; then
		echo "# $f: in no layer of tests/layers.txt"
		rc=1
		continue
	fi
	for h in $(sed -n 's/^#include "\(.*\)"$/\1/p' "$f"); do
		case $h in
		evidence/*) ;;
		*) echo "# $f includes $h"; rc=1; continue ;;
		esac
		theirs=$(layer_of "$(basename "$h" .h)")
		probe=$(basename "$h" .h)
		while [ -z "$theirs" ] && [ "${probe%_*}" != "$probe" ]; do
			probe=${probe%_*}
			theirs=$(layer_of "$probe")
		done
		if [ "${theirs:-99}" -gt "$mine" ]; then
			echo "# $f (layer $mine) includes $h (layer $theirs)"
			rc=1
		fi
	done
done
say $rc "includes inside evidence go down only"

rc=0
for p in collect verify ledger timeline; do
	for f in "$p"/*.c "$p"/*.h; do
		[ -e "$f" ] || continue
		for h in $(sed -n 's/^#include "\(.*\)"$/\1/p' "$f"); do
			case $h in
			evidence/* | "$p"/*) ;;
			*) echo "# $f includes $h"; rc=1 ;;
			esac
		done
	done
done
say $rc "a program includes its own folder and evidence only"

rc=0
while read -r word header files; do
	[ "$word" = door ] || continue
	for f in $(grep -l "^#include <$header>" collect/*.[ch] evidence/*.[ch] \
	    ledger/*.[ch] timeline/*.[ch] verify/*.[ch] 2>/dev/null); do
		case " $files " in
		*" $f "*) ;;
		*) echo "# $f includes <$header>"; rc=1 ;;
		esac
	done
done <tests/layers.txt
# A library header that has no door named is no way round.
known=$(awk '$1 == "door" { print $2 }' tests/layers.txt)
for h in $(sed -n 's/^#include <\([a-zA-Z_]*\/*[a-zA-Z0-9_]*\.h\)>$/\1/p' \
    collect/*.[ch] evidence/*.[ch] ledger/*.[ch] timeline/*.[ch] verify/*.[ch] \
    2>/dev/null | sort -u); do
	case $(dpkg -S "/usr/include/$h" "/usr/include/x86_64-linux-gnu/$h" \
	    2>/dev/null | cut -d: -f1 | sort -u | tr '\n' ' ') in
	'' | *libc6-dev* | *linux-libc-dev* | *libgcc*) continue ;;
	esac
	echo "$known" | grep -qx "$h" || { echo "# <$h> has no door"; rc=1; }
done
say $rc "every library has one door"

rc=0
members=$(ar t "$B/libevidence.a" 2>/dev/null)
while read -r word program prefixes; do
	[ "$word" = quiet ] || continue
	map=$B/azcustody-$program.objects
	[ -e "$map" ] || continue
	for o in $(cat "$map"); do
		for s in $(nm -u "$o" | awk '{ print $2 }' | sed 's/@.*//'); do
			for p in $prefixes; do
				case $p in
				*_ | exec | EVP_DigestSign) match="$p*" ;;
				*) match=$p ;;
				esac
				# shellcheck disable=SC2254
				case $s in
				$match) echo "# $program: $o refers to $s"; rc=1 ;;
				esac
			done
		done
	done
done <tests/layers.txt
[ -n "$members" ] || { echo "# no library was built"; rc=1; }
ls "$B"/azcustody-*.objects >/dev/null 2>&1 || { echo "# no program was built"; rc=1; }
say $rc "no program's own objects refer to what it must not do"
exit $bad
