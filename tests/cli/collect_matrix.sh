#!/bin/sh
# Goal of this test: every fault of tests/faults/matrix_table.py, in the
# listing, the properties, a small blob and the ranges of a large one, ends as
# that table fixes it: complete, or sealed with one gap of the right reason, or
# stopped and resumable.  What happens once costs nothing; what lasts is said.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

make_key
write_sas "$T/sas.secret"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "$T/tls.key" \
    -out "$T/tls.crt" -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 >/dev/null 2>&1
# Each fault in half of the phases for good, and in one of them once; with LONG
# in all of them.
[ -n "${LONG:-}" ] && PART=all || PART=some
echo "# $PART of the phases"

# matrix WORDS...: its lines are ours.
matrix()
{
	mkdir "$T/m"
	PYTHONDONTWRITEBYTECODE=1 "$PYTHON" -W ignore tests/faults/matrix.py \
	    "$T/m" "$B" "$T/k.key" "$T/sas.secret" "$@" || FAILED=1
	rm -rf "$T/m"
}

matrix --lasting "$PART" --passing "$PART"
matrix --lasting "$PART" --passing "$PART" --tls "$T/tls.crt" "$T/tls.key"
