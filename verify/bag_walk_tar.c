#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/buf.h"
#include "evidence/frames_any.h"
#include "evidence/tar.h"
#include "evidence/text.h"

#include "verify/bag_walk_tar.h"

/* Where the fields of a ustar block stand. */
#define NAME_LEN 100
#define SIZE_AT 124
#define SUM_AT 148
#define TYPE_AT 156
#define MAGIC_AT 257
#define PREFIX_AT 345
#define PREFIX_LEN 155
#define NUMBER_LEN 12

struct bag_walk_tar {
	struct frames_any * in;
	const uint8_t * bytes; /* Of the stream, not used yet. */
	size_t len;
	int64_t at; /* In the stream. */
	int64_t left;
	size_t padding;
	bool is_started;
	struct buf top;  /* With its slash; empty: none. */
	struct buf path; /* Of the member at hand. */
	struct buf pax;
	bool has_long, has_pax_path, has_pax_size;
	int64_t pax_size;
};

static int
damaged(const struct bag_walk_tar * w, struct err * e, const char * why)
{
	err_set(
	    e, ERR_INPUT, NULL, "tar, at byte %lld: %s", (long long)w->at, why);
	return -1;
}

/* Have bytes at hand; 1, 0 at the end, -1. */
static int
fill(struct bag_walk_tar * w, struct err * e)
{
	int64_t n;

	if (w->len > 0)
		return 1;
	n = frames_any_next(w->in, &w->bytes, e);
	if (n <= 0)
		return (int)n;
	w->len = (size_t)n;
	return 1;
}

/* Take ${len} bytes into ${to}, or pass over them if it is NULL. */
static int
take(struct bag_walk_tar * w, uint8_t * to, int64_t len, struct err * e)
{
	while (len > 0) {
		int rc = fill(w, e);
		size_t n = w->len;

		if (rc < 0)
			return -1;
		if (rc == 0)
			return damaged(w, e, "it is cut short");
		if ((int64_t)n > len)
			n = (size_t)len;
		if (to != NULL) {
			memcpy(to, w->bytes, n);
			to += n;
		}
		w->bytes += n;
		w->len -= n;
		w->at += (int64_t)n;
		len -= (int64_t)n;
	}
	return 0;
}

/* Octal digits between blanks, or base-256.  Return the number, or -1. */
static int64_t
parse_number(const uint8_t * field, size_t len)
{
	int64_t n = 0;
	size_t i = 0;

	if ((field[0] & 0x80) != 0) {
		n = field[0] & 0x7f;
		for (i = 1; i < len; i++) {
			if (n > (TAR_SIZE_MAX >> 8))
				return -1;
			n = (n << 8) | field[i];
		}
		return n;
	}
	while ((i < len) && (field[i] == ' '))
		i++;
	for (; (i < len) && (field[i] >= '0') && (field[i] <= '7'); i++)
		n = n * 8 + (field[i] - '0');
	for (; i < len; i++)
		if ((field[i] != ' ') && (field[i] != '\0'))
			return -1;
	return n;
}

static bool
is_sum_right(const uint8_t * block)
{
	int64_t sum = 0;

	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += ((i >= SUM_AT) && (i < SUM_AT + 8)) ? ' ' : block[i];
	return parse_number(block + SUM_AT, 8) == sum;
}

/* One pax record "LEN KEY=VALUE\n" of ${len} bytes. */
static int
take_record(
    struct bag_walk_tar * w, const char * text, size_t len, struct err * e)
{
	const char * equals = memchr(text, '=', len);
	size_t key = (equals == NULL) ? 0 : (size_t)(equals - text);
	const char * value = text + key + 1;
	size_t value_len = len - key - 1;

	if (key == 0)
		return damaged(w, e, "a pax record without a key");
	if ((key >= 11) && (memcmp(text, "GNU.sparse.", 11) == 0))
		return damaged(w, e, "a sparse file");
	if ((key == 4) && (memcmp(text, "path", 4) == 0)) {
		if (w->has_pax_path)
			return damaged(w, e, "two paths for one file");
		w->has_pax_path = true;
		buf_clear(&w->path);
		return buf_add(&w->path, value, value_len, e);
	}
	if ((key == 4) && (memcmp(text, "size", 4) == 0)) {
		if (w->has_pax_size ||
		    (text_parse_integer(value, value_len, &w->pax_size) != 0) ||
		    (w->pax_size < 0) || (w->pax_size > TAR_SIZE_MAX))
			return damaged(w, e, "two sizes, or no size");
		w->has_pax_size = true;
	}
	return 0;
}

