#!/bin/sh
# cJSON as a static archive, which Debian does not have:
#
#	CC=... CFLAGS=... cjson.sh build/static/libcjson.a
#
# Built from Debian's source package of the very version that is installed
# (debian_source.sh).
set -eu
export LC_ALL=C
archive=$(realpath -m "$1")
here=$(dirname "$(realpath "$0")")
version=$(dpkg-query -W -f='${source:Version}' libcjson-dev)
work=$(mktemp -d "${TMPDIR:-/tmp}/azcustody-cjson.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$(dirname "$archive")"
"$here/debian_source.sh" "$work" "cjson=$version"
cd "$work/cjson"
# shellcheck disable=SC2086 # Words of a command.
$CC -std=c11 $CFLAGS -ffile-prefix-map="$work"=. -c -o cJSON.o cJSON.c
rm -f "$archive"
ar rcsD "$archive" cJSON.o
