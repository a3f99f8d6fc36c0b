#!/bin/sh
# Goal of this test: the seal in a disclosure is judged by all that the examiner
# brings, as it is in the package: roles, times, demands, a chain that is built
# from what the seal carries, and the moment its time stamps prove.  Both
# verifiers judge alike.
. tests/lib.sh
. tests/cli/judge_lib.sh
. tests/cli/collect_lib.sh
. tests/cli/certify_lib.sh
. tests/cli/tsa_lib.sh

C=$T/c
make_key
"$B/azcustody-ledger" keygen --no-password "$T/d" >/dev/null
make_root "$C" root && EXTENSIONS='basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign,cRLSign' && certify "$C" root sub ec \
    -pkeyopt ec_paramgen_curve:P-384 &&
    EXTENSIONS=keyUsage=critical,digitalSignature &&
    certify "$C" sub notary ec -pkeyopt ec_paramgen_curve:P-256 &&
    make_tsa "$T/a" || { echo "not ok - a world of certificates"; exit 1; }
serve_tsa "$T/a"
mkdir "$T/in" "$T/o" "$T/bare"
echo '{"a":1}' >"$T/in/a.json"
echo '{"b":1}' >"$T/in/b.json"
echo 1 >"$T/list"

# take FOLDER WORDS...: a package in it, one of whose objects is disclosed.
take()
{
	_to=$1
	shift
	collect --folder "$T/in" --out "$_to" --cms-key "notary=$C/notary.key" \
	    --cms-cert "$C/notary.pem" --cms-chain "$C/sub.pem" "$@" \
	    >"$T/text" 2>&1 &&
	    "$B/azcustody-ledger" disclose "$(the_package "$_to")" \
		--objects "$T/list" --by-name D --sign "$T/d.key" \
		--out "$_to/d" >"$T/text" 2>&1
}
ok "two sign a seal, which is stamped, and a part of it is disclosed" \
    take "$T/o" --tsa "$TSA/good"
ok "another one has no time stamp" take "$T/bare"
D=$T/o/d

# judge EXIT WORDS...: both verifiers come to it, of the disclosure.
judge()
{
	_exit=$1
	shift
	judge_both "$_exit" disclosure "$D" "$@"
}

DISCLOSER="--trust $T/d.pub"
ALL="$DISCLOSER --trust $T/k.pub --ca $C/root.pem --tsa-ca $T/a/root.pem"
ok "what the seal carries builds the chain" judge 0 $ALL
says '\[stamped\] the seal existed at 20'
ok "one of two signers who cannot be judged is undecided" judge 2 $DISCLOSER \
    --ca "$C/root.pem"
says '\[signer\] original/seal.json: 1 of 2 signers'
ok "nobody who sealed it is a failure" judge 1 $DISCLOSER
says '\[untrusted\] original/seal.json'

# trust NOTARY KEY DEMANDS: a trust file, each a member of JSON or empty.
sha=$(openssl x509 -in "$C/notary.pem" -outform DER | sha256sum | cut -c -64)
trust()
{
	printf '{"format":"azcustody/trust/1","signers":[{"name":"N","kind":"cms","certificate_sha256":"%s",%s},{"name":"K","kind":"ed25519","public":"%s",%s},{"name":"D","kind":"ed25519","public":"%s",%s}],"demands":[%s]}\n' \
	    "$sha" "${1:-$ANY}" "$(sed -n 2p "$T/k.pub")" "${2:-$ANY}" \
	    "$(sed -n 2p "$T/d.pub")" "${4:-$ANY}" "${3:-}" >"$T/trust.json"
	BY="--trust-file $T/trust.json"
}
ANY='"roles":null,"from":null,"to":null'
PAST='"roles":null,"from":null,"to":"2026-01-01T00:00:00.0000000Z"'
trust '"roles":["notary"],"from":null,"to":null' \
    '"roles":["collector"],"from":null,"to":null' \
    '{"roles":["notary"],"count":1},{"roles":null,"count":2}' \
    '"roles":["discloser"],"from":null,"to":null'
ok "each in the role that the trust file gives" judge 0 $BY
trust '"roles":["collector"],"from":null,"to":null'
ok "a sealer in another role" judge 1 $BY
says 'in the role notary'
trust "" "" "" '"roles":["collector"],"from":null,"to":null'
ok "a discloser in another role" judge 1 $BY
says '\[signature\] disclosure.discloser.minisig.*in the role discloser'
trust "" "" "" "$PAST"
ok "a discloser whose time was over" judge 1 $BY
trust "" "$PAST"
ok "a sealer whose time was over" judge 1 $BY
trust "" "" '{"roles":["witness"],"count":1}'
ok "a role is demanded that nobody has" judge 1 $BY
says '\[demand\] original/seal.json'
trust "" "" '{"roles":["discloser"],"count":1}'
ok "what is demanded of a seal is not met by the discloser" judge 1 $BY
printf '{"format":"azcustody/trust/1","signers":[],"demands":[{"roles":["notary"],"count":1}]}\n' \
    >"$T/trust.json"
ok "one is demanded who cannot be judged" judge 2 $DISCLOSER \
    --trust "$T/k.pub" $BY
says '\[demand-open\]'

# A key that was revoked: only a time stamp shows which came first.
soon=$(date -u -d +1hour +%FT%T.0000000Z)
trust "" "\"roles\":null,\"from\":null,\"to\":null,\"revoked\":\"$soon\""
ok "stamped before it was revoked" judge 0 $BY --tsa-ca "$T/a/root.pem"
ok "which nothing shows without the authority" judge 2 $BY
says '\[expired\] seal/collector.minisig'
D=$T/bare/d
ok "nor without a time stamp" judge 2 $BY --tsa-ca "$T/a/root.pem"
ok "which does not matter otherwise" judge 0 $ALL

# What stands beside the seal must be what the seal declares; the discloser signs
# whatever they like.
forge()
{
	chmod -R u+w "$T/o/d"
	rm -rf "$T/f"
	cp -r "$T/o/d" "$T/f"
	D=$T/f
	_change=$1
	shift
	(cd "$T/f" && eval "$_change")
	/usr/bin/python3 tests/cli/disclosure_seal.py "$T/f" \
	    "$B/tests/tools/signfile" "$T/d.key" "$@"
}
forge ""
ok "signed anew it is what it was" judge 0 $ALL
forge 'cat original/certs.pem "$C/root.pem" >x && mv x original/certs.pem'
ok "other certificates" judge 1 $ALL
says '\[original\] original/certs.pem'
forge 'rm original/certs.pem' original/certs.pem
ok "no certificates" judge 1 $ALL
forge 'rm original/notary.p7s.1.tsr' original/notary.p7s.1.tsr
ok "no time stamp" judge 1 $ALL
forge 'mv original/collector.minisig.1.tsr x &&
    mv original/notary.p7s.1.tsr original/collector.minisig.1.tsr &&
    mv x original/notary.p7s.1.tsr'
ok "time stamps changed about" judge 1 $ALL
says '\[token\] original/'
forge 'echo more >original/more.txt
    echo "0  original/more.txt" >>tagmanifest-sha256.txt'
ok "a file more, which the discloser names and signs" judge 1 $ALL
says '\[tagmanifest\] original/more.txt'
