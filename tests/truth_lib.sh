# What the tests of found chains share; sourced after tests/timeline_lib.sh.

# try VARIANT SEED [OPTIONS]: make the incident, its timeline, and the judgement.
try()
{
	_variant=$1
	_seed=$2
	shift 2
	_what="$_variant, seed $_seed${1:+, $*}"
	ok "$_what: an incident is generated and sealed" \
	    incident "v" "$_seed" --variant "$_variant" "$@"
	exits 3 "$_what: its timeline is built" build v "$T/o"
	mkdir "$T/bag"
	tar -C "$T/bag" --zstd -xf "$(package v)" --wildcards '*/meta/objects.jsonl'
	ok "$_what: the answer is as expected" \
	    $LIB judge "$T/v.in" "$T/o" "$T"/bag/* "$T/answers"
	chmod -R u+w "$T/bag"
	rm -rf "$T/bag" "$T/v" "$T/v.in" "$T/v.files" "$T/o"
}
VARIANTS=${VARIANTS:-desktop sas delegation cli rclone browser slow server-copy \
    ssh two rotated no-read-log clean}
