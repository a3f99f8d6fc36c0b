# Judging by both verifiers; sourced after tests/lib.sh.
#
#	judge_both EXIT WORDS...   both come to it; what they say is in $T/verdict
#	                           and $T/second
#	says TEXT                  ours says so

judge_both()
{
	_want=$1
	shift
	"$B/azcustody-verify" "$@" >"$T/verdict" 2>&1
	_have=$?
	/usr/bin/python3 verify/second-opinion "$@" >"$T/second" 2>&1
	_other=$?
	[ "$_have" -eq "$_want" ] && [ "$_other" -eq "$_want" ] ||
	    { echo "exits $_have and $_other"; cat "$T/verdict" "$T/second"
	    return 1; }
}

says()
{
	ok "... and says so" grep -q -- "$1" "$T/verdict"
}
