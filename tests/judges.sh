#!/bin/sh
# Fill the folder $1/judged: all that stands in the build folder $1, but under
# the names of the programs tests/tools/witness, which runs them and has others
# judge what they do.  What is there stays, as other tests may use it meanwhile.
set -eu
mkdir -p "$1/judged"
for path in "$1"/*; do
	name=${path##*/}
	case $name in
	judged | both | both.*) continue ;;
	azcustody-collect | azcustody-timeline | azcustody-verify)
		to=tests/tools/witness ;;
	*) to=$name ;;
	esac
	[ -e "$1/judged/$name" ] || ln -s "../$to" "$1/judged/$name" 2>/dev/null ||
	    [ -e "$1/judged/$name" ]
done
