#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evidence/io.h"
#include "evidence/spool.h"

/*
 * Invariant: the file holds the first bytes - used of the bytes appended, and
 * buffer the rest; digest has seen them all.
 */
struct spool {
	int fd;
	int64_t bytes;
	int64_t synced; /* As many of them are durable. */
	struct digest * digest;
	size_t used;
	uint8_t buffer[SPOOL_BUFFER];
};

/* A spool around ${fd}, which it takes also on failure. */
static struct spool *
spool_new(int fd, struct err * e)
{
	struct spool * s = (fd < 0) ? NULL : calloc(1, sizeof(*s));

	if (s == NULL) {
		if (fd >= 0) {
			err_set(e, ERR_SYSTEM, NULL, "out of memory");
			(void)close(fd);
		}
		return NULL;
	}
	s->fd = fd;
	s->digest = digest_new(DIGEST_SHA256, e);
	if (s->digest == NULL) {
		spool_close(s);
		return NULL;
	}
	return s;
}

struct spool *
spool_create(int dir, const char * name, struct err * e)
{
	return spool_new(io_create(dir, name, 0600, e), e);
}

/* Digest what the file holds and compare it with ${mark}. */
static int
check_mark(struct spool * s, const struct spool_mark * mark, struct err * e)
{
	uint8_t sha256[DIGEST_SHA256_LEN];

	while (s->bytes < mark->bytes) {
		int64_t left = mark->bytes - s->bytes;
		size_t want = (left < (int64_t)SPOOL_BUFFER) ? (size_t)left
							     : SPOOL_BUFFER;
		ssize_t n = io_read_at(s->fd, s->buffer, want, s->bytes, e);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		digest_update(s->digest, s->buffer, (size_t)n);
		s->bytes += n;
	}
	digest_peek(s->digest, sha256);
	if ((s->bytes != mark->bytes) ||
	    (memcmp(sha256, mark->sha256, sizeof(sha256)) != 0)) {
		err_set(e, ERR_INPUT, "the work folder was altered or damaged",
		    "its bytes are not those of the last checkpoint");
		return -1;
	}
	return 0;
}

struct spool *
spool_open(int dir, const char * name, const struct spool_mark * mark,
    const struct spool_sink * sink, int64_t * cut, struct err * e)
{
	struct spool * s = spool_new(io_open_write(dir, name, e), e);
	int64_t size = 0;
	int rc = -1;

	if (s == NULL)
		goto out;
	if ((io_size(s->fd, &size, e) != 0) || (check_mark(s, mark, e) != 0) ||
	    (io_truncate(s->fd, mark->bytes, e) != 0))
		goto out;
	if ((sink != NULL) &&
	    (spool_each_line(s, SPOOL_LINE_MAX, sink, e) != 0))
		goto out;
	*cut += size - mark->bytes;
	s->synced = mark->bytes;
	rc = 0;

out:
	if (rc != 0) {
		err_in(e, "%s", name);
		spool_close(s);
		s = NULL;
	}
	return s;
}

/* Put what is in the buffer into the file. */
static int
flush(struct spool * s, struct err * e)
{
	if (io_write_all(s->fd, s->buffer, s->used, e) != 0)
		return -1;
	s->used = 0;
	return 0;
}

int
spool_append(struct spool * s, const void * bytes, size_t len, struct err * e)
{
	if ((len > SPOOL_BUFFER - s->used) && (flush(s, e) != 0))
		return -1;
	if (len > SPOOL_BUFFER) {
		if (io_write_all(s->fd, bytes, len, e) != 0)
			return -1;
	} else {
		memcpy(s->buffer + s->used, bytes, len);
		s->used += len;
	}
	digest_update(s->digest, bytes, len);
	s->bytes += (int64_t)len;
	return 0;
}

int64_t
spool_bytes(const struct spool * s)
{
	return s->bytes;
}

int
spool_sync(struct spool * s, struct spool_mark * mark, struct err * e)
{
	if (s->synced != s->bytes) {
		if ((flush(s, e) != 0) || (io_sync(s->fd, e) != 0))
			return -1;
		s->synced = s->bytes;
	}
	mark->bytes = s->bytes;
	digest_peek(s->digest, mark->sha256);
	return 0;
}

int
spool_each_block(
    struct spool * s, const struct spool_sink * sink, struct err * e)
{
	uint8_t * block = NULL;
	int64_t at = 0;
	int rc = -1;

	if (flush(s, e) != 0)
		return -1;
	block = malloc(SPOOL_BUFFER);
	if (block == NULL) {
		err_set(e, ERR_SYSTEM, NULL, "out of memory");
		return -1;
	}
	while (at < s->bytes) {
		ssize_t n = io_read_at(s->fd, block, SPOOL_BUFFER, at, e);

		if (n < 0)
			goto out;
		if (n == 0) {
			err_set(e, ERR_INPUT, NULL, "a spool became shorter");
			goto out;
		}
		if (sink->put(sink->cookie, block, (size_t)n, e) != 0)
			goto out;
		at += n;
	}
	rc = 0;

out:
	free(block);
	return rc;
}

/* Cutting blocks into lines. */
struct lines {
	const struct spool_sink * sink;
	size_t max;
	struct buf rest; /* The beginning of a line. */
};

static int
put_lines(void * cookie, const uint8_t * bytes, size_t len, struct err * e)
{
	struct lines * lines = cookie;

	while (len > 0) {
		const uint8_t * lf = memchr(bytes, '\n', len);
		size_t n = (lf == NULL) ? len : (size_t)(lf - bytes) + 1;

		if (n > lines->max - lines->rest.len) {
			err_set(e, ERR_LIMIT, NULL,
			    "a line is longer than %zu bytes", lines->max);
			return -1;
		}
		if (buf_add(&lines->rest, bytes, n, e) != 0)
			return -1;
		bytes += n;
		len -= n;
		if (lf == NULL)
			break;
		if (lines->sink->put(lines->sink->cookie, lines->rest.bytes,
			lines->rest.len, e) != 0)
			return -1;
		buf_clear(&lines->rest);
	}
	return 0;
}

int
spool_each_line(struct spool * s, size_t max, const struct spool_sink * sink,
    struct err * e)
{
	struct lines lines = { .sink = sink, .max = max };
	struct spool_sink blocks = { put_lines, &lines };
	int rc = spool_each_block(s, &blocks, e);

	if ((rc == 0) && (lines.rest.len > 0)) {
		err_set(e, ERR_INPUT, NULL, "the last line has no end");
		rc = -1;
	}
	buf_free(&lines.rest);
	return rc;
}

void
spool_close(struct spool * s)
{
	if (s == NULL)
		return;
	if (s->fd >= 0)
		(void)close(s->fd);
	digest_free(s->digest);
	free(s);
}
