# A private PostgreSQL server for a test; sourced after tests/lib.sh.  It
# listens on a socket in its own folder and on no network.
#
#	postgres_start    returns 1 if there is no server program
#	POSTGRES          the address of its database, for --engine
#	postgres_ask SQL  an answer as text

postgres_start()
{
	_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
	[ -x "$_bin/initdb" ] || return 1
	_pg=$T/pg
	mkdir "$_pg" || return 1
	# The server refuses to run as root.
	_as=
	if [ "$(id -u)" -eq 0 ]; then
		_as="setpriv --reuid postgres --regid postgres --clear-groups"
		chmod 711 "$T"
		chown postgres "$_pg"
	fi
	$_as "$_bin/initdb" -D "$_pg/data" -U examiner -A trust -E UTF8 \
	    --locale=C.UTF-8 --no-sync >"$T/pg.log" 2>&1 || return 1
	start $_as "$_bin/postgres" -D "$_pg/data" -k "$_pg" -F \
	    -c listen_addresses= >>"$T/pg.log" 2>&1
	for _ in $(seq 100); do
		psql -h "$_pg" -U examiner -c 'SELECT 1' postgres \
		    >/dev/null 2>&1 && break
		sleep 0.1
	done
	POSTGRES=postgresql://examiner@$(echo "$_pg" | sed 's,/,%2F,g')/postgres
	psql -q -h "$_pg" -U examiner -c 'SELECT 1' postgres >/dev/null
}

postgres_ask()
{
	psql -q -A -t -h "$_pg" -U examiner -c "$1" postgres
}
