#!/bin/sh
# Write a C file on standard output that holds the FILEs as bytes, in the order
# given, as timeline/embedded.h declares them.
set -eu
echo '#include "timeline/embedded.h"'
echo
n=0
for file; do
	echo "static const unsigned char bytes_$n[] = {"
	od -An -v -tx1 "$file" | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '0x00 };'
	n=$((n + 1))
done
echo
echo 'static const struct embedded files[] = {'
n=0
for file; do
	echo "	{ \"$(basename "$file")\", bytes_$n, sizeof(bytes_$n) - 1 },"
	n=$((n + 1))
done
echo '};'
echo
echo 'const struct embedded *'
echo 'embedded_files(size_t * count)'
echo '{'
echo '	*count = sizeof(files) / sizeof(files[0]);'
echo '	return files;'
echo '}'
