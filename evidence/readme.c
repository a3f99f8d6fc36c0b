#include "evidence/readme.h"
#include "evidence/custody.h"
#include "evidence/seal.h"

/* What checks the signatures. */
static const char *
tools_of(const struct readme_facts * f)
{
	bool has[SIGNER_KINDS] = { false };

	for (size_t i = 0; i < f->n_signers; i++)
		has[f->signers[i].kind] = true;
	if (!has[SIGNER_CMS])
		return "minisign";
	return has[SIGNER_ED25519] ? "minisign and openssl" : "openssl";
}

/* The first part: what this is, and unpacking it. */
static int
put_unpacking(const struct readme_facts * f, struct buf * out, struct err * e)
{
	const char * file = f->is_compressed ? ".tar.zst" : ".tar";

	return buf_addf(out, e,
	    "HOW TO CHECK THIS PACKAGE WITHOUT THE PROGRAM THAT MADE IT\n"
	    "\n"
	    "    %s%s\n"
	    "\n"
	    "is a sealed package of digital evidence: a BagIt bag (RFC 8493) in\n"
	    "a tar file%s. What follows needs only tar%s, sha256sum%s,\n"
	    "and %s. Work on a copy. Each command must do what is said in\n"
	    "front of it.\n"
	    "\n"
	    "1. The file as a whole has the digest that came with it:\n"
	    "\n"
	    "  $ sha256sum -c %s%s.sha256\n"
	    "\n"
	    "2. It unpacks into a new folder:\n"
	    "\n"
	    "  $ tar%s -xf %s%s\n"
	    "  $ cd %s\n"
	    "\n",
	    f->package, file, f->is_compressed ? " of zstd frames" : "",
	    f->is_compressed ? ", zstd" : "", f->sha512 ? ", sha512sum" : "",
	    tools_of(f), f->package, file, f->is_compressed ? " --zstd" : "",
	    f->package, file, f->package);
}

static int
put_digests(const struct readme_facts * f, struct buf * out, struct err * e)
{
	if (buf_addf(out, e,
		"3. Every file of evidence, and every file about it, is there and\n"
		"   unchanged:\n"
		"\n"
		"  $ sha256sum --strict --quiet -c manifest-sha256.txt\n"
		"  $ sha256sum --strict --quiet -c tagmanifest-sha256.txt\n"
		"%s"
		"\n"
		"   and no other file is there but those of seal/ and the tag\n"
		"   manifests. This prints nothing:\n"
		"\n"
		"  $ cut -c 67- manifest-sha256.txt tagmanifest-sha256.txt |\n"
		"        sed 's|^|./|' >../named.txt\n"
		"  $ find . -type f | grep -v -e '^./seal/' -e '^./tagmanifest-' |\n"
		"        grep -v -x -F -f ../named.txt || true\n"
		"\n",
		f->sha512
		    ? "  $ sha512sum --strict --quiet -c manifest-sha512.txt\n"
		      "  $ sha512sum --strict --quiet -c "
		      "tagmanifest-sha512.txt\n"
		    : "") != 0)
		return -1;
	return buf_addf(out, e,
	    "4. The seal names the digest of the tag manifest%s. This prints 1:\n"
	    "\n"
	    "  $ grep -c \"$(sha256sum <tagmanifest-sha256.txt |\n"
	    "        cut -c 1-64)\" seal/seal.json\n"
	    "%s"
	    "\n",
	    f->sha512 ? "s" : "",
	    f->sha512 ? "  $ grep -c \"$(sha512sum <tagmanifest-sha512.txt |\n"
			"        cut -c 1-128)\" seal/seal.json\n"
		      : "");
}

/* How to check the signature ${file} of a certificate over ${content}. */
static int
put_certificate(
    const char * file, const char * content, struct buf * out, struct err * e)
{
	return buf_addf(out, e,
	    "   A certificate; ROOTS.pem holds the roots you trust:\n"
	    "\n"
	    "  $ openssl cms -verify -binary -inform DER -in %s \\\n"
	    "        -content %s -CAfile ROOTS.pem \\\n"
	    "        -purpose any -out /dev/null\n"
	    "\n",
	    file, content);
}

/* How to check one signer's signature over the seal. */
static int
put_signer(const struct readme_facts * f, const struct signer * s,
    struct buf * out, struct err * e)
{
	char comment[SEAL_COMMENT_SIZE];

	if (s->kind == SIGNER_CMS)
		return put_certificate(s->file, "seal/seal.json", out, e);
	seal_comment(f->package, s->role, f->case_number, comment);
	return buf_addf(out, e,
	    "  $ minisign -V -p KEY.pub -m seal/seal.json \\\n"
	    "        -x %s\n"
	    "\n"
	    "   It must say\n"
	    "\n"
	    "Trusted comment: %s\n"
	    "\n",
	    s->file, comment);
}

/* How to check one signer's signature over the ledger's first entry. */
static int
put_entry(const struct readme_facts * f, const struct signer * s,
    struct buf * out, struct err * e)
{
	char stem[CUSTODY_NAME_SIZE], file[CUSTODY_NAME_SIZE];
	char entry[CUSTODY_NAME_SIZE], comment[CUSTODY_COMMENT_SIZE];

