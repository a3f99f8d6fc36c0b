#!/bin/sh
# Goal of this test: files that are brought say something of addresses, cards,
# and machines, beside the records and never in them; each is named by digest,
# and what cannot be read whole is refused.
. tests/lib.sh
. tests/timeline_lib.sh
HELP="/usr/bin/python3 tests/timeline_enrich.py"

ok "a small incident is generated and sealed" \
    incident small 7 --days 4 --scale 0.01
exits 3 "its timeline is built without any file" build small "$T/plain"
ok "files of each kind are made" $HELP make "$T/plain" "$T/about"

enriched()
{
	build small "$1" --service-tags "$T/about/tags.json" \
	    --geoip "$T/about/places.mmdb" --indicators "$T/about/list.csv" \
	    --indicators "$T/about/bundle.json" \
	    --indicators "$T/about/plain.txt" \
	    --inventory "$T/about/machines.csv"
}
exits 3 "and with them" enriched "$T/one"
ok "every address has the marks that it must have, and no other" \
    $HELP check "$T/one" "$T/about"
ok "the rows are the same but for columns of their own" \
    $HELP same "$T/plain" "$T/one"
ok "derived.json names each file by its digest only" \
    $HELP bound "$T/one" "$T/about"
ok "the folder is a valid bag" "$B/azcustody-verify" bag "$T/one"
ok "and every row leads back to its bytes" "$B/azcustody-verify" timeline \
    "$T/one" --package "$(package small)" --trust "$T/signer.pub"
ok "the CSV agrees with the JSON Lines" $LIB csv "$T/one"
ok "no cell of the CSV can be a formula" $LIB inert "$T/one"
reported()
{
	for f in tags.json places.mmdb list.csv bundle.json machines.csv; do
		hex=$(sha256sum "$T/about/$f" | cut -d ' ' -f 1)
		grep -q "$hex" "$T/one/data/report.html" || return 1
	done
	! grep -q 'id="enrichment"' "$T/plain/data/report.html"
}
ok "the report names the files; without any it has no such part" reported
ok "no name out of a file is an element of the report" \
    /usr/bin/python3 tests/timeline_hostile.py --html "$T/one/data/report.html"
mv "$T/about" "$T/moved" && mkdir "$T/about" && cp "$T/moved/"* "$T/about"
exits 3 "it is built again from copies" enriched "$T/two"
ok "equal input gives equal bytes" \
    cmp "$T/one/tagmanifest-sha256.txt" "$T/two/tagmanifest-sha256.txt"

ok "files that cannot be read whole are made" \
    $HELP hostile "$T/bad" "$T/about"
refused()
{
	n=0
	for f in "$T/bad"/*/*; do
		option=$(basename "$(dirname "$f")")
		timeout 60 "$TIMELINE" build "$(package small)" \
		    --out "$T/none" --trust "$T/signer.pub" "--$option" "$f" \
		    >"$T/said" 2>&1
		code=$?
		if [ "$code" -ne 65 ] || [ -e "$T/none" ] ||
		    ! grep -q -- "--$option" "$T/said" ||
		    LC_ALL=C grep -q '[^ -~]' "$T/said"; then
			echo "$f: exit $code"
			cat "$T/said"
			return 1
		fi
		n=$((n + 1))
	done
	[ "$n" -gt 30 ]
}
ok "each is refused with its reason, and leaves nothing" refused
exits 66 "a file that is not there is said" build small "$T/none" \
    --indicators "$T/nothing"

# A database with any byte changed gives a timeline, or is refused: no crash.
flipped()
{
	for k in $(seq 1 19); do
		$HELP flip "$T/about/places.mmdb" "$T/flip.mmdb" "$k" || return 1
		timeout 60 "$TIMELINE" build "$(package small)" \
		    --out "$T/flip$k" --trust "$T/signer.pub" \
		    --geoip "$T/flip.mmdb" >"$T/said" 2>&1
		code=$?
		rm -rf "$T/flip$k"
		case $code in
		3 | 65) ;;
		*) echo "$k: exit $code"
		    cat "$T/said"
		    return 1 ;;
		esac
	done
}
if [ -n "${LONG:-}" ]; then
	ok "a database with a flipped bit costs no crash" flipped
fi
