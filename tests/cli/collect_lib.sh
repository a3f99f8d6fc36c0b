# What the tests of the collector share; sourced after tests/lib.sh.
#
#	make_key               $T/k.key and $T/k.pub, without a password
#	collect ARGS...        azcustody-collect run with the words of a case
#	unpack FILE DIR        with ordinary tools; fails if any of them objects
#	payload DIR            what is in the unpacked package, sorted
#	fact DIR MEMBER EXPR   a Python expression over the JSON lines d of MEMBER
PYTHON=/usr/bin/python3

make_key()
{
	"$B/azcustody-ledger" keygen --no-password "$T/k" >/dev/null 2>&1
}

collect()
{
	timeout "${COLLECT_LIMIT:-120}" "$B/azcustody-collect" run \
	    --case C-1 --exhibit E-1 --examiner "A. Tester" \
	    --sign "$T/k.key" "$@"
}

unpack()
{
	rm -rf "$2"
	mkdir "$2" || return 1
	case $1 in
	*.tar) tar -xf "$1" -C "$2" || return 1 ;;
	*) tar --zstd -xf "$1" -C "$2" || return 1 ;;
	esac
	mv "$2"/*/* "$2" || return 1
	(cd "$(dirname "$1")" &&
	    sha256sum --quiet -c "$(basename "$1").sha256") || return 1
	(cd "$2" && sha256sum --quiet -c manifest-sha256.txt &&
	    sha256sum --quiet -c tagmanifest-sha256.txt) || return 1
	minisign -Vqm "$2/seal/seal.json" -x "$2/seal/collector.minisig" \
	    -p "$T/k.pub" || return 1
	_ledger=${1%.tar*}.custody
	minisign -Vqm "$_ledger/000001-sealed.json" \
	    -x "$_ledger/000001-sealed.collector.minisig" -p "$T/k.pub" ||
	    return 1
	if [ -x "$B/azcustody-verify" ]; then
		"$B/azcustody-verify" "$1" --trust "$T/k.pub"
	fi
}

payload()
{
	"$PYTHON" tests/cli/payload.py package "$1"
}

fact()
{
	"$PYTHON" -c 'import json, sys
d = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
print(eval(sys.argv[2]))' "$1/$2" "$3"
}

# the_package DIR: the one package in DIR; nothing if there is none or two.
the_package()
{
	set -- "$1"/*.tar.zst "$1"/*.tar
	[ -e "$1" ] && [ ! -e "$2" ] && { echo "$1"; return; }
	[ -e "$2" ] && [ ! -e "$1" ] && echo "$2"
}
