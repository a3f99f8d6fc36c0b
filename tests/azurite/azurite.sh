#!/bin/sh
# Start or stop a private Blob service on a free loopback port.
#
# usage: azurite.sh start DIR [--https] [NAME...]
#        azurite.sh stop DIR
#
# start makes one account for each NAME (default: evidacct) with a random key and
# returns when the service answers.  It leaves in DIR:
#   endpoint     http://127.0.0.1:PORT (an account's URL is ENDPOINT/NAME)
#   keys.json    {"NAME": "key", ...}, mode 0600
#   NAME.key     the key alone, mode 0600
#   tls.crt      the certificate to trust, with --https
# stop ends that one process and removes all that start made.  DIR is a service's own:
# several of them run side by side.
set -eu
umask 077

here=$(cd "$(dirname "$0")" && pwd)
LIMIT_S=40

die() {
	echo "azurite.sh: $*" >&2
	exit 1
}

usage() {
	sed -n '4,5s/^# //p' "$0" >&2
	exit 2
}

# is_ours PID DIR: whether PID is the service that runs on DIR, not a later owner of the number.
is_ours() {
	[ -r "/proc/$1/cmdline" ] && tr '\0' '\n' <"/proc/$1/cmdline" | grep -qxF "$2/azurite.data"
}

forget() {
	if [ -f "$1/azurite.files" ]; then
		while IFS= read -r file; do
			rm -f "$1/$file"
		done <"$1/azurite.files"
	fi
	rm -rf "$1/azurite.data" "$1/azurite.files"
	rmdir "$1" 2>/dev/null || true
}

# make_keys DIR NAME...: write the key files; print the accounts as Azurite wants them.
make_keys() {
	dir=$1
	shift
	json="" accounts=""
	for name in "$@"; do
		key=$(head -c 64 /dev/urandom | base64 -w0)
		echo "$key" >"$dir/$name.key"
		echo "$name.key" >>"$dir/azurite.files"
		json="$json${json:+, }\"$name\": \"$key\""
		accounts="$accounts${accounts:+;}$name:$key"
	done
	echo "{$json}" >"$dir/keys.json"
	echo "$accounts"
}

make_certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
	    -addext subjectAltName=IP:127.0.0.1,DNS:localhost \
	    -keyout "$1/tls.key" -out "$1/tls.crt" 2>/dev/null ||
	    die "openssl made no certificate"
}

# wait_ready DIR PID: wait until the service says where it listens and accepts a request.
wait_ready() {
	tries=$((LIMIT_S * 10))
	while [ $tries -gt 0 ]; do
		url=$(sed -n 's/.*successfully listens on \(http[^ ]*\).*/\1/p' "$1/azurite.log")
		if [ -n "$url" ]; then
			echo "$url" >"$1/endpoint"
			return 0
		fi
		kill -0 "$2" 2>/dev/null || break
		sleep 0.1
		tries=$((tries - 1))
	done
	return 1
}

start() {
	dir=$1
	shift
	https=no
	if [ "${1-}" = --https ]; then
		https=yes
		shift
	fi
	[ $# -gt 0 ] || set -- evidacct
	program="$here/node_modules/azurite/dist/src/blob/main.js"
	[ -f "$program" ] || die "no Azurite here; run: npm --prefix $here ci"
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	[ ! -e "$dir/azurite.pid" ] || die "$dir: a service was started here; stop it first"
	printf '%s\n' azurite.pid azurite.log endpoint keys.json tls.key tls.crt >"$dir/azurite.files"
	AZURITE_ACCOUNTS=$(make_keys "$dir" "$@")
	export AZURITE_ACCOUNTS
	# With AZURITE_LOG=access azurite.log has a line for every request.
	silent=--silent
	[ "${AZURITE_LOG-}" != access ] || silent=
	# shellcheck disable=SC2086
	set -- $silent --skipApiVersionCheck --disableTelemetry \
	    --blobHost 127.0.0.1 --blobPort 0 --location "$dir/azurite.data"
	if [ $https = yes ]; then
		make_certificate "$dir"
		set -- "$@" --cert "$dir/tls.crt" --key "$dir/tls.key"
	fi
	mkdir -p "$dir/azurite.data"
	cd "$dir"
	nohup node "$program" "$@" >"$dir/azurite.log" 2>&1 </dev/null &
	pid=$!
	echo $pid >"$dir/azurite.pid"
	trap 'kill $pid 2>/dev/null; forget "$dir"; exit 1' HUP INT TERM
	if ! wait_ready "$dir" $pid; then
		tail -n 5 "$dir/azurite.log" >&2
		kill "$pid" 2>/dev/null || true
		forget "$dir"
		die "no answer within $LIMIT_S s"
	fi
}

stop() {
	[ -d "$1" ] || exit 0
	dir=$(cd "$1" && pwd)
	[ -f "$dir/azurite.pid" ] || { forget "$dir"; exit 0; }
	pid=$(cat "$dir/azurite.pid")
	if is_ours "$pid" "$dir"; then
		kill "$pid" 2>/dev/null || true
		tries=100
		while [ $tries -gt 0 ] && is_ours "$pid" "$dir"; do
			[ $tries -ne 30 ] || kill -9 "$pid" 2>/dev/null || true
			sleep 0.1
			tries=$((tries - 1))
		done
	fi
	forget "$dir"
}

[ $# -ge 2 ] || usage
case $1 in
start) shift; start "$@" ;;
stop) stop "$2" ;;
*) usage ;;
esac
