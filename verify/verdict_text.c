#include <stdio.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/gap.h"
#include "evidence/text.h"
#include "evidence/version.h"

#include "verify/verdict.h"

/* What a verdict of each question means, for people. */
static const char * const meaning[PACKAGE_QUESTIONS] = {
	"every byte is accounted for by the manifests and the seal",
	"a trusted key signed this seal, and so did all declared signers",
	("what was listed is here or a declared gap; against the listing, not "
	 "against the provider"),
	"the custody ledger beside the package holds together",
	"something independent shows that it existed by then",
};

static int
add_escaped(struct buf * out, const char * text, struct err * e)
{
	return text_escape(out, text, strlen(text), e);
}

/* "PASS", "PASS WITH GAPS" and so on. */
static const char *
word(const struct package_result * r, enum package_question q)
{
	if ((q == PACKAGE_COMPLETENESS) && (r->verdict[q] == PACKAGE_PASS) &&
	    (r->gaps_lost > 0))
		return "PASS WITH GAPS";
	return package_verdict_text(r->verdict[q]);
}

/* The one line that stands first and last. */
static int
add_verdict(const struct verdict * v, struct buf * out, struct err * e)
{
	static const char * const all[] = { "VERIFIED", "NOT VERIFIED",
		"UNDECIDED" };
	const struct package_result * r = v->result;

	if ((buf_addf(out, e, "%s: ", all[v->exit_code]) != 0) ||
	    (add_escaped(out, v->subject->path, e) != 0))
		return -1;
	for (int q = 0; q < PACKAGE_QUESTIONS; q++)
		if (buf_addf(out, e, "%s %s %s", (q == 0) ? ":" : ",",
			package_question_text((enum package_question)q),
			word(r, (enum package_question)q)) != 0)
			return -1;
	if ((r->gaps_lost > 0) &&
	    (buf_addf(out, e,
		 " (%lld listed = %lld taken + %lld declared gaps, "
		 "%lld of them asked for; %lld containers or accounts not "
		 "listed)",
		 (long long)r->listed, (long long)r->taken,
		 (long long)(r->listed - r->taken),
		 (long long)(r->gaps_lost - r->gaps_unlisted),
		 (long long)r->gaps_unlisted) != 0))
		return -1;
	if (r->is_sealed && r->has_group &&
	    (buf_addf(out, e, " (package %lld of %lld of a group)",
		 (long long)r->group.number, (long long)r->group.count) != 0))
		return -1;
	return buf_add_text(out, "\n", e);
}

static int
add_digest(struct buf * out, const char * label,
    const uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	char hex[DIGEST_SHA256_HEX];

	text_hex_encode(sha256, DIGEST_SHA256_LEN, hex);
	return buf_addf(out, e, "  %-14s %s\n", label, hex);
}

static int
add_label(
    struct buf * out, const char * label, const char * text, struct err * e)
{
	if ((buf_addf(out, e, "  %-14s ", label) != 0) ||
	    (add_escaped(out, text, e) != 0))
		return -1;
	return buf_add_text(out, "\n", e);
}

/* What the package says it is. */
static int
add_identity(const struct verdict * v, struct buf * out, struct err * e)
{
	const struct package_result * r = v->result;
	char at[CLOCK_TEXT_SIZE] = "unknown";

	if (r->is_sealed) {
		if (r->sealed_at != CLOCK_UNKNOWN)
			clock_format(r->sealed_at, at);
		if ((add_label(out, "package", r->package, e) != 0) ||
		    (add_label(out, "case", r->case_number, e) != 0) ||
		    (add_label(out, "exhibit", r->exhibit, e) != 0) ||
		    (buf_addf(out, e, "  %-14s %s by the collector's clock\n",
			 "sealed", at) != 0) ||
		    (add_digest(out, "seal SHA-256", r->seal_sha256, e) != 0))
			return -1;
	}
	if (r->is_sealed && r->has_group &&
	    (buf_addf(out, e, "  %-14s package %lld of %lld of %s\n", "group",
		 (long long)r->group.number, (long long)r->group.count,
		 r->group.id) != 0))
		return -1;
	if (r->is_received &&
	    (add_label(out, "acquisition",
		 "RECEIVED, NOT ACQUIRED: files that somebody else exported",
		 e) != 0))
		return -1;
	if (r->has_archive_digest &&
	    (add_digest(out, "file SHA-256", r->archive_sha256, e) != 0))
		return -1;
	if (r->is_folder)
		return buf_addf(out, e,
		    "  %-14s a folder: the packed file is not judged\n",
		    "unpacked");
	return buf_addf(out, e, "  %-14s %lld bytes, %lld uncompressed\n",
	    "file size", (long long)r->archive_bytes,
	    (long long)r->stream_bytes);
}

