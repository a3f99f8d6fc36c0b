#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/clock.h"
#include "evidence/io.h"
#include "evidence/package_work.h"

/* Refuse names that are taken already: that is found before any request. */
static int
check_free(const struct package_write * w, struct err * e)
{
	static const char * const suffixes[] = { ".tar.zst", ".tar",
		".tar.zst.sha256", ".tar.sha256", ".custody" };
	char path[PACKAGE_PATH_SIZE];

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		package_work_path(w, suffixes[i], path);
		if (faccessat(w->dir, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		err_set(e, ERR_USAGE, "nothing is ever overwritten",
		    "%s is there already", path);
		return -1;
	}
	return 0;
}

/* Make the files of a new work folder. */
static int
create_files(struct package_write * w, const struct package_options * options,
    struct err * e)
{
	w->fd = io_create(w->work, PACKAGE_GROWING, 0600, e);
	if (w->fd < 0)
		return -1;
	for (int i = 0; i < PACKAGE_SPOOLS; i++) {
		w->spools[i] = spool_create(
		    w->work, package_work_spool_name((enum package_spool)i), e);
		if (w->spools[i] == NULL)
			return -1;
	}
	w->frames = frames_write_new(
	    w->fd, w->compress, package_work_threads(options), e);
	return (w->frames == NULL) ? -1 : 0;
}

struct package_write *
package_create(int dir, const struct package_options * options, struct err * e)
{
	struct package_write * w = package_work_new(dir, options, e);
	char path[PACKAGE_PATH_SIZE] = "";
	int rc = -1;

	if ((w == NULL) || (check_free(w, e) != 0))
		goto out;
	package_work_path(w, ".work", path);
	w->work = io_make_dir(dir, path, e);
	if ((w->work < 0) || (package_work_lock(w, e) != 0) ||
	    (create_files(w, options, e) != 0) || (io_sync(dir, e) != 0) ||
	    (package_work_checkpoint(w, e) != 0))
		goto out;
	rc = 0;

out:
	if (rc != 0) {
		err_in(e, "%s", (path[0] == '\0') ? options->name : path);
		package_close(w);
		w = NULL;
	}
	return w;
}

/* Is ${w} between members, so that one can be begun? */
static int
check_idle(const struct package_write * w, struct err * e)
{
	if (package_work_is_failed(w, e))
		return -1;
	if (w->phase != PACKAGE_IDLE) {
		err_set(e, ERR_BUG, NULL,
		    "a member is begun already, or all is sealed");
		return -1;
	}
	return 0;
}

/* Enter the payload member ${b} and tell the caller about it. */
static int
enter_payload(struct package_write * w, const struct package_begun * b,
    const uint8_t sha256[DIGEST_SHA256_LEN], struct package_member * member,
    struct err * e)
{
	if (package_work_enter(w, b, PACKAGE_MANIFEST, sha256, e) != 0)
		return -1;
	w->objects++;
	w->payload_bytes += b->header.size;
	member->offset = b->offset;
	member->size = b->header.size;
	memcpy(member->sha256, sha256, DIGEST_SHA256_LEN);
	return 0;
}

/* Seconds of the moment ${at}, that of the run's start if unknown. */
static int64_t
seconds_of(const struct package_write * w, int64_t at)
{
	if (at == CLOCK_UNKNOWN)
		at = w->started_at;
	/* Towards the past, also before 1970. */
	if (at < 0)
		return -1;
	return at / CLOCK_TICKS_PER_SECOND;
}

int
package_tag(struct package_write * w, const char * path, const void * bytes,
    size_t len, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct package_begun b;
	enum member_kind kind;

	if (check_idle(w, e) != 0)
		return -1;
	if (package_work_header(w, path, (int64_t)len,
		seconds_of(w, CLOCK_UNKNOWN), &b, e) != 0)
		return -1;
	if ((member_order_kind(path, &kind) != 0) || !member_is_tag(kind) ||
	    (kind >= MEMBER_SOURCES)) {
		err_set(e, ERR_BUG, NULL, "%s is written when sealing", path);
		return -1;
	}
	digest_sha256(bytes, len, sha256);
	if (package_work_put(w, &b, bytes, e) != 0)
		return -1;
	return package_work_enter(w, &b, PACKAGE_TAGMANIFEST, sha256, e);
}

int64_t
package_next_seq(const struct package_write * w)
{
	return w->order.next_seq;
}

/* Fill ${b} for a payload member. */
static int
payload_header(struct package_write * w, const char * path, int64_t size,
    int64_t modified_at, struct package_begun * b, struct err * e)
{
	enum member_kind kind;

	if (check_idle(w, e) != 0)
		return -1;
	if ((member_order_kind(path, &kind) != 0) || (kind != MEMBER_PAYLOAD)) {
		err_set(e, ERR_BUG, NULL, "%s is no payload", path);
		return -1;
	}
	if (package_work_header(
		w, path, size, seconds_of(w, modified_at), b, e) != 0)
		return -1;
	if (!frames_write_has_room(w->frames,
		tar_member_len(b->blocks_len, size), PACKAGE_SPARE_FRAMES)) {
		err_set(e, ERR_LIMIT, "collect the rest into another package",
		    "the package is full");
		return -1;
	}
	return 0;
}

int
package_begin(struct package_write * w, const char * path, int64_t size,
    int64_t modified_at, struct err * e)
{
	struct package_begun b;

	if (payload_header(w, path, size, modified_at, &b, e) != 0)
		return -1;
	digest_restart(w->digest);
	buf_clear(&w->stage);
	if (tar_member_len(b.blocks_len, size) <= (int64_t)PACKAGE_STAGE_MAX) {
		if (buf_reserve(&w->stage, (size_t)size, e) != 0)
			return -1;
		w->begun = b;
		w->phase = PACKAGE_STAGED;
		return 0;
	}
	if (package_work_begin(w, &b, e) != 0)
		return -1;
	w->begun = b;
	w->phase = PACKAGE_STREAMING;
	return 0;
}

/* Bytes until the next border inside the large member begun. */
static size_t
to_border(const struct package_write * w)
{
	int64_t at = (int64_t)w->begun.blocks_len + w->begun.done;

	return FRAMES_MAX - (size_t)(at % (int64_t)FRAMES_MAX);
}

/* Put data of a large member, stopping at each border. */
static int
stream(
    struct package_write * w, const uint8_t * bytes, size_t len, struct err * e)
{
	while (len > 0) {
		size_t n = to_border(w);

		n = (len < n) ? len : n;
		digest_update(w->digest, bytes, n);
		if (frames_write_put(w->frames, bytes, n, e) != 0)
			return package_work_fail(w, e);
		w->begun.done += (int64_t)n;
		bytes += n;
		len -= n;
		if (!frames_write_is_border(w->frames))
			continue;
		w->begun.border_done = w->begun.done;
		digest_peek(w->digest, w->begun.border_sha256);
		if (package_work_is_due(w) &&
		    (package_work_checkpoint(w, e) != 0))
			return -1;
	}
	return 0;
}

int
package_data(
    struct package_write * w, const void * bytes, size_t len, struct err * e)
{
	struct package_begun * b = &w->begun;

	if (package_work_is_failed(w, e))
		return -1;
	if ((w->phase != PACKAGE_STAGED) && (w->phase != PACKAGE_STREAMING)) {
		err_set(e, ERR_BUG, NULL, "no member is begun");
		return -1;
	}
	if (len > (uint64_t)(b->header.size - b->done)) {
		err_set(e, ERR_INPUT, NULL,
		    "more than the %lld bytes that were announced",
		    (long long)b->header.size);
		return -1;
	}
	if (w->phase == PACKAGE_STREAMING)
		return stream(w, bytes, len, e);
	if (buf_add(&w->stage, bytes, len, e) != 0)
		return -1;
	digest_update(w->digest, bytes, len);
	b->done += (int64_t)len;
	return 0;
}

int
package_end(
    struct package_write * w, struct package_member * member, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct package_begun * b = &w->begun;

	if (package_work_is_failed(w, e))
		return -1;
	if ((w->phase != PACKAGE_STAGED) && (w->phase != PACKAGE_STREAMING)) {
		err_set(e, ERR_BUG, NULL, "no member is begun");
		return -1;
	}
	if (b->done != b->header.size) {
		err_set(e, ERR_INPUT, NULL,
		    "only %lld of the %lld bytes that were announced",
		    (long long)b->done, (long long)b->header.size);
		return -1;
	}
	digest_finish(w->digest, sha256);
	if (w->phase == PACKAGE_STREAMING) {
		if (package_work_end(w, b, e) != 0)
			return -1;
	} else if (package_work_put(w, b, buf_text(&w->stage), e) != 0) {
		return -1;
	}
	w->phase = PACKAGE_IDLE;
	return enter_payload(w, b, sha256, member, e);
}

/* Invariant 2: name nothing of the member before it is cut off. */
static int
forget_member(struct package_write * w, struct err * e)
{
	struct checkpoint c = w->last;
	int rc = -1;

	/* It may name one before this, which has ended since. */
	if (!c.in_member ||
	    (strcmp(c.member.header.path, w->begun.header.path) != 0))
		return 0;
	memset(&c.text, 0, sizeof(c.text));
	c.in_member = false;
	c.at = clock_now();
	frames_write_mark(w->frames, &c.border, c.sha256);
	/* The caller's state once more: it must not name the member either. */
	if ((w->state != NULL) && (w->state(w->cookie, &c.text, e) != 0))
		goto out;
	for (size_t i = 0; i < PACKAGE_SPOOLS; i++)
		if (spool_sync(w->spools[i], &c.spools[i], e) != 0)
			goto out;
	if (checkpoint_save(w->work, &c, e) != 0)
		goto out;
	rc = 0;

out:
	buf_free(&c.text);
	w->last = c;
	return rc;
}

int
package_drop(struct package_write * w, struct err * e)
{
	enum package_phase was = w->phase;

	if (package_work_is_failed(w, e))
		return -1;
	if ((was != PACKAGE_STAGED) && (was != PACKAGE_STREAMING)) {
		err_set(e, ERR_BUG, NULL, "no member is begun");
		return -1;
	}
	w->phase = PACKAGE_IDLE;
	if (was == PACKAGE_STAGED)
		return 0;
	if ((forget_member(w, e) != 0) ||
	    (frames_write_drop(w->frames, e) != 0))
		return package_work_fail(w, e);
	return 0;
}

int
package_commit(struct package_write * w, const char * path, int64_t modified_at,
    const void * bytes, size_t len, const uint8_t sha256[DIGEST_SHA256_LEN],
    struct package_member * member, struct err * e)
{
	uint8_t own[DIGEST_SHA256_LEN];
	struct package_begun b;

	if (payload_header(w, path, (int64_t)len, modified_at, &b, e) != 0)
		return -1;
	if (sha256 == NULL) {
		digest_sha256(bytes, len, own);
		sha256 = own;
	}
	if (package_work_put(w, &b, bytes, e) != 0)
		return -1;
	return enter_payload(w, &b, sha256, member, e);
}
