# What the tests that use the hostile server share; sourced after tests/lib.sh.
#
#	serve DIR [server options]   start it on DIR/account.json; sets PORT
#	rule DIR JSON                what goes wrong from now on ([] for nothing)
#	requests DIR PATTERN         how many request lines match
PYTHON=/usr/bin/python3

serve()
{
	_dir=$1
	shift
	rm -f "$_dir/port"
	start "$PYTHON" -W ignore tests/faults/server.py "$_dir" "$@"
	_tries=0
	while [ ! -s "$_dir/port" ]; do
		_tries=$((_tries + 1))
		if [ "$_tries" -gt 100 ]; then
			echo "not ok - the hostile server starts"
			exit 1
		fi
		sleep 0.1
	done
	PORT=$(cat "$_dir/port")
}

rule()
{
	printf '%s\n' "$2" >"$1/control.new"
	mv "$1/control.new" "$1/control.json"
}

requests()
{
	grep -c -- "$2" "$1/requests.secret"
}

# A SAS for the server, which looks at no signature; it is noted as a secret.
write_sas()
{
	_secret=CANARY$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')
	canary "$_secret"
	(umask 077
	printf 'sv=2021-12-02&ss=b&srt=sco&sp=rl&se=%s&spr=https&sig=%s%%2F%%3D\n' \
	    "$(date -ud '+2 days' +%Y-%m-%dT%H:%M:%SZ)" "$_secret" >"$1")
}
