#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/package_work.h"
#include "evidence/process.h"
#include "evidence/text.h"

struct package_write *
package_work_new(
    int dir, const struct package_options * options, struct err * e)
{
	struct package_write * w = NULL;

	if (name_check_package(options->name, e) != 0)
		return NULL;
	w = calloc(1, sizeof(*w));
	if (w == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	w->dir = dir;
	w->work = -1;
	w->fd = -1;
	(void)snprintf(w->name, sizeof(w->name), "%s", options->name);
	w->compress = options->compress;
	w->started_at = options->started_at;
	w->checkpoint_bytes = (options->checkpoint_bytes > 0)
	    ? options->checkpoint_bytes
	    : PACKAGE_CHECKPOINT_BYTES;
	w->state = options->state;
	w->cookie = options->cookie;
	err_init(&w->fault);
	merkle_start(&w->merkle);
	member_order_start(&w->order);
	w->last_ms = clock_monotonic_ms();
	w->digest = digest_new(DIGEST_SHA256, e);
	w->scratch = digest_new(DIGEST_SHA256, e);
	if ((w->digest == NULL) || (w->scratch == NULL)) {
		package_close(w);
		return NULL;
	}
	return w;
}

int
package_work_lock(struct package_write * w, struct err * e)
{
	if (flock(w->work, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno == EWOULDBLOCK)
		err_set(e, ERR_AGAIN, "let it end first",
		    "another process is writing this package");
	else
		err_set_errno(e, errno, "locking the work folder");
	return -1;
}

int
package_work_threads(const struct package_options * options)
{
	int n = (options->threads > 0) ? options->threads : process_cores();

	return (n > FRAMES_THREADS_MAX) ? FRAMES_THREADS_MAX : n;
}

const char *
package_work_spool_name(enum package_spool spool)
{
	switch (spool) {
	case PACKAGE_OBJECTS:
		return "objects";
	case PACKAGE_GAPS:
		return "gaps";
	case PACKAGE_REQUESTS:
		return "requests";
	case PACKAGE_CLOCK:
		return "clock";
	case PACKAGE_JOURNAL:
		return "journal";
	case PACKAGE_MANIFEST:
		return "manifest";
	case PACKAGE_TAGMANIFEST:
		return "tagmanifest";
	}
	return "";
}

void
package_work_path(const struct package_write * w, const char * suffix,
    char path[PACKAGE_PATH_SIZE])
{
	(void)snprintf(path, PACKAGE_PATH_SIZE, "%.*s%s", NAME_PACKAGE_MAX,
	    w->name, suffix);
}

const char *
package_work_file_suffix(const struct package_write * w)
{
	return w->compress ? ".tar.zst" : ".tar";
}

int
package_work_fail(struct package_write * w, const struct err * e)
{
	if (w->fault.kind == ERR_NONE)
		w->fault = *e;
	return -1;
}

bool
package_work_is_failed(const struct package_write * w, struct err * e)
{
	if (w->fault.kind == ERR_NONE)
		return false;
	if (e->kind == ERR_NONE)
		*e = w->fault;
	return true;
}

/* Describe the large member that is begun. */
static void
describe_begun(const struct package_write * w, struct checkpoint * c)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	c->in_member = true;
	c->member.header = w->begun.header;
	c->member.done = w->begun.border_done;
	memcpy(
	    c->member.sha256, w->begun.border_sha256, sizeof(c->member.sha256));
	frames_write_mark(w->frames, &c->member.first, sha256);
}

/* Fill ${c} but for the spools' marks and the text. */
static int
describe(struct package_write * w, struct checkpoint * c, struct err * e)
{
	(void)snprintf(c->package, sizeof(c->package), "%s", w->name);
	c->compress = w->compress;
	c->started_at = w->started_at;
	c->at = clock_now();
	if (frames_write_flush(w->frames, &c->border, e) != 0)
		return -1;
	frames_write_digest(w->frames, c->sha256);
	c->objects = w->objects;
	c->payload_bytes = w->payload_bytes;
	c->order = w->order;
	/* Before its first border nothing of it is worth keeping. */
	if ((w->phase == PACKAGE_STREAMING) &&
	    (c->border.stream_bytes > w->begun.offset))
		describe_begun(w, c);
	return 0;
}

/* Ask the caller for its text. */
static int
ask_state(struct package_write * w, struct checkpoint * c, struct err * e)
{
	if (w->state == NULL)
		return 0;
	if (w->state(w->cookie, &c->text, e) != 0)
		return -1;
	if (c->text.len > PACKAGE_STATE_MAX) {
		err_set(e, ERR_LIMIT, NULL,
		    "the state of the collection is over %zu bytes",
		    PACKAGE_STATE_MAX);
		return -1;
	}
	return 0;
}

/* Sync growing file and spools, in this order, and save ${c}. */
static int
save(struct package_write * w, struct checkpoint * c, struct err * e)
{
	if (io_sync(w->fd, e) != 0)
		return -1;
	for (size_t i = 0; i < PACKAGE_SPOOLS; i++)
		if (spool_sync(w->spools[i], &c->spools[i], e) != 0)
			return -1;
	return checkpoint_save(w->work, c, e);
}

int
package_work_checkpoint(struct package_write * w, struct err * e)
{
	struct checkpoint c;
	int rc = -1;

	if (w->merkle.size != (uint64_t)w->objects) {
		err_set(e, ERR_BUG, NULL,
		    "a catalogue line is missing or too many");
		return package_work_fail(w, e);
	}
	memset(&c, 0, sizeof(c));
	if ((ask_state(w, &c, e) != 0) || (describe(w, &c, e) != 0) ||
	    (save(w, &c, e) != 0))
		goto out;
	rc = 0;

out:
	checkpoint_free(&c);
	if (rc != 0) {
		err_in(e, "checkpoint");
		return package_work_fail(w, e);
	}
	w->last = c;
	w->last_ms = clock_monotonic_ms();
	return 0;
}

bool
package_work_is_due(const struct package_write * w)
{
	int64_t grown =
	    frames_write_offset(w->frames) - w->last.border.stream_bytes;

	return (grown >= w->checkpoint_bytes) ||
	    (clock_monotonic_ms() - w->last_ms >= PACKAGE_CHECKPOINT_MS);
}

int
package_work_header(const struct package_write * w, const char * path,
    int64_t size, int64_t mtime, struct package_begun * begun, struct err * e)
{
	enum member_kind kind;
	char full[2 * NAME_SIZE + TAR_PATH_MAX];

	memset(begun, 0, sizeof(*begun));
	(void)snprintf(full, sizeof(full), "%.*s/%.*s", NAME_PACKAGE_MAX,
	    w->name, NAME_SIZE + TAR_PATH_MAX, path);
	if (name_check_stored(full, e) != 0)
		return -1;
	begun->order = w->order;
	if (member_order_next(&begun->order, path, &kind, e) != 0)
		return -1;
	memcpy(begun->header.path, full, strlen(full) + 1);
	begun->header.size = size;
	begun->header.mtime = (mtime < 0) ? 0 : mtime;
	if (mtime > TAR_MTIME_MAX)
		begun->header.mtime = TAR_MTIME_MAX;
	return tar_header_format(
	    &begun->header, begun->blocks, &begun->blocks_len, e);
}

/* Close the open frame if ${b} needs that, and make a checkpoint if due. */
static int
make_room(
    struct package_write * w, const struct package_begun * b, struct err * e)
{
	int64_t len = tar_member_len(b->blocks_len, b->header.size);

	if (frames_write_is_closing(w->frames, len) &&
	    (frames_write_break(w->frames, e) != 0))
		return package_work_fail(w, e);
	/* Invariant 6: none while sealing. */
	if ((w->phase >= PACKAGE_SEALING) || !package_work_is_due(w) ||
	    !frames_write_is_border(w->frames))
		return 0;
	return package_work_checkpoint(w, e);
}

int
package_work_begin(
    struct package_write * w, struct package_begun * b, struct err * e)
{
	if (make_room(w, b, e) != 0)
		return -1;
	b->offset = frames_write_offset(w->frames);
	if ((frames_write_begin(w->frames,
		 tar_member_len(b->blocks_len, b->header.size), e) != 0) ||
	    (frames_write_put(w->frames, b->blocks, b->blocks_len, e) != 0))
		return package_work_fail(w, e);
	return 0;
}

int
package_work_end(
    struct package_write * w, const struct package_begun * b, struct err * e)
{
	static const uint8_t zeros[TAR_BLOCK];

	if ((frames_write_put(
		 w->frames, zeros, tar_padding(b->header.size), e) != 0) ||
	    (frames_write_end(w->frames, e) != 0))
		return package_work_fail(w, e);
	return 0;
}

int
package_work_put(struct package_write * w, struct package_begun * b,
    const void * bytes, struct err * e)
{
	if (package_work_begin(w, b, e) != 0)
		return -1;
	if (frames_write_put(w->frames, bytes, (size_t)b->header.size, e) != 0)
		return package_work_fail(w, e);
	return package_work_end(w, b, e);
}

/* Append a manifest line. */
static int
put_line(struct package_write * w, enum package_spool spool,
    const uint8_t sha256[DIGEST_SHA256_LEN], const char * path, struct err * e)
{
	char line[DIGEST_SHA256_HEX + 2 + TAR_PATH_MAX + 2];
	char hex[DIGEST_SHA256_HEX];
	int n;

	text_hex_encode(sha256, DIGEST_SHA256_LEN, hex);
	n = snprintf(line, sizeof(line), "%s  %s\n", hex, path);
	return spool_append(w->spools[spool], line, (size_t)n, e);
}

int
package_work_enter(struct package_write * w, const struct package_begun * b,
    enum package_spool manifest, const uint8_t sha256[DIGEST_SHA256_LEN],
    struct err * e)
{
	if (put_line(w, manifest, sha256, b->order.last, e) != 0)
		return package_work_fail(w, e);
	w->order = b->order;
	return 0;
}

void
package_close(struct package_write * w)
{
	if (w == NULL)
		return;
	frames_write_free(w->frames);
	for (size_t i = 0; i < PACKAGE_SPOOLS; i++)
		spool_close(w->spools[i]);
	digest_free(w->digest);
	digest_free(w->scratch);
	buf_free(&w->stage);
	if (w->fd >= 0)
		(void)close(w->fd);
	if (w->work >= 0)
		(void)close(w->work);
	free(w);
}
