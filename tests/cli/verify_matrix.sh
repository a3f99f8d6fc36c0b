#!/bin/sh
# Goal of this test: the same words, byte for byte, in every locale, time zone,
# folder, for every user and number of threads: nothing around the verifier
# decides what it says.
. tests/lib.sh

VERIFY=$PWD/$BUILT/azcustody-verify
mkdir -p "$T/in" "$T/out" "$T/elsewhere/deep" "$T/pub"
echo '{"a":1}' >"$T/in/a.json"
seq 1 5000 >"$T/in/b.txt"
"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1 || exit 1
"$B/tests/tools/pack" --folder "$T/in" --out "$T/out" --key "$T/k.key" \
    >/dev/null || exit 1
mv "$T"/out/* "$T/k.pub" "$T/pub/"
GOOD=$(echo "$T"/pub/*.tar.zst)
BAD=$T/pub/bad.tar.zst
cp "$GOOD" "$BAD"
printf '\377' | dd of="$BAD" bs=1 seek=3000 conv=notrunc 2>/dev/null
mkdir -p "$T/pub/bag/data"
printf 'x' >"$T/pub/bag/data/N$(printf '\303\272')ez"
printf 'x' >"$T/pub/bag/data/I.txt"
printf 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n' \
    >"$T/pub/bag/bagit.txt"
(cd "$T/pub/bag" && sha256sum data/I.txt >manifest-sha256.txt)
cp "$VERIFY" "$T/pub/verify"
chmod -R a+rX "$T/pub"
chmod 711 "$T"

# all COMMAND...: everything it says about three subjects.
all()
{
	for _s in "$GOOD" "$BAD"; do
		"$@" "$T/pub/verify" --trust "$T/pub/k.pub" "$_s" 2>&1
		echo "exit $?"
		"$@" "$T/pub/verify" --json --trust "$T/pub/k.pub" "$_s" 2>&1
		echo "exit $?"
	done
	"$@" "$T/pub/verify" --json --trust "$T/pub/k.pub" "$GOOD" "$BAD" \
	    "$GOOD" 2>&1
	echo "exit $?"
	"$@" "$T/pub/verify" bag --json "$T/pub/bag" 2>&1
	echo "exit $?"
}

all env LANG=C TZ=UTC >"$T/want"
ok "the reference says 0, 1 and 1" sh -c \
    'grep "^exit" "$1" | tr -d "\n" | grep -qx "exit 0exit 0\(exit 1\)\{4\}"' - \
    "$T/want"

# same "sentence" COMMAND...
same()
{
	_title=$1
	shift
	all "$@" >"$T/have"
	ok "the same $_title" cmp "$T/want" "$T/have"
}

same "in C.UTF-8" env -i LC_ALL=C.UTF-8 PATH=/usr/bin
if mkdir "$T/locale" && localedef -i tr_TR -f UTF-8 "$T/locale/tr_TR.UTF-8" \
    2>/dev/null; then
	same "in tr_TR.UTF-8, whose I has no dot" env LOCPATH="$T/locale" \
	    LC_ALL=tr_TR.UTF-8
else
	skip "the same in tr_TR.UTF-8" "localedef has no such locale"
fi
same "in Kathmandu" env TZ=Asia/Kathmandu
same "in a zone that does not exist" env TZ=:/etc/passwd
same "with a hostile environment" env GCONV_PATH="$T" OPENSSL_CONF="$T/x" \
    LD_BIND_NOW= MALLOC_PERTURB_=85 NLSPATH=/%N SSLKEYLOGFILE="$T/keys"
same "with another umask" sh -c 'umask 777; exec "$@"' -
same "from another folder" sh -c 'cd "$0" && exec "$@"' "$T/elsewhere/deep"
same "on one processor" taskset 1
if [ "$(id -u)" -eq 0 ]; then
	same "for nobody" setpriv --reuid=65534 --regid=65534 --clear-groups
else
	skip "the same for nobody" "only root may become nobody"
fi
