# What every shell test uses: sourced first, by a test that runs at the top of
# the repository.  Each test owns $T, a new directory that is removed at the
# end unless KEEP is set; every process started through `start` is ended by id.
#
#	ok "sentence" COMMAND...       passes if COMMAND exits with 0
#	not_ok "sentence" COMMAND...   passes if it does not
#	exits CODE "sentence" COMMAND...
#	skip "sentence" "why"
#	canary TEXT                    TEXT must appear in nothing this test leaves

set -u
export LC_ALL=C
B=${B:-build}
SHARED=${AZCUSTODY_SHARED:-$(dirname "$PWD")/shared}
T=$(mktemp -d "${TMPDIR:-/tmp}/azcustody-test.XXXXXX")
FAILED=0
STARTED=
CANARIES=$T.canaries
# Others judge what a test makes: ajv every document, and the second verifier
# what azcustody-verify has judged.  JUDGE says how much of it: "some", unless it
# is set, and that is one run of each class, and of a long file every n-th line;
# "all" with LONG; or "none".  A test that needs the program itself, and not the
# witness in its place, takes it from $BUILT.
B=${B%/judged}
BUILT=$B
JUDGE=${JUDGE:-${LONG:+all}}
JUDGE=${JUDGE:-some}
WITNESS=$T.witness
if [ "$JUDGE" != none ] && [ -x "$B/tests/tools/witness" ]; then
	tests/judges.sh "$B" || exit 1
	B=$B/judged
	mkdir -m 700 "$WITNESS" || exit 1
	export AZCUSTODY_WITNESS="$WITNESS"
	command -v minisign >/dev/null &&
	    export AZCUSTODY_SECOND="$PWD/tests/tools/both.py"
	[ "$JUDGE" = all ] && export AZCUSTODY_EVERY=1
fi
: >"$CANARIES"
chmod 600 "$CANARIES"

ok()
{
	_sentence=$1
	shift
	"$@" >"$T/.out" 2>"$T/.err"
	_have=$?
	if [ "$_have" -eq 0 ]; then
		echo "ok - $_sentence"
	else
		echo "not ok - $_sentence"
		echo "# exit $_have of: $*"
		sed 's/^/# /' "$T/.out" "$T/.err" | tail -n 20
		FAILED=1
	fi
}

not_ok()
{
	_sentence=$1
	shift
	if "$@" >"$T/.out" 2>"$T/.err"; then
		echo "not ok - $_sentence"
		echo "# exit 0 of: $*"
		FAILED=1
	else
		echo "ok - $_sentence"
	fi
}

# The output of the command stands in $T/.out and $T/.err afterwards.
exits()
{
	_want=$1
	_sentence=$2
	shift 2
	"$@" >"$T/.out" 2>"$T/.err"
	_have=$?
	if [ "$_have" -eq "$_want" ]; then
		echo "ok - $_sentence"
	else
		echo "not ok - $_sentence"
		echo "# exit $_have, not $_want, of: $*"
		sed 's/^/# /' "$T/.out" "$T/.err" | tail -n 20
		FAILED=1
	fi
}

skip()
{
	echo "skip - $1: $2"
}

# start COMMAND...: run in the background; $! is remembered and ended at exit.
start()
{
	"$@" &
	STARTED="$STARTED $!"
}

# Note a secret; the teardown looks for it in everything that is left.
canary()
{
	printf '%s\n' "$1" >>"$CANARIES"
}

look_for_canaries()
{
	[ -s "$CANARIES" ] || return 0
	for _archive in $(find "$T" -name '*.tar.zst' 2>/dev/null); do
		zstd -dcq "$_archive" >"$_archive.canary" 2>/dev/null
	done
	# Files that hold the secret on purpose are named *.secret or keys.json.
	if grep -rFlaf "$CANARIES" "$T" 2>/dev/null |
	    grep -Ev '(\.secret|\.key|keys\.json|/data/.*|__azurite.*|__blobstorage__.*)$' |
	    grep -v '/azurite' >"$T.found"; then
		echo "not ok - no secret is left in any output"
		sed 's/^/# /' "$T.found"
		FAILED=1
	else
		echo "ok - no secret is left in any output"
	fi
	rm -f "$T.found"
}

# What both verifiers came to.
count_both()
{
	[ -e "$WITNESS/both" ] || return 0
	_same=$(grep -c '^same' "$WITNESS/both")
	_other=$(grep -c '^other' "$WITNESS/both")
	_left=$(grep -c '^left' "$WITNESS/both")
	[ "$_other" -eq 0 ] || { printf 'not '; FAILED=1; }
	echo "ok - both verifiers judge alike: $_same the same, $_other otherwise," \
	    "$_left not compared ($JUDGE)"
	sed -n 's/^other/# &/p' "$WITNESS/both" | head -n 50
}

# Every document that the test leaves, and every report, by ajv.
validate_all()
{
	[ -d "$WITNESS" ] && [ -d tests/azurite/node_modules/ajv ] || return 0
	node tests/azurite/documents.mjs "$JUDGE" schemas \
	    "$BUILT/tests" "$T" "$WITNESS" >"$WITNESS/said" 2>&1
	case $? in
	0) ;;
	9) return ;; # There are none.
	*) printf 'not '; FAILED=1 ;;
	esac
	echo "ok - documents: $(tail -n 1 "$WITNESS/said")"
	grep '^#' "$WITNESS/said" | head -n 20
}

teardown()
{
	_code=$?
	for _pid in $STARTED; do
		kill "$_pid" 2>/dev/null && wait "$_pid" 2>/dev/null
	done
	look_for_canaries
	count_both
	validate_all
	if [ -n "${KEEP:-}" ]; then
		echo "# kept: $T"
	else
		chmod -R u+w "$T" 2>/dev/null
		rm -rf "$T" "$WITNESS"
	fi
	rm -f "$CANARIES"
	[ "$_code" -ne 0 ] && exit "$_code"
	exit "$FAILED"
}
trap teardown EXIT
trap 'exit 1' INT TERM HUP
