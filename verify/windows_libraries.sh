#!/bin/sh
# The libraries of the Windows verifier, static, for x86-64:
#
#	windows_libraries.sh FOLDER
#
# FOLDER/lib and FOLDER/include afterwards hold them, and FOLDER/NAME.version says
# which version of Debian's source package NAME each was built from (the newest
# that can be had, see debian_source.sh).  A library that is there is not built
# again.  Each has only what the verifier uses: no sockets, no modules that are
# loaded, no engines, no compressor, no archive format but those of libarchive
# itself.
set -eu
export LC_ALL=C
mkdir -p "$1/lib" "$1/include"
out=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
host=x86_64-w64-mingw32
jobs=$(nproc)
work=$(mktemp -d "${TMPDIR:-/tmp}/azcustody-windows.XXXXXX")
trap 'rm -rf "$work"' EXIT
log=$out/log
: >"$log"

# The same bytes wherever it is built, and what hardens a program on Windows.
FLAGS="-O2 -fstack-protector-strong -ffile-prefix-map=$work=."

# Compile the files given after the flags $2 into lib$1.a.
archive()
{
	_name=$1
	_flags=$2
	shift 2
	_objects=$work/objects.$_name
	mkdir "$_objects"
	for _file in "$@"; do
		_object=$_objects/$(echo "$_file" | tr / _).o
		# shellcheck disable=SC2086 # Words of a command.
		echo "$host-gcc $FLAGS $_flags -c -o $_object $_file"
	done | xargs -P "$jobs" -d '\n' -n 1 sh -ec >>"$log" 2>&1
	$host-ar rcsD "$out/lib/lib$_name.a.new" "$_objects"/*.o
	mv "$out/lib/lib$_name.a.new" "$out/lib/lib$_name.a"
}

build_cjson()
{
	archive cjson -std=c11 cJSON.c
	mkdir -p "$out/include/cjson"
	cp cJSON.h "$out/include/cjson"
}

build_expat()
{
	cd expat/lib
	: >expat_config.h # Its settings are those of the line below.
	archive expat "-I. -DXML_STATIC -DXML_NS -DXML_DTD -DXML_CONTEXT_BYTES=1024 \
		-DBYTEORDER=1234 -DHAVE_MEMMOVE" xmlparse.c xmlrole.c xmltok.c
	cp expat.h expat_external.h "$out/include"
}

build_libzstd()
{
	# shellcheck disable=SC2046 # A list of names.
	archive zstd "-Ilib -DZSTD_LEGACY_SUPPORT=0 -DZSTD_DISABLE_ASM" \
	    $(echo lib/common/*.c lib/decompress/*.c)
	cp lib/zstd.h lib/zstd_errors.h "$out/include"
}

# Its own build wants to make its configure script; the portable code alone
# needs none.
build_libsodium()
{
	cd src/libsodium
	sed -e 's/@VERSION@/1.0/' -e 's/@SODIUM_LIBRARY_VERSION_M[A-Z]*@/0/' \
	    -e '/@SODIUM_LIBRARY_MINIMAL_DEF@/d' \
	    include/sodium/version.h.in >include/sodium/version.h
	# shellcheck disable=SC2046 # A list of names.
	archive sodium "-DCONFIGURED=1 -DSODIUM_STATIC -DNATIVE_LITTLE_ENDIAN \
		-DHAVE_TI_MODE -DDEV_MODE=0 -Iinclude/sodium -Iinclude" \
	    $(find crypto_* randombytes sodium -name '*.c' | sort)
	mkdir -p "$out/include/sodium"
	cp include/sodium.h "$out/include"
	cp include/sodium/*.h "$out/include/sodium"
}

build_libarchive()
{
	# What its configure script was made from must not look newer than it.
	find . -name '*.am' -o -name '*.ac' -o -name '*.m4' -o -name version |
	    xargs touch -d 1980-01-01
	./configure --host=$host --disable-shared --disable-dependency-tracking \
	    --disable-bsdtar --disable-bsdcpio --disable-bsdcat --disable-acl \
	    --disable-xattr --without-zlib --without-bz2lib --without-lzma \
	    --without-lz4 --without-zstd --without-libb2 --without-iconv \
	    --without-xml2 --without-expat --without-openssl --without-nettle \
	    --without-cng CFLAGS="$FLAGS" >>"$log" 2>&1
	make -j"$jobs" libarchive.la >>"$log" 2>&1
	cp libarchive/archive.h libarchive/archive_entry.h "$out/include"
	cp .libs/libarchive.a "$out/lib"
}

build_openssl()
{
	./Configure mingw64 --cross-compile-prefix=$host- --prefix=/nowhere \
	    --openssldir=/nowhere no-shared no-tests no-sock no-dso no-engine \
	    no-module no-legacy no-autoload-config no-ui-console no-async no-comp \
	    no-ssl no-tls no-dtls no-err "$FLAGS" >>"$log" 2>&1
	make build_generated >>"$log" 2>&1
	make -j"$jobs" libcrypto.a >>"$log" 2>&1
	mkdir -p "$out/include/openssl"
	cp include/openssl/*.h "$out/include/openssl"
	cp libcrypto.a "$out/lib"
}

missing=
for name in cjson expat libzstd libsodium libarchive openssl; do
	[ -f "$out/$name.version" ] || missing="$missing $name"
done
[ -n "$missing" ] || exit 0
# shellcheck disable=SC2086 # A list of names.
"$here/debian_source.sh" "$work" $missing 2>>"$log"
for name in $missing; do
	echo "  LIB  $name $(cat "$work/$name.version")"
	trap 'rm -rf "$work"; echo "windows_libraries.sh: $name: see $log" >&2' EXIT
	(
		cd "$work/$name"
		"build_$name"
	)
	# Last: it says that the library is whole.
	cp "$work/$name.version" "$out/$name.version"
done
trap 'rm -rf "$work"' EXIT