	custody_stem(1, CUSTODY_SEALED, stem);
	custody_entry_name(1, CUSTODY_SEALED, entry);
	signer_file(stem, s->role, s->kind, file);
	if (s->kind == SIGNER_CMS)
		return put_certificate(file, entry, out, e);
	custody_comment(f->package, 1, s->role, comment);
	return buf_addf(out, e,
	    "  $ minisign -V -p KEY.pub -m %s \\\n"
	    "        -x %s\n"
	    "\n"
	    "   It must say\n"
	    "\n"
	    "Trusted comment: %s\n"
	    "\n",
	    entry, file, comment);
}

static int
put_signatures(const struct readme_facts * f, struct buf * out, struct err * e)
{
	if (f->n_signers == 0)
		return buf_add_text(
		    out, "5. NOBODY SIGNED THIS PACKAGE.\n\n", e);
	if (buf_add_text(out,
		"5. Who sealed it. KEY.pub is the signer's public key, which you\n"
		"   must have from the signer by another way: a key that came with\n"
		"   this package would prove nothing.\n"
		"\n",
		e) != 0)
		return -1;
	for (size_t i = 0; i < f->n_signers; i++)
		if (put_signer(f, &f->signers[i], out, e) != 0)
			return -1;
	if (buf_addf(out, e,
		"6. What happened to the package later stands beside it, one signed\n"
		"   file an entry. The first entry names the digest of step 1:\n"
		"\n"
		"  $ cd ../%s.custody\n",
		f->package) != 0)
		return -1;
	for (size_t i = 0; i < f->n_signers; i++)
		if (put_entry(f, &f->signers[i], out, e) != 0)
			return -1;
	return 0;
}

/*
 * The same on Windows: tar.exe comes with it, and reads zstd since the build
 * 22631 of Windows 11; PowerShell counts from 0, and compares hex of any case.
 */
static int
put_windows(const struct readme_facts * f, struct buf * out, struct err * e)
{
	const char * file = f->is_compressed ? ".tar.zst" : ".tar";

	if (buf_addf(out, e,
		"ON WINDOWS\n"
		"\n"
		"the same is done in PowerShell, with the system's own tar.exe%s.\n"
		"This prints True:\n"
		"\n"
		"  PS> (Get-FileHash %s%s).Hash -eq\n"
		"        (Get-Content %s%s.sha256).Substring(0, 64)\n"
		"  PS> tar.exe -xf %s%s\n"
		"  PS> cd %s\n"
		"\n",
		f->is_compressed
		    ? "\n(of Windows 11 23H2 and later; with an older one "
		      "unpack the\n.zst by zstd.exe -d first)"
		    : "",
		f->package, file, f->package, file, f->package, file,
		f->package) != 0)
		return -1;
	return buf_add_text(out,
	    "This prints nothing; a file that is gone gives an error:\n"
	    "\n"
	    "  PS> Get-Content manifest-sha256.txt, tagmanifest-sha256.txt |\n"
	    "        Where-Object { $_.Substring(0, 64) -ne\n"
	    "        (Get-FileHash $_.Substring(66)).Hash }\n"
	    "\n"
	    "This prints True:\n"
	    "\n"
	    "  PS> (Get-Content -Raw seal/seal.json).Contains(\n"
	    "        (Get-FileHash tagmanifest-sha256.txt).Hash.ToLower())\n"
	    "\n"
	    "The commands of step 5 and 6 are the same, with the programs'\n"
	    "Windows builds.\n"
	    "\n",
	    e);
}

int
readme_format(
    const struct readme_facts * facts, struct buf * out, struct err * e)
{
	if (facts->is_received &&
	    (buf_add_text(out,
		 "RECEIVED, NOT ACQUIRED: these are files that somebody else\n"
		 "exported. Nothing here shows what the service held, nor that\n"
		 "the files are all of it; meta/objects.jsonl says how each was\n"
		 "found.\n"
		 "\n",
		 e) != 0))
		return -1;
	if ((put_unpacking(facts, out, e) != 0) ||
	    (put_digests(facts, out, e) != 0) ||
	    (put_signatures(facts, out, e) != 0) ||
	    (put_windows(facts, out, e) != 0))
		return -1;
	return buf_add_text(out,
	    "WHAT IS WHERE\n"
	    "\n"
	    "    data/               the evidence, byte for byte as received\n"
	    "    meta/objects.jsonl  what each file of data/ is: its real name,\n"
	    "                        where it came from, what the service said\n"
	    "    meta/gaps.jsonl     what was listed or asked for and is not\n"
	    "                        here, with the reason\n"
	    "    meta/case.json      the case, the people and the scope\n"
	    "    meta/journal.jsonl  what the collecting program did\n"
	    "    meta/start.tsr      if it is there: an RFC 3161 time stamp over\n"
	    "                        meta/case.json; the journal names it, so what\n"
	    "                        it tells further on was done later\n"
	    "    meta/listing/       the service's own listings, as received\n"
	    "    meta/answer/        what the accounts say of themselves\n"
	    "    seal/seal.json      what the signatures cover\n"
	    "\n"
	    "Times are UTC. The names in data/ are ours; the real names, which\n"
	    "may not be safe as file names, stand in meta/objects.jsonl.\n",
	    e);
}
