#ifndef TESTS_TOOLS_PACK_STORY_H
#define TESTS_TOOLS_PACK_STORY_H

#include "tests/tools/pack.h"

/*
 * The journal lines of pack that a verifier compares with the rest: how many
 * pages were listed, and which objects were committed.
 */
static inline int
pack_append_event(
    struct pack * p, struct json_out * j, struct buf * line, struct err * e)
{
	if (journal_end(&p->journal, j, e) != 0)
		return -1;
	return package_append(p->w, PACKAGE_JOURNAL, line->bytes, line->len, e);
}

static inline int
pack_note_listed(struct pack * p, struct err * e)
{
	struct json_out j;
	struct buf line = { 0 };
	int rc;

	journal_begin(&p->journal, &j, &line, JOURNAL_LISTED, p->at, e);
	json_put_text(&j, "pass", "first");
	json_put_text(&j, "outcome", "listed");
	json_put_integer(&j, "pages", 1);
	json_put_integer(&j, "entries", (int64_t)p->files_count);
	rc = pack_append_event(p, &j, &line, e);
	buf_free(&line);
	return rc;
}

static inline int
pack_run_digest(void * cookie, const char * bytes, size_t len, struct err * e)
{
	uint8_t * running = cookie;
	struct buf b = { 0 };
	int rc = -1;

	if ((buf_add(&b, running, DIGEST_SHA256_LEN, e) == 0) &&
	    (buf_add(&b, bytes, len, e) == 0)) {
		digest_sha256(b.bytes, b.len, running);
		rc = 0;
	}
	buf_free(&b);
	return rc;
}

static inline int
pack_note_objects(struct pack * p, struct err * e)
{
	struct json_out j;
	struct buf line = { 0 };
	uint8_t running[DIGEST_SHA256_LEN] = { 0 };
	struct package_each each = { pack_run_digest, running };
	int rc = -1;

	if (p->files_count == 0)
		return 0;
	if (package_each_line(p->w, PACKAGE_OBJECTS, &each, e) != 0)
		return -1;
	journal_begin(
	    &p->journal, &j, &line, JOURNAL_OBJECTS_COMMITTED, p->at, e);
	json_put_integer(&j, "first", 1);
	json_put_integer(&j, "last", (int64_t)p->files_count);
	json_put_hex(&j, "running_sha256", running, sizeof(running));
	rc = pack_append_event(p, &j, &line, e);
	buf_free(&line);
	return rc;
}

#endif
