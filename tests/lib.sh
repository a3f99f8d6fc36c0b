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
# With LONG set the second verifier judges whatever a test has judged; a test
# that needs the program itself takes it from $BUILT.
BUILT=$B
if [ -n "${LONG:-}" ] && [ -x "$B/azcustody-verify" ] &&
    command -v minisign >/dev/null; then
	tests/both.sh "$B"
	B=$B/both
	export AZCUSTODY_BOTH="$T.both"
	: >"$AZCUSTODY_BOTH"
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
	[ -e "${AZCUSTODY_BOTH:-}" ] || return 0
	_same=$(grep -c '^same' "$AZCUSTODY_BOTH")
	_other=$(grep -c '^other' "$AZCUSTODY_BOTH")
	[ $((_same + _other)) -eq 0 ] || {
		[ "$_other" -eq 0 ] || { printf 'not '; FAILED=1; }
		echo "ok - both verifiers judge alike: $_same the same, $_other otherwise"
		sed -n 's/^other/# &/p' "$AZCUSTODY_BOTH" | head -n 50
	}
	validate_all
	rm -f "$AZCUSTODY_BOTH" "$AZCUSTODY_BOTH.jsonl"
}

# Every document that the test leaves, and every report, by ajv.
validate_all()
{
	[ -d tests/azurite/node_modules/ajv ] || return 0
	if [ -s "$AZCUSTODY_BOTH.jsonl" ]; then
		node tests/azurite/validate.mjs schemas/verify-report.schema.json \
		    "$AZCUSTODY_BOTH.jsonl" >"$AZCUSTODY_BOTH" 2>&1 ||
		    { printf 'not '; FAILED=1; }
		echo "ok - reports: $(tail -n 1 "$AZCUSTODY_BOTH")"
		grep '^#  *\|^# ' "$AZCUSTODY_BOTH" | grep -v defs | head -n 20
	fi
	node tests/azurite/documents.mjs schemas "$BUILT/tests/tools/document" \
	    "$T" >"$AZCUSTODY_BOTH" 2>&1
	grep -q ' of 0 types ' "$AZCUSTODY_BOTH" && return
	grep -q ', 0 otherwise, ' "$AZCUSTODY_BOTH" || { printf 'not '; FAILED=1; }
	echo "ok - documents: $(tail -n 1 "$AZCUSTODY_BOTH")"
	grep '^#' "$AZCUSTODY_BOTH" | head -n 20
}

teardown()
{
	_code=$?
	for _pid in $STARTED; do
		kill "$_pid" 2>/dev/null && wait "$_pid" 2>/dev/null
	done
	look_for_canaries
	count_both
	if [ -n "${KEEP:-}" ]; then
		echo "# kept: $T"
	else
		chmod -R u+w "$T" 2>/dev/null
		rm -rf "$T"
	fi
	rm -f "$CANARIES"
	[ "$_code" -ne 0 ] && exit "$_code"
	exit "$FAILED"
}
trap teardown EXIT
trap 'exit 1' INT TERM HUP
