# What the shell tests of timelines share; sourced after tests/lib.sh.
TIMELINE=$B/azcustody-timeline
LIB="/usr/bin/python3 tests/timeline_lib.py"

# incident NAME SEED [OPTIONS]: generate it and seal it as $T/NAME.tar.zst.
incident()
{
	_name=$1
	_seed=$2
	shift 2
	/usr/bin/python3 tests/scenario/generate.py --seed "$_seed" \
	    --out "$T/$_name.in" "$@" >/dev/null || return 1
	$LIB lay-out "$T/$_name.in" "$T/$_name.files" || return 1
	seal "$_name" "$T/$_name.files"
}

# seal NAME FOLDER [TIME]: seal the files of FOLDER as $T/NAME/PACKAGE.tar.zst.
seal()
{
	[ -e "$T/signer.key" ] ||
	    "$B/azcustody-ledger" keygen --no-password "$T/signer" >/dev/null ||
	    return 1
	mkdir -p "$T/$1" || return 1
	"$B/tests/tools/pack" --folder "$2" --out "$T/$1" \
	    --key "$T/signer.key" --at "${3:-2026-11-01T00:00:00Z}" >/dev/null
}

# package NAME: the path of its package.
package()
{
	echo "$T/$1"/*.tar.zst
}

# build NAME OUT [OPTIONS]
build()
{
	_name=$1
	_out=$2
	shift 2
	"$TIMELINE" build "$(package "$_name")" --out "$_out" \
	    --trust "$T/signer.pub" "$@"
}
