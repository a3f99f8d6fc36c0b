#include "evidence/readme.h"

/* The first part: what this is, and unpacking it. */
static int
put_unpacking(const struct readme_facts * f, struct buf * out, struct err * e)
{
	const char * file = f->is_compressed ? ".tar.zst" : ".tar";
	const char * how = f->is_compressed ? "tar --zstd -xf" : "tar -xf";

	return buf_addf(out, e,
	    "HOW TO CHECK THIS PACKAGE WITHOUT THE PROGRAM THAT MADE IT\n"
	    "\n"
	    "%s%s is a sealed package of digital evidence: a BagIt bag (RFC\n"
	    "8493) in a tar file%s. All that follows needs only tar%s,\n"
	    "sha256sum%s and minisign. Work on a copy, and compare what the\n"
	    "commands say with the words behind each of them.\n"
	    "\n"
	    "1. The file as a whole, against the digest given with it:\n"
	    "\n"
	    "    sha256sum -c %s%s.sha256\n"
	    "\n"
	    "2. Unpack it, into a new folder %s:\n"
	    "\n"
	    "    %s %s%s\n"
	    "    cd %s\n"
	    "\n",
	    f->package, file, f->is_compressed ? " in zstd frames" : "",
	    f->is_compressed ? ", zstd" : "", f->sha512 ? ", sha512sum" : "",
	    f->package, file, f->package, how, f->package, file, f->package);
}

static int
put_digests(const struct readme_facts * f, struct buf * out, struct err * e)
{
	if (buf_addf(out, e,
		"3. Every file of evidence, then every file about it. Nothing\n"
		"   may fail and nothing may be missing:\n"
		"\n"
		"    sha256sum --strict --quiet -c manifest-sha256.txt\n"
		"    sha256sum --strict --quiet -c tagmanifest-sha256.txt\n"
		"%s"
		"\n"
		"   No file may be there that no manifest names, but those of\n"
		"   seal/ and the tag manifests. This prints nothing:\n"
		"\n"
		"    cat manifest-sha256.txt tagmanifest-sha256.txt |\n"
		"        cut -c 67- | LC_ALL=C sort >../named.txt\n"
		"    find . -type f | cut -c 3- | LC_ALL=C sort |\n"
		"        LC_ALL=C comm -13 ../named.txt - |\n"
		"        grep -v -e '^seal/' -e '^tagmanifest-sha'\n"
		"\n",
		f->sha512
		    ? "    sha512sum --strict --quiet -c manifest-sha512.txt\n"
		      "    sha512sum --strict --quiet -c "
		      "tagmanifest-sha512.txt\n"
		    : "") != 0)
		return -1;
	return buf_addf(out, e,
	    "4. The seal names the digest of the tag manifest%s. Each of these\n"
	    "   prints 1:\n"
	    "\n"
	    "    grep -c \"$(sha256sum <tagmanifest-sha256.txt | cut -c 1-64)\""
	    " seal/seal.json\n"
	    "%s"
	    "\n",
	    f->sha512 ? "s" : "",
	    f->sha512 ? "    grep -c \"$(sha512sum <tagmanifest-sha512.txt | "
			"cut -c 1-128)\" seal/seal.json\n"
		      : "");
}

static int
put_signatures(const struct readme_facts * f, struct buf * out, struct err * e)
{
	if (buf_add_text(out,
		"5. Who sealed it. KEY.pub is the signer's public key, which\n"
		"   you must have from the signer by another way: a key that\n"
		"   came with this package would prove nothing.\n"
		"\n",
		e) != 0)
		return -1;
	for (size_t i = 0; i < f->n_roles; i++) {
		if (buf_addf(out, e,
			"    minisign -V -p KEY.pub -m seal/seal.json -x "
			"seal/%s.minisig\n"
			"\n"
			"   It must say: Trusted comment: azcustody/seal/1 %s "
			"%s\n"
			"\n",
			f->roles[i], f->package, f->roles[i]) != 0)
			return -1;
	}
	if (f->n_roles > 0)
		return 0;
	return buf_add_text(
	    out, "   THIS PACKAGE WAS NOT SIGNED BY ANYBODY.\n\n", e);
}

int
readme_format(
    const struct readme_facts * facts, struct buf * out, struct err * e)
{
	if ((put_unpacking(facts, out, e) != 0) ||
	    (put_digests(facts, out, e) != 0) ||
	    (put_signatures(facts, out, e) != 0))
		return -1;
	return buf_addf(out, e,
	    "6. What happened to the package later stands beside it, in the\n"
	    "   folder %s.custody, one signed file an entry:\n"
	    "\n"
	    "    minisign -V -p KEY.pub -m 000001-sealed.json \\\n"
	    "        -x 000001-sealed.%s.minisig\n"
	    "\n"
	    "   It must say: Trusted comment: azcustody/custody/1 %s 000001 "
	    "%s\n"
	    "\n"
	    "WHAT IS WHERE\n"
	    "\n"
	    "    data/               the evidence, byte for byte as received\n"
	    "    meta/objects.jsonl  what each file of data/ is: its real name,\n"
	    "                        where it came from, what the service said\n"
	    "    meta/gaps.jsonl     what was listed or asked for and is not\n"
	    "                        here, with the reason\n"
	    "    meta/case.json      the case, the people and the scope\n"
	    "    meta/journal.jsonl  what the collecting program did\n"
	    "    meta/listing/       the service's own listings, as received\n"
	    "    seal/seal.json      what the signatures cover\n"
	    "\n"
	    "Times are UTC. The names in data/ are ours; the real names, which\n"
	    "may not be safe as file names, stand in meta/objects.jsonl.\n",
	    facts->package, (facts->n_roles > 0) ? facts->roles[0] : "ROLE",
	    facts->package, (facts->n_roles > 0) ? facts->roles[0] : "ROLE");
}
