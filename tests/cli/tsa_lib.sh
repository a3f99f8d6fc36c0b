# A time-stamping authority for tests; sourced after tests/lib.sh.
#
#	make_tsa DIR [NAME]   its root (called NAME), certificate and key in DIR
#	serve_tsa DIR    start tests/cli/tsa.py on it; sets TSA, its URL without a path

make_tsa()
{
	mkdir -p "$1" &&
	    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
		-nodes -keyout "$1/root.key" -out "$1/root.pem" \
		-subj "/CN=${2:-tsaroot}" -days 90 \
		-addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null &&
	    printf '%s\n' keyUsage=critical,digitalSignature \
		extendedKeyUsage=critical,timeStamping \
		subjectKeyIdentifier=hash authorityKeyIdentifier=keyid \
		>"$1/ext" &&
	    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$1/tsa.key" -out "$1/tsa.csr" -subj /CN=tsa \
		2>/dev/null &&
	    openssl x509 -req -in "$1/tsa.csr" -CA "$1/root.pem" \
		-CAkey "$1/root.key" -CAcreateserial -days 30 \
		-extfile "$1/ext" -out "$1/tsa.pem" 2>/dev/null &&
	    printf '%s\n' '[t]' serial=serial default_policy=1.2.3.4 \
		digests=sha256 signer_digest=sha256 accuracy=secs:1 \
		ess_cert_id_alg=sha256 >"$1/tsa.cnf" &&
	    echo 01 >"$1/serial"
}

serve_tsa()
{
	rm -f "$1/port"
	start /usr/bin/python3 -W ignore tests/cli/tsa.py "$1"
	_tries=0
	while [ ! -s "$1/port" ]; do
		_tries=$((_tries + 1))
		if [ "$_tries" -gt 100 ]; then
			echo "not ok - the time-stamping authority starts"
			exit 1
		fi
		sleep 0.1
	done
	TSA=http://127.0.0.1:$(cat "$1/port")
}