/* The numbers, which add up. */
static int
add_counts(const struct package_result * r, struct buf * out, struct err * e)
{
	if (buf_addf(out, e,
		"  %-14s %lld members read, %lld of them payload of %lld "
		"bytes; %lld payload members proved intact\n",
		"members", (long long)r->members, (long long)r->objects,
		(long long)r->object_bytes, (long long)r->objects_intact) != 0)
		return -1;
	if (!r->is_sealed)
		return 0;
	if (buf_addf(out, e,
		"  %-14s %lld = %lld taken + %lld declared gaps; %lld "
		"containers or accounts not listed; %lld raw pages compared\n",
		"listed", (long long)r->listed, (long long)r->taken,
		(long long)(r->listed - r->taken), (long long)r->gaps_unlisted,
		(long long)r->listing_pages) != 0)
		return -1;
	for (int i = 0; i < GAP_REASON_COUNT; i++)
		if ((r->gaps[i] > 0) &&
		    (buf_addf(out, e, "  %-14s %lld %s: %s\n", "  gap",
			 (long long)r->gaps[i],
			 gap_reason_code((enum gap_reason)i),
			 gap_reason_words((enum gap_reason)i)) != 0))
			return -1;
	return 0;
}

/* Secrets in the payload, which are counted and never shown. */
static int
add_secrets(const struct verdict * v, struct buf * out, struct err * e)
{
	const struct package_secrets_found * found = &v->result->secrets;

	if (buf_addf(out, e, "  %-14s %lld in %lld lines of %lld objects:",
		"secrets", (long long)found->all, (long long)found->records,
		(long long)found->objects) != 0)
		return -1;
	for (int i = 0; i < SECRET_SORTS; i++)
		if (buf_addf(out, e, " %lld %s%s", (long long)found->of[i],
			secret_sort_text((enum secret_sort)i),
			(i + 1 < SECRET_SORTS) ? "," : "\n") != 0)
			return -1;
	if ((found->closed > 0) &&
	    (buf_addf(out, e,
		 "  %-14s %lld objects, compressed or not in UTF-8, could not "
		 "be looked into\n",
		 "", (long long)found->closed) != 0))
		return -1;
	return add_label(out, "  listed in", v->secrets, e);
}

/* One question: verdict, meaning, findings. */
static int
add_question(const struct verdict * v, enum package_question q,
    struct buf * out, struct err * e)
{
	struct package_finding f;
	size_t at = 0;

	if (buf_addf(out, e, "\n%s: %s (%s)\n", package_question_text(q),
		word(v->result, q), meaning[q]) != 0)
		return -1;
	while (verdict_read(v->findings, &at, &f)) {
		if (f.question != q)
			continue;
		if (buf_addf(out, e, "  %s [%s] %s%s%s\n",
			(f.weight == PACKAGE_PASS)
			    ? "note"
			    : package_verdict_text(f.weight),
			f.code, f.member, (f.member[0] == '\0') ? "" : ": ",
			f.text) != 0)
			return -1;
	}
	return 0;
}

/* What was done, and what nobody should think was done. */
static int
add_scope(const struct verdict * v, struct buf * out, struct err * e)
{
	static const char * const form[] = {
		"frames and seek table; every tar header, its padding and the "
		"end;\n",
		"a folder, so no frame, no tar header and no digest of the "
		"file;\n",
	};
	static const char checked[] =
	    "  names and their order; SHA-256 of every member against manifest, "
	    "tag\n"
	    "  manifest, catalogue and seal; the Merkle root; the form of every "
	    "document;\n"
	    "  the journal's chain; listings against catalogue and gaps; "
	    "signatures and\n"
	    "  time stamps by the keys and roots given; the ledger, if there "
	    "is one\n"
	    "not checked: whether the provider's records are true or all there "
	    "are; the\n"
	    "  contents of payload; anything only the package says about "
	    "itself\n";

	return buf_addf(out, e,
	    "\nchecked: %s%s"
	    "  trusted keys and roots given: %zu, of time-stamping "
	    "authorities: %zu;\n"
	    "  revocation lists and answers: %zu; ledger: %s; checksum file: "
	    "%s\n"
	    "  sandbox: %s\n"
	    "  by azcustody-verify %s (%s)\n\n",
	    form[v->result->is_folder], checked, trust_count(v->trust),
	    x509_certificates(trust_set(v->trust, TRUST_STAMP_ROOTS)),
	    x509_revocations(trust_set(v->trust, TRUST_REVOCATIONS)),
	    (v->subject->ledger >= 0) ? "read" : "none",
	    v->subject->has_checksum ? "read" : "none",
	    sandbox_level_text(v->sandbox), version_number(), version_commit());
}

int
verdict_text(const struct verdict * v, struct buf * out, struct err * e)
{
	if ((add_verdict(v, out, e) != 0) || (add_identity(v, out, e) != 0) ||
	    (add_counts(v->result, out, e) != 0))
		return -1;
	if ((v->secrets != NULL) && (add_secrets(v, out, e) != 0))
		return -1;
	if ((v->written != NULL) &&
	    (add_label(out, "written to", v->written, e) != 0))
		return -1;
	for (int q = 0; q < PACKAGE_QUESTIONS; q++)
		if (add_question(v, (enum package_question)q, out, e) != 0)
			return -1;
	if (add_scope(v, out, e) != 0)
		return -1;
	return add_verdict(v, out, e);
}
