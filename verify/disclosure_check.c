#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/clock.h"
#include "evidence/name.h"
#include "evidence/package_lines.h"
#include "evidence/text.h"

#include "verify/disclosure_parts.h"

#define TAGS_MAX ((size_t)8 << 20)

/* Which document is this, of what, and who says so? */
static int
check_statement(struct disclosure_check * c)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct err why;

	err_init(&why);
	if (disclosure_load(
		c, "disclosure.json", DISCLOSURE_MAX, &c->statement) != 0)
		return -1;
	if (disclosure_parse(c->statement.bytes, c->statement.len,
		&c->disclosure, &why) != 0) {
		disclosure_find_err(c, "document", "disclosure.json", &why);
		return -1;
	}
	if (disclosure_load(
		c, "original/seal.json", SEAL_MAX, &c->seal_bytes) != 0)
		return -1;
	if (seal_parse(
		c->seal_bytes.bytes, c->seal_bytes.len, &c->seal, &why) != 0) {
		disclosure_find_err(c, "document", "original/seal.json", &why);
		return -1;
	}
	digest_sha256(c->seal_bytes.bytes, c->seal_bytes.len, sha256);
	if ((memcmp(sha256, c->disclosure.seal_sha256, sizeof(sha256)) != 0) ||
	    (strcmp(c->seal.package, c->disclosure.package) != 0))
		disclosure_find(c, true, "seal", "original/seal.json",
		    "it is not the seal that disclosure.json is about");
	c->r->is_known = true;
	(void)snprintf(c->r->package, NAME_SIZE, "%s", c->seal.package);
	memcpy(c->r->seal_sha256, sha256, sizeof(sha256));
	c->r->all = c->seal.objects;
	c->r->all_bytes = c->seal.bytes;
	return 0;
}

/* The line of the tag manifest for ${path}: its digest. */
static bool
find_tag(const struct buf * tags, const char * path,
    uint8_t sha256[DIGEST_SHA256_LEN])
{
	const char * text = buf_text(tags);
	size_t at = 0;

	while (at < tags->len) {
		size_t len = strcspn(text + at, "\n");
		struct package_manifest_line line;
		struct err ignored;

		err_init(&ignored);
		if ((package_manifest_parse((const uint8_t *)text + at, len,
			 &line, &ignored) == 0) &&
		    (strcmp(line.path, path) == 0)) {
			memcpy(sha256, line.sha256, DIGEST_SHA256_LEN);
			return true;
		}
		at += len + 1;
	}
	return false;
}

/* The tag files that every disclosure has. */
static const char * const needed[] = { "bagit.txt", "manifest-sha256.txt",
	"meta/objects.jsonl", "meta/paths.jsonl", "original/case.json",
	"original/seal.json", "original/sources.json",
	"original/tagmanifest-sha256.txt" };
#define NEEDED (sizeof(needed) / sizeof(needed[0]))

/* Is the tag file ${path} one of those, or one that the seal declares? */
static bool
is_tag_file(const struct disclosure_check * c, const char * path)
{
	const struct seal * seal = &c->seal;
	char name[TAR_PATH_MAX];

	for (size_t i = 0; i < NEEDED; i++)
		if (strcmp(path, needed[i]) == 0)
			return true;
	for (size_t i = 0; i < seal->n_signers; i++) {
		disclosure_original(seal->signers[i].file, name);
		if (strcmp(path, name) == 0)
			return true;
	}
	for (size_t i = 0; i < seal->n_tokens; i++) {
		disclosure_original(seal->tokens[i].file, name);
		if (strcmp(path, name) == 0)
			return true;
	}
	disclosure_original(SEAL_CERTIFICATES, name);
	return seal->has_certificates && (strcmp(path, name) == 0);
}

