#include <stdio.h>
#include <string.h>

#include "evidence/check.h"

/*
 * The seal and its signatures.  A key counts only if the examiner brought it:
 * what travels in the package proves nothing about itself.
 */

/* The seal's numbers against the payload. */
static void
check_payload(struct check * c)
{
	const struct seal * s = &c->seal;
	uint8_t root[DIGEST_SHA256_LEN];

	if (!c->is_damaged &&
	    ((s->objects != c->result->objects) ||
		(s->bytes != c->result->object_bytes)))
		check_find(c, CHECK_PAYLOAD, c->item.path,
		    "it seals %lld objects of %lld bytes, here are %lld of "
		    "%lld",
		    (long long)s->objects, (long long)s->bytes,
		    (long long)c->result->objects,
		    (long long)c->result->object_bytes);
	merkle_root(&c->merkle, c->scratch, root);
	if (c->seen[MEMBER_OBJECTS] &&
	    (memcmp(root, s->merkle_root, sizeof(root)) != 0))
		check_find(c, CHECK_MERKLE, c->item.path,
		    "its Merkle root is not that of the catalogue");
}

/* The stream before it, and the tag manifest. */
static void
check_before(struct check * c)
{
	const struct seal * s = &c->seal;
	const struct package_place * tags = &c->place[MEMBER_TAGMANIFEST];

	if (!c->is_tail && !c->is_folder &&
	    ((s->stream_bytes != c->border) ||
		(memcmp(s->stream_sha256, c->border_sha256,
		     DIGEST_SHA256_LEN) != 0)))
		check_find(c, CHECK_STREAM, c->item.path,
		    "the bytes of the file before it are not those it seals");
	if (c->is_tail && !tags->is_known)
		return; /* Lost to the damage. */
	if ((s->n_tagmanifests != 1) || !tags->is_known ||
	    (memcmp(s->tagmanifests[0].sha256, tags->sha256,
		 DIGEST_SHA256_LEN) != 0))
		check_find(c, CHECK_SEAL_TAGMANIFEST, c->item.path,
		    "it does not seal the tag manifest that is here");
}

/* Copy text of the seal for the report, cut to its field. */
static void
copy_text(char * to, size_t size, const char * from)
{
	(void)snprintf(to, size, "%s", (from == NULL) ? "" : from);
}

/* What the report says about the package. */
static void
fill_result(struct check * c)
{
	struct package_result * r = c->result;
	const struct seal * s = &c->seal;

	r->is_sealed = true;
	copy_text(r->package, sizeof(r->package), s->package);
	copy_text(r->case_number, sizeof(r->case_number), s->case_number);
	copy_text(r->exhibit, sizeof(r->exhibit), s->exhibit);
	r->sealed_at = s->sealed_at;
	r->listed = s->listed;
	r->taken = s->taken;
	for (int i = 0; i < GAP_REASON_COUNT; i++)
		r->gaps[i] = s->gaps[i];
	r->signers = s->n_signers;
	memcpy(r->seal_sha256, c->sha256, sizeof(r->seal_sha256));
	r->has_previous = (s->previous != NULL);
	copy_text(r->previous, sizeof(r->previous), s->previous);
	memcpy(r->previous_seal, s->previous_seal, sizeof(r->previous_seal));
	r->has_group = s->has_group;
	r->group = s->group;
}

/* Are two texts, each of which may be absent, the same? */
static bool
is_same(const char * a, const char * b)
{
	return strcmp((a == NULL) ? "" : a, (b == NULL) ? "" : b) == 0;
}

void
check_seal(struct check * c, const uint8_t * bytes, size_t len)
{
	struct err why;

	err_init(&why);
	if (buf_add(&c->seal_bytes, bytes, len, &why) != 0) {
		check_find_err(c, CHECK_SEAL, c->item.path, &why);
		return;
	}
	if (seal_parse(bytes, len, &c->seal, &why) != 0) {
		check_find_err(c, CHECK_SEAL, c->item.path, &why);
		return;
	}
	if (strcmp(c->seal.package, package_read_top(c->r)) != 0)
		check_find(c, CHECK_SEAL, c->item.path,
		    "it seals another package: %s", c->seal.package);
	if (c->has_case &&
	    (!is_same(c->seal.case_number, c->case_file.case_number) ||
		!is_same(c->seal.exhibit, c->case_file.exhibit)))
		check_find(c, CHECK_CASE, c->item.path,
		    "its case or exhibit is not that of case.json");
	if (c->has_case && !is_same(c->seal.previous, c->case_file.previous))
		check_find(c, CHECK_CASE, c->item.path,
		    "the package it continues is not that of case.json");
	if (c->seal.doc.unknown.len > 0)
		check_find(c, CHECK_UNKNOWN_MEMBER, c->item.path,
		    "it holds members this version does not know: %.200s",
		    buf_text(&c->seal.doc.unknown));
	fill_result(c);
	check_payload(c);
	check_before(c);
}
