#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/buf.h"
#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/text.h"

#include "collect/plan.h"

#define FLUSH_BYTES ((size_t)256 << 10)
#define READ_BYTES ((size_t)256 << 10)

struct plan {
	int fd;
	int64_t count;
	int64_t offset;   /* Reading: of what comes behind block. */
	size_t used;      /* Reading: bytes of block that were handed out. */
	struct buf block; /* Writing: not yet written; reading: read ahead. */
	struct buf name;  /* A decoded name. */
};

static struct plan *
plan_new(struct err * e)
{
	struct plan * p = calloc(1, sizeof(*p));

	if (p == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	p->fd = -1;
	return p;
}

struct plan *
plan_create(int dir, const char * name, struct err * e)
{
	struct plan * p = plan_new(e);

	if (p == NULL)
		return NULL;
	if ((unlinkat(dir, name, 0) != 0) && (errno != ENOENT)) {
		err_set_errno(e, errno, "%s", name);
		goto fail;
	}
	p->fd = io_create(dir, name, 0600, e);
	if (p->fd < 0)
		goto fail;
	return p;

fail:
	plan_free(p);
	return NULL;
}

static int
flush(struct plan * p, struct err * e)
{
	if (io_write_all(p->fd, p->block.bytes, p->block.len, e) != 0)
		return -1;
	p->offset += (int64_t)p->block.len;
	buf_clear(&p->block);
	return 0;
}

struct plan *
plan_continue(
    int dir, const char * name, int64_t bytes, int64_t count, struct err * e)
{
	struct plan * p = plan_new(e);

	if (p == NULL)
		return NULL;
	p->fd = io_open_write(dir, name, e);
	if ((p->fd < 0) || (io_truncate(p->fd, bytes, e) != 0)) {
		plan_free(p);
		return NULL;
	}
	p->offset = bytes;
	p->count = count;
	return p;
}

static int
put_entry(struct plan * p, const struct plan_entry * entry, struct err * e)
{
	struct json_out j;

	buf_clear(&p->name);
	if (text_percent_encode(
		&p->name, entry->name, entry->name_len, "/", e) != 0)
		return -1;
	json_begin(&j, &p->block, e);
	json_open_object(&j, NULL);
	json_put_integer(&j, "source", entry->source);
	json_put_text(&j, "name_pct", buf_text(&p->name));
	json_put_integer(&j, "size", entry->size);
	json_put_text(&j, "etag", entry->etag);
	json_put_text(&j, "last_modified", entry->last_modified);
	json_put_text(&j, "blob_type", entry->blob_type);
	json_put_text(&j, "snapshot", entry->snapshot);
	json_put_text(&j, "version_id", entry->version_id);
	json_put_bool(&j, "current", entry->is_current);
	json_put_bool(&j, "deleted", entry->is_deleted);
	json_close_object(&j);
	return json_end(&j, true);
}

int
plan_add(struct plan * p, const struct plan_entry * entry, struct err * e)
{
	size_t before = p->block.len;

	if (p->count >= PLAN_MAX) {
		err_set(e, ERR_LIMIT, "collect in several runs",
		    "more than 999999999 blobs");
		return -1;
	}
	if (put_entry(p, entry, e) != 0)
		return -1;
	if (p->block.len - before > PLAN_LINE_MAX) {
		err_set(e, ERR_LIMIT, NULL, "a plan's line is over 64 KiB");
		return -1;
	}
	p->count++;
	return (p->block.len >= FLUSH_BYTES) ? flush(p, e) : 0;
}

int
plan_sync(struct plan * p, struct err * e)
{
	if (flush(p, e) != 0)
		return -1;
	return io_sync(p->fd, e);
}

struct plan *
plan_open(int dir, const char * name, struct err * e)
{
	struct plan * p = plan_new(e);

	if (p == NULL)
		return NULL;
	p->fd = io_open_read(dir, name, e);
	if (p->fd < 0) {
		plan_free(p);
		return NULL;
	}
	return p;
}

void
plan_rewind(struct plan * p)
{
	p->count = 0;
	p->offset = 0;
	p->used = 0;
	buf_clear(&p->block);
}

/* Read ahead; 1 something came, 0 the file ended, -1 failed. */
static int
read_ahead(struct plan * p, struct err * e)
{
	ssize_t got;

	if (p->used > 0) {
		p->block.len -= p->used;
		memmove(p->block.bytes, p->block.bytes + p->used, p->block.len);
		p->used = 0;
	}
	if (buf_reserve(&p->block, READ_BYTES, e) != 0)
		return -1;
	got = io_read_at(
	    p->fd, p->block.bytes + p->block.len, READ_BYTES, p->offset, e);
	if (got < 0)
		return -1;
	p->block.len += (size_t)got;
	p->offset += got;
	return (got > 0) ? 1 : 0;
}

/* Find the next whole line; 1 it is at block + used, 0 no more, -1 failed. */
static int
next_line(struct plan * p, size_t * len, struct err * e)
{
	const uint8_t * end;
	int more;

	for (;;) {
		size_t left = p->block.len - p->used;

		end = (left == 0)
		    ? NULL
		    : memchr(p->block.bytes + p->used, '\n', left);
		if (end != NULL)
			break;
		if (left > PLAN_LINE_MAX) {
			err_set(e, ERR_INPUT, NULL, "a line is over 64 KiB");
			return -1;
		}
		more = read_ahead(p, e);
		if (more < 0)
			return -1;
		if ((more == 0) && (p->block.len == p->used))
			return 0;
		if (more == 0) {
			err_set(e, ERR_INPUT, NULL, "the last line is cut off");
			return -1;
		}
	}
	*len = (size_t)(end - (p->block.bytes + p->used)) + 1;
	return 1;
}

/* Fill ${entry} from a line; the texts borrow from ${root} and ${name}. */
static int
get_entry(const struct json * root, struct buf * name,
    struct plan_entry * entry, struct err * e)
{
	const char * pct = json_text(json_get(root, "name_pct"));
	int64_t source;

	memset(entry, 0, sizeof(*entry));
	if ((pct == NULL) ||
	    (json_integer(json_get(root, "source"), &source) != 0) ||
	    (source < 0) || (source > 9999) ||
	    (json_integer(json_get(root, "size"), &entry->size) != 0)) {
		err_set(e, ERR_INPUT, NULL, "this is no line of a plan");
		return -1;
	}
	buf_clear(name);
	if (text_percent_decode(name, pct, strlen(pct), e) != 0)
		return -1;
	entry->source = (int)source;
	entry->name = buf_text(name);
	entry->name_len = name->len;
	entry->etag = json_text(json_get(root, "etag"));
	entry->last_modified = json_text(json_get(root, "last_modified"));
	entry->blob_type = json_text(json_get(root, "blob_type"));
	entry->snapshot = json_text(json_get(root, "snapshot"));
	entry->version_id = json_text(json_get(root, "version_id"));
	entry->is_current = json_is_true(json_get(root, "current"));
	entry->is_deleted = json_is_true(json_get(root, "deleted"));
	return 0;
}

int
plan_next(struct plan * p, struct plan_entry ** entry, struct err * e)
{
	struct plan_entry borrowed;
	struct json * root = NULL;
	size_t len;
	int rc = -1;
	int got;

	got = next_line(p, &len, e);
	if (got <= 0) {
		rc = got;
		goto out;
	}
	root = json_parse(p->block.bytes + p->used, len, e);
	if (root == NULL)
		goto out;
	if (get_entry(root, &p->name, &borrowed, e) != 0)
		goto out;
	borrowed.number = p->count;
	*entry = plan_entry_copy(&borrowed, e);
	if (*entry == NULL)
		goto out;
	p->used += len;
	p->count++;
	rc = 1;

out:
	json_free(root);
	if (rc < 0)
		err_in(e, "plan, entry %lld", (long long)p->count);
	return rc;
}

int64_t
plan_count(const struct plan * p)
{
	return p->count;
}

int64_t
plan_bytes(const struct plan * p)
{
	return p->offset + (int64_t)p->block.len;
}

void
plan_free(struct plan * p)
{
	if (p == NULL)
		return;
	if (p->fd >= 0)
		(void)close(p->fd);
	buf_free(&p->block);
	buf_free(&p->name);
	free(p);
}

/* Copy ${text} to ${at} and move that on; NULL stays NULL. */
static const char *
copy_text(char ** at, const char * text)
{
	char * start = *at;
	size_t len;

	if (text == NULL)
		return NULL;
	len = strlen(text) + 1;
	memcpy(start, text, len);
	*at += len;
	return start;
}

static size_t
text_room(const char * text)
{
	return (text == NULL) ? 0 : strlen(text) + 1;
}

struct plan_entry *
plan_entry_copy(const struct plan_entry * from, struct err * e)
{
	size_t room = sizeof(*from) + from->name_len + 1 +
	    text_room(from->etag) + text_room(from->last_modified) +
	    text_room(from->blob_type) + text_room(from->snapshot) +
	    text_room(from->version_id);
	struct plan_entry * to = malloc(room);
	char * at;

	if (to == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	*to = *from;
	at = (char *)(to + 1);
	memcpy(at, from->name, from->name_len);
	at[from->name_len] = '\0';
	to->name = at;
	at += from->name_len + 1;
	to->etag = copy_text(&at, from->etag);
	to->last_modified = copy_text(&at, from->last_modified);
	to->blob_type = copy_text(&at, from->blob_type);
	to->snapshot = copy_text(&at, from->snapshot);
	to->version_id = copy_text(&at, from->version_id);
	return to;
}

void
plan_entry_free(struct plan_entry * entry)
{
	free(entry);
}
