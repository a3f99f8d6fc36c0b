/* Sealing a package (package_seal.h, package_work.h). */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/package_publish.h"
#include "evidence/package_seal.h"
#include "evidence/package_work.h"
#include "evidence/seal.h"
#include "evidence/text.h"

#define PROOFS_MAX (SIGNER_MAX + SEAL_MAX_TOKENS)

/* A signature or a token. */
struct proof_file {
	char path[SEAL_FILE_SIZE];
	struct buf bytes;
};

/* One sealing under way. */
struct sealing {
	struct package_write * w;
	const struct package_seal * seal;
	struct package_facts * facts;
	struct buf document; /* The one that is being made. */
	struct proof_file proofs[PROOFS_MAX];
	size_t n_proofs;
};

/* Where the tag manifest has lines for. */
static bool
has_line(const char * path)
{
	enum member_kind kind;

	return (member_order_kind(path, &kind) == 0) && member_is_tag(kind);
}

/* The member ${b} is in the frames with the digest ${sha256}. */
static int
enter(struct package_write * w, const struct package_begun * b,
    const uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	if (has_line(b->order.last))
		return package_work_enter(w, b, PACKAGE_TAGMANIFEST, sha256, e);
	w->order = b->order;
	return 0;
}

static int
header(struct package_write * w, const char * path, int64_t size,
    struct package_begun * b, struct err * e)
{
	int64_t seconds = w->started_at / CLOCK_TICKS_PER_SECOND;

	return package_work_header(w, path, size, seconds, b, e);
}

/* Write the member ${path} whole; its digest goes to ${sha256}. */
static int
put_bytes(struct package_write * w, const char * path, const void * bytes,
    size_t len, uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	struct package_begun b;

	if (header(w, path, (int64_t)len, &b, e) != 0)
		return -1;
	digest_sha256(bytes, len, sha256);
	if (package_work_put(w, &b, bytes, e) != 0)
		return -1;
	return enter(w, &b, sha256, e);
}

/* A block of a spool goes into the frames. */
static int
put_block(void * cookie, const uint8_t * bytes, size_t len, struct err * e)
{
	struct package_write * w = cookie;

	digest_update(w->digest, bytes, len);
	return frames_write_put(w->frames, bytes, len, e);
}

/* Write ${spool} as a member; its digest goes to ${sha256}. */
static int
put_spool(struct package_write * w, enum package_spool spool,
    enum member_kind kind, uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	struct spool_sink sink = { put_block, w };
	struct package_begun b;

	if (header(w, member_order_path(kind), spool_bytes(w->spools[spool]),
		&b, e) != 0)
		return -1;
	digest_restart(w->digest);
	if ((package_work_begin(w, &b, e) != 0) ||
	    (spool_each_block(w->spools[spool], &sink, e) != 0) ||
	    (package_work_end(w, &b, e) != 0))
		return -1;
	digest_finish(w->digest, sha256);
	return enter(w, &b, sha256, e);
}

static int
compare_certificates(const void * a, const void * b)
{
	const struct package_certificate * x = a;
	const struct package_certificate * y = b;

	return memcmp(x->sha256, y->sha256, DIGEST_SHA256_LEN);
}

