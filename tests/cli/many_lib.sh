# What the tests with many and large blobs share; sourced after tests/lib.sh,
# tests/faults/lib.sh and tests/cli/collect_lib.sh.
#
#	serve_many BLOBS SIZE [FAULTS [DROP-AT]]   sets PORT
#	watch FIGURES WORDS...   run under tests/cli/watch.py
#	figure FILE EXPR         a Python expression over the figures d
many_words()
{
	echo "--case M --exhibit E --examiner Tester --sign $T/k.key
	    --account acct --sas-file $T/sas.secret --logs activity
	    --endpoint http://127.0.0.1:$PORT/acct"
}

serve_many()
{
	rm -f "$T/many.port"
	start "$B/tests/tools/manyserve" "$T/many.port" "$@" 2>"$T/many.said"
	_tries=0
	while [ ! -s "$T/many.port" ]; do
		_tries=$((_tries + 1))
		[ "$_tries" -le 100 ] || { echo "not ok - it listens"; exit 1; }
		sleep 0.1
	done
	PORT=$(cat "$T/many.port")
}

watch()
{
	"$PYTHON" tests/cli/watch.py "$@"
}

figure()
{
	"$PYTHON" -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(int(eval(sys.argv[2])))' "$1" "$2"
}
