# Goal of this test: the package writer killed at any system call that changes
# the disk, or refused one, leaves either nothing under the final name or the
# whole package; taken up again, it gives the same payload.
. tests/lib.sh

PACK=$B/tests/tools/pack
mkdir "$T/in" "$T/key"
minisign -G -W -p "$T/key/k.pub" -s "$T/key/k.key" >/dev/null 2>&1
chmod 600 "$T/key/k.key"
printf x >"$T/in/a"
yes '{"category":"StorageRead"}' | head -c 300000 >"$T/in/b"
yes '{"category":"StorageWrite"}' | head -c 17000000 >"$T/in/c"
printf y >"$T/in/d"
NAME=test-20251124t160000z-00000000
FILE=$NAME.tar.zst
CALLS="write fsync ftruncate renameat2 renameat unlinkat mkdirat"

pack()
{
	"$PACK" --folder "$T/in" --out "$T/out" --key "$T/key/k.key" \
	    --threads 1 --checkpoint 1 "$@"
}

# Under strace, which does not follow the workers: they touch no file.  What is
# injected must also be traced, or strace does nothing at all.
pack_with()
{
	_inject=$1
	shift
	strace -qq -o /dev/null -e signal=none -e trace="${_inject%%:*}" \
	    -e inject="$_inject" "$PACK" --folder "$T/in" --out "$T/out" \
	    --key "$T/key/k.key" --threads 1 --checkpoint 1 "$@"
}

fresh()
{
	rm -rf "$T/out"
	mkdir "$T/out"
}

# The one thing that must hold at every moment.
final_is_whole_or_absent()
{
	[ ! -e "$T/out/$FILE" ] && return 0
	(cd "$T/out" && sha256sum -c --quiet "$FILE.sha256") &&
	    [ -e "$T/out/$NAME.custody/000001-sealed.json" ]
}

# Payload, catalogue, and both manifests of what is published now.
is_right()
{
	final_is_whole_or_absent && [ -e "$T/out/$FILE" ] &&
	    [ ! -e "$T/out/$NAME.work" ] || return 1
	rm -rf "$T/bag"
	mkdir "$T/bag"
	tar -xf "$T/out/$FILE" -C "$T/bag" &&
	    cd "$T/bag/$NAME" &&
	    sha256sum --strict --quiet -c manifest-sha256.txt \
	        tagmanifest-sha256.txt &&
	    cmp manifest-sha256.txt "$T/want/$NAME/manifest-sha256.txt" &&
	    cmp meta/objects.jsonl "$T/want/$NAME/meta/objects.jsonl" &&
	    minisign -V -q -p "$T/key/k.pub" -m seal/seal.json \
	        -x seal/examiner.minisig
	_code=$?
	cd "$OLDPWD" || return 1
	[ "$_code" -eq 0 ] &&
	    "$B/azcustody-verify" "$T/out/$FILE" --trust "$T/key/k.pub"
}

# Go on after whatever happened, as a person would.
go_on()
{
	[ -e "$T/out/$NAME.work" ] || [ -e "$T/out/$FILE" ] || {
		pack
		return
	}
	[ -e "$T/out/$NAME.work" ] || return 0
	pack --resume && return 0
	# Killed before its first checkpoint: there is nothing to take up.
	[ -e "$T/out/$NAME.work/state" ] && return 1
	rm -rf "$T/out/$NAME.work"
	pack
}

fresh
ok "the undisturbed package is made" pack
mkdir "$T/want"
tar -xf "$T/out/$FILE" -C "$T/want"
ok "and is right" is_right

# How often each call is made, so that every single one can be hit.
fresh
strace -qq -o "$T/trace" "$PACK" --folder "$T/in" --out "$T/out" \
    --key "$T/key/k.key" --threads 1 --checkpoint 1 >/dev/null

FSYNCS=$(grep -c '^fsync(' "$T/trace")

# Every moment in the long run; there are several hundred.
ERRORS_STEP=5
TWICE_STEP=4
[ -n "${LONG:-}" ] && ERRORS_STEP=1 && TWICE_STEP=1