/* Write the certificates in the order of their digests, each once. */
static int
put_certificates(struct sealing * s, struct err * e)
{
	size_t n = s->seal->certificates_count;
	struct package_certificate * sorted;
	uint8_t sha256[DIGEST_SHA256_LEN];
	char hex[DIGEST_SHA256_HEX];
	char path[DIGEST_SHA256_HEX + 16];
	int rc = -1;

	if (n == 0)
		return 0;
	sorted = calloc(n, sizeof(*sorted));
	if (sorted == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	memcpy(sorted, s->seal->certificates, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_certificates);
	for (size_t i = 0; i < n; i++) {
		if ((i > 0) &&
		    (compare_certificates(&sorted[i - 1], &sorted[i]) == 0))
			continue;
		text_hex_encode(sorted[i].sha256, DIGEST_SHA256_LEN, hex);
		(void)snprintf(path, sizeof(path), "meta/tls/%s.der", hex);
		if (put_bytes(s->w, path, sorted[i].bytes, sorted[i].len,
			sha256, e) != 0)
			goto out;
		if (memcmp(sha256, sorted[i].sha256, sizeof(sha256)) != 0) {
			err_set(e, ERR_BUG, NULL,
			    "a certificate does not have its digest");
			goto out;
		}
	}
	rc = 0;

out:
	free(sorted);
	return rc;
}

/* Everything in meta/ that comes behind the payload. */
static int
put_meta(struct sealing * s, struct err * e)
{
	const struct package_seal * seal = s->seal;
	uint8_t sha256[DIGEST_SHA256_LEN];

	if ((put_bytes(s->w, "meta/sources.json", seal->sources,
		 seal->sources_len, sha256, e) != 0) ||
	    (put_spool(s->w, PACKAGE_OBJECTS, MEMBER_OBJECTS, sha256, e) !=
		0) ||
	    (put_spool(s->w, PACKAGE_GAPS, MEMBER_GAPS, sha256, e) != 0) ||
	    (put_spool(s->w, PACKAGE_REQUESTS, MEMBER_REQUESTS, sha256, e) !=
		0) ||
	    (put_spool(s->w, PACKAGE_CLOCK, MEMBER_CLOCK, sha256, e) != 0) ||
	    (put_certificates(s, e) != 0))
		return -1;
	if ((seal->footprint != NULL) &&
	    (put_bytes(s->w, "meta/footprint.json", seal->footprint,
		 seal->footprint_len, sha256, e) != 0))
		return -1;
	return put_spool(s->w, PACKAGE_JOURNAL, MEMBER_JOURNAL, sha256, e);
}

/* Ask the caller for a document and write it as ${path}. */
static int
put_asked(struct sealing * s, const char * path,
    int (*make)(void * cookie, const struct package_facts * facts,
	struct buf * out, struct err * e),
    uint8_t sha256[DIGEST_SHA256_LEN], struct err * e)
{
	buf_clear(&s->document);
	if (make(s->seal->cookie, s->facts, &s->document, e) != 0)
		return -1;
	return put_bytes(
	    s->w, path, buf_text(&s->document), s->document.len, sha256, e);
}

/* The bag's own files, the manifests last. */
static int
put_bag(struct sealing * s, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	if ((put_asked(s, "README-VERIFY.txt", s->seal->readme, sha256, e) !=
		0) ||
	    (put_asked(s, "bag-info.txt", s->seal->bag_info, sha256, e) != 0) ||
	    (put_spool(s->w, PACKAGE_MANIFEST, MEMBER_MANIFEST, sha256, e) !=
		0))
		return -1;
	return put_spool(s->w, PACKAGE_TAGMANIFEST, MEMBER_TAGMANIFEST,
	    s->facts->tagmanifest_sha256, e);
}

/* ---- What proves it ------------------------------------------------------- */

static void
clear_proofs(struct sealing * s)
{
	for (size_t i = 0; i < s->n_proofs; i++)
		buf_free(&s->proofs[i].bytes);
	s->n_proofs = 0;
}

static struct proof_file *
new_proof(struct sealing * s)
{
	assert(s->n_proofs < PROOFS_MAX);
	memset(&s->proofs[s->n_proofs], 0, sizeof(s->proofs[0]));
	return &s->proofs[s->n_proofs++];
}

static int
sign(struct sealing * s, struct err * e)
{
	for (size_t i = 0; i < s->seal->signers_count; i++) {
		struct proof_file * p = new_proof(s);

		signer_file(SEAL_STEM, s->seal->roles[i],
		    (s->seal->kinds == NULL) ? SIGNER_ED25519
					     : s->seal->kinds[i],
		    p->path);
		if (s->seal->sign_seal(s->seal->cookie, i, s->document.bytes,
			s->document.len, &p->bytes, e) != 0)
			return -1;
	}
	return 0;
}

/* Have all signatures stamped.  Return 1 if all must be made anew. */
static int
stamp(struct sealing * s, size_t tokens, struct err * e)
{
	int rc = 0;

	for (size_t i = 0; (rc == 0) && (i < s->seal->signers_count); i++) {
		const struct proof_file * over = &s->proofs[i];

		for (size_t k = 0; (rc == 0) && (k < tokens); k++) {
			struct proof_file * p = new_proof(s);

			seal_token_file(over->path, k, p->path);
			rc = s->seal->stamp(s->seal->cookie, k,
			    over->bytes.bytes, over->bytes.len, &p->bytes, e);
		}
	}
	return rc;
}

/* The seal, its signatures, and the tokens over these, in memory. */
static int
make_proofs(struct sealing * s, struct err * e)
{
	size_t tokens = SEAL_MAX_STAMPS + 1;
	int rc;

	do {
		size_t before = tokens;

		tokens = (s->seal->tokens == NULL)
		    ? 0
		    : s->seal->tokens(s->seal->cookie);
		if ((tokens >= before) ||
		    (tokens * s->seal->signers_count > SEAL_MAX_TOKENS)) {
			err_set(e, ERR_BUG, NULL, "too many tokens");
			return -1;
		}
		clear_proofs(s);
		buf_clear(&s->document);
		if ((s->seal->seal(
			 s->seal->cookie, s->facts, &s->document, e) != 0) ||
		    (sign(s, e) != 0))
			return -1;
		rc = stamp(s, tokens, e);
	} while (rc > 0);
	return rc;
}

/* The seal, in a frame of its own, and what proves it behind it. */
static int
put_seal(struct sealing * s, struct err * e)
{
	struct frames_border border;
	uint8_t sha256[DIGEST_SHA256_LEN];

	if ((frames_write_break(s->w->frames, e) != 0) ||
	    (frames_write_flush(s->w->frames, &border, e) != 0))
		return -1;
	s->facts->stream_bytes = border.file_bytes;
	frames_write_digest(s->w->frames, s->facts->stream_sha256);
	if ((make_proofs(s, e) != 0) ||
	    (put_bytes(s->w, "seal/seal.json", buf_text(&s->document),
		 s->document.len, s->facts->seal_sha256, e) != 0))
		return -1;
	for (size_t i = 0; i < s->n_proofs; i++) {
		const struct proof_file * p = &s->proofs[i];

		if (put_bytes(s->w, p->path, buf_text(&p->bytes), p->bytes.len,
			sha256, e) != 0)
			return -1;
	}
	if (s->seal->carried == NULL)
		return 0;
	return put_bytes(s->w, SEAL_CERTIFICATES, s->seal->carried,
	    s->seal->carried_len, sha256, e);
}

/* ---- The end -------------------------------------------------------------- */

/* The two zero blocks, in a frame of their own, and the seek table. */
static int
put_end(struct sealing * s, struct frames_border * end, struct err * e)
{
	static const uint8_t zeros[TAR_END_LEN];
	struct frames_write * f = s->w->frames;

	if ((frames_write_break(f, e) != 0) ||
	    (frames_write_begin(f, (int64_t)TAR_END_LEN, e) != 0) ||
	    (frames_write_put(f, zeros, TAR_END_LEN, e) != 0) ||
	    (frames_write_end(f, e) != 0) ||
	    (frames_write_finish(f, end, e) != 0))
		return -1;
	s->facts->file_bytes = end->file_bytes;
	frames_write_digest(f, s->facts->file_sha256);
	return io_sync(s->w->fd, e);
}

/* Let the caller write the ledger's first entry into the prepared folder. */
static int
prepare_custody(struct sealing * s, struct err * e)
{
	int rc = -1;
	int fd;

	if (s->seal->custody == NULL)
		return 0;
	fd = io_make_dir(s->w->work, PACKAGE_LEDGER, e);
	if (fd < 0)
		return -1;
	if ((s->seal->custody(s->seal->cookie, s->facts, fd, e) == 0) &&
	    (io_sync(fd, e) == 0) && (io_sync(s->w->work, e) == 0))
		rc = 0;
	(void)close(fd);
	return rc;
}

/* The line for sha256sum -c. */
static int
prepare_checksum(struct sealing * s, struct err * e)
{
	char hex[DIGEST_SHA256_HEX];
	char line[DIGEST_SHA256_HEX + 2 + PACKAGE_FILE_SIZE + 2];
	int n;

	text_hex_encode(s->facts->file_sha256, DIGEST_SHA256_LEN, hex);
	n = snprintf(line, sizeof(line), "%s  %s\n", hex, s->facts->file);
	return io_save_new(s->w->work, PACKAGE_SUMS, line, (size_t)n, 0600, e);
}

/* Say in the state that nothing is left but publishing (invariant 7). */
static int
save_sealed(
    struct sealing * s, const struct frames_border * end, struct err * e)
{
	struct checkpoint c = s->w->last;
	int rc;

	memset(&c.text, 0, sizeof(c.text));
	c.sealed = true;
	c.has_custody = (s->seal->custody != NULL);
	c.at = clock_now();
	c.border = *end;
	memcpy(c.sha256, s->facts->file_sha256, sizeof(c.sha256));
	rc = checkpoint_save(s->w->work, &c, e);
	if (rc == 0) {
		s->w->last = c;
		s->w->phase = PACKAGE_SEALED;
	}
	return rc;
}

static void
start_facts(const struct package_write * w, struct package_facts * facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->name = w->name;
	(void)snprintf(facts->file, sizeof(facts->file), "%.*s%s",
	    NAME_PACKAGE_MAX, w->name, package_work_file_suffix(w));
	facts->objects = w->objects;
	facts->payload_bytes = w->payload_bytes;
	merkle_root(&w->merkle, w->scratch, facts->merkle_root);
}

int
package_seal(struct package_write * w, const struct package_seal * seal,
    struct package_facts * facts, struct err * e)
{
	struct sealing s = { .w = w, .seal = seal, .facts = facts };
	struct frames_border end;
	int rc = -1;

	assert(seal->signers_count <= PACKAGE_SIGNERS_MAX);
	if (package_work_is_failed(w, e))
		return -1;
	if (w->phase != PACKAGE_IDLE) {
		err_set(
		    e, ERR_BUG, NULL, "a member is begun, or all is sealed");
		return -1;
	}
	/* What was committed must not be fetched again if this is killed. */
	if (package_suspend(w, e) != 0)
		return -1;
	w->phase = PACKAGE_SEALING;
	start_facts(w, facts);
	if ((put_meta(&s, e) != 0) || (put_bag(&s, e) != 0) ||
	    (put_seal(&s, e) != 0) || (put_end(&s, &end, e) != 0) ||
	    (prepare_custody(&s, e) != 0) || (prepare_checksum(&s, e) != 0) ||
	    (save_sealed(&s, &end, e) != 0))
		goto out;
	rc = 0;

out:
	if (rc != 0) {
		err_in(e, "sealing");
		(void)package_work_fail(w, e);
	}
	buf_free(&s.document);
	clear_proofs(&s);
	return rc;
}
