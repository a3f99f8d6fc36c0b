#!/bin/sh
# Install what is missing on Debian 12: install.sh build|check|demo|static|windows...
# Says what it does; uses sudo when not root.  Nothing is done, and nothing is
# asked of the network, when all is there.
set -eu
cd "$(dirname "$0")/.."

BUILD="gcc make pkg-config libarchive-dev libssl-dev libcjson-dev libsodium-dev
libzstd-dev libexpat1-dev libseccomp-dev libcurl4-openssl-dev libyajl-dev
libsqlite3-dev libpq-dev libmaxminddb-dev"
STATIC="libacl1-dev liblz4-dev libbz2-dev liblzma-dev nettle-dev libxml2-dev libicu-dev
zlib1g-dev dpkg-dev"
WINDOWS="gcc-mingw-w64-x86-64 dpkg-dev perl"
WINE="wine64"
DEMO="python3 openssl zstd minisign procps"
BENCH="jq libsecret-1-0"
CHECK="$DEMO age faketime postgresql-15 postgresql-client-15 curl libsecret-1-0 clang clang-tidy clang-format cppcheck libclang-rt-14-dev strace
universal-ctags mandoc chromium libarchive-tools sqlite3 binutils git"

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

is_installed()
{
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

wanted=
for part in "$@"; do
	case $part in
	build) wanted="$wanted $BUILD" ;;
	check) wanted="$wanted $CHECK" ;;
	static) wanted="$wanted $STATIC" ;;
	windows) wanted="$wanted $WINDOWS" ;;
	wine) wanted="$wanted $WINE" ;;
	demo) wanted="$wanted $DEMO" ;;
	bench) wanted="$wanted $BENCH" ;;
	*) echo "install.sh: no part is called $part" >&2; exit 64 ;;
	esac
done

missing=
for package in $wanted; do
	is_installed "$package" || missing="$missing $package"
done
# Node may come from Debian or from elsewhere; 18 and newer will do.
case " $* " in
*" check "* | *" demo "*)
	node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' \
	    2>/dev/null || missing="$missing nodejs"
	npm --version >/dev/null 2>&1 || missing="$missing npm"
	;;
esac

if [ -n "$missing" ]; then
	echo "Installing packages:$missing"
	as_root apt-get update -qq
	# shellcheck disable=SC2086
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	    --no-install-recommends $missing >/dev/null
fi

case " $* " in
*" check "* | *" demo "*)
	if [ ! -x tests/azurite/node_modules/.bin/azurite-blob ] ||
	    [ tests/azurite/package-lock.json -nt tests/azurite/node_modules ]; then
		echo "Installing the npm packages of tests/azurite"
		(cd tests/azurite && npm ci --no-audit --no-fund --loglevel=error \
		    >/dev/null && touch node_modules)
	fi
	;;
esac
