#!/bin/sh
# Goal of this test: blobs that change while they are read are one state of the
# service's or nothing.  What is appended meanwhile, at any moment and any
# border, leaves the front that was pinned; a blob that is deleted and made
# anew under its name, longer and with more blocks, is told by its birth; a
# rewritten history is read anew, and never mixed with the old one.
. tests/lib.sh
. tests/faults/lib.sh
. tests/cli/collect_lib.sh

mkdir "$T/s"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {"blobs": [
  {"name": "small.json", "size": 5000, "type": "AppendBlob", "seed": 1},
  {"name": "border.json", "size": 8388608, "type": "AppendBlob", "seed": 2},
  {"name": "large.json", "size": 30000000, "type": "AppendBlob", "seed": 3}]},
 "insights-logs-storageread": {"blobs": [
  {"name": "block.json", "size": 9000000, "seed": 4}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"

take()
{
	rm -rf "$T/o" "$T/u"
	mkdir "$T/o"
	collect --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
	    --sas-file "$T/sas.secret" --out "$T/o" --tries 3 \
	    --logs activity,storage "$@"
}

# live FILE: NAME SIZE DIGEST of each object, from what the service holds now:
# is what was taken the front of it?
fronts()
{
	fact "$T/u" meta/objects.jsonl '"\n".join(" ".join((o["name"],
	    str(o["size"]), o["sha256"])) for o in d)' >"$T/have"
	while read -r name size digest; do
		case $name in
		block.json) folder=insights-logs-storageread ;;
		*) folder=insights-activity-logs ;;
		esac
		test "$(curl -sg "http://127.0.0.1:$PORT/acct/$folder/$name" |
		    head -c "$size" | sha256sum | cut -d' ' -f1)" = "$digest" ||
		    return 1
	done <"$T/have"
	test "$(wc -l <"$T/have")" -eq 4
}

# ---- Somebody appends all the time, at block borders ----
rule "$T/s" '[{"mode": "append", "every_ms": 3, "bytes": 65536}]'
exits 0 "blobs that somebody appends to are taken" take --prove-ranges
rule "$T/s" '[]'
ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
ok "each is the front of what the service holds" fronts
ok "the large ones were seen to have grown" test "$(fact "$T/u" \
    meta/objects.jsonl 'sorted(o["name"] for o in d if "last_look" in o and
    o["last_look"]["content_length"] > o["size"] and
    o["last_look"]["committed_block_count"] >
    o["http"]["committed_block_count"])')" = "['border.json', 'large.json']"
ok "and the second listing saw it, too" test "$(fact "$T/u" \
    meta/journal.jsonl '[j["facts"]["changed"] for j in d
    if "changed" in j["facts"]][0] >= 3')" = True

# ---- Deleted and made anew under its name, between two ranges ----
# On a service of their first sizes: who appends leaves some hundred MB.
mkdir "$T/s2"
cp "$T/s/account.json" "$T/s2"
serve "$T/s2"
for after in 0 1 3 7; do
	rule "$T/s2" "[{\"phase\": \"range\", \"match\": \"large\",
	    \"mode\": \"recreate\", \"after\": $after, \"times\": 1}]"
	exits 0 "a blob made anew after $after ranges is taken anew" take
	ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
	rule "$T/s2" '[]'
	ok "as it is then, never a mixture" fronts
	ok "both births are told" test "$(fact "$T/u" meta/objects.jsonl \
	    '[len({a["etag"] for a in o["attempts"] if "etag" in a}) > 1 and
	    any(a["error"] for a in o["attempts"]) for o in d
	    if o["name"] == "large.json"]')" = "[True]"
done

# ---- History rewritten under it ----
for after in 0 1; do
	rule "$T/s2" "[{\"phase\": \"range\", \"match\": \"block\",
	    \"mode\": \"change\", \"after\": $after, \"times\": 1}]"
	exits 0 "a blob rewritten after $after ranges is read anew" take
	ok "ordinary tools accept it" unpack "$(the_package "$T/o")" "$T/u"
	rule "$T/s2" '[]'
	ok "as it is then, never a mixture" fronts
done