# every CALL EFFECT STEP: do it at each STEPth of its occurrences.
every()
{
	_call=$1
	_effect=$2
	_step=$3
	_tried=0
	_count=$(grep -c "^$_call(" "$T/trace")
	_n=1
	_hit=0
	while [ "$_n" -le "$_count" ]; do
		fresh
		pack_with "$_call:$_effect:when=$_n" >/dev/null 2>&1
		_exit=$?
		[ "$_exit" -ne 0 ] && _hit=$((_hit + 1))
		final_is_whole_or_absent || {
			echo "$_call $_n: the final name is there, not whole"
			return 1
		}
		[ "$_exit" -eq 0 ] && [ ! -e "$T/out/$FILE" ] && {
			echo "$_call $_n: exit 0 without a package"
			return 1
		}
		[ "$_effect" = signal=KILL ] && [ "$_exit" -ne 137 ] && {
			echo "$_call $_n: exit $_exit, it was not killed"
			return 1
		}
		go_on >"$T/go_on" 2>&1 && is_right || {
			echo "$_call $_n: not right after going on"
			cat "$T/go_on"
			ls -lR "$T/out"
			return 1
		}
		_n=$((_n + _step))
		_tried=$((_tried + 1))
	done
	echo "# $_call: $_tried times of $_count, $_hit of them felt"
	# A failure may go unfelt only where nothing depends on it.
	[ "$_hit" -gt 0 ] && [ "$_hit" -ge $((_tried - 1)) ]
}

for call in $CALLS; do
	ok "killed at every $call it is right after going on" \
	    every "$call" signal=KILL 1
	grep '^# ' "$T/.out"
done
for call in write fsync renameat2; do
	ok "with a full disk at every $call it is right after going on" \
	    every "$call" error=ENOSPC "$ERRORS_STEP"
	ok "with an I/O error at every $call it is right after going on" \
	    every "$call" error=EIO "$ERRORS_STEP"
	grep '^# ' "$T/.out"
done

# Killed twice: the second time while it resumes.
twice()
{
	_n=1
	while [ "$_n" -lt 200 ]; do
		fresh
		pack_with "fsync:signal=KILL:when=$2" >/dev/null 2>&1
		[ -e "$T/out/$NAME.work/state" ] || return 1
		pack_with "$1:signal=KILL:when=$_n" --resume >/dev/null 2>&1
		_exit=$?
		final_is_whole_or_absent || return 1
		[ "$_exit" -eq 0 ] && break
		[ "$_exit" -eq 137 ] || return 1
		go_on >"$T/go_on" 2>&1 && is_right || {
			echo "$1 $_n"
			cat "$T/go_on"
			return 1
		}
		_n=$((_n + TWICE_STEP))
	done
	echo "# $1: $((_n / TWICE_STEP)) times while resuming"
	[ "$_n" -gt 1 ] && [ "$_n" -lt 200 ] && is_right
}

for call in write fsync ftruncate; do
	ok "killed again at every $call of resuming it is right" \
	    twice "$call" $((FSYNCS / 2))
	grep '^# ' "$T/.out"
done
ok "killed again at every unlinkat after sealing it is right" \
    twice unlinkat $((FSYNCS - 5))
grep '^# ' "$T/.out"

# A limit on the size of files stands for a disk that is full for long.
fresh
(
	ulimit -f 8
	pack >/dev/null 2>"$T/limit.err"
)
ok "over a file size limit it fails with a reason" \
    grep -q '^pack: .*File too large' "$T/limit.err"
ok "and leaves nothing under the final name" test ! -e "$T/out/$FILE"
ok "and goes on when there is room again" go_on
ok "and is right then" is_right

# A real full disk, where a small one can be made.
rm -rf "$T/out"
mkdir "$T/out"
if mount -t tmpfs -o size=1m azcustody-test "$T/out" 2>/dev/null; then
	head -c 3000000 /dev/urandom >"$T/in/c"
	exits 74 "on a full disk it fails as it should" pack
	ok "and leaves nothing under the final name" test ! -e "$T/out/$FILE"
	mount -o remount,size=64m "$T/out"
	ok "and goes on when there is room again" go_on
	ok "and what it made is verified" "$B/azcustody-verify" \
	    "$T/out/$FILE" --trust "$T/key/k.pub"
	umount "$T/out"
else
	skip "on a full disk it fails as it should" "no tmpfs can be mounted"
fi
