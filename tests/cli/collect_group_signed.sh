#!/bin/sh
# Goal of this test: each package of a group has all that a single one has: the
# signatures of all who sign, a stamp on each of them and on the start, a copy
# for each recipient, and its place in the chain of seals; also when the run is
# killed in the middle, and resumed.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh
. tests/cli/certify_lib.sh
. tests/cli/tsa_lib.sh

command -v age >/dev/null || { skip "a group for recipients" "no age"; exit 0; }
mkdir "$T/s" "$T/c"
"$PYTHON" - "$T/s/account.json" <<'END'
import json, sys
json.dump({"account": "acct", "containers": {"insights-logs-storageread": {
    "page": 5, "blobs": [
        {"name": "resourceId=/x/y=2026/m=06/d=01/h=%02d/m=00/PT1H.json" % h,
         "size": 700000 + h, "type": "AppendBlob", "seed": h + 7}
        for h in range(12)]}}}, open(sys.argv[1], "w"))
END
write_sas "$T/sas.secret"
make_key
make_root "$T/c" root
certify "$T/c" root signer ec -pkeyopt ec_paramgen_curve:P-256
make_tsa "$T/tsa"
serve_tsa "$T/tsa"
for who in first second; do
	age-keygen -o "$T/$who.key" 2>/dev/null
done
serve "$T/s"


# take WORDS...: a run or its resumption, with the credential of the last
# account that WORDS name, and the keys.
take()
{
	timeout 120 $TRACE "$B/azcustody-collect" "$@" \
	    --sas-file "$T/sas.secret" --sign "$T/k.key" \
	    --cms-key "examiner=$T/c/signer.key" \
	    --cms-cert "$T/c/signer.pem" --cms-chain "$T/c/root.pem" -q
}
TRACE=
run()
{
	rm -rf "$T/o"
	mkdir "$T/o"
	take run --case G --exhibit E --examiner "A. Tester" \
	    --max-package-size 4M --tsa "$TSA/good" \
	    --encrypt-to "$(age-keygen -y "$T/first.key")" \
	    --encrypt-to "$(age-keygen -y "$T/second.key")" \
	    --out "$T/o" --account acct --endpoint "http://127.0.0.1:$PORT/acct"
}

# The packages in the order of their numbers.
files()
{
	for _file in "$T/o"/*.tar.zst; do
		echo "$(tar -xOf "$_file" --wildcards '*/bag-info.txt' |
		    sed -n 's/^Bag-Count: \([0-9]*\) of .*/\1/p') $_file"
	done | sort -n | cut -d' ' -f2
}
judge()
{
	"$B/azcustody-verify" --trust "$T/k.pub" --ca "$T/c/root.pem" \
	    --tsa-ca "$T/tsa/root.pem" --require all "$@"
}

# whole: the group in $T/o has everything, by ordinary tools too.
whole()
{
	_previous=
	# shellcheck disable=SC2046
	set -- $(files)
	[ $# -eq 3 ] || { echo "$# packages"; return 1; }
	judge "$@" >"$T/judged" || { cat "$T/judged"; return 1; }
	grep -q '^GROUP COMPLETE: .* 3 given, 3 of 3 packages; 12 objects' \
	    "$T/judged" || { cat "$T/judged"; return 1; }
	for _file in "$@"; do
		unpack "$_file" "$T/u" >/dev/null # Ours wants its roots.
		(cd "$T/u" && sha256sum --quiet -c manifest-sha256.txt) &&
		    minisign -Vqm "$T/u/seal/seal.json" \
			-x "$T/u/seal/collector.minisig" -p "$T/k.pub" ||
		    return 1
		for _sig in collector.minisig examiner.p7s; do
			openssl ts -verify -data "$T/u/seal/$_sig" \
			    -in "$T/u/seal/$_sig.1.tsr" \
			    -CAfile "$T/tsa/root.pem" || return 1
		done
		openssl cms -verify -binary -inform DER -purpose any \
		    -content "$T/u/seal/seal.json" \
		    -in "$T/u/seal/examiner.p7s" -CAfile "$T/c/root.pem" \
		    -out /dev/null || return 1
		openssl ts -verify -data "$T/u/meta/case.json" \
		    -in "$T/u/meta/start.tsr" -CAfile "$T/tsa/root.pem" ||
		    return 1
		for _who in first second; do
			age -d -i "$T/$_who.key" "$_file.age" |
			    cmp - "$_file" || return 1
		done
		[ -z "$_previous" ] || grep -q "$_previous" \
		    "$T/u/seal/seal.json" || { echo "not chained"; return 1; }
		_previous=$(sha256sum <"$T/u/seal/seal.json" | cut -d' ' -f1)
	done
}

exits 0 "a group is signed twice, stamped, and sealed for two" run
ok "each of its packages has all of that, and they are a chain" whole
if ! strace -f -o /dev/null true 2>/dev/null; then
	skip "killed in the middle" "strace may not trace here"
	exit 0
fi
# Links: the files that each package takes over.  The first rename gives the copy
# its name, the next three the package.
points="linkat:1 renameat2:2"
[ -n "${LONG:-}" ] && points="$points linkat:4 linkat:2 renameat2:3 renameat2:5 write:90"
for point in $points; do
	TRACE="strace -f -qq -o /dev/null -e trace=${point%:*}
	    -e inject=${point%:*}:signal=SIGKILL:when=${point#*:}"
	exits 137 "killed at $point" run
	TRACE=
	for try in 1 2 3; do
		# Where two are left, the first is sealed and comes first.
		for work in "$T/o"/*.work; do
			[ -s "$work/state" ] || continue
			grep -q '"phase":"sealed"' "$work/state" && break
		done
		[ -d "$work" ] || break
		take resume "$work" --account acct >>"$T/resumed" 2>&1
	done
	ok "and resumed, it has all of that" whole
done
ok "a copy that was made before is told, and stays" grep -q \
    'tar.zst.age was made before, and stays as it is' "$T/resumed"
# Without the certificate's key: that is told.
TRACE="strace -f -qq -o /dev/null -e trace=linkat
    -e inject=linkat:signal=SIGKILL:when=1"
exits 137 "killed once more" run
TRACE=
for work in "$T/o"/*.work; do
	"$B/azcustody-collect" resume "$work" --account acct \
	    --sas-file "$T/sas.secret" --sign "$T/k.key" -q \
	    >>"$T/said" 2>&1
done
ok "a signer who does not come back is told" grep -q \
    'begun with a signer as examiner, who does not sign now' "$T/said"
