# Certificates made with openssl; sourced after tests/lib.sh.
#
#	make_root DIR NAME [OPTIONS...]   a root, NAME.pem and NAME.key
#	certify DIR CA NAME ALGORITHM...  NAME.pem and NAME.key under CA, by the
#	                                  extensions in $EXTENSIONS, for $DAYS
EXTENSIONS='keyUsage=critical,digitalSignature'
DAYS=30

make_root()
{
	_dir=$1
	_name=$2
	shift 2
	mkdir -p "$_dir" &&
	    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 \
		-nodes -keyout "$_dir/$_name.key" -out "$_dir/$_name.pem" \
		-subj "/CN=$_name" -days 90 \
		-addext keyUsage=critical,keyCertSign,cRLSign "$@" 2>/dev/null
}

certify()
{
	_dir=$1
	_ca=$2
	_name=$3
	shift 3
	printf '%s\n' "$EXTENSIONS" subjectKeyIdentifier=hash \
	    authorityKeyIdentifier=keyid >"$_dir/$_name.ext"
	openssl req -newkey "$@" -nodes -keyout "$_dir/$_name.key" \
	    -out "$_dir/$_name.csr" -subj "/CN=$_name/O=Test" 2>/dev/null &&
	    openssl x509 -req -in "$_dir/$_name.csr" -CA "$_dir/$_ca.pem" \
		-CAkey "$_dir/$_ca.key" -CAcreateserial -days "$DAYS" \
		-extfile "$_dir/$_name.ext" -out "$_dir/$_name.pem" \
		2>/dev/null &&
	    chmod 600 "$_dir/$_name.key"
}
