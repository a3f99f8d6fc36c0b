#!/bin/sh
# cJSON as a static archive, which Debian does not have:
#
#	CC=... CFLAGS=... cjson.sh build/static/libcjson.a
#
# Built from Debian's source package of the very version that is installed.  apt
# gets it from where this machine gets its packages, and checks it as it checks
# those: by the archive's signature and the source's SHA-256.
set -eu
export LC_ALL=C
archive=$(realpath -m "$1")
version=$(dpkg-query -W -f='${source:Version}' libcjson-dev)
work=$(mktemp -d "${TMPDIR:-/tmp}/azcustody-cjson.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial" \
    "$(dirname "$archive")"

# The machine's own list of sources, asked for source packages.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ -f "$list" ] && sed -n 's/^deb /deb-src /p' "$list"
done >"$work/parts/all.list"
for list in /etc/apt/sources.list.d/*.sources; do
	[ -f "$list" ] && sed 's/^Types:.*/Types: deb-src/' "$list" \
	    >"$work/parts/$(basename "$list")"
done
get()
{
	apt-get -qq -o Dir::Etc::SourceList=/dev/null \
	    -o Dir::Etc::SourceParts="$work/parts" \
	    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
	    -o APT::Sandbox::User=root "$@"
}
cd "$work"
get update >&2
get source --download-only "cjson=$version" >&2
dpkg-source --no-copy -x ./*.dsc source >/dev/null
cd source
# shellcheck disable=SC2086 # Words of a command.
$CC -std=c11 $CFLAGS -ffile-prefix-map="$work"=. -c -o cJSON.o cJSON.c
rm -f "$archive"
ar rcsD "$archive" cJSON.o