static int
take_pax(struct bag_walk_tar * w, struct err * e)
{
	const char * text = buf_text(&w->pax);
	size_t left = w->pax.len;

	while (left > 0) {
		const char * blank = memchr(text, ' ', left);
		size_t digits = (blank == NULL) ? 0 : (size_t)(blank - text);
		int64_t n;

		if ((digits == 0) ||
		    (text_parse_integer(text, digits, &n) != 0) ||
		    (n < (int64_t)digits + 2) || ((size_t)n > left) ||
		    (text[n - 1] != '\n'))
			return damaged(w, e, "a pax record that is not whole");
		if (take_record(w, blank + 1, (size_t)n - digits - 2, e) != 0)
			return -1;
		text += n;
		left -= (size_t)n;
	}
	return 0;
}

/* A header about the next header: a long name ('L') or pax records ('x'). */
static int
take_extra(struct bag_walk_tar * w, uint8_t type, int64_t size, struct err * e)
{
	if ((size <= 0) || (size > (int64_t)BAG_WALK_PAX_MAX))
		return damaged(w, e, "a header that is too large");
	buf_clear(&w->pax);
	if ((buf_reserve(&w->pax, (size_t)size, e) != 0) ||
	    (take(w, w->pax.bytes, size, e) != 0) ||
	    (take(w, NULL, (int64_t)tar_padding(size), e) != 0))
		return -1;
	w->pax.len = (size_t)size;
	w->pax.bytes[size] = '\0';
	if (type == 'x') {
		if (w->has_long || w->has_pax_path || w->has_pax_size)
			return damaged(w, e, "two headers for one file");
		return take_pax(w, e);
	}
	if (w->has_long || w->has_pax_path || w->has_pax_size)
		return damaged(w, e, "two headers for one file");
	w->has_long = true;
	while ((w->pax.len > 0) && (w->pax.bytes[w->pax.len - 1] == '\0'))
		w->pax.len--;
	buf_clear(&w->path);
	return buf_add(&w->path, w->pax.bytes, w->pax.len, e);
}

/* The name that stands in the block itself. */
static int
take_name(struct bag_walk_tar * w, const uint8_t * block, struct err * e)
{
	const char * name = (const char *)block;
	const char * prefix = name + PREFIX_AT;

	if (w->has_long || w->has_pax_path)
		return 0;
	buf_clear(&w->path);
	if ((memcmp(block + MAGIC_AT, "ustar\0", 6) == 0) &&
	    (prefix[0] != '\0') &&
	    ((buf_add(&w->path, prefix, strnlen(prefix, PREFIX_LEN), e) != 0) ||
		(buf_add_text(&w->path, "/", e) != 0)))
		return -1;
	return buf_add(&w->path, name, strnlen(name, NAME_LEN), e);
}

/* Nothing but zeros may follow the first zero block. */
static int
read_end(struct bag_walk_tar * w, struct err * e)
{
	uint8_t block[TAR_BLOCK];
	int rc;

	if (take(w, block, TAR_BLOCK, e) != 0)
		return -1;
	if (!tar_is_zero(block, TAR_BLOCK))
		return damaged(w, e, "something follows the first zero block");
	for (;;) {
		rc = fill(w, e);
		if (rc <= 0)
			return rc;
		if (!tar_is_zero(w->bytes, w->len))
			return damaged(w, e, "something follows the end");
		w->at += (int64_t)w->len;
		w->len = 0;
	}
}

/* Read headers up to that of a member, into ${block}; 1, 0, -1. */
static int
read_header(
    struct bag_walk_tar * w, uint8_t * block, int64_t * size, struct err * e)
{
	w->has_long = false;
	w->has_pax_path = false;
	w->has_pax_size = false;
	for (;;) {
		uint8_t type;

		if (take(w, block, TAR_BLOCK, e) != 0)
			return -1;
		type = block[TYPE_AT];
		if (tar_is_zero(block, TAR_BLOCK)) {
			if (w->has_long || w->has_pax_path || w->has_pax_size)
				return damaged(w, e, "a header for no file");
			return read_end(w, e);
		}
		*size = parse_number(block + SIZE_AT, NUMBER_LEN);
		if (!is_sum_right(block) || (*size < 0))
			return damaged(w, e, "no tar header stands here");
		if ((type == 'x') || (type == 'L')) {
			if (take_extra(w, type, *size, e) != 0)
				return -1;
			continue;
		}
		if ((type == 'g') || (type == 'K') || (type == 'S'))
			return damaged(
			    w, e, "a global, long link or sparse header");
		if (w->has_pax_size && (*size != 0) && (*size != w->pax_size))
			return damaged(w, e, "two sizes that differ");
		if (w->has_pax_size)
			*size = w->pax_size;
		return (take_name(w, block, e) == 0) ? 1 : -1;
	}
}

