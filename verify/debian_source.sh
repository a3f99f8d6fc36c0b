#!/bin/sh
# Unpack Debian's source packages:
#
#	debian_source.sh FOLDER NAME[=VERSION]...
#
# FOLDER/NAME is the source with Debian's changes, FOLDER/NAME.version says which
# one it is.  Without a version it is the newest that can be had.  apt gets it
# from where this machine gets its packages, and checks it as it checks those: by
# the archive's signature and the source's SHA-256.
set -eu
export LC_ALL=C
mkdir -p "$1"
folder=$(realpath "$1")
shift
work=$(mktemp -d "${TMPDIR:-/tmp}/azcustody-source.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial"

# The machine's own list of sources, asked for source packages.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ -f "$list" ] && sed -n 's/^deb /deb-src /p' "$list"
done >"$work/parts/all.list"
for list in /etc/apt/sources.list.d/*.sources; do
	[ -f "$list" ] && sed 's/^Types:.*/Types: deb-src/' "$list" \
	    >"$work/parts/$(basename "$list")"
done
ours()
{
	_tool=$1
	shift
	"$_tool" -qq -o Dir::Etc::SourceList=/dev/null \
	    -o Dir::Etc::SourceParts="$work/parts" \
	    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
	    -o APT::Sandbox::User=root "$@"
}

# The versions of the source package $1 that are listed, newest first.
versions()
{
	ours apt-cache showsrc --only-source "$1" |
	    awk '$1 == "Version:" { print $2 }' | sort -ruV
}

ours apt-get update >&2
for wanted in "$@"; do
	name=${wanted%%=*}
	case $wanted in
	*=*) choice=${wanted#*=} ;;
	*) choice=$(versions "$name") ;;
	esac
	got=
	for version in $choice; do
		rm -rf "$work/got"
		mkdir "$work/got"
		# A list may name what its server does not have any more.
		if (cd "$work/got" &&
		    ours apt-get source --download-only "$name=$version") >&2
		then
			got=$version
			break
		fi
	done
	[ -n "$got" ] || {
		echo "debian_source.sh: the source of $name cannot be had" >&2
		exit 1
	}
	rm -rf "${folder:?}/$name"
	dpkg-source --no-copy -x "$work"/got/*.dsc "$folder/$name" >/dev/null 2>&1
	echo "$got" >"$folder/$name.version"
done
