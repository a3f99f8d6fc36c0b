#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/json.h"
#include "evidence/text.h"

#include "collect/folders.h"

#define FLUSH_BYTES ((size_t)256 << 10)
#define READ_BYTES ((size_t)4 << 10) /* Most lines are shorter. */

struct folders {
	int fd;
	int64_t written;  /* Bytes of the file. */
	struct buf block; /* Not yet written. */
	struct buf line;
};

struct folders *
folders_open(int dir, int64_t bytes, struct err * e)
{
	struct folders * f = calloc(1, sizeof(*f));

	if (f == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	f->fd = -1;
	if ((bytes == 0) && (unlinkat(dir, FOLDERS_FILE, 0) != 0) &&
	    (errno != ENOENT)) {
		err_set_errno(e, errno, FOLDERS_FILE);
		goto fail;
	}
	f->fd = (bytes == 0) ? io_create(dir, FOLDERS_FILE, 0600, e)
			     : io_open_write(dir, FOLDERS_FILE, e);
	if ((f->fd < 0) || (io_truncate(f->fd, bytes, e) != 0))
		goto fail;
	f->written = bytes;
	return f;

fail:
	folders_free(f);
	return NULL;
}

static int
flush(struct folders * f, struct err * e)
{
	if (io_write_all(f->fd, f->block.bytes, f->block.len, e) != 0)
		return -1;
	f->written += (int64_t)f->block.len;
	buf_clear(&f->block);
	return 0;
}

int
folders_push(struct folders * f, int64_t * top, const struct folder * folder,
    struct err * e)
{
	int64_t at = folders_bytes(f);
	struct json_out j;

	buf_clear(&f->line);
	if (text_percent_encode(&f->line, folder->prefix.bytes,
		folder->prefix.len, "/", e) != 0)
		return -1;
	json_begin(&j, &f->block, e);
	json_open_object(&j, NULL);
	json_put_integer(&j, "below", *top);
	json_put_text(&j, "prefix_pct", buf_text(&f->line));
	json_put_text(&j, "marker", buf_text(&folder->marker));
	json_put_bool(&j, "flat", folder->is_flat);
	json_close_object(&j);
	if (json_end(&j, true) != 0)
		return -1;
	*top = at;
	return (f->block.len >= FLUSH_BYTES) ? flush(f, e) : 0;
}

/* Read the line at ${top} into f->line, without its LF. */
static int
read_line(struct folders * f, int64_t top, struct err * e)
{
	const uint8_t * end = NULL;
	size_t room = READ_BYTES;
	ssize_t got;

	if ((f->block.len > 0) && (flush(f, e) != 0))
		return -1;
	buf_clear(&f->line);
	while (room <= FOLDERS_LINE_MAX * 2) {
		if (buf_reserve(&f->line, room, e) != 0)
			return -1;
		got = io_read_at(f->fd, f->line.bytes, room, top, e);
		if (got < 0)
			return -1;
		end = (got == 0) ? NULL
				 : memchr(f->line.bytes, '\n', (size_t)got);
		if ((end != NULL) || ((size_t)got < room))
			break;
		room *= 2;
	}
	if (end == NULL) {
		err_set(e, ERR_INPUT, NULL, "%s is cut off", FOLDERS_FILE);
		return -1;
	}
	f->line.len = (size_t)(end - f->line.bytes);
	return 0;
}

int
folders_read(
    struct folders * f, int64_t top, struct folder * folder, struct err * e)
{
	struct json * root = NULL;
	const char * pct;
	const char * marker;
	int rc = -1;

	folder_clear(folder);
	if (read_line(f, top, e) != 0)
		return -1;
	root = json_parse(f->line.bytes, f->line.len, e);
	if (root == NULL)
		goto out;
	pct = json_text(json_get(root, "prefix_pct"));
	marker = json_text(json_get(root, "marker"));
	/* Each stands behind the one below it: there is an end. */
	if ((pct == NULL) || (marker == NULL) ||
	    (json_integer(json_get(root, "below"), &folder->below) != 0) ||
	    (folder->below < FOLDERS_EMPTY) || (folder->below >= top)) {
		err_set(e, ERR_INPUT, NULL, "%s is not ours", FOLDERS_FILE);
		goto out;
	}
	if ((text_percent_decode(&folder->prefix, pct, strlen(pct), e) != 0) ||
	    (buf_add_text(&folder->marker, marker, e) != 0))
		goto out;
	folder->is_flat = json_is_true(json_get(root, "flat"));
	rc = 0;

out:
	json_free(root);
	if (rc != 0)
		folder_clear(folder);
	return rc;
}

int
folders_sync(struct folders * f, struct err * e)
{
	if (flush(f, e) != 0)
		return -1;
	return io_sync(f->fd, e);
}

int64_t
folders_bytes(const struct folders * f)
{
	return f->written + (int64_t)f->block.len;
}

void
folder_clear(struct folder * folder)
{
	buf_free(&folder->prefix);
	buf_free(&folder->marker);
	folder->below = FOLDERS_EMPTY;
	folder->is_flat = false;
}

void
folders_free(struct folders * f)
{
	if (f == NULL)
		return;
	if (f->fd >= 0)
		(void)close(f->fd);
	buf_free(&f->block);
	buf_free(&f->line);
	free(f);
}
