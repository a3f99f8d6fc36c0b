/* Taking up a work folder again (package_write.h, package_work.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/frames_scan.h"
#include "evidence/io.h"
#include "evidence/package_publish.h"
#include "evidence/package_work.h"

static int
damaged(struct err * e)
{
	err_set(e, ERR_INPUT, "the work folder was altered or damaged",
	    "the growing file is not that of the last checkpoint");
	return -1;
}

/* Adopt all frames up to the byte ${end}; digest their content if ${c} says. */
static int
adopt(struct package_write * w, struct frames_scan * scan, int64_t end,
    const struct checkpoint_member * m, struct err * e)
{
	struct frames_entry entry;
	const uint8_t * bytes;
	const uint8_t * content;
	size_t skip = (m == NULL) ? 0 : w->begun.blocks_len;
	int got;

	for (;;) {
		got = frames_scan_next(scan, end, &entry, &bytes, e);
		if (got <= 0)
			return got;
		if (frames_write_adopt(w->frames, bytes, entry, e) != 0)
			return -1;
		if (m == NULL)
			continue;
		if (frames_scan_content(scan, &content, e) != 0)
			return -1;
		if (entry.content_bytes < skip)
			return damaged(e);
		digest_update(
		    w->digest, content + skip, entry.content_bytes - skip);
		w->begun.done += (int64_t)(entry.content_bytes - skip);
		skip = 0;
	}
}

/* Begin the large member of ${m} again and adopt what there is of it. */
static int
adopt_member(struct package_write * w, struct frames_scan * scan,
    const struct checkpoint * c, struct err * e)
{
	const struct checkpoint_member * m = &c->member;
	struct package_begun * b = &w->begun;
	const char * path = strchr(m->header.path, '/');
	uint8_t sha256[DIGEST_SHA256_LEN];

	if ((path == NULL) ||
	    (package_work_header(
		 w, path + 1, m->header.size, m->header.mtime, b, e) != 0))
		return -1;
	b->offset = frames_write_offset(w->frames);
	if (b->offset != m->first.stream_bytes)
		return damaged(e);
	if (frames_write_begin(w->frames,
		tar_member_len(b->blocks_len, b->header.size), e) != 0)
		return -1;
	digest_restart(w->digest);
	if (adopt(w, scan, c->border.file_bytes, m, e) != 0)
		return -1;
	digest_peek(w->digest, sha256);
	if ((b->done != m->done) ||
	    (memcmp(sha256, m->sha256, sizeof(sha256)) != 0))
		return damaged(e);
	b->border_done = b->done;
	memcpy(b->border_sha256, sha256, sizeof(sha256));
	w->phase = PACKAGE_STREAMING;
	return 0;
}

/* Read the growing file again up to the border of ${c}, and compare. */
static int
adopt_file(
    struct package_write * w, const struct checkpoint * c, struct err * e)
{
	struct frames_scan * scan = frames_scan_new(w->fd, w->compress, e);
	struct frames_border border;
	uint8_t sha256[DIGEST_SHA256_LEN];
	int rc = -1;

	if (scan == NULL)
		return -1;
	if (adopt(w, scan,
		c->in_member ? c->member.first.file_bytes
			     : c->border.file_bytes,
		NULL, e) != 0)
		goto out;
	if (c->in_member && (adopt_member(w, scan, c, e) != 0))
		goto out;
	if (frames_write_flush(w->frames, &border, e) != 0)
		goto out;
	frames_write_digest(w->frames, sha256);
	if ((border.file_bytes != c->border.file_bytes) ||
	    (border.stream_bytes != c->border.stream_bytes) ||
	    (w->compress && (border.frames != c->border.frames)) ||
	    (memcmp(sha256, c->sha256, sizeof(sha256)) != 0)) {
		rc = damaged(e);
		goto out;
	}
	rc = 0;

out:
	frames_scan_free(scan);
	return rc;
}

/* A catalogue line that is kept: a leaf of the tree. */
static int
add_leaf(void * cookie, const uint8_t * bytes, size_t len, struct err * e)
{
	struct package_write * w = cookie;

	(void)e;
	merkle_add(&w->merkle, w->scratch, bytes, len);
	return 0;
}

