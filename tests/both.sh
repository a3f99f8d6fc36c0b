#!/bin/sh
# Make the folder $1/both: all that stands in the build folder $1, but in place
# of azcustody-verify a script that runs it and, where AZCUSTODY_BOTH names a
# file, has the second verifier judge the same (tests/tools/both.py).
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$1" && pwd)
new=$build/both.$$
rm -rf "$new"
mkdir "$new"
for path in "$build"/*; do
	case $(basename "$path") in
	both | both.* | azcustody-verify) ;;
	*) ln -s "$path" "$new/" ;;
	esac
done
cat >"$new/azcustody-verify" <<END
#!/bin/sh
"$build/azcustody-verify" "\$@"
code=\$?
[ -z "\${AZCUSTODY_BOTH:-}" ] ||
    /usr/bin/python3 "$here/tests/tools/both.py" "$build/azcustody-verify" \\
	"\$AZCUSTODY_BOTH" "\$@" </dev/null >/dev/null 2>&1 ||
    echo "other: no comparison" >>"\$AZCUSTODY_BOTH"
exit \$code
END
chmod +x "$new/azcustody-verify"
# Tests that begin at once make the same folder; the first one's stays.
[ -d "$build/both" ] && { rm -rf "$new"; exit 0; }
mv -T "$new" "$build/both" 2>/dev/null || rm -rf "$new"
