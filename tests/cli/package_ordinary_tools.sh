# Goal of this test: what the package writer makes can be read and checked with
# ordinary tools alone - tar, bsdtar, python, zstd, sha256sum, minisign - and
# is the same whatever the number of threads.
. tests/lib.sh

PACK=$B/tests/tools/pack
mkdir "$T/in" "$T/in/deep" "$T/in/deep/er" "$T/key"
minisign -G -W -p "$T/key/k.pub" -s "$T/key/k.key" >/dev/null 2>&1
chmod 600 "$T/key/k.key"
: >"$T/in/empty.json"
printf x >"$T/in/one-byte"
for n in 511 512 513 8388096 8388097 20000000; do
	yes '{"time":"2026-11-01T22:00:00Z","category":"StorageRead"}' |
	    head -c "$n" >"$T/in/deep/$n.json"
done
head -c 300000 /dev/urandom >"$T/in/deep/er/Random Name.bin"

# make PLACE OPTION...: pack it; $NAME and $FILE say what came out.
make_package()
{
	_place=$1
	shift
	mkdir "$T/$_place" &&
	    FILE=$("$PACK" --folder "$T/in" --out "$T/$_place" \
	        --key "$T/key/k.key" "$@") || return 1
	NAME=${FILE%.tar*}
}

# The sums of the files of data/ in the order of the archive.
payload_is_equal()
{
	find "$T/in" -type f -exec sha256sum {} + | cut -c 1-64 | sort \
	    >"$T/want"
	cut -c 1-64 "$1" | sort >"$T/have"
	cmp "$T/want" "$T/have"
}

check_with_ordinary_tools()
{
	_what=$1
	ok "$_what: the checksum file agrees" \
	    sh -c "cd '$T/$_what' && sha256sum -c '$FILE.sha256'"
	mkdir "$T/$_what.out"
	ok "$_what: tar unpacks it" \
	    tar -xf "$T/$_what/$FILE" -C "$T/$_what.out"
	_bag=$T/$_what.out/$NAME
	ok "$_what: the manifest agrees" \
	    sh -c "cd '$_bag' && sha256sum --strict -c manifest-sha256.txt"
	ok "$_what: the tag manifest agrees" \
	    sh -c "cd '$_bag' && sha256sum --strict -c tagmanifest-sha256.txt"
	ok "$_what: the payload is the folder's, byte for byte" \
	    payload_is_equal "$_bag/manifest-sha256.txt"
	ok "$_what: minisign verifies the seal" minisign -V \
	    -p "$T/key/k.pub" -m "$_bag/seal/seal.json" \
	    -x "$_bag/seal/examiner.minisig"
	ok "$_what: minisign verifies the first custody entry" minisign -V \
	    -p "$T/key/k.pub" -m "$T/$_what/$NAME.custody/000001-sealed.json" \
	    -x "$T/$_what/$NAME.custody/000001-sealed.examiner.minisig"
	ok "$_what: every file but seal and tag manifest is in a manifest" \
	    every_file_is_named "$_bag"
	ok "$_what: bsdtar, tar, and python list it alike" \
	    lists_are_alike "$T/$_what/$FILE"
}

every_file_is_named()
{
	(cd "$1" && find . -type f | cut -c 3- | sort) |
	    grep -v -e '^seal/' -e '^tagmanifest' >"$T/files"
	cut -c 67- "$1/manifest-sha256.txt" "$1/tagmanifest-sha256.txt" |
	    sort >"$T/named"
	cmp "$T/files" "$T/named"
}

lists_are_alike()
{
	case $1 in
	*.zst) zstd -dcq "$1" >"$T/plain.tar" || return 1 ;;
	*) cp "$1" "$T/plain.tar" ;;
	esac
	bsdtar -tf "$1" >"$T/list.bsdtar" && tar -tf "$1" >"$T/list.tar" &&
	    /usr/bin/python3 tests/cli/tar_list.py "$T/plain.tar" \
	        >"$T/list.python" &&
	    cmp "$T/list.bsdtar" "$T/list.tar" &&
	    cmp "$T/list.tar" "$T/list.python"
}

make_package zst
check_with_ordinary_tools zst
ok "zstd finds no error in any frame" zstd -tq "$T/zst/$FILE"
ok "the frames are cut as the format says" \
    /usr/bin/python3 tests/cli/frames_check.py "$T/zst/$FILE"
ZST=$FILE

make_package plain --plain
check_with_ordinary_tools plain

for n in 1 2 4; do
	make_package "threads$n" --threads $n
	ok "$n threads give the same bytes" \
	    cmp "$T/zst/$ZST" "$T/threads$n/$ZST"
done

make_package frequent --checkpoint 1
ok "checkpoints at every border give the same bytes" \
    cmp "$T/zst/$ZST" "$T/frequent/$ZST"

# Flat memory: the large member is generated, so nothing but the package grows.
mkdir "$T/big"
BYTES=314572800
[ -n "${LONG:-}" ] && BYTES=2147483648
begun=$(date +%s%N)
ok "a member of $BYTES bytes is packed in 128 MiB of memory" \
    prlimit --data=134217728 "$PACK" --out "$T/big" --key "$T/key/k.key" \
    --synthetic $BYTES --threads 2
ended=$(date +%s%N)
echo "# $((BYTES / 1000 * 1000 / ((ended - begun) / 1000000 + 1) / 1000)) MB/s, the generator included"
ok "and it has its size" sh -c "tar -xOf '$T'/big/*.tar.zst \
    --wildcards '*/data/*' | wc -c | grep -qx $BYTES"