/* Every file that the tag manifest names. */
static void
check_tags(struct disclosure_check * c)
{
	uint8_t sha256[DIGEST_SHA256_LEN], have[DIGEST_SHA256_LEN];
	const char * text = buf_text(&c->tags);
	char last[TAR_PATH_MAX + 1] = "";

	for (size_t at = 0; at < c->tags.len;) {
		size_t len = strcspn(text + at, "\n");
		struct package_manifest_line line;
		char full[TAR_PATH_MAX + 8];
		struct err why;

		err_init(&why);
		if (package_manifest_parse(
			(const uint8_t *)text + at, len, &line, &why) != 0) {
			disclosure_find_err(
			    c, "tagmanifest", "tagmanifest-sha256.txt", &why);
			return;
		}
		at += len + 1;
		(void)snprintf(full, sizeof(full), "x/%s", line.path);
		if ((name_check_stored(full, &why) != 0) ||
		    !is_tag_file(c, line.path) ||
		    (strcmp(line.path, last) == 0)) {
			disclosure_find(c, true, "tagmanifest", line.path,
			    "no tag file of a disclosure is called that");
			return;
		}
		(void)snprintf(last, sizeof(last), "%s", line.path);
		c->files++;
		if ((disclosure_hash(c, line.path, have) >= 0) &&
		    (memcmp(have, line.sha256, sizeof(have)) != 0))
			disclosure_find(c, true, "tagmanifest", line.path,
			    "it has another digest than was signed");
	}
	for (size_t i = 0; i < NEEDED; i++)
		if (!find_tag(&c->tags, needed[i], sha256))
			disclosure_find(c, true, "tagmanifest", needed[i],
			    "the tag manifest does not name it");
}

/* case.json and sources.json under the package's own tag manifest. */
static void
check_original(struct disclosure_check * c)
{
	static const char * const pairs[][2] = { { "meta/case.json",
						     "original/case.json" },
		{ "meta/sources.json", "original/sources.json" } };
	uint8_t want[DIGEST_SHA256_LEN], have[DIGEST_SHA256_LEN];
	struct buf tags = { 0 };

	if (disclosure_load(
		c, "original/tagmanifest-sha256.txt", TAGS_MAX, &tags) != 0)
		return;
	digest_sha256(tags.bytes, tags.len, have);
	if (memcmp(have, c->seal.tagmanifests[0].sha256, sizeof(have)) != 0)
		disclosure_find(c, true, "original",
		    "original/tagmanifest-sha256.txt",
		    "it is not the one that the seal names");
	for (size_t i = 0; i < 2; i++)
		if (!find_tag(&tags, pairs[i][0], want) ||
		    (disclosure_hash(c, pairs[i][1], have) < 0) ||
		    (memcmp(want, have, sizeof(have)) != 0))
			disclosure_find(c, true, "original", pairs[i][1],
			    "it is not the one that was sealed");
	buf_free(&tags);
}

/* What disclosure.json counts. */
static void
check_counts(struct disclosure_check * c)
{
	const struct disclosure * d = &c->disclosure;

	if ((d->objects != c->r->objects) || (d->bytes != c->r->bytes))
		disclosure_find(c, true, "count", "disclosure.json",
		    "it counts %lld objects of %lld bytes, proved are %lld of "
		    "%lld",
		    (long long)d->objects, (long long)d->bytes,
		    (long long)c->r->objects, (long long)c->r->bytes);
	if ((d->withheld_objects != c->seal.objects - d->objects) ||
	    (d->withheld_bytes != c->seal.bytes - d->bytes))
		disclosure_find(c, true, "count", "disclosure.json",
		    "what it says is withheld is not the rest of the package");
}

static void
judge(struct disclosure_check * c)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	if ((check_statement(c) != 0) ||
	    (disclosure_load(c, "tagmanifest-sha256.txt", TAGS_MAX, &c->tags) !=
		0))
		return;
	digest_sha256(c->tags.bytes, c->tags.len, sha256);
	if (memcmp(sha256, c->disclosure.tagmanifest_sha256, sizeof(sha256)) !=
	    0)
		disclosure_find(c, true, "tagmanifest",
		    "tagmanifest-sha256.txt",
		    "it is not the one that disclosure.json names");
	check_tags(c);
	disclosure_check_signers(c);
	check_original(c);
	disclosure_check_objects(c);
	check_counts(c);
	disclosure_check_strays(c);
}

int
disclosure_check(int dir, const struct trust * trust,
    struct disclosure_result * result, disclosure_report * report,
    void * context, struct err * e)
{
	struct disclosure_check c = { .dir = dir,
		.trust = trust,
		.r = result,
		.report = report,
		.context = context,
		.e = e };

	memset(result, 0, sizeof(*result));
	result->stamped_at = CLOCK_UNKNOWN;
	c.d = digest_new(DIGEST_SHA256, e);
	c.block = malloc(DISCLOSURE_BLOCK);
	if ((c.d != NULL) && (c.block != NULL))
		judge(&c);
	else if (c.block == NULL)
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
	disclosure_free(&c.disclosure);
	seal_free(&c.seal);
	buf_free(&c.statement);
	buf_free(&c.seal_bytes);
	buf_free(&c.tags);
	free(c.block);
	digest_free(c.d);
	return (e->kind == ERR_NONE) ? 0 : -1;
}
