# What the tests of found chains share; sourced after tests/timeline_lib.sh.
VARIANTS=${VARIANTS:-desktop sas delegation cli rclone browser slow server-copy \
    ssh two rotated no-read-log clean}

# estate NAME SEED --variant SHAPE: generate one of tests/estates and seal it.
estate()
{
	/usr/bin/python3 tests/estates/generate.py "$4" "$2" "$T/$1.in" &&
	    seal "$1" "$T/$1.in/files"
}
GENERATE=incident # Or estate.

# made: its timeline is built; that some lines cannot be read is as it may be.
made()
{
	build v "$T/o"
	_code=$?
	[ "$_code" -eq 0 ] || [ "$_code" -eq 3 ]
}

# try VARIANT SEED [OPTIONS]: make the incident, its timeline, and the judgement.
try()
{
	_variant=$1
	_seed=$2
	shift 2
	_what="$_variant, seed $_seed${1:+, $*}"
	ok "$_what: an incident is generated and sealed" \
	    "$GENERATE" v "$_seed" --variant "$_variant" "$@"
	ok "$_what: its timeline is built" made
	mkdir "$T/bag"
	tar -C "$T/bag" --zstd -xf "$(package v)" --wildcards '*/meta/objects.jsonl'
	ok "$_what: the answer is as expected" \
	    $LIB judge "$T/v.in" "$T/o" "$T"/bag/* "$ANSWERS"
	sed -n 's/^[^#]/# &/p' "$T/.out"
	chmod -R u+w "$T/bag"
	rm -rf "$T/bag" "$T/v" "$T/v.in" "$T/v.files" "$T/o"
}

# lane NUMBER OF: try each OF-th line of $T/runs, in a folder of its own.
lane()
{
	ANSWERS=$T/answers
	awk -v lane="$1" -v of="$2" 'NR % of == lane' "$T/runs" >"$T/lane$1.runs"
	_runs=$T/lane$1.runs
	T=$T/lane$1
	mkdir "$T" || return
	while read -r _line; do
		# shellcheck disable=SC2086 # A line is the words of try.
		try $_line
	done <"$_runs"
}

# try_all: try every line of $T/runs, VARIANT SEED [OPTIONS], as many at a time
# as there are processors (JOBS overrules); print the table of the answers.
try_all()
{
	_lanes=${JOBS:-$(nproc)}
	_lane=0
	while [ "$_lane" -lt "$_lanes" ]; do
		(lane "$_lane" "$_lanes") &
		_lane=$((_lane + 1))
	done >"$T/said"
	wait
	cat "$T/said"
	! grep -q '^not ok' "$T/said" || FAILED=1
	ok "every run was judged" \
	    test "$(wc -l <"$T/answers")" -eq "$(wc -l <"$T/runs")"
	ok "all of them as expected" $LIB table "$T/answers"
	cat "$T/.out"
}