/* The top folder is that of the first member; "data" is never one. */
static int
find_top(struct bag_walk_tar * w, bool is_dir, struct err * e)
{
	const char * path = buf_text(&w->path);
	const char * slash = strchr(path, '/');
	size_t n = (slash != NULL) ? (size_t)(slash - path) : w->path.len;

	w->is_started = true;
	if (((slash == NULL) && !is_dir) || (n == 0) ||
	    ((n == 4) && (memcmp(path, "data", 4) == 0)))
		return 0;
	if (buf_add(&w->top, path, n, e) != 0)
		return -1;
	return buf_add_text(&w->top, "/", e);
}

/* Take "./" off the front, which says nothing. */
static void
trim(struct buf * path)
{
	size_t n = 0;

	while ((path->len - n >= 2) && (memcmp(path->bytes + n, "./", 2) == 0))
		n += 2;
	if (n > 0)
		memmove(path->bytes, path->bytes + n, path->len - n + 1);
	path->len -= n;
}

/* Describe the member of ${block}; 1, 0 for the top folder itself, -1. */
static int
describe(struct bag_walk_tar * w, const uint8_t * block,
    struct folder_item * item, struct err * e)
{
	uint8_t type = block[TYPE_AT];
	bool is_dir = (type == '5');

	if (w->path.len > FOLDER_WALK_PATH_MAX)
		return damaged(w, e, "a path that is too long");
	if (memchr(buf_text(&w->path), '\0', w->path.len) != NULL)
		return damaged(w, e, "a NUL in a path");
	trim(&w->path);
	while (is_dir && (w->path.len > 0) &&
	    (w->path.bytes[w->path.len - 1] == '/'))
		w->path.bytes[--w->path.len] = '\0';
	if ((w->path.len == 0) ||
	    (is_dir && (strcmp(buf_text(&w->path), ".") == 0)))
		return is_dir ? 0 : damaged(w, e, "a file without a name");
	if (!w->is_started && (find_top(w, is_dir, e) != 0))
		return -1;
	*item = (struct folder_item){ .path = buf_text(&w->path),
		.len = w->path.len,
		.is_folder = is_dir,
		.size = w->left };
	if ((w->path.len + 1 == w->top.len) &&
	    (memcmp(w->path.bytes, w->top.bytes, w->path.len) == 0))
		return is_dir ? 0 : damaged(w, e, "the top folder is a file");
	if (w->top.len > 0) {
		if ((w->path.len <= w->top.len) ||
		    (memcmp(w->path.bytes, w->top.bytes, w->top.len) != 0)) {
			item->problem = "it is outside the top folder";
		} else {
			item->path += w->top.len;
			item->len -= w->top.len;
		}
	}
	if (!is_dir && (type != '0') && (type != '\0'))
		item->problem = "it is a link, a device, or of unknown type";
	return 1;
}

int
bag_walk_tar_next(
    struct bag_walk_tar * w, struct folder_item * item, struct err * e)
{
	uint8_t block[TAR_BLOCK];
	int64_t size = 0;
	int rc;

	do {
		if (take(w, NULL, w->left + (int64_t)w->padding, e) != 0)
			return -1;
		w->left = 0;
		w->padding = 0;
		rc = read_header(w, block, &size, e);
		if (rc != 1)
			return rc;
		w->left = size;
		w->padding = tar_padding(size);
		rc = describe(w, block, item, e);
	} while (rc == 0);
	return rc;
}

int64_t
bag_walk_tar_data(
    struct bag_walk_tar * w, const uint8_t ** bytes, struct err * e)
{
	size_t n;
	int rc;

	if (w->left == 0)
		return 0;
	rc = fill(w, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return damaged(w, e, "it is cut short");
	n = ((int64_t)w->len > w->left) ? (size_t)w->left : w->len;
	*bytes = w->bytes;
	w->bytes += n;
	w->len -= n;
	w->at += (int64_t)n;
	w->left -= (int64_t)n;
	return (int64_t)n;
}

void
bag_walk_tar_close(struct bag_walk_tar * w)
{
	if (w == NULL)
		return;
	frames_any_close(w->in);
	buf_free(&w->top);
	buf_free(&w->path);
	buf_free(&w->pax);
	free(w);
}

struct bag_walk_tar *
bag_walk_tar_open(int fd, struct err * e)
{
	struct bag_walk_tar * w = calloc(1, sizeof(*w));

	if (w == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return NULL;
	}
	w->in = frames_any_open(fd, e);
	if (w->in != NULL)
		return w;
	bag_walk_tar_close(w);
	return NULL;
}
