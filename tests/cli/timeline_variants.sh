#!/bin/sh
# Goal of this test: whichever way an intrusion went, what the found chain names
# belongs to it and at least nineteen twentieths of it are named; where nobody
# broke in there is no chain; and where reads were not logged, that is said.
. tests/lib.sh
. tests/timeline_lib.sh

# What is expected, before anything is built: found, none, or unknown.
expected()
{
	case $1 in
	clean) echo none ;;
	no-read-log) echo unknown ;;
	*) echo found ;;
	esac
}

# try VARIANT SEED SIZE...
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
	tar -C "$T/bag" --zstd -xf "$(package v)"
	ok "$_what: $(expected "$_variant")" \
	    $LIB "$(expected "$_variant")" "$T/v.in" "$T/o" "$T"/bag/*
	grep '^#' "$T/.out"
	chmod -R u+w "$T/bag"
	rm -rf "$T/bag" "$T/v" "$T/v.in" "$T/v.files" "$T/o"
}

if [ -n "${LONG:-}" ]; then
	for variant in ${VARIANTS:-desktop sas delegation cli rclone browser slow \
	    server-copy ssh two rotated no-read-log clean}; do
		for seed in ${SEEDS:-1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 \
		    18 19 20}; do
			try "$variant" "$seed"
		done
	done
	exit 0
fi
# Of several sizes and lengths, so that no threshold fits only one of them.
try sas 1 --scale 0.1
try server-copy 1 --scale 0.15 --days 4
try cli 1 --scale 0.1
try ssh 1 --scale 0.1 --days 6
try no-read-log 1 --scale 0.1
try clean 1 --scale 0.1
