#!/bin/sh
# What a static binary of ours is made of, as SPDX 2.3 in JSON:
#
#	sbom.sh BINARY VERSION [FOLDER]
#
# BINARY.map, which the linker wrote, says which archives gave it members; dpkg
# says which package each is from.  Of libraries that were built for it, for
# Windows, FOLDER/NAME.version says which source package NAME they are from.
# Equal inputs give equal bytes.
set -eu
export LC_ALL=C
binary=$1
version=$2
folder=${3:-}
sha=$(sha256sum "$binary" | cut -d' ' -f1)
at=$(TZ=UTC0 git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd \
    2>/dev/null || echo 1970-01-01T00:00:00Z)

# The archives outside the build that gave a member; cJSON's is built for this
# from the source of the package that brings its shared library (cjson.sh).
archives=$(sed -n '/^Archive member included/,/^[A-Z][a-z]* .*configuration/p' \
    "$binary.map" | sed 's/\r$//' |
    sed -n '/libcjson\.a(/d; s,^\(/[^(]*\.a\)(.*,\1,p' |
    xargs -r -n 1 realpath | sort -u)
[ -n "$archives" ] || { echo "sbom.sh: the map names no archive" >&2; exit 1; }
packages=$({
	[ -z "$folder" ] && grep -q '^[^ ]*libcjson\.a(' "$binary.map" &&
	    echo 'libcjson-dev: /'
	for a in $archives; do
		dpkg-query -S "$a" 2>/dev/null || dpkg-query -S "${a#/usr}"
	done
} | sed 's,: /.*,,' | sort -u)

# NAME VERSION SOURCE SOURCE-VERSION ARCHITECTURE of each part.
parts()
{
	for p in $packages; do
		# shellcheck disable=SC2016 # dpkg-query's own variables.
		dpkg-query -W -f='${Package} ${Version} ${source:Package} ${source:Version} ${Architecture}\n' "$p"
	done
	[ -n "$folder" ] || return 0
	for v in "$folder"/*.version; do
		name=$(basename "$v" .version)
		echo "$name $(cat "$v") $name $(cat "$v") source"
	done
}

printf '{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0",'
printf '"SPDXID":"SPDXRef-DOCUMENT","name":"%s",' "$(basename "$binary")"
printf '"documentNamespace":"urn:azcustody:sbom:%s",' "$sha"
printf '"creationInfo":{"created":"%s",' "$at"
printf '"creators":["Tool: azcustody-verify-sbom"]},"packages":['
printf '{"SPDXID":"SPDXRef-verify","name":"azcustody-verify",'
printf '"versionInfo":"%s","downloadLocation":"NOASSERTION",' "$version"
printf '"filesAnalyzed":false,"licenseConcluded":"Apache-2.0",'
printf '"licenseDeclared":"Apache-2.0","copyrightText":"NOASSERTION",'
printf '"checksums":[{"algorithm":"SHA256","checksumValue":"%s"}]}' "$sha"
n=0
while read -r name v source source_version arch; do
	n=$((n + 1))
	printf ',{"SPDXID":"SPDXRef-%d","name":"%s",' "$n" "$name"
	printf '"versionInfo":"%s","supplier":"Organization: Debian",' "$v"
	printf '"sourceInfo":"built from %s %s",' "$source" "$source_version"
	printf '"downloadLocation":"NOASSERTION","filesAnalyzed":false,'
	printf '"licenseConcluded":"NOASSERTION",'
	printf '"licenseDeclared":"NOASSERTION",'
	printf '"copyrightText":"NOASSERTION","externalRefs":[{'
	printf '"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",'
	printf '"referenceLocator":"pkg:deb/debian/%s@%s?arch=%s"}]}' \
	    "$name" "$v" "$arch"
done <<EOF
$(parts)
EOF
printf '],"relationships":[{"spdxElementId":"SPDXRef-DOCUMENT",'
printf '"relationshipType":"DESCRIBES",'
printf '"relatedSpdxElement":"SPDXRef-verify"}'
i=0
while [ $i -lt $n ]; do
	i=$((i + 1))
	printf ',{"spdxElementId":"SPDXRef-verify",'
	printf '"relationshipType":"STATIC_LINK",'
	printf '"relatedSpdxElement":"SPDXRef-%d"}' $i
done
printf ']}\n'
