#!/bin/sh
# Goal of this test: a package encrypted by us is read by the age program and by
# the verifier, one encrypted by age is read by the verifier, and nobody else
# reads it; what was changed in it is found.
. tests/lib.sh
VERIFY=$B/azcustody-verify
LEDGER=$B/azcustody-ledger

if ! command -v age >/dev/null; then
	skip "encrypted packages" "age is not installed"
	exit 0
fi
for who in one two other; do
	age-keygen -o "$T/$who.secret" 2>/dev/null
	chmod 600 "$T/$who.secret"
	age-keygen -y "$T/$who.secret" >"$T/$who.recipient"
	canary "$(grep SECRET "$T/$who.secret")"
done
mkdir "$T/logs" "$T/out"
head -c 300000 /dev/urandom | base64 >"$T/logs/a.json"
"$LEDGER" keygen --no-password "$T/signer" >/dev/null
"$B/tests/tools/pack" --folder "$T/logs" --out "$T/out" --key "$T/signer.key" \
    --at 2026-11-01T00:00:00Z >/dev/null
package=$(echo "$T"/out/*.tar.zst)

exits 0 "a package is encrypted to two recipients, one of them out of a file" \
    "$LEDGER" encrypt --encrypt-to "$(cat "$T/one.recipient")" \
    --encrypt-to "$T/two.recipient" "$package"
cp "$T/.out" "$T/said"
ok "the path of the new file is printed" grep -qx "$package.age" "$T/said"
for who in one two; do
	ok "age reads it with the key of $who" \
	    sh -c "age -d -i '$T/$who.secret' '$package.age' | cmp - '$package'"
	exits 0 "the verifier judges it with the key of $who" \
	    "$VERIFY" "$package.age" --identity "$T/$who.secret" \
	    --trust "$T/signer.pub" --require custody
done
exits 77 "another key opens nothing" \
    "$VERIFY" "$package.age" --identity "$T/other.secret"
exits 77 "and neither does no key" "$VERIFY" "$package.age"
not_ok "age agrees about the other key" \
    age -d -o /dev/null -i "$T/other.secret" "$package.age"
exits 64 "a file that is there is not replaced" \
    "$LEDGER" encrypt --encrypt-to "$T/two.recipient" "$package"
ok "and nothing is left of it" test ! -e "$package.age.partial"
exits 65 "what is no recipient is refused" \
    "$LEDGER" encrypt --encrypt-to age1nobody "$package"

# One that age made, with a recipient of a kind we do not know before ours.
mkdir "$T/theirs"
cp -r "$T"/out/*.custody "$package.sha256" "$T/theirs/"
ssh=
if command -v ssh-keygen >/dev/null; then
	ssh-keygen -q -t ed25519 -N '' -f "$T/ssh.key" &&
	    ssh="-R $T/ssh.key.pub"
fi
theirs=$T/theirs/$(basename "$package").age
# shellcheck disable=SC2086
ok "age encrypts it" age $ssh -R "$T/one.recipient" -o "$theirs" "$package"
exits 0 "the verifier judges what age encrypted" \
    "$VERIFY" "$theirs" --identity "$T/one.secret" --trust "$T/signer.pub"
exits 0 "also where its own folder gives no room, in another" \
    "$VERIFY" "$theirs" --identity "$T/one.secret" --trust "$T/signer.pub" \
    --scratch "$T/out"
exits 0 "and by a descriptor" sh -c "'$VERIFY' '$theirs' --identity fd:7 \
    --trust '$T/signer.pub' 7<'$T/one.secret'"

changed()
{
	cp "$theirs" "$T/bad.tar.zst.age"
	/usr/bin/python3 -c "
f = open('$T/bad.tar.zst.age', 'r+b'); f.seek($1, 2 if $1 < 0 else 0)
b = f.read(1); f.seek(-1, 1)
f.write(bytes([b[0] ^ 1]) if $1 < 0 else b'B' if b == b'A' else b'A')"
	"$VERIFY" "$T/bad.tar.zst.age" --identity "$T/one.secret" \
	    --trust "$T/signer.pub" >"$T/.out" 2>"$T/.err"
	[ $? -eq "$2" ]
}
ok "a bit of the content changed: altered" changed -5000 1
ok "the last bit changed: altered" changed -1 1
ok "a bit of the header's MAC changed" changed "$(grep -abo -- '--- ' "$theirs" | head -n 1 | cut -d: -f1 | awk '{ print $1 + 9 }')" 1
head -c 200000 "$theirs" >"$T/bad.tar.zst.age"
exits 1 "the end is missing: altered" "$VERIFY" "$T/bad.tar.zst.age" \
    --identity "$T/one.secret" --trust "$T/signer.pub"
ok "no clear byte is left anywhere" \
    sh -c "! find '$T/theirs' -type f ! -name '*.age' ! -path '*.custody*' ! -name '*.sha256' | grep ."

# The collector does it as it publishes.
. tests/faults/lib.sh
. tests/cli/collect_lib.sh
mkdir "$T/s" "$T/collected"
cat >"$T/s/account.json" <<'END'
{"account": "acct", "containers": {"insights-activity-logs": {"blobs": [
  {"name": "a.json", "size": 3000, "type": "AppendBlob", "seed": 3}]}}}
END
write_sas "$T/sas.secret"
make_key
serve "$T/s"
take()
{
	collect --account acct --endpoint "http://127.0.0.1:$PORT/acct" \
	    --sas-file "$T/sas.secret" --out "$T/collected" "$@"
}
exits 65 "what is no recipient ends a run before it begins" \
    take --encrypt-to age1nobody
ok "and nothing was made" sh -c "[ -z \"\$(ls '$T/collected')\" ]"
exits 0 "a collection is encrypted to a recipient" \
    take --encrypt-to "$(cat "$T/one.recipient")"
ok "age reads it" sh -c \
    "age -d -i '$T/one.secret' '$T'/collected/*.age | cmp - '$T'/collected/*.tar.zst"