static int
open_spools(struct package_write * w, const struct checkpoint * c,
    int64_t * cut, struct err * e)
{
	struct spool_sink leaves = { add_leaf, w };

	for (int i = 0; i < PACKAGE_SPOOLS; i++) {
		w->spools[i] = spool_open(w->work,
		    package_work_spool_name((enum package_spool)i),
		    &c->spools[i], (i == PACKAGE_OBJECTS) ? &leaves : NULL, cut,
		    e);
		if (w->spools[i] == NULL)
			return -1;
	}
	if (w->merkle.size != (uint64_t)c->objects)
		return damaged(e);
	return 0;
}

/* Go on collecting from ${c}. */
static int
resume_collecting(struct package_write * w,
    const struct package_options * options, const struct checkpoint * c,
    struct package_resumed * found, struct err * e)
{
	int64_t size = 0;

	if (package_remove_prepared(w, e) != 0)
		return -1;
	w->fd = io_open_write(w->work, PACKAGE_GROWING, e);
	if ((w->fd < 0) || (io_size(w->fd, &size, e) != 0))
		return -1;
	w->order = c->order;
	w->objects = c->objects;
	w->payload_bytes = c->payload_bytes;
	w->frames = frames_write_new(
	    w->fd, w->compress, package_work_threads(options), e);
	if ((w->frames == NULL) || (adopt_file(w, c, e) != 0) ||
	    (io_truncate(w->fd, c->border.file_bytes, e) != 0))
		return -1;
	found->cut_bytes += size - c->border.file_bytes;
	return open_spools(w, c, &found->cut_bytes, e);
}

/* Tell the caller where the large member stands. */
static void
describe_member(const struct package_write * w, struct package_resumed * found)
{
	const struct tar_header * h = &w->begun.header;

	found->in_member = true;
	(void)snprintf(
	    found->path, sizeof(found->path), "%s", strchr(h->path, '/') + 1);
	found->size = h->size;
	found->modified_at = h->mtime * CLOCK_TICKS_PER_SECOND;
	found->done = w->begun.done;
}

static int
open_work(struct package_write * w, struct err * e)
{
	char path[PACKAGE_PATH_SIZE];

	package_work_path(w, ".work", path);
	w->work = openat(
	    w->dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (w->work < 0) {
		err_set_errno(e, errno, "opening the work folder");
		return -1;
	}
	return package_work_lock(w, e);
}

/*
 * Was everything published, and the run killed between removing the state and
 * the empty folder?
 */
static bool
is_published(struct package_write * w)
{
	char path[PACKAGE_PATH_SIZE];

	if (faccessat(w->work, CHECKPOINT_FILE, F_OK, 0) == 0)
		return false;
	for (int compress = 0; compress < 2; compress++) {
		w->compress = (compress == 1);
		package_work_path(w, package_work_file_suffix(w), path);
		if (faccessat(w->dir, path, F_OK, 0) == 0)
			return true;
	}
	return false;
}

/* Take over what ${c} says about the whole run. */
static int
take_facts(
    struct package_write * w, const struct checkpoint * c, struct err * e)
{
	if (strcmp(c->package, w->name) != 0) {
		err_set(e, ERR_INPUT, NULL,
		    "the work folder is that of another package: %s",
		    c->package);
		return -1;
	}
	w->compress = c->compress;
	w->started_at = c->started_at;
	w->last = *c;
	memset(&w->last.text, 0, sizeof(w->last.text));
	return 0;
}

struct package_write *
package_resume(int dir, const struct package_options * options,
    struct package_resumed * found, struct err * e)
{
	struct package_write * w = package_work_new(dir, options, e);
	struct checkpoint c;
	int rc = -1;

	memset(&c, 0, sizeof(c));
	memset(found, 0, sizeof(*found));
	if ((w == NULL) || (open_work(w, e) != 0))
		goto out;
	if (is_published(w)) {
		found->sealed = true;
		w->phase = PACKAGE_SEALED;
		rc = 0;
		goto out;
	}
	if ((checkpoint_load(w->work, &c, e) != 0) ||
	    (take_facts(w, &c, e) != 0))
		goto out;
	found->at = c.at;
	found->sealed = c.sealed;
	if (c.sealed)
		w->phase = PACKAGE_SEALED;
	else if (resume_collecting(w, options, &c, found, e) != 0)
		goto out;
	if (w->phase == PACKAGE_STREAMING)
		describe_member(w, found);
	found->text = c.text;
	memset(&c.text, 0, sizeof(c.text));
	rc = 0;

out:
	checkpoint_free(&c);
	if (rc != 0) {
		err_in(e, "resuming %s", options->name);
		package_close(w);
		w = NULL;
	}
	return w;
}
