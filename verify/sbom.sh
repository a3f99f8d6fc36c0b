#!/bin/sh
# What a static binary of ours is made of, as SPDX 2.3 in JSON:
#
#	sbom.sh BINARY VERSION
#
# BINARY.map, which the linker wrote, says which archives gave it members; dpkg
# says which package each is from.  Equal inputs give equal bytes.
set -eu
export LC_ALL=C
binary=$1
version=$2
sha=$(sha256sum "$binary" | cut -d' ' -f1)
at=$(TZ=UTC0 git log -1 --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd \
    2>/dev/null || echo 1970-01-01T00:00:00Z)

# The archives outside the build that gave a member; cJSON's is built for this
# from the source of the package that brings its shared library (cjson.sh).
archives=$(sed -n '/^Archive member included/,/^[A-Z][a-z]* .*configuration/p' \
    "$binary.map" | sed -n '/libcjson\.a(/d; s,^\(/[^(]*\.a\)(.*,\1,p' | xargs -r -n 1 realpath |
    sort -u)
[ -n "$archives" ] || { echo "sbom.sh: the map names no archive" >&2; exit 1; }
packages=$({
	grep -q '^[^ ]*libcjson\.a(' "$binary.map" && echo 'libcjson-dev: /'
	for a in $archives; do
		dpkg-query -S "$a" 2>/dev/null || dpkg-query -S "${a#/usr}"
	done
} | sed 's,: /.*,,' | sort -u)

printf '{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0",'
printf '"SPDXID":"SPDXRef-DOCUMENT","name":"azcustody-verify-static",'
printf '"documentNamespace":"urn:azcustody:sbom:%s",' "$sha"
printf '"creationInfo":{"created":"%s",' "$at"
printf '"creators":["Tool: azcustody-verify-sbom"]},"packages":['
printf '{"SPDXID":"SPDXRef-verify","name":"azcustody-verify",'
printf '"versionInfo":"%s","downloadLocation":"NOASSERTION",' "$version"
printf '"filesAnalyzed":false,"licenseConcluded":"Apache-2.0",'
printf '"licenseDeclared":"Apache-2.0","copyrightText":"NOASSERTION",'
printf '"checksums":[{"algorithm":"SHA256","checksumValue":"%s"}]}' "$sha"
n=0
for p in $packages; do
	n=$((n + 1))
	# shellcheck disable=SC2016 # dpkg-query's own variables.
	dpkg-query -W -f='${Version} ${source:Package} ${source:Version} ${Architecture}\n' "$p" |
	    while read -r v source source_version arch; do
		printf ',{"SPDXID":"SPDXRef-%d","name":"%s",' "$n" "${p%:*}"
		printf '"versionInfo":"%s","supplier":"Organization: Debian",' "$v"
		printf '"sourceInfo":"built from %s %s",' "$source" "$source_version"
		printf '"downloadLocation":"NOASSERTION","filesAnalyzed":false,'
		printf '"licenseConcluded":"NOASSERTION",'
		printf '"licenseDeclared":"NOASSERTION",'
		printf '"copyrightText":"NOASSERTION","externalRefs":[{'
		printf '"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",'
		printf '"referenceLocator":"pkg:deb/debian/%s@%s?arch=%s"}]}' \
		    "${p%:*}" "$v" "$arch"
	done
done
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
