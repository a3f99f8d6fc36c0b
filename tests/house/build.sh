#!/bin/sh
# Goal of this test: what was built is hardened, builds with clang too, and
# two builds in two folders are equal byte for byte.
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

rc=0
found=0
for p in "$B"/azcustody-collect "$B"/azcustody-verify "$B"/azcustody-ledger \
    "$B"/azcustody-timeline; do
	[ -x "$p" ] || { echo "# $p is not there"; rc=1; continue; }
	found=$((found + 1))
	readelf -hW "$p" | grep -q 'DYN' || { echo "# $p: not PIE"; rc=1; }
	readelf -dW "$p" | grep -q 'BIND_NOW\|FLAGS.*NOW' ||
	    { echo "# $p: lazy binding"; rc=1; }
	readelf -lW "$p" | grep -q GNU_RELRO || { echo "# $p: no relro"; rc=1; }
	readelf -lW "$p" | grep -q 'RWE' && { echo "# $p: a segment is RWX"; rc=1; }
	readelf -dW "$p" | grep -qE 'RPATH|RUNPATH|TEXTREL' &&
	    { echo "# $p: RPATH or TEXTREL"; rc=1; }
	nm -D "$p" | grep -q '__stack_chk_fail' ||
	    { echo "# $p: no stack protector"; rc=1; }
	nm -D "$p" | grep -q '_chk@' || { echo "# $p: not fortified"; rc=1; }
done
say $rc "the $found programs are hardened"

rc=0
here=$PWD
copy=$(mktemp -d "${TMPDIR:-/tmp}/azcustody-test.XXXXXX")
git ls-files Makefile '*.mk' evidence verify | tar -cf - -T - | tar -xf - -C "$copy"
commit=$(git rev-parse --short=12 HEAD)
rm -rf "$B/again"
(cd "$copy" && make -s -j2 B=build COMMIT="$commit" build/azcustody-verify) &&
    make -s -j2 B="$B/again" COMMIT="$commit" "$B/again/azcustody-verify" &&
    cmp "$copy/build/azcustody-verify" "$here/$B/again/azcustody-verify" || rc=1
rm -rf "$copy" "$B/again"
say $rc "two builds in two folders are equal byte for byte"

make -s B="$B" clang
rc=$?
[ $rc -eq 0 ] || tail -n 30 "$B/clang/log" | sed 's/^/# /'
say $rc "clang builds everything without a warning"
exit $bad
